package magic

import (
	"context"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/session"
)

// recorder is a Go environment that keeps what it is given.
type recorder struct {
	session.Environment // not used

	ran []cell.Input
}

func (r *recorder) Run(_ context.Context, in cell.Input) (cell.Outcome, error) {
	r.ran = append(r.ran, in)
	return cell.Outcome{}, nil
}
func (r *recorder) Complete(_ context.Context, src string, pos int) cell.Completion {
	return cell.Completion{Start: pos, End: pos}
}
func (r *recorder) Inspect(context.Context, string, int, int) cell.Inspection {
	return cell.Inspection{}
}
func (r *recorder) IsComplete(string) cell.Completeness {
	return cell.Completeness{Status: "complete"}
}
func (r *recorder) Parse(cell.Input) error { return nil }
func (r *recorder) KindOf(string) string   { return "" }
func (r *recorder) Native(context.Context, cell.Input) (cell.Outcome, error) {
	return cell.Outcome{}, nil
}

func (r *recorder) Loop(context.Context, cell.Input, func(func(int))) error          { return nil }
func (r *recorder) Definitions() []cell.Definition                                   { return nil }
func (r *recorder) Values(context.Context, ...string) ([]any, error)                 { return nil, nil }
func (r *recorder) Forget(context.Context, ...string) (warnings []string, err error) { return nil, nil }
func (r *recorder) Reset(context.Context) error                                      { return nil }
func (r *recorder) SetStrict(bool)                                                   {}
func (r *recorder) Strict() bool                                                     { return false }
func (r *recorder) ModuleVersion(string) string                                      { return "" }
func (r *recorder) SetTier(cell.TierMode)                                            {}
func (r *recorder) Tier() (mode cell.TierMode, list []cell.Tiered)                   { return }

// Go between commands keeps its lines and columns, and tracebacks get the whole cell.
func TestGoKeepsItsPlace(t *testing.T) {
	r := &recorder{}
	src := "é := 1\n%who\n\tx := 2 // é\n%time y := g(\n3)\nz"
	if _, err := New(r, Config{}).Run(t.Context(), cell.Input{Number: 4, Source: src, Stdout: &buffer{}}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"é := 1\n",
		"        \n    \n\tx := 2 // é\n"[1:],
		strings.Repeat(" ", len("é := 1")) + "\n    \n" + strings.Repeat(" ", len("\tx := 2 // é")) + "\n      y := g(\n3)\n",
		strings.Repeat(" ", len("é := 1")) + "\n    \n" + strings.Repeat(" ", len("\tx := 2 // é")) + "\n             \n  \nz",
	}
	for i, in := range r.ran {
		if i >= len(want) || in.Source != want[i] || in.Whole != src || in.Number != 4 {
			t.Errorf("stretch %d is %q of %q; want %q", i, in.Source, in.Whole, want[i])
		}
	}
	if len(r.ran) != len(want) {
		t.Errorf("%d stretches; want %d", len(r.ran), len(want))
	}
}

// FuzzCell reads any text as a cell: nothing panics, and a text without a sign of
// commands reaches Go byte for byte.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"", "x := 1", "%time", "%timeit -n", "%%capture x\n%who", "?", "x??", "%time %time %time x", "%%time\n%%time\nx", "%who 'a", "%\\\n", "%who -h", ":x", "%%\xff"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, src string, pos int) {
		r := &recorder{}
		e := New(r, Config{})
		in := cell.Input{Number: 1, Source: src}
		p := e.parse(in)
		_ = p.err()
		e.Complete(t.Context(), src, pos)
		e.Inspect(t.Context(), src, pos, 0)
		e.IsComplete(src)
		if strings.ContainsAny(src, "%!?:$") {
			return
		}
		if _, err := e.Run(t.Context(), in); err != nil {
			t.Fatalf("%q: %v", src, err)
		}
		if len(r.ran) != 1 || r.ran[0].Source != src {
			t.Fatalf("%q reaches Go as %v", src, r.ran)
		}
	})
}
