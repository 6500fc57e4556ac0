package strategy

import (
	"slices"

	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/vec"
)

// table has a number for each option of each decision that was met. What a decision is
// known by, its name or a state, is up to who uses it; options are known by their words.
type table struct {
	initial float64 // what numbers begin as
	rows    map[string]*row
	names   []space.Choice // what each number is for
	values  []float64      // of these; padded for vec
}

// row is where the numbers of a decision stand.
type row struct {
	words []string
	at    []int
}

// places says where the numbers of the options stand, and makes those that are missing.
func (t *table) places(decision string, options []string) []int {
	r := t.rows[decision]
	if r == nil {
		if t.rows == nil {
			t.rows = map[string]*row{}
		}
		r = &row{}
		t.rows[decision] = r
	}
	if slices.Equal(r.words, options) {
		return r.at
	}
	list := make([]int, len(options))
	for o, word := range options {
		i := slices.Index(r.words, word)
		if i < 0 {
			i = len(r.words)
			r.words, r.at = append(r.words, word), append(r.at, len(t.names))
			t.names = append(t.names, space.Choice{Decision: decision, Option: word})
			t.values = append(t.values, make([]float64, vec.Pad(len(t.names))-len(t.values))...)
			t.values[r.at[i]] = t.initial
		}
		list[o] = r.at[i]
	}
	return list
}
