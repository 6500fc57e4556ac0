// Package notebook reads, runs and writes Jupyter notebooks (.ipynb, nbformat 4)
// without Jupyter, and makes one self-contained HTML page of them.
package notebook

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Notebook is a notebook of nbformat 4. Fields that this package does not know
// are kept and written back.
type Notebook struct {
	Minor    int // nbformat is 4.Minor
	Metadata Object
	Cells    []*Cell
	Extra    Object // unknown top-level fields
}

// CellType is the kind of a cell.
type CellType string

// The kinds of cells.
const (
	Code     CellType = "code"
	Markdown CellType = "markdown"
	Raw      CellType = "raw"
)

// Cell is one cell of a notebook.
type Cell struct {
	Type           CellType
	ID             string // unique in the notebook; from nbformat 4.5 on every cell has one
	Source         string
	Metadata       Object
	Attachments    json.RawMessage // of Markdown and raw cells: file name → MIME bundle; nil if none
	ExecutionCount int             // of code cells; 0: not executed
	Outputs        []*Output       // of code cells
	Extra          Object          // unknown fields
}

// OutputType is the kind of an output.
type OutputType string

// The kinds of outputs.
const (
	Stream        OutputType = "stream"
	DisplayData   OutputType = "display_data"
	ExecuteResult OutputType = "execute_result"
	ErrorOutput   OutputType = "error"
)

// Output is one output of a code cell.
type Output struct {
	Type OutputType

	Name string // stream: stdout or stderr
	Text string // stream

	Data           Bundle // display_data, execute_result
	Metadata       Object // display_data, execute_result
	ExecutionCount int    // execute_result

	EName, EValue string   // error
	Traceback     []string // error: lines, may hold ANSI colours

	Extra Object // unknown fields
}

// Bundle is a MIME bundle as nbformat stores it: text and base64 data as JSON
// strings (multi-line ones joined), JSON types as they are.
type Bundle map[string]json.RawMessage

// Text is the data of a MIME type that is stored as a string.
func (b Bundle) Text(mime string) (string, bool) {
	raw, ok := b[mime]
	if !ok {
		return "", false
	}
	text, err := multiline(raw)
	return text, err == nil
}

// Object is a JSON object whose fields are kept as they were read.
type Object map[string]json.RawMessage

// Get decodes a field into v and reports whether the field is there and fits.
func (o Object) Get(key string, v any) bool {
	raw, ok := o[key]
	return ok && json.Unmarshal(raw, v) == nil
}

// Set stores v, which encoding/json must be able to write, as a field.
func (o Object) Set(key string, v any) error {
	raw, err := encode(v)
	if err != nil {
		return err
	}
	o[key] = raw
	return nil
}

// Tags are the cell's tags.
func (c *Cell) Tags() []string {
	var tags []string
	c.Metadata.Get("tags", &tags)
	return tags
}

// HasTag reports whether the cell has the tag.
func (c *Cell) HasTag(tag string) bool { return slices.Contains(c.Tags(), tag) }

// FirstLine is the first line of the cell that says something, for progress and
// error messages.
func (c *Cell) FirstLine() string {
	for line := range strings.Lines(c.Source) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}

// Language is the programming language that the notebook's metadata names, in
// lower case; "" if it names none.
func (nb *Notebook) Language() string {
	var spec struct {
		Language string `json:"language"`
	}
	var info struct {
		Name string `json:"name"`
	}
	if nb.Metadata.Get("kernelspec", &spec) && spec.Language != "" {
		return strings.ToLower(spec.Language)
	}
	nb.Metadata.Get("language_info", &info)
	return strings.ToLower(info.Name)
}

// encode writes v as JSON without escaping <, > and &, which notebooks are full of.
func encode(v any) (json.RawMessage, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}
