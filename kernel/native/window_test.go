package native

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"unsafe"
)

// alone runs a test in a process of its own, whose heap never shrinks again, and says
// whether this is that.
func alone(t *testing.T) bool {
	const name = "NASCENT_TEST_ALONE"
	if os.Getenv(name) != "" {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), name+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

func TestWindowBeginsWithTheHeap(t *testing.T) {
	if !alone(t) {
		return
	}
	w := newWindow()
	big := make([]byte, 3<<30) // nobody writes to it, so that it takes no memory
	if _, ok := w.offset(unsafe.Pointer(&big[0]), uintptr(len(big))); !ok {
		t.Errorf("3 GiB at %p are outside of the window from %#x on", &big[0], w.base)
	}
}

// What is made when the window is full would lie outside; what makes nothing runs on.
func TestWindowIsFull(t *testing.T) {
	if !alone(t) {
		return
	}
	w := newWorld(t, memorySource)
	small := []int16{1, 2, 3}
	if _, err := w.call("grown", grown, small, 10); err != nil {
		t.Fatal(err)
	}
	bytes := []byte{1, 2}
	if r, err := w.call("sumBytes", sumBytes, bytes); err != nil || r[0] != 3 { // it has its room from now on
		t.Fatal(r, err)
	}
	var p *Panic
	if _, err := w.call("made", made, windowSize/16, windowSize/8); !errors.As(err, &p) || !strings.Contains(fmt.Sprint(p.Value), "4 GiB") || !strings.Contains(fmt.Sprint(p.Value), "%tier off") || len(p.Trace) != 1 {
		t.Errorf("what is made is larger than the window: %v", err)
	}
	if _, err := w.call("made", made, 2, 3); err != nil && !errors.Is(err, ErrOutside) {
		t.Errorf("after that, a small one: %v", err)
	}
	big := make([]byte, windowSize)
	if _, err := w.call("grown", grown, small, 10); !errors.Is(err, ErrOutside) {
		t.Errorf("with a heap of 4 GiB, a function that appends: %v, want ErrOutside", err)
	}
	if r, err := w.call("sumBytes", sumBytes, bytes); err != nil || r[0] != 3 {
		t.Errorf("with a heap of 4 GiB, a function that makes nothing: %v, %v, want 3", r, err)
	}
	if _, err := w.call("sumBytes", sumBytes, big); !errors.Is(err, ErrOutside) {
		t.Errorf("a slice that ends outside: %v, want ErrOutside", err)
	}
	runtime.KeepAlive(big)
}

// What append begins anew, over and over, would be held until the call ends, as what make makes.
func TestAppendAnew(t *testing.T) {
	p, _ := build(t, `package native
type ints []int
func grows(n int) (s []int) { for i := range n { s = append(s, i) }; return s }
func push(s []int, x int) []int { s = append(s, x); s[0] = 1; return s }
func pushes(n int) (s []int) { for i := range n { s = push(s, i) }; return s }
func rows(m [][]int, n int) { for i := range n { m[i%len(m)] = append(m[i%len(m)], i) } }
func reuses(s []int, n int) int { for i := range n { s = append(s[:0], i) }; return len(s) }
func both(s ints, n int) ints { for i := range n { if i%2 == 0 { s = append(s, i) } else { s = append(s, 1, 2) } }; return s }
func after(s []int) []int { n := 0; for _, x := range s { n += x }; m := make([]int, n); for i := range m { m[i] = i }; return m }

func clones(s []int, n int) (x int) { for range n { x += len(append([]int(nil), s...)) }; return x }
func inner(n int) (x int) { for i := range n { var s []int; for j := range i { s = append(s, j) }; x += len(s) }; return x }
func calls(n int) (x int) { for i := range n { x += len(grows(i)) }; return x }
func cuts(s []int, n int) (x int) { for i := range n { x += len(append(s[:1:1], i)) }; return x }
func extends(s []int, n int) (x int) { for i := range n { x += len(append(s, i)) }; return x }
func peeks(m [][]int, n int) (x int) { for i := range n { x += len(append(m[0], i)) }; return x }
func resets(m [][]int, n int) { for i := range n { m[0] = nil; m[0] = append(m[0], i) } }
func restores(m [][]int, s []int, n int) { for i := range n { m[0] = s; m[0] = append(m[0], i) } }
func lends(m [][]int, s []int, n int) { for i := range n { m[i] = s } }
type stack struct { items []int; n int }
func (s *stack) push(x int) { s.items = append(s.items, x) }
func (s *stack) reset() { s.items = nil }
func (s *stack) clear() { s.items = s.items[:0] }
func refills(s *stack, n int) { for i := range n { s.push(i); if len(s.items) > 5 { s.reset() } } }
func clears(s *stack, n int) { for i := range n { s.push(i); if len(s.items) > 5 { s.clear() } } }
func locals(n int) (x int) { for i := range n { var s stack; s.items = append(s.items, i); x += len(s.items) }; return x }
func copies(ss []stack, n int) (x int) { for i := range n { s := ss[i]; x += s.n; ss[0].items = append(ss[0].items, x) }; return x }
func tries(s []int, n int) int { if n == 0 { return len(s) }; return tries(append(s, n), n-1) + tries(append(s, -n), n-1) }
`)
	for name, fits := range map[string]bool{
		"grows": true, "push": true, "pushes": true, "rows": true, "reuses": true, "both": true, "lends": true, "clears": true, "copies": true, "after": true,
		"clones": false, "inner": false, "calls": false, "cuts": false, "extends": false, "tries": false,
		"peeks": false, "resets": false, "restores": false, "refills": false, "locals": false,
	} {
		if u := new(Analysis).Fit(p.Func(name)); (u == nil) != fits {
			t.Errorf("%s: %v, want it to fit: %v", name, u, fits)
		}
	}
}

var outside [4]int // not on the heap

func TestSlicesInSlicesAreLookedAt(t *testing.T) {
	w := newWorld(t, `package native
func rows(m [][]int) (n int) { for _, r := range m { for _, x := range r { n += x } }; return n }
func cubes(m [][2][][]int) (n int) { for i := range m { n += rows(m[i][1]) }; return n }
`)
	rows := func(m [][]int) (n int) { return }
	cubes := func(m [][2][][]int) (n int) { return }
	in, out := []int{1, 2}, outside[:]
	for _, c := range []struct {
		name string
		like any
		arg  any
		want error
	}{
		{"rows", rows, [][]int{in, nil, in}, nil},
		{"rows", rows, [][]int{in, out[:0:0], in}, nil},
		{"rows", rows, [][]int{in, in, out}, ErrOutside},
		{"rows", rows, [][]int{in, in, out}[:2], ErrOutside}, // it can be made longer
		{"cubes", cubes, [][2][][]int{{{in}, {in}}, {{in}, {in, in}}}, nil},
		{"cubes", cubes, [][2][][]int{{{in}, {in}}, {{in}, {in, out}}}, ErrOutside},
		{"cubes", cubes, [][2][][]int{{{in, out}, nil}, {}}, ErrOutside},
	} {
		if _, err := w.call(c.name, c.like, c.arg); !errors.Is(err, c.want) {
			t.Errorf("%s(%v): %v, want %v", c.name, c.arg, err, c.want)
		}
	}
}

// TestWindowBegins: a heap that begins at the end of an arena is in the window as well, and
// where the window begins there is nothing.
func TestWindowBegins(t *testing.T) {
	const first = 1 << 40 // where the heap's first arena begins
	for _, early := range []uintptr{first, first + arena - 8, first + arena, first + 2*arena - 8} {
		w := windowFor(early)
		if w.base >= first {
			t.Errorf("%#x is early: the window begins at %#x, in the heap", early, w.base)
		}
		if x := first - w.base; x < pageSize || x > spare {
			t.Errorf("%#x is early: the heap begins at %#x of the window", early, x)
		}
	}
}
