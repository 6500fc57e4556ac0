package notebook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
)

// Every kind of difference is found, and told with the cell it is in.
func TestVerify(t *testing.T) {
	cells := func(sources ...string) *Notebook {
		nb := &Notebook{Minor: 5, Metadata: Object{}}
		for i, s := range sources {
			nb.Cells = append(nb.Cells, &Cell{Type: Code, ID: fmt.Sprint(i), Source: s})
		}
		return nb
	}
	ran := func(nb *Notebook) *Notebook {
		t.Helper()
		if err := Run(context.Background(), nb, Options{Kernel: inProcessKernel(t)}); err != nil {
			t.Fatal(err)
		}
		return nb
	}
	stored := func(o *Output, mime, data string) { o.Data[mime] = json.RawMessage(data) }
	for _, test := range []struct {
		name   string
		nb     *Notebook
		change func(*Notebook)
		want   []string
	}{
		{"the same", cells("value 0.5", "print hello"), func(*Notebook) {}, nil},
		{"rounding", cells("value loss 0.5"), func(nb *Notebook) { stored(nb.Cells[0].Outputs[0], "text/plain", `"loss 0.50000000001"`) }, nil},
		{"a number", cells("value 1", "value loss 0.5"), func(nb *Notebook) { stored(nb.Cells[1].Outputs[0], "text/plain", `"loss 0.51"`) },
			[]string{`cell 2 (value loss 0.5): output 1: text/plain: line 1: stored "loss 0.51", now "loss 0.5"`}},
		{"a text", cells("print hello"), func(nb *Notebook) { nb.Cells[0].Outputs[0].Text = "Hello" },
			[]string{`cell 1 (print hello): output 1: line 1: stored "Hello", now "hello"`}},
		{"another stream", cells("print hello"), func(nb *Notebook) { nb.Cells[0].Outputs[0].Name = "stderr" },
			[]string{`cell 1 (print hello): output 1: stored stream "hello", now stream "hello"`}},
		{"one output less", cells("both x"), func(nb *Notebook) { nb.Cells[0].Outputs = nb.Cells[0].Outputs[:1] },
			[]string{`cell 1 (both x): output 2 is new: stream "err"`}},
		{"one output more", cells("value 3"), func(nb *Notebook) {
			nb.Cells[0].Outputs = append(nb.Cells[0].Outputs, &Output{Type: ErrorOutput, EName: "panic", EValue: "gone"})
		}, []string{`cell 1 (value 3): output 2 is no longer there: error "panic: gone"`}},
		{"another form", cells("value 3"), func(nb *Notebook) { stored(nb.Cells[0].Outputs[0], "text/html", `"<b>3</b>"`) },
			[]string{`cell 1 (value 3): output 1: it was stored as text/html, text/plain, and is text/plain`}},
		{"what varies", cells("print hello", "print hello"), func(nb *Notebook) {
			nb.Cells[0].Metadata = Object{"tags": json.RawMessage(`["varies"]`)}
			nb.Cells[0].Outputs[0].Text = "other"
			nb.Cells[1].Outputs = nil
		}, []string{`cell 2 (print hello): output 1 is new: stream "hello"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			nb := ran(test.nb)
			test.change(nb)
			before := *nb.Cells[0]
			all, err := Verify(context.Background(), nb, Tolerance, Options{Kernel: inProcessKernel(t)})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range all {
				got = append(got, d.String())
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("differences %q, want %q", got, test.want)
			}
			if !reflect.DeepEqual(before, *nb.Cells[0]) {
				t.Error("the notebook has changed")
			}
		})
	}
	t.Run("a cell that fails", func(t *testing.T) {
		nb := ran(cells("print hello", "value 1", "value 2"))
		nb.Cells[0].Outputs[0].Text = "other"
		nb.Cells[1].Source = "fail now"
		all, err := Verify(context.Background(), nb, Tolerance, Options{Kernel: inProcessKernel(t)})
		var failed *CellError
		if !errors.As(err, &failed) || failed.Number != 2 || len(all) != 1 || all[0].Number != 1 {
			t.Errorf("%v, differences %v; want the failure of cell 2 and the difference in cell 1", err, all)
		}
	})
}

// JSON is compared by what it says: programs that store notebooks indent it.
func TestVerifyJSON(t *testing.T) {
	const mime = "application/vnd.jupyter.widget-view+json"
	of := func(text string) *Output {
		return &Output{Type: DisplayData, Data: Bundle{mime: json.RawMessage(text)}}
	}
	stored := of("{\n \"version\": 2,\n \"id\": \"4\"\n}")
	if what := stored.differs(of(`{"id":"4","version":2}`), Tolerance); what != "" {
		t.Errorf("equal but for spaces and order: %s", what)
	}
	const want = mime + `: line 1: stored "{\"id\":\"4\",\"version\":2}", now "{\"id\":\"5\",\"version\":2}"`
	if what := stored.differs(of(`{"id":"5","version":2}`), Tolerance); what != want {
		t.Errorf("another id: %s\nwant %s", what, want)
	}
}
