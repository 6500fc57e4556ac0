package cell

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nascent-go/nascent/kernel/cell/draft"
)

// mutilated is a text in which some tokens are left out, doubled or swapped.
func mutilated(src string, seed uint64) string {
	if seed == 0 {
		return src
	}
	rnd := rand.New(rand.NewPCG(seed, 0))
	for range 1 + rnd.IntN(4) {
		toks := draft.Scan(src).Tokens
		if len(toks) == 0 {
			break
		}
		a, b := toks[rnd.IntN(len(toks))], toks[rnd.IntN(len(toks))]
		switch rnd.IntN(4) {
		case 0:
			src = src[:a.Start] + src[a.End:]
		case 1:
			src = src[:a.End] + src[a.Start:]
		case 2:
			src = src[:a.Start] + src[b.Start:b.End] + src[a.End:]
		case 3:
			src = src[:min(a.Start, b.Start)] + src[max(a.End, b.End):]
		}
	}
	return src
}

// Whatever the text and wherever the cursor is, a question has an answer: one that
// stays within the text.
func FuzzQuestions(f *testing.F) {
	programs, err := filepath.Glob("testdata/programs/*.go")
	if err != nil {
		f.Fatal(err)
	}
	for i, name := range programs {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(text) < 3000 {
			f.Add(string(text), uint64(i), i*37)
			f.Add(strings.TrimPrefix(string(text), "package main\n"), uint64(i), i*101)
		}
	}
	for i, text := range []string{known, shapes, "x := \npt.", "func (p Point) f(", "switch x := shape.(type) {\ncase ", "Point{X: 1, ", "\"~/", "import \"", "größe.", "goto ", "%who\nx", "`", "/*", "\xff(", "\"&\\"} {
		f.Add(text, uint64(i), len(text))
	}
	nb := knownNotebook(f)
	ctx := context.Background()
	f.Fuzz(func(t *testing.T, src string, seed uint64, pos int) {
		if len(src) > 5000 {
			t.Skip("long texts are slow, not different")
		}
		src = mutilated(src, seed)
		if len(src) > 0 && pos > len(src) {
			pos %= len(src)
		}
		c := nb.env.Complete(ctx, src, pos)
		if c.Start < 0 || c.Start > c.End || c.End > len(src) || pos >= 0 && pos <= len(src) && c.End != pos {
			t.Errorf("completion at %d of %q replaces from %d to %d", pos, src, c.Start, c.End)
		}
		for _, i := range c.Items {
			if utf8.ValidString(src) && !utf8.ValidString(i.Text) {
				t.Errorf("completion at %d of %q has %q", pos, src, i.Text)
			}
		}
		for detail := range 2 {
			nb.env.Inspect(ctx, src, pos, detail)
		}
		switch got := nb.env.IsComplete(src); got.Status {
		case "incomplete":
		case "complete", "invalid":
			if got.Indent != "" {
				t.Errorf("%q is %s and has an indent", src, got.Status)
			}
		default:
			t.Errorf("%q is %q", src, got.Status)
		}
		if m := draft.Mend(src).Src; strings.Count(m, "\n") != strings.Count(src, "\n") {
			t.Errorf("mending %q moves its lines: %q", src, m)
		}
	})
}
