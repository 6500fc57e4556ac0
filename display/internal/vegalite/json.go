package vegalite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Numbers are written with 12 significant digits; what is no number is null.
type Numbers []float64

// MarshalJSON writes an array.
func (n Numbers) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, v := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNumber(b, v)
	}
	return append(b, ']'), nil
}

func appendNumber(b []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	const digits = 12
	return strconv.AppendFloat(b, v, 'g', digits, 64)
}

// MarshalJSON writes null for an empty text.
func (t Text) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}

// MarshalJSON writes null for a legend that is off.
func (l Legend) MarshalJSON() ([]byte, error) {
	if !l.On {
		return []byte("null"), nil
	}
	return json.Marshal(struct {
		Type      string  `json:"type,omitempty"`
		Values    Numbers `json:"values,omitempty"`
		LabelExpr string  `json:"labelExpr,omitempty"`
		Orient    string  `json:"orient,omitempty"`
	}{l.Type, l.Values, l.LabelExpr, l.Orient})
}

// Data are rows of numbers and texts.
type Data struct {
	names [][]byte // of the columns, as JSON
	b     bytes.Buffer
	rows  int
}

// NewData returns a table without rows. The names of columns are the fields of
// encodings.
func NewData(columns ...string) *Data {
	d := &Data{}
	for _, c := range columns {
		name, err := json.Marshal(c)
		if err != nil {
			panic(err) // a string is always written
		}
		d.names = append(d.names, name)
	}
	return d
}

// Len is the number of rows.
func (d *Data) Len() int { return d.rows }

// Add adds a row: a float64, an int or a string for each column.
func (d *Data) Add(cells ...any) {
	if d.rows++; d.rows > 1 {
		d.b.WriteByte(',')
	}
	for i, c := range cells {
		d.b.WriteByte("{,"[min(i, 1)])
		d.b.Write(d.names[i])
		d.b.WriteByte(':')
		switch c := c.(type) {
		case float64:
			d.b.Write(appendNumber(d.b.AvailableBuffer(), c))
		case int:
			d.b.WriteString(strconv.Itoa(c))
		case string:
			d.b.WriteString(Literal(c))
		default:
			panic(fmt.Sprintf("vegalite: a cell of type %T", c))
		}
	}
	d.b.WriteByte('}')
}

// MarshalJSON writes the rows as objects.
func (d *Data) MarshalJSON() ([]byte, error) {
	return append(append([]byte(`{"values":[`), d.b.Bytes()...), "]}"...), nil
}

// Literal is a text as JSON, which is how it stands in an expression, too.
func Literal(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string is always written
	}
	return string(b)
}

// Lookup is an expression for the text that belongs to a number, which is another
// expression: the text at its place among the keys.
func Lookup(number string, keys []float64, texts []string) string {
	list := make([]string, len(texts))
	for i, t := range texts {
		list[i] = Literal(t)
	}
	k, err := Numbers(keys).MarshalJSON()
	if err != nil {
		panic(err) // numbers are always written
	}
	return fmt.Sprintf("[%s][indexof(%s,%s)]", strings.Join(list, ","), k, number)
}
