package notebook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// WriteFile writes a notebook to a file, which it replaces only when everything
// is written. Folders that are missing are made.
func WriteFile(name string, nb *Notebook) error {
	var buf bytes.Buffer
	if err := Write(&buf, nb); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return replaceFile(name, buf.Bytes())
}

// Write writes a notebook the way nbformat does: sorted fields, an indentation
// of one space, text as lists of lines, a newline at the end, so that version
// control shows small differences for small changes.
func Write(w io.Writer, nb *Notebook) error {
	if nb.Minor >= 5 {
		nb.fillIDs()
	}
	cells := make([]map[string]any, len(nb.Cells))
	for i, c := range nb.Cells {
		cells[i] = c.fields(nb.Minor)
	}
	top := withExtra(nb.Extra, map[string]any{
		"nbformat": 4, "nbformat_minor": nb.Minor, "metadata": orEmpty(nb.Metadata), "cells": cells,
	})
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(top); err != nil {
		return fmt.Errorf("writing the notebook: %w", err)
	}
	return nil
}

func (c *Cell) fields(minor int) map[string]any {
	f := withExtra(c.Extra, map[string]any{
		"cell_type": c.Type, "metadata": orEmpty(c.Metadata), "source": lines(c.Source),
	})
	if minor >= 5 {
		f["id"] = c.ID
	}
	if c.Attachments != nil {
		f["attachments"] = c.Attachments
	}
	if c.Type == Code {
		f["execution_count"] = orNull(c.ExecutionCount)
		outputs := make([]map[string]any, len(c.Outputs))
		for i, o := range c.Outputs {
			outputs[i] = o.fields()
		}
		f["outputs"] = outputs
	}
	return f
}

func (o *Output) fields() map[string]any {
	f := withExtra(o.Extra, map[string]any{"output_type": o.Type})
	switch o.Type {
	case Stream:
		f["name"], f["text"] = o.Name, lines(o.Text)
	case ErrorOutput:
		f["ename"], f["evalue"], f["traceback"] = o.EName, o.EValue, append([]string{}, o.Traceback...)
	case DisplayData, ExecuteResult:
		data := map[string]any{}
		for mime, raw := range o.Data {
			data[mime] = raw
			if text, ok := o.Data.Text(mime); ok && isText(mime) {
				data[mime] = lines(text)
			}
		}
		f["data"], f["metadata"] = data, orEmpty(o.Metadata)
		if o.Type == ExecuteResult {
			f["execution_count"] = orNull(o.ExecutionCount)
		}
	}
	return f
}

// isText reports whether nbformat stores data of the MIME type as lines.
func isText(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript"
}

// lines splits a text into lines that keep their newlines, as nbformat stores them.
func lines(text string) []string {
	out := strings.SplitAfter(text, "\n")
	if out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// fillIDs gives every cell an id that is unique in the notebook. The ids depend
// on the place and the text alone, so the same notebook gets the same ones again.
func (nb *Notebook) fillIDs() {
	used := map[string]bool{}
	for i, c := range nb.Cells {
		if !validID(c.ID) || used[c.ID] {
			c.ID = ""
			for n := 0; c.ID == "" || used[c.ID]; n++ {
				sum := sha256.Sum256([]byte(strconv.Itoa(i) + "/" + strconv.Itoa(n) + "\n" + c.Source))
				c.ID = hex.EncodeToString(sum[:4])
			}
		}
		used[c.ID] = true
	}
}

// validID reports whether an id is one that nbformat's schema allows.
func validID(id string) bool {
	return len(id) >= 1 && len(id) <= 64 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

func withExtra(extra Object, fields map[string]any) map[string]any {
	for key, raw := range extra {
		if _, known := fields[key]; !known {
			fields[key] = raw
		}
	}
	return fields
}

func orEmpty(o Object) Object {
	if o == nil {
		return Object{}
	}
	return o
}

// orNull is an execution count as JSON has it: null if there was no execution.
func orNull(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// replaceFile writes a file through a temporary one beside it, so that a reader
// never sees half of it and a failure leaves the old one.
func replaceFile(name string, data []byte) error {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	mode := os.FileMode(0o644)
	if old, err := os.Stat(name); err == nil {
		mode = old.Mode().Perm() // what was not for everybody stays so
	}
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	defer os.Remove(tmp.Name()) // fails once it has been renamed, as it should
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(mode)
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}
