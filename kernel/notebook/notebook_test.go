package notebook

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadRefuses(t *testing.T) {
	cell := func(fields string) string {
		return `{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{` + fields + `}]}`
	}
	code := func(output string) string {
		return cell(`"cell_type": "code", "source": "", "outputs": [` + output + `]`)
	}
	tests := []struct{ name, text, want string }{
		{"empty", " \n", "it is empty"},
		{"binary", "\xff\xfe", "not UTF-8"},
		{"Go", "package main\n", "not JSON at line 1, column 1"},
		{"Go, the cure", "package main\n", "nascent exec FILE.go"},
		{"line", "{\n  \"cells\": [,]\n}", "line 2, column 13"},
		{"cut off", `{"nbformat": 4, "cells": [`, "it ends too early"},
		{"merge", "{\n<<<<<<< HEAD\n}", "merge conflict markers"},
		{"list", `[1]`, "not an object"},
		{"null", `null`, "not an object"},
		{"other JSON", `{"name": "x"}`, `has no field "nbformat"`},
		{"version 3", `{"nbformat": 3, "worksheets": []}`, "nbformat 3, want 4; convert it with: jupyter nbconvert --to notebook"},
		{"version 5", `{"nbformat": 5, "cells": []}`, "nbformat 5, which is newer"},
		{"version of text", `{"nbformat": "4"}`, `nbformat is "4", want 4`},
		{"minor", `{"nbformat": 4, "nbformat_minor": "x", "cells": []}`, "nbformat_minor"},
		{"no cells", `{"nbformat": 4}`, `no field "cells"`},
		{"cells", `{"nbformat": 4, "cells": {}}`, "cells is {}, want a list"},
		{"metadata", `{"nbformat": 4, "cells": [], "metadata": [1]}`, "metadata: it is [1], want a JSON object"},
		{"cell", `{"nbformat": 4, "cells": [{"cell_type": "raw", "source": ""}, 7]}`, "cell 2 of 2: it is 7"},
		{"no type", cell(`"source": ""`), "cell 1 of 1: it has no cell_type"},
		{"type", cell(`"cell_type": "heading"`), `its cell_type is "heading", want code, markdown or raw`},
		{"source", cell(`"cell_type": "code", "source": {"a": 1}`), `source: it is {"a": 1}, want a string or a list of strings`},
		{"long value", cell(`"cell_type": "code", "source": {"a": "` + strings.Repeat("é", 99) + `"}`), strings.Repeat("é", 33) + "…"},
		{"id", cell(`"cell_type": "code", "id": 3`), "id: json: cannot unmarshal"},
		{"count", cell(`"cell_type": "code", "execution_count": "x"`), `execution_count: it is "x"`},
		{"outputs", cell(`"cell_type": "code", "outputs": 1`), "outputs: they are 1, want a list"},
		{"output", code(`1`), "outputs: output 1: it is 1"},
		{"output type", code(`{}`), "it has no output_type"},
		{"unknown output", code(`{"output_type": "pyout"}`), `its output_type is "pyout"`},
		{"stream", code(`{"output_type": "stream", "text": 1}`), "text: it is 1"},
		{"data", code(`{"output_type": "display_data", "data": 1}`), "data: it is 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestReadFileNamesTheFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.ipynb")
	if _, err := ReadFile(name); err == nil || !strings.Contains(err.Error(), "a.ipynb") {
		t.Errorf("missing file: error = %v, want one with its name", err)
	}
	if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(name); err == nil || !strings.Contains(err.Error(), "a.ipynb: not a notebook") {
		t.Errorf("bad file: error = %v, want one with its name", err)
	}
}

// A notebook in the form in which nbformat writes it comes out as it went in.
func TestRoundTrip(t *testing.T) {
	want, err := os.ReadFile("testdata/roundtrip.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	nb, err := Parse(append([]byte("\ufeff"), want...))
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := Write(&got, nb); err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
	if nb.Cells[1].Source != "a := 1\nb := a < 2 && a > 0" || nb.Cells[1].ExecutionCount != 3 {
		t.Errorf("cell 2 = %+v", nb.Cells[1])
	}
	if text, _ := nb.Cells[1].Outputs[1].Data.Text("image/svg+xml"); text != "<svg>\n</svg>" {
		t.Errorf("svg = %q, want its lines joined", text)
	}
	if got := nb.Language(); got != "go" {
		t.Errorf("language = %q, want go", got)
	}
}

func TestCellsGetIDs(t *testing.T) {
	text := `{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
		{"cell_type": "raw", "source": "x"}, {"cell_type": "raw", "source": "x", "id": "dup"}, {"cell_type": "raw", "source": "x", "id": "dup"},
		{"cell_type": "raw", "source": "x", "id": "not valid"}]}`
	write := func() string {
		nb, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := Write(&b, nb); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, c := range nb.Cells {
			if !validID(c.ID) || seen[c.ID] {
				t.Errorf("id %q is no id or there twice", c.ID)
			}
			seen[c.ID] = true
		}
		if !seen["dup"] {
			t.Error("an id that was right has changed")
		}
		return b.String()
	}
	if first := write(); write() != first {
		t.Error("the ids are different the second time")
	}
}

func TestWriteFileReplacesWhole(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "new", "out.ipynb")
	nb := &Notebook{Minor: 4, Cells: []*Cell{{Type: Code, Source: "1"}}}
	for range 2 {
		if err := WriteFile(name, nb); err != nil {
			t.Fatal(err)
		}
	}
	if again, err := ReadFile(name); err != nil || again.Cells[0].Source != "1" || again.Cells[0].ID != "" {
		t.Errorf("read again: %+v, %v", again, err)
	}
	files, err := os.ReadDir(filepath.Dir(name))
	if err != nil || len(files) != 1 {
		t.Errorf("the folder has %v, %v; want the notebook alone", files, err)
	}
	if err := WriteFile(filepath.Join(name, "below.ipynb"), nb); err == nil || !strings.Contains(err.Error(), "below.ipynb") {
		t.Errorf("writing below a file: error = %v, want one with its name", err)
	}
}

func FuzzRead(f *testing.F) {
	seed, err := os.ReadFile("testdata/roundtrip.ipynb")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(`{"nbformat": 4, "nbformat_minor": 5, "cells": [{"cell_type": "code", "source": ["a", "b"], "outputs": [{"output_type": "stream"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		nb, err := Parse(data)
		if err != nil {
			return
		}
		var once, twice bytes.Buffer
		if err := Write(&once, nb); err != nil {
			t.Fatalf("writing what was read: %v", err)
		}
		again, err := Parse(once.Bytes())
		if err != nil {
			t.Fatalf("reading what was written: %v\n%s", err, once.String())
		}
		if err := Write(&twice, again); err != nil || once.String() != twice.String() {
			t.Fatalf("written twice (%v):\n%s\n%s", err, once.String(), twice.String())
		}
		if _, err := HTML(nb, "Notebook"); err != nil {
			t.Fatalf("making a page: %v", err)
		}
	})
}
