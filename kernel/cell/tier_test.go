package cell

import (
	"strings"
	"testing"
)

// TestTier: functions of cells run as machine code, and nothing else tells that they do.
func TestTier(t *testing.T) {
	nb := newNotebook(t)
	for _, c := range []struct{ src, want string }{
		{"func fib(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\treturn fib(n-1) + fib(n-2)\n}\nfib(25)", "=> 75025"},
		{"func sum(s []float64) (x float64) {\n\tfor _, v := range s {\n\t\tx += v\n\t}\n\treturn x\n}\nsum([]float64{1, 2, 3.5})", "=> 6.5"},
		{"func at(s []int, n int) (x int) {\n\tfor i := range n {\n\t\tx += s[i]\n\t}\n\treturn x\n}\nat([]int{1, 2}, 3)", "index out of range [2] with length 2"},
	} {
		if got := nb.run(c.src); !strings.Contains(got, c.want) {
			t.Errorf("%s shows %q, want %q", c.src, got, c.want)
		}
	}
	_, list := nb.env.Tier()
	t.Logf("%+v", list)
}
