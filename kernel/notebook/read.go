package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"
)

// ReadFile reads the notebook in a file.
func ReadFile(name string) (*Notebook, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the notebook: %w", err)
	}
	nb, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return nb, nil
}

// Parse reads a notebook from its text. The error says what is wrong with it,
// where, and what to do about it.
func Parse(data []byte) (*Notebook, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	top, err := parseTop(data)
	if err != nil {
		return nil, err
	}
	if err := checkVersion(top); err != nil {
		return nil, err
	}
	nb := &Notebook{Extra: Object{}}
	for key, raw := range top {
		switch key {
		case "nbformat":
		case "nbformat_minor":
			if json.Unmarshal(raw, &nb.Minor) != nil || nb.Minor < 0 {
				return nil, fmt.Errorf("nbformat_minor is %s, want a whole number", clip(raw))
			}
		case "metadata":
			if nb.Metadata, err = object(raw); err != nil {
				return nil, fmt.Errorf("the notebook's metadata: %w", err)
			}
		case "cells":
			if nb.Cells, err = parseCells(raw); err != nil {
				return nil, err
			}
		default:
			nb.Extra[key] = raw
		}
	}
	if nb.Metadata == nil {
		nb.Metadata = Object{}
	}
	return nb, nil
}

func parseTop(data []byte) (Object, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("not a notebook: it is empty; a new one is made by JupyterLab (File, New, Notebook)")
	}
	if !utf8.Valid(data) {
		return nil, errors.New("not a notebook: it is not UTF-8 text, which an .ipynb file must be")
	}
	var top Object
	err := json.Unmarshal(data, &top)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		line, col := position(data, syntax.Offset)
		if bytes.Contains(data, []byte("\n<<<<<<< ")) {
			return nil, fmt.Errorf("not JSON (line %d): it holds merge conflict markers (<<<<<<<); resolve the merge first", line)
		}
		hint := "an .ipynb file is a JSON document; a Go file is run with: nascent exec FILE.go"
		if syntax.Offset >= int64(len(data)) {
			hint = "it ends too early, as a file that was not completely written does"
		}
		return nil, fmt.Errorf("not a notebook: not JSON at line %d, column %d (%v); %s", line, col, syntax, hint)
	case err != nil || top == nil:
		return nil, errors.New("not a notebook: it is JSON, but not an object with the fields nbformat and cells")
	}
	return top, nil
}

func checkVersion(top Object) error {
	raw, ok := top["nbformat"]
	if !ok {
		return errors.New(`not a notebook: it is JSON, but has no field "nbformat"`)
	}
	var major int
	if err := json.Unmarshal(raw, &major); err != nil {
		return fmt.Errorf("not a notebook: nbformat is %s, want 4", clip(raw))
	}
	switch {
	case major < 4:
		return fmt.Errorf("its format is nbformat %d, want 4; convert it with: jupyter nbconvert --to notebook --nbformat 4 FILE.ipynb", major)
	case major > 4:
		return fmt.Errorf("its format is nbformat %d, which is newer than the 4 that is understood here; "+
			"convert it with: jupyter nbconvert --to notebook --nbformat 4 FILE.ipynb", major)
	}
	if _, ok := top["cells"]; !ok {
		return errors.New(`not a notebook: it has no field "cells"`)
	}
	return nil
}

func parseCells(raw json.RawMessage) ([]*Cell, error) {
	var raws []json.RawMessage
	if err := json.Unmarshal(raw, &raws); err != nil {
		return nil, fmt.Errorf("cells is %s, want a list of cells", clip(raw))
	}
	cells := make([]*Cell, len(raws))
	for i, raw := range raws {
		c, err := parseCell(raw)
		if err != nil {
			return nil, fmt.Errorf("cell %d of %d: %w", i+1, len(raws), err)
		}
		cells[i] = c
	}
	return cells, nil
}

func parseCell(raw json.RawMessage) (*Cell, error) {
	fields, err := object(raw)
	if err != nil {
		return nil, err
	}
	c := &Cell{Metadata: Object{}, Extra: Object{}}
	if !fields.Get("cell_type", &c.Type) {
		return nil, errors.New("it has no cell_type, want code, markdown or raw")
	}
	if c.Type != Code && c.Type != Markdown && c.Type != Raw {
		return nil, fmt.Errorf("its cell_type is %q, want code, markdown or raw", c.Type)
	}
	for key, raw := range fields {
		var err error
		switch key {
		case "cell_type":
		case "id":
			err = json.Unmarshal(raw, &c.ID)
		case "source":
			c.Source, err = multiline(raw)
		case "metadata":
			c.Metadata, err = object(raw)
		case "attachments":
			c.Attachments = raw
		case "execution_count":
			c.ExecutionCount, err = count(raw)
		case "outputs":
			c.Outputs, err = parseOutputs(raw)
		default:
			c.Extra[key] = raw
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return c, nil
}

func parseOutputs(raw json.RawMessage) ([]*Output, error) {
	var raws []json.RawMessage
	if err := json.Unmarshal(raw, &raws); err != nil {
		return nil, fmt.Errorf("they are %s, want a list", clip(raw))
	}
	var outputs []*Output
	for i, raw := range raws {
		o, err := parseOutput(raw)
		if err != nil {
			return nil, fmt.Errorf("output %d: %w", i+1, err)
		}
		outputs = append(outputs, o)
	}
	return outputs, nil
}

func parseOutput(raw json.RawMessage) (*Output, error) {
	fields, err := object(raw)
	if err != nil {
		return nil, err
	}
	o := &Output{Extra: Object{}}
	if !fields.Get("output_type", &o.Type) {
		return nil, errors.New("it has no output_type")
	}
	switch o.Type {
	case Stream, DisplayData, ExecuteResult, ErrorOutput:
	default:
		return nil, fmt.Errorf("its output_type is %q, want stream, display_data, execute_result or error", o.Type)
	}
	for key, raw := range fields {
		var err error
		switch {
		case key == "output_type":
		case key == "name" && o.Type == Stream:
			err = json.Unmarshal(raw, &o.Name)
		case key == "text" && o.Type == Stream:
			o.Text, err = multiline(raw)
		case key == "data" && o.hasData():
			o.Data, err = parseBundle(raw)
		case key == "metadata" && o.hasData():
			o.Metadata, err = object(raw)
		case key == "execution_count" && o.Type == ExecuteResult:
			o.ExecutionCount, err = count(raw)
		case key == "ename" && o.Type == ErrorOutput:
			err = json.Unmarshal(raw, &o.EName)
		case key == "evalue" && o.Type == ErrorOutput:
			err = json.Unmarshal(raw, &o.EValue)
		case key == "traceback" && o.Type == ErrorOutput:
			err = json.Unmarshal(raw, &o.Traceback)
		default:
			o.Extra[key] = raw
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return o, nil
}

func (o *Output) hasData() bool { return o.Type == DisplayData || o.Type == ExecuteResult }

// parseBundle joins the multi-line strings of a bundle.
func parseBundle(raw json.RawMessage) (Bundle, error) {
	fields, err := object(raw)
	if err != nil {
		return nil, err
	}
	b := Bundle{}
	for mime, raw := range fields {
		if !isJSON(mime) {
			if text, err := multiline(raw); err == nil {
				if raw, err = encode(text); err != nil {
					return nil, fmt.Errorf("%s: %w", mime, err)
				}
			}
		}
		b[mime] = raw
	}
	return b, nil
}

// isJSON reports whether data of the MIME type is JSON as such and no text.
func isJSON(mime string) bool {
	mime, _, _ = strings.Cut(mime, ";")
	return mime == "application/json" || strings.HasPrefix(mime, "application/") && strings.HasSuffix(mime, "+json")
}

// multiline is a string that nbformat stores as one, or as a list of its lines.
func multiline(raw json.RawMessage) (string, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, nil
	}
	var lines []string
	if json.Unmarshal(raw, &lines) != nil {
		return "", fmt.Errorf("it is %s, want a string or a list of strings", clip(raw))
	}
	return strings.Join(lines, ""), nil
}

// count is an execution count, null if there was no execution.
func count(raw json.RawMessage) (int, error) {
	var n *int
	if err := json.Unmarshal(raw, &n); err != nil {
		return 0, fmt.Errorf("it is %s, want a whole number or null", clip(raw))
	}
	if n == nil {
		return 0, nil
	}
	return *n, nil
}

func object(raw json.RawMessage) (Object, error) {
	var o Object
	if err := json.Unmarshal(raw, &o); err != nil || o == nil {
		return nil, fmt.Errorf("it is %s, want a JSON object", clip(raw))
	}
	return o, nil
}

// clip shortens a JSON text for an error message.
func clip(raw json.RawMessage) string {
	const most = 40
	text := string(bytes.TrimSpace(raw))
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most]) + "…"
	}
	return text
}

// position is the line and the column, both from 1, of a byte offset.
func position(data []byte, offset int64) (line, col int) {
	head := data[:max(0, min(offset, int64(len(data))))]
	line = 1 + bytes.Count(head, []byte("\n"))
	col = max(1, utf8.RuneCount(head[bytes.LastIndexByte(head, '\n')+1:]))
	return line, col
}
