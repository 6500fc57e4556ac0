package table_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/estimate/table"
	"github.com/nascent-go/nascent/nasext/space"
)

// cells is a space with short genotypes: NAS-Bench-101 with one vertex between
// input and output, which makes 15 genotypes.
func cells(t testing.TB) *space.NB101 {
	t.Helper()
	s, err := space.NASBench101(space.NASBench101Config{Vertices: 3, C: 4, Stacks: 2, Modules: 1, Input: arch.Shape{C: 1, H: 8, W: 8}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	goodCSV = "genotype,loss,accuracy\n" +
		"conv3x3(0) output(1),0.5,93.25\n" +
		"\n" +
		"\"conv3x3(0) output(0,1)\", 1e-1 ,94\n" +
		"maxpool(0) output(1),2,10\n"
	goodList = `[{"genotype": "conv3x3(0) output(1)", "loss": 0.5, "accuracy": 93.25},
 {"accuracy": 94, "loss": 0.1, "genotype": "conv3x3(0) output(0,1)"},
 {"genotype": "maxpool(0) output(1)", "loss": 2.0, "accuracy": 1e1}]`
	goodObject = `{"conv3x3(0) output(1)": {"loss": 0.5, "accuracy": 93.25},
 "conv3x3(0) output(0,1)": {"accuracy": 94, "loss": 0.1},
 "maxpool(0) output(1)": {"loss": 2, "accuracy": 10}}`
)

func readers() map[string]func(text string, s space.Space, c table.Config) (*table.Table, error) {
	return map[string]func(string, space.Space, table.Config) (*table.Table, error){
		"csv": func(text string, s space.Space, c table.Config) (*table.Table, error) {
			return table.CSV(strings.NewReader(text), s, c)
		},
		"json": func(text string, s space.Space, c table.Config) (*table.Table, error) {
			return table.JSON(strings.NewReader(text), s, c)
		},
	}
}

func TestRead(t *testing.T) {
	s := cells(t)
	for _, c := range []struct{ name, format, text string }{
		{"csv", "csv", goodCSV},
		{"csv with byte order mark", "csv", "\ufeff" + goodCSV},
		{"csv of another system", "csv", strings.ReplaceAll(goodCSV, "\n", "\r\n")},
		{"list", "json", goodList},
		{"object", "json", goodObject},
		{"object with byte order mark", "json", "\ufeff" + goodObject},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := readers()[c.format](c.text, s, table.Config{Name: "tiny", Note: "made up"})
			if err != nil {
				t.Fatal(err)
			}
			if b.Len() != 3 || !slices.Equal(b.Columns(), []string{"loss", "accuracy"}) || b.Name() != "tiny" || b.Note() != "made up" {
				t.Errorf("the table is %s", b)
			}
			for column, want := range map[string][]float64{"loss": {0.5, 0.1, 2}, "accuracy": {93.25, 94, 10}} {
				if got, err := b.Column(column); err != nil || !slices.Equal(got, want) {
					t.Errorf("%s is %v, %v; want %v", column, got, err, want)
				}
			}
			g, err := s.Parse("conv3x3(0) output(0,1)")
			if err != nil {
				t.Fatal(err)
			}
			if h, err := b.Genotype(1); err != nil || !slices.Equal(g, h) {
				t.Errorf("row 1 is %v, %v; want %v", h, err, g)
			}
			if v, err := b.Value(g, "accuracy"); v != 94 || err != nil {
				t.Errorf("the accuracy of row 1 is %v, %v; want 94", v, err)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	s := cells(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"a.csv": goodCSV, "b.JSON": goodList, "c.txt": goodCSV} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"a.csv", "b.JSON"} {
		if b, err := table.Open(filepath.Join(dir, name), s, table.Config{}); err != nil || b.Len() != 3 || b.Name() != name {
			t.Errorf("%s is %v, %v", name, b, err)
		}
	}
	for name, want := range map[string]string{"c.txt": "it has to end in .csv or .json", "d.csv": "no such file"} {
		if _, err := table.Open(filepath.Join(dir, name), s, table.Config{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want it to hold %q", name, err, want)
		}
	}
}

// A complete table has a row for every genotype, or for every one of the seven cells
// if the space knows that they are what differs.
func TestComplete(t *testing.T) {
	nets, err := space.Global(space.GlobalConfig{
		Input: arch.Shape{C: 1, H: 8, W: 8}, Classes: 3, MinLayers: 1, MaxLayers: 2, FilterSizes: []int{1, 3}, Channels: []int{4},
	})
	if err != nil {
		t.Fatal(err)
	}
	nb := cells(t)
	all := map[space.Space][]space.Genotype{}
	if err := space.Walk(nets, func(g space.Genotype) bool { all[nets] = append(all[nets], g); return true }); err != nil {
		t.Fatal(err)
	}
	for i := range nb.UniqueSize() {
		g, err := nb.UniqueAt(i)
		if err != nil {
			t.Fatal(err)
		}
		all[nb] = append(all[nb], g)
	}
	for s, want := range map[space.Space]int{nets: 2 + 4, nb: 1 + 6} {
		text, last, before := "genotype,x\n", "", ""
		for _, g := range all[s] {
			var err error
			if last, err = space.Format(s, g); err != nil {
				t.Fatal(err)
			}
			before, text = text, text+fmt.Sprintf("%q,1\n", last)
		}
		if b, err := table.CSV(strings.NewReader(text), s, table.Config{Complete: true}); err != nil || b.Len() != want {
			t.Errorf("%s: the table is %v, %v; want %d rows", s.Name(), b, err, want)
		}
		missing := fmt.Sprintf("after %d rows there is none for %s; expected one for every architecture", want-1, last)
		if _, err := table.CSV(strings.NewReader(before), s, table.Config{Complete: true}); err == nil || !strings.Contains(err.Error(), missing) {
			t.Errorf("%s: error is %v, want it to hold %q", s.Name(), err, missing)
		}
	}
}

// A row is that of every genotype of its cell, whatever dangles and in whatever order.
func TestRowsOfUniqueArchitectures(t *testing.T) {
	s, err := space.NASBench101(space.NASBench101Config{})
	if err != nil {
		t.Fatal(err)
	}
	const text = "genotype,accuracy\n\"conv3x3(0) maxpool(0) output(1,2)\",91\n"
	b, err := table.CSV(strings.NewReader(text), s, table.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range []string{"conv3x3(0) maxpool(0) output(1,2)", "maxpool(0) conv1x1(1) conv3x3(0) output(1,3)"} {
		g, err := s.Parse(cell)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := b.Value(g, "accuracy"); v != 91 || err != nil {
			t.Errorf("%s has %v, %v; want 91", cell, v, err)
		}
	}
	again := text + "\"maxpool(0) conv1x1(1) conv3x3(0) output(1,3)\",92\n"
	if _, err := table.CSV(strings.NewReader(again), s, table.Config{}); err == nil || !strings.Contains(err.Error(), "has a row already, row 1 (line 2)") {
		t.Errorf("error is %v", err)
	}
}

func TestReadErrors(t *testing.T) {
	s := cells(t)
	for _, c := range []struct{ format, text, want string }{
		{"csv", "", `table mine: the line that names the columns: there is none; it names a column "genotype"`},
		{"csv", "arch,x\noutput(0),1\n", `there is no column "genotype" for the architectures; the columns are arch, x`},
		{"csv", "genotype\noutput(0)\n", `there is no metric; expected at least one column besides "genotype"`},
		{"csv", "genotype,x,x\noutput(0),1,2\n", `two columns are called "x"`},
		{"csv", "genotype,x,\noutput(0),1,2\n", "metric 2 has no name"},
		{"csv", "genotype,x\n", "there are no rows; expected at least one"},
		{"csv", "genotype,x\nconv3x3(0) output(1),1\noutput(1),2\n", `table mine: row 2 (line 3), column "genotype": space NAS-Bench-101`},
		{"csv", "genotype,x\noutput(1),2\n", `column 8: found "1"; expected a vertex before this one`},
		{"csv", "genotype,x\n,2\n", `row 1 (line 2), column "genotype"`},
		{"csv", "genotype,x,y\nconv3x3(0) output(1),1,high\n", `row 1 (line 2), column "y": found "high"; expected a number, such as 93.76`},
		{"csv", "genotype,x\nconv3x3(0) output(1),\n", `row 1 (line 2), column "x": the value is missing; expected a number`},
		{"csv", "genotype,x\nconv3x3(0) output(1),NaN\n", `found "NaN"; expected a number`},
		{"csv", "genotype,x\nconv3x3(0) output(1),1e999\n", `found "1e999"; expected a number that is finite`},
		{"csv", "genotype,x\nconv3x3(0) output(1),inf\n", `found "inf"; expected a number that is finite`},
		{"csv", "genotype,x\nconv3x3(0) output(1)\n", "row 1: line 2 has more or fewer values than there are columns"},
		{"csv", "genotype,x\nconv3x3(0) output(1),\"1\n", `row 1: line 2, character 25: extraneous or missing " in quoted-field`},
		{"csv", "genotype,x\nconv3x3(0) output(1),1\n\nconv3x3(0)output(1),2\n", `row 2 (line 4): "conv3x3(0)output(1)" has a row already, row 1 (line 2); expected one for each architecture`},

		{"json", "", "the beginning: the file ends here; expected the rest of the table"},
		{"json", "3", "the beginning: found 3; expected a list of objects or an object of objects"},
		{"json", `"x"`, `found the text "x"; expected a list`},
		{"json", "null", "found null; expected a list"},
		{"json", "[]", "there are no rows; expected at least one"},
		{"json", "[3]", "row 1 (line 1): found 3; expected an object with the metrics"},
		{"json", `[{"x": 1}]`, `row 1 (line 1): there is no "genotype", the architecture; the row has x`},
		{"json", `[{"genotype": 3, "x": 1}]`, `row 1 (line 1), column "genotype": found 3; expected one text, the architecture`},
		{"json", `[{"genotype": "conv3x3(0) output(1)", "genotype": "output(0)"}]`, "expected one text, the architecture"},
		{"json", `[{"genotype": "conv3x3(0) output(1)"}]`, "there is no metric"},
		{"json", `[{"genotype": "conv3x3(0) output(1)", "x": "1"}]`, `column "x": found the text "1"; expected a number`},
		{"json", `[{"genotype": "conv3x3(0) output(1)", "x": null}]`, `column "x": found null; expected a number`},
		{"json", `[{"genotype": "conv3x3(0) output(1)", "x": [1]}]`, `column "x": found "["; expected a number`},
		{"json", `[{"genotype": "conv3x3(0) output(1)", "x": 1e999}]`, `found "1e999"; expected a number that is finite`},
		{"json", `[{"genotype": "conv3x3(0) output(1)", "x": 1, "x": 2}]`, `column "x": the row has it twice`},
		{"json", `[{"genotype": "conv3x3(0) output(1)", "x": 1}, {"genotype": "conv3x3(0) output(0)"}]`, `column "x": it is missing; expected a number, as in the first row`},
		{"json", `[{"genotype": "conv3x3(0) output(1)", "x": 1}, {"genotype": "conv3x3(0) output(0)", "x": 1, "y": 2}]`, `column "y": the first row does not have it; expected only x`},
		{"json", `[{"genotype": "conv9x9(0) output(1)", "x": 1}]`, `column "genotype": space NAS-Bench-101`},
		{"json", `{"conv3x3(0) output(1)": {"x": 1}, "conv3x3(0)  output(1)": {"x": 2}}`, `has a row already, row 1 (line 1); expected one`},
		{"json", `[{"genotype": "conv3x3(0) output(1)", "x": 1}`, "the file ends here"},
		{"json", `[{"genotype": "conv3x3(0) output(1)", "x": 1]`, "line 1: invalid character ']'"},
		{"json", `[{"genotype": "conv3x3(0) output(1)", "x": 1}] []`, "there is more after the table; a file holds one"},
		{"json", "[\n{\"genotype\": \"conv3x3(0) output(1)\",\n\"x\": 1},\n\n{\"genotype\": \"maxpool(0) output(1)\",\n\"x\": true}]", `row 2 (line 5), column "x": found true; expected a number`},
		{"json", "[\n{\"genotype\": \"conv3x3(0) output(1)\",\n\"x\": 1}\n,,]", "line 4: invalid character ','"},
		{"json", `{"conv3x3(0) output(1)": 93}`, "found 93; expected an object"},
	} {
		b, err := readers()[c.format](c.text, s, table.Config{Name: "mine"})
		if err == nil || b != nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q was read as %v, error %v\nwant the error to hold %q", c.text, b, err, c.want)
		}
	}
	if _, err := table.CSV(strings.NewReader("a\n"), s, table.Config{}); err == nil || !strings.HasPrefix(err.Error(), "table: the line that names the columns: ") {
		t.Errorf("a table without a name: error is %v", err)
	}
	for format, read := range readers() {
		if _, err := read(goodCSV, nil, table.Config{}); err == nil || !strings.Contains(err.Error(), "there is no space (nil)") {
			t.Errorf("%s without a space: error is %v", format, err)
		}
	}
}

func TestTableErrors(t *testing.T) {
	s := cells(t)
	b, err := table.CSV(strings.NewReader(goodCSV), s, table.Config{Name: "tiny"})
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Parse("conv1x1(0) output(1)")
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		err  error
		want string
	}{
		"no column": {second(b.Column("speed")), `table tiny: there is no column "speed"; the columns are loss, accuracy`},
		"no row":    {second(b.Value(g, "loss")), "table tiny: there is no row for conv1x1-bn-relu(0) output(1)"},
		"half":      {second(b.Value(g[:2], "loss")), "is not complete"},
		"row 3":     {second(b.Genotype(3)), "there is no row 3; they are numbered 0 to 2"},
		"row -1":    {second(b.Genotype(-1)), "there is no row -1"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: error is %v, want it to hold %q", what, c.err, c.want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func fuzz(f *testing.F, format string, seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	s := cells(f)
	f.Fuzz(func(t *testing.T, text string) {
		b, err := readers()[format](text, s, table.Config{})
		if err != nil {
			if b != nil {
				t.Fatal("a table and an error")
			}
			return
		}
		for row := range b.Len() {
			g, err := b.Genotype(row)
			if err != nil {
				t.Fatal(err)
			}
			for _, column := range b.Columns() {
				all, err := b.Column(column)
				if err != nil {
					t.Fatal(err)
				}
				if v, err := b.Value(g, column); err != nil || v != all[row] {
					t.Fatalf("%q: row %d, %s: %v, %v; want %v", text, row, column, v, err, all[row])
				}
			}
		}
	})
}

func FuzzCSV(f *testing.F) {
	fuzz(f, "csv", goodCSV, "genotype,x\n\"conv3x3(0)\noutput(1)\",1\n", "genotype,x\noutput(0),\"", "a,b\n")
}

func FuzzJSON(f *testing.F) {
	fuzz(f, "json", goodList, goodObject, `[{"genotype":"conv3x3(0) output(1)","x":-0}]`, `[{`, `{"":{}}`)
}

func BenchmarkCSV(b *testing.B) {
	all, err := table.NASBench201()
	if err != nil {
		b.Fatal(err)
	}
	acc, err := all.Column(table.NB201Accuracy)
	if err != nil {
		b.Fatal(err)
	}
	var text strings.Builder
	text.WriteString("genotype,accuracy\n")
	for row, v := range acc {
		g, err := all.Genotype(row)
		if err != nil {
			b.Fatal(err)
		}
		cell, err := space.Format(all.Space(), g)
		if err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(&text, "%s,%v\n", cell, v)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := table.CSV(strings.NewReader(text.String()), all.Space(), table.Config{Complete: true}); err != nil {
			b.Fatal(err)
		}
	}
}
