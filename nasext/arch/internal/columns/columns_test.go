package columns_test

import (
	"testing"

	"github.com/nascent-go/nascent/nasext/arch/internal/columns"
)

func TestText(t *testing.T) {
	got := columns.Text([][]string{{"op", "n", "of"}, {"3×3", "10", "a"}, {"", "7", ""}}, 1, 1)
	want := "" +
		"op    n  of\n" +
		"3×3  10  a\n" +
		"      7\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
