package cell

import (
	"strings"
	"testing"
)

func TestLongLinesAreCutAroundTheCaret(t *testing.T) {
	for _, tt := range []struct{ before, after int }{{0, 0}, {0, 500}, {500, 0}, {500, 500}, {61, 200}} {
		line := strings.Repeat("ä", tt.before) + "!" + strings.Repeat("b", tt.after)
		got, column := window(line, tt.before)
		r := []rune(got)
		if column >= len(r) || r[column] != '!' || len(r) > 240 {
			t.Errorf("%d before and %d after: column %d of %q", tt.before, tt.after, column, got)
		}
	}
}
