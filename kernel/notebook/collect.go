package notebook

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/kernel/notebook/internal/ansi"
	"github.com/nascent-go/nascent/kernel/wire"
)

// collector turns what a kernel publishes into the outputs of cells.
type collector struct {
	cells    map[string]*cellRecord // id of the request → its cell
	displays map[string][]*Output   // display id → what was shown with it, in any cell
	widgets  widgetRecord
}

// cellRecord is a cell that runs or has run.
type cellRecord struct {
	*Cell
	clearing bool                         // the outputs go when the next one comes
	texts    map[*Output]*strings.Builder // of streams, until the end: there may be many small pieces
}

func newCollector() *collector {
	return &collector{cells: map[string]*cellRecord{}, displays: map[string][]*Output{}}
}

// begin makes ready for the outputs of a cell.
func (c *collector) begin(request string, cell *Cell) {
	cell.Outputs, cell.ExecutionCount = nil, 0
	c.cells[request] = &cellRecord{Cell: cell, texts: map[*Output]*strings.Builder{}}
}

// take looks at a message. Outputs of a cell that has ended, which its
// goroutines make, go to that cell.
func (c *collector) take(m *wire.Message) error {
	if m.Header.MsgType == wire.TypeUpdateDisplayData {
		return c.update(m)
	}
	if err := c.widgets.take(m); err != nil {
		return err
	}
	cell, ok := c.cells[m.ParentID()]
	if !ok {
		return nil
	}
	switch m.Header.MsgType {
	case wire.TypeExecuteInput:
		var content wire.ExecuteInput
		if err := m.DecodeContent(&content); err != nil {
			return err
		}
		cell.ExecutionCount = content.ExecutionCount
	case wire.TypeStream:
		var content wire.Stream
		if err := m.DecodeContent(&content); err != nil {
			return err
		}
		cell.addText(content)
	case wire.TypeDisplayData, wire.TypeExecuteResult:
		out, id, err := shown(m)
		if err != nil {
			return err
		}
		cell.add(out)
		if id != "" {
			c.displays[id] = append(c.displays[id], out)
		}
	case wire.TypeError:
		var content wire.ErrorContent
		if err := m.DecodeContent(&content); err != nil {
			return err
		}
		cell.add(&Output{Type: ErrorOutput, EName: content.Name, EValue: content.Value, Traceback: content.Traceback})
	case wire.TypeClearOutput:
		var content wire.ClearOutput
		if err := m.DecodeContent(&content); err != nil {
			return err
		}
		if cell.clearing = content.Wait; !content.Wait {
			cell.Outputs = nil
		}
	}
	return nil
}

// update replaces every output that was shown with the display id.
func (c *collector) update(m *wire.Message) error {
	with, id, err := shown(m)
	if err != nil {
		return err
	}
	for _, out := range c.displays[id] {
		out.Data, out.Metadata = with.Data, with.Metadata
	}
	return nil
}

// shown is the output that display_data, update_display_data or execute_result
// hold, and its display id.
func shown(m *wire.Message) (*Output, string, error) {
	var content struct {
		Data           json.RawMessage `json:"data"`
		Metadata       Object          `json:"metadata"`
		ExecutionCount int             `json:"execution_count"`
		Transient      wire.Transient  `json:"transient"`
	}
	if err := m.DecodeContent(&content); err != nil {
		return nil, "", err
	}
	data, err := parseBundle(content.Data)
	if err != nil {
		return nil, "", err
	}
	out := &Output{Type: DisplayData, Data: data, Metadata: content.Metadata}
	if m.Header.MsgType == wire.TypeExecuteResult {
		out.Type, out.ExecutionCount = ExecuteResult, content.ExecutionCount
	}
	return out, content.Transient.DisplayID, nil
}

func (r *cellRecord) add(out *Output) {
	if r.clearing {
		r.Outputs, r.clearing = nil, false
	}
	r.Outputs = append(r.Outputs, out)
}

// addText adds text to the last output if that is of the same stream.
func (r *cellRecord) addText(s wire.Stream) {
	var last *Output
	if n := len(r.Outputs); n > 0 && !r.clearing {
		last = r.Outputs[n-1]
	}
	if last == nil || last.Type != Stream || last.Name != s.Name {
		last = &Output{Type: Stream, Name: s.Name}
		r.add(last)
		r.texts[last] = &strings.Builder{}
	}
	r.texts[last].WriteString(s.Text)
}

// finish makes the texts what a terminal would show in the end: a progress bar
// that was drawn a hundred times is stored once. The notebook keeps the widgets as
// they are then.
func (c *collector) finish(nb *Notebook) error {
	for _, cell := range c.cells {
		for _, out := range cell.Outputs {
			if text := cell.texts[out]; text != nil {
				out.Text = ansi.Settle(text.String())
			}
		}
		cell.Outputs = slices.DeleteFunc(cell.Outputs, func(o *Output) bool { return o.Type == Stream && o.Text == "" })
	}
	return c.widgets.store(nb)
}
