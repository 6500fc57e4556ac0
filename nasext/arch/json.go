package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Encode is the architecture as indented JSON. Decode reads it back. A name that is no
// UTF-8 is an error, for JSON cannot hold it; Text can.
func (a *Arch) Encode() ([]byte, error) {
	if err := a.Check(); err != nil {
		return nil, err
	}
	if !utf8.ValidString(a.Name) {
		return nil, fmt.Errorf("arch: the name %q is no UTF-8, which JSON needs; give another", a.Name)
	}
	for i, n := range a.Nodes {
		if !utf8.ValidString(n.Name) || !utf8.ValidString(n.Block) {
			return nil, a.fault(i, "has a name or a block, %q, %q, that is no UTF-8, which JSON needs; give another", n.Name, n.Block)
		}
		if !utf8.ValidString(n.Op.Func) {
			return nil, a.fault(i, "has the func %q that is no UTF-8, which JSON needs; give another", n.Op.Func)
		}
		if !utf8.ValidString(n.Op.Alpha) {
			return nil, a.fault(i, "has the alpha %q that is no UTF-8, which JSON needs; give another", n.Op.Alpha)
		}
	}
	return json.MarshalIndent(a, "", "  ")
}

// Decode reads an architecture from JSON and checks it. Fields that an
// architecture does not have are an error, and so is anything after it.
func Decode(data []byte) (*Arch, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var a *Arch
	if err := d.Decode(&a); err != nil {
		return nil, fmt.Errorf("arch: reading JSON%s: %w", where(data, err, d.InputOffset()), plain(err))
	}
	if a == nil {
		return nil, errors.New("arch: reading JSON: it holds null; an architecture has the fields input and nodes")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("arch: reading JSON%s: there is more after the architecture; a file holds one", where(data, nil, d.InputOffset()))
	}
	if err := a.Check(); err != nil {
		return nil, err
	}
	return a, nil
}

// where is the line and column that a decoding error is about.
func where(data []byte, err error, offset int64) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	before := data[:min(max(offset, 0), int64(len(data)))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Sprintf(" (line %d, column %d)", line, max(column-1, 1))
}

// plain says what was wrong in the words of an architecture rather than of Go.
func plain(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Errorf("the field %s cannot be a %s; it must be a %s", kind.Field, kind.Value, jsonWord(kind.Type.Kind().String()))
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends before the architecture does")
	}
	return err
}

// jsonWord is what JSON calls a Go kind.
func jsonWord(kind string) string {
	switch kind {
	case "int":
		return "whole number"
	case "float64":
		return "number"
	case "slice":
		return "list"
	case "struct", "ptr":
		return "object"
	}
	return kind
}
