// Package vegalite has charts in the grammar of Vega-Lite 5
// (https://vega.github.io/vega-lite/docs/), of which it has what package display
// draws, and writes them as JSON.
package vegalite

// MIME is the type of a chart in a bundle, Schema the version that it is written in.
const (
	MIME   = "application/vnd.vegalite.v5+json"
	Schema = "https://vega.github.io/schema/vega-lite/v5.json"
)

// Chart is a chart of layers, or of charts in rows.
type Chart struct {
	Schema      string      `json:"$schema,omitempty"`
	Title       *Title      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Width       float64     `json:"width,omitempty"` // CSS pixels
	Height      float64     `json:"height,omitempty"`
	Autosize    *Autosize   `json:"autosize,omitempty"`
	Data        *Data       `json:"data,omitempty"` // of the layers that have none of their own
	Transform   []Calculate `json:"transform,omitempty"`
	Layer       []Layer     `json:"layer,omitempty"`
	Concat      []Chart     `json:"concat,omitempty"`
	Columns     int         `json:"columns,omitempty"` // of Concat
	Usermeta    *Usermeta   `json:"usermeta,omitempty"`
}

// Title is what stands above a chart.
type Title struct {
	Text     string `json:"text"`
	Subtitle string `json:"subtitle,omitempty"`
	Anchor   string `json:"anchor,omitempty"`
}

// Autosize says what width and height are of.
type Autosize struct {
	Type     string `json:"type"`
	Contains string `json:"contains"`
}

// Usermeta is for the page in which the chart is.
type Usermeta struct {
	EmbedOptions EmbedOptions `json:"embedOptions"`
}

// EmbedOptions are the options of vega-embed.
type EmbedOptions struct {
	Actions Actions `json:"actions"`
}

// Actions are the entries of a chart's menu.
type Actions struct {
	Export   bool `json:"export"`
	Source   bool `json:"source"`
	Compiled bool `json:"compiled"`
	Editor   bool `json:"editor"` // opens a page of the network
}

// Layer is a set of marks, one for each row of the data.
type Layer struct {
	Data      *Data       `json:"data,omitempty"`
	Transform []Calculate `json:"transform,omitempty"`
	Params    []Param     `json:"params,omitempty"`
	Mark      Mark        `json:"mark"`
	Encoding  Encoding    `json:"encoding"`
}

// Calculate adds a column to the data, or with Filter keeps some of its rows.
type Calculate struct {
	Calculate string `json:"calculate,omitempty"` // an expression
	As        string `json:"as,omitempty"`
	Filter    string `json:"filter,omitempty"`
}

// Param is something that the reader chooses with the pointer.
type Param struct {
	Name   string `json:"name"`
	Select Select `json:"select"`
	Bind   string `json:"bind,omitempty"`
}

// Select says how it is chosen.
type Select struct {
	Type    string `json:"type"`
	On      string `json:"on,omitempty"`
	Clear   string `json:"clear,omitempty"`
	Nearest bool   `json:"nearest,omitempty"`
}

// Mark is how a row is drawn.
type Mark struct {
	Type        string    `json:"type"`
	Clip        bool      `json:"clip,omitempty"`
	Filled      bool      `json:"filled,omitempty"`
	Color       string    `json:"color,omitempty"`
	Opacity     float64   `json:"opacity,omitempty"` // 0 is the default
	Size        float64   `json:"size,omitempty"`
	Shape       string    `json:"shape,omitempty"`
	StrokeWidth float64   `json:"strokeWidth,omitempty"`
	StrokeDash  []float64 `json:"strokeDash,omitempty"`
	Interpolate string    `json:"interpolate,omitempty"`
	Align       string    `json:"align,omitempty"`
	Baseline    string    `json:"baseline,omitempty"`
	DX          float64   `json:"dx,omitempty"`
	DY          float64   `json:"dy,omitempty"`
}

// Encoding says which column is what of a mark.
type Encoding struct {
	X       *Position `json:"x,omitempty"`
	X2      *Column   `json:"x2,omitempty"`
	Y       *Position `json:"y,omitempty"`
	Y2      *Column   `json:"y2,omitempty"`
	Color   *Color    `json:"color,omitempty"`
	Detail  *Column   `json:"detail,omitempty"`
	Order   *Column   `json:"order,omitempty"`
	Opacity *Opacity  `json:"opacity,omitempty"`
	Text    *Column   `json:"text,omitempty"`
	Tooltip []Tip     `json:"tooltip,omitempty"`
}

// Column is a column of the data.
type Column struct {
	Field string `json:"field"`
	Type  Type   `json:"type,omitempty"`
}

// Type is what the values of a column are.
type Type string

// The types that are used.
const (
	Quantitative Type = "quantitative"
	Nominal      Type = "nominal"
)

// Position is a place along an axis.
type Position struct {
	Field string `json:"field"`
	Type  Type   `json:"type"`
	Title Text   `json:"title"`
	Scale Scale  `json:"scale"`
	Axis  *Axis  `json:"axis,omitempty"`
}

// Text is a text that is null if it is empty, since what is left out gets a default.
type Text string

// Scale maps values to places or colours.
type Scale struct {
	Type        string   `json:"type,omitempty"`
	Domain      Numbers  `json:"domain,omitempty"`
	Range       []string `json:"range,omitempty"`       // of colours
	Interpolate string   `json:"interpolate,omitempty"` // the space of colours in which it goes from one to the next
	Reverse     bool     `json:"reverse,omitempty"`
	Nice        *bool    `json:"nice,omitempty"`
	Zero        *bool    `json:"zero,omitempty"`
}

// Axis is how a scale of places is drawn.
type Axis struct {
	Values       Numbers  `json:"values,omitempty"` // where ticks are
	LabelExpr    string   `json:"labelExpr,omitempty"`
	LabelAngle   float64  `json:"labelAngle,omitempty"`
	LabelOverlap *bool    `json:"labelOverlap,omitempty"`
	TickCount    int      `json:"tickCount,omitempty"` // about
	Grid         *bool    `json:"grid,omitempty"`
	GridOpacity  float64  `json:"gridOpacity,omitempty"`
	Labels       *bool    `json:"labels,omitempty"`
	Ticks        *bool    `json:"ticks,omitempty"`
	Domain       *bool    `json:"domain,omitempty"`
	TickMinStep  *float64 `json:"tickMinStep,omitempty"`
}

// Color is a colour by a column.
type Color struct {
	Field  string  `json:"field"`
	Type   Type    `json:"type"`
	Title  Text    `json:"title"`
	Scale  *Scale  `json:"scale"` // nil: the values are colours themselves
	Legend *Legend `json:"legend,omitempty"`
}

// Legend explains colours; null if it is off. No legend is the one of another layer.
type Legend struct {
	On        bool
	Type      string
	Values    Numbers
	LabelExpr string
	Orient    string
}

// Opacity is 1 for what is chosen, and else 0.
type Opacity struct {
	Condition Condition `json:"condition"`
	Value     float64   `json:"value"`
}

// Condition is a value for what is chosen.
type Condition struct {
	Param string  `json:"param"`
	Empty bool    `json:"empty"` // whether everything is chosen if nothing is
	Value float64 `json:"value"`
}

// Tip is a line of what is shown under the pointer.
type Tip struct {
	Field string `json:"field"`
	Type  Type   `json:"type"`
	Title string `json:"title"`
}
