package cell

import (
	"runtime/debug"
	"strings"
	"testing"
)

// TestNoRoom: what is too much for the process is refused, and can be caught.
func TestNoRoom(t *testing.T) {
	old := debug.SetMemoryLimit(8 << 30)
	defer debug.SetMemoryLimit(old)
	nb := newNotebook(t)
	for _, src := range []string{
		"x := make([]byte, 1<<40)\nlen(x)",
		"n := 1 << 40\nx := make([]byte, n)\nlen(x)",
		"n := uint64(1) << 37\nx := make([]int64, 0, n)\nlen(x)",
		"x := new([1 << 40]byte)\nlen(x)",
	} {
		if got := nb.run(src); !strings.Contains(got, "out of memory: 1024 GiB are asked for at once, and there may be 8") {
			t.Errorf("%s: %s", src, got)
		}
	}
	if got := nb.run("func() (r any) { defer func() { r = recover() }(); n := -1; return make([]int, n) }()"); !strings.Contains(got, "makeslice: len out of range") {
		t.Errorf("a negative length: %s", got)
	}
	if got := nb.run("const big = 2 << 20\nn, m := 3, 100\nc := make([]byte, n, big)\nif len(make([]byte, big)) != big || cap(c) != big || len(c) != 3 { panic(len(c)) }\na, b := make([]int, n, m), make([]string, uint8(n))\nlen(a)+cap(a)+cap(b)"); got != "=> 106\n" {
		t.Errorf("what there is room for: %s", got)
	}
	debug.SetMemoryLimit(4 << 30)
	if got := nb.run("var big [1 << 33]byte\nbig[5] = 1"); !strings.Contains(got, "cell 7:1:5: Nascent can't run this construct: a variable of 8589934592 bytes is more than there is room for") {
		t.Errorf("a variable that there is no room for: %s", got)
	}
	if got := nb.run("var big [1 << 30]byte\nbig[5] = 1\nbig[5] + big[1<<29]"); got != "=> 1\n" {
		t.Errorf("a variable that there is room for: %s", got)
	}
	if got := nb.run("big[7] = 2; var big [1 << 30]byte\nbig[7]"); got != "=> 0\n" {
		t.Errorf("it is zero again: %s", got)
	}
}
