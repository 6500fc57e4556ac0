package notebook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/notebook/internal/ansi"
	"github.com/nascent-go/nascent/kernel/notebook/internal/compare"
)

// tagVaries marks a cell whose outputs are not the same in each run, such as one that
// tells the time. It is run, and its outputs are not compared.
const tagVaries = "varies"

// Tolerance is by what share numbers may differ from those that a notebook has stored:
// processors round differently.
const Tolerance = 1e-6

// Difference is an output that a notebook has stored and that another run doesn't give.
type Difference struct {
	Cell   *Cell  // as it is stored
	Number int    // of the cell among those with code, from 1
	What   string // which output, and how it differs
}

func (d Difference) String() string {
	return fmt.Sprintf("cell %d (%s): %s", d.Number, shorten(d.Cell.FirstLine(), 50), d.What)
}

// Verify runs a notebook again and compares its outputs with those that it has stored:
// text to the letter, but for numbers that aren't whole, which may differ by a share of
// tolerance; pictures by what they are made of, about to a pixel. Cells that are tagged
// "varies" are run and not compared. The notebook stays as it is.
func Verify(ctx context.Context, nb *Notebook, tolerance float64, opts Options) ([]Difference, error) {
	again := &Notebook{Minor: nb.Minor, Metadata: maps.Clone(nb.Metadata), Extra: nb.Extra}
	var stored []*Cell // those that are run; cells that the run adds are not among them
	pairs := map[*Cell]*Cell{}
	for _, c := range nb.Cells {
		copied := *c
		copied.Metadata = maps.Clone(c.Metadata)
		again.Cells = append(again.Cells, &copied)
		if c.Type == Code {
			stored = append(stored, c)
			pairs[c] = &copied
		}
	}
	err := Run(ctx, again, opts)
	var failed *CellError
	if err != nil && !errors.As(err, &failed) {
		return nil, err
	}
	var all []Difference
	for i, c := range stored {
		if c.HasTag(tagVaries) || c.HasTag(tagSkip) {
			continue
		}
		if failed != nil && failed.Cell == pairs[c] {
			break // the error says more than what its output lacks
		}
		if what := differ(c.Outputs, pairs[c].Outputs, tolerance); what != "" {
			all = append(all, Difference{Cell: c, Number: i + 1, What: what})
		}
	}
	return all, err
}

// differ says how the outputs of a cell differ first.
func differ(stored, now []*Output, tolerance float64) string {
	for i := range min(len(stored), len(now)) {
		if what := stored[i].differs(now[i], tolerance); what != "" {
			return fmt.Sprintf("output %d: %s", i+1, what)
		}
	}
	switch {
	case len(stored) > len(now):
		return fmt.Sprintf("output %d is no longer there: %s", len(now)+1, stored[len(now)].brief())
	case len(now) > len(stored):
		return fmt.Sprintf("output %d is new: %s", len(stored)+1, now[len(stored)].brief())
	}
	return ""
}

// brief is an output in a few words.
func (o *Output) brief() string {
	text := o.Text
	switch o.Type {
	case ErrorOutput:
		text = o.EName + ": " + o.EValue
	case DisplayData, ExecuteResult:
		text, _ = o.Data.Text(display.MIMEPlain)
	}
	line, _, _ := strings.Cut(strings.TrimSpace(ansi.Strip(text)), "\n")
	return fmt.Sprintf("%s %q", o.Type, shorten(line, 60))
}

// differs says how an output differs from another.
func (o *Output) differs(now *Output, tolerance float64) string {
	if o.Type != now.Type || o.Name != now.Name {
		return fmt.Sprintf("stored %s, now %s", o.brief(), now.brief())
	}
	switch o.Type {
	case Stream:
		return compare.Text(o.Text, now.Text, tolerance)
	case ErrorOutput:
		return compare.Text(o.EName+": "+o.EValue, now.EName+": "+now.EValue, tolerance)
	}
	have, want := slices.Sorted(maps.Keys(now.Data)), slices.Sorted(maps.Keys(o.Data))
	if !slices.Equal(have, want) {
		return fmt.Sprintf("it was stored as %s, and is %s", strings.Join(want, ", "), strings.Join(have, ", "))
	}
	for _, mime := range want {
		if what := o.form(now, mime, tolerance); what != "" {
			return mime + ": " + what
		}
	}
	return ""
}

// form compares two outputs in one form.
func (o *Output) form(now *Output, mime string, tolerance float64) string {
	a, textA := o.Data.Text(mime)
	b, textB := now.Data.Text(mime)
	if !textA || !textB {
		return compare.Text(canonical(o.Data[mime]), canonical(now.Data[mime]), tolerance)
	}
	switch {
	case mime == display.MIMESVG:
		return compare.SVG(a, b, tolerance)
	case slices.Contains(rasters[:], mime):
		return compare.Raster(a, b)
	}
	return compare.Text(a, b, tolerance)
}

// canonical is JSON written in one way, whatever spaces and order of keys a
// notebook was stored with.
func canonical(raw json.RawMessage) string {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return string(raw)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return string(raw)
	}
	return string(text)
}
