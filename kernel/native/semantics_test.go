package native

import (
	_ "embed"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"
)

//go:embed arithmetic_test.go
var arithmeticSource string

// edges are values of a type where arithmetic is special.
func edges(t reflect.Type) []reflect.Value {
	var vs []reflect.Value
	add := func(x any) { vs = append(vs, reflect.ValueOf(x).Convert(t)) }
	switch t.Kind() {
	case reflect.Float32, reflect.Float64:
		for _, x := range []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -2.5, 127, 128, -129, 255, 256, 32768, 65536.7, 1 << 31, -1<<31 - 1, 1<<32 + 0.5, 1 << 53,
			1 << 63, -1 << 63, 1 << 64, 1e19, -1e19, 1e300, math.SmallestNonzeroFloat64, math.MaxFloat32, math.Inf(1), math.Inf(-1), math.NaN(), 16777217, 0.1} {
			add(x)
		}
	case reflect.Complex64, reflect.Complex128:
		for _, x := range []complex128{0, 1, -1i, 1.5 - 2i, complex(math.Inf(1), 1), complex(math.NaN(), 0), 1e30 + 1e-30i} {
			add(x)
		}
	default:
		for _, x := range []uint64{0, 1, 2, 3, 7, 31, 32, 63, 64, 65, 100, 127, 128, 255, 1 << 15, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 63, 1<<63 - 1, math.MaxUint64, math.MaxUint64 - 6,
			0x0123456789abcdef} {
			add(x)
		}
	}
	return vs
}

// same compares values bit for bit, but that a NaN is like another.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Float32, reflect.Float64:
		x, y := a.Float(), b.Float()
		return x == y && math.Signbit(x) == math.Signbit(y) || x != x && y != y
	case reflect.Complex64, reflect.Complex128:
		x, y := a.Complex(), b.Complex()
		return same(reflect.ValueOf(real(x)), reflect.ValueOf(real(y))) && same(reflect.ValueOf(imag(x)), reflect.ValueOf(imag(y)))
	case reflect.Array, reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// outcome is what a function does, compiled by Go.
func outcome(f any, args []any) (results []any, failure any) {
	defer func() { failure = recover() }()
	var in []reflect.Value
	for _, a := range args {
		in = append(in, reflect.ValueOf(a))
	}
	for _, r := range reflect.ValueOf(f).Call(in) {
		results = append(results, r.Interface())
	}
	return results, nil
}

// compare calls a function both ways. It returns the panic, if there is one.
func (w *world) compare(name string, f any, args ...any) any {
	w.Helper()
	ours := make([]any, len(args))
	for i, a := range args {
		if ours[i] = a; reflect.TypeOf(a).Kind() == reflect.Slice { // which it may change
			ours[i] = copied(reflect.ValueOf(a)).Interface()
		}
	}
	want, panicked := outcome(f, args)
	got, err := w.call(name, f, ours...)
	var p *Panic
	switch {
	case panicked != nil && !errors.As(err, &p):
		w.Errorf("%s%v = %v, %v, want the panic %v", name, args, got, err, panicked)
	case panicked != nil:
		if fmt.Sprint(p.Value) != fmt.Sprint(panicked) {
			w.Errorf("%s%v: panic %v, want %v", name, args, p.Value, panicked)
		}
		_, runs := panicked.(runtime.Error)
		if _, ok := p.Value.(runtime.Error); ok != runs {
			w.Errorf("%s%v: the panic is a %T, not a %T", name, args, p.Value, panicked)
		}
	case err != nil:
		w.Errorf("%s%v: %v", name, args, err)
	case !slices.EqualFunc(got, want, func(a, b any) bool { return same(reflect.ValueOf(a), reflect.ValueOf(b)) }):
		w.Errorf("%s%v = %v, want %v", name, args, got, want)
	}
	for i, a := range args {
		if !same(reflect.ValueOf(a), reflect.ValueOf(ours[i])) {
			w.Errorf("%s%v leaves %v in an argument, want %v", name, args, ours[i], a)
		}
	}
	return panicked
}

func copied(v reflect.Value) reflect.Value {
	if v.Kind() != reflect.Slice || v.IsNil() {
		return v
	}
	c := reflect.MakeSlice(v.Type(), v.Len(), v.Cap())
	for i := range v.Len() {
		c.Index(i).Set(copied(v.Index(i)))
	}
	return c
}

// TestArithmetic compares all operations on all types of numbers with what Go computes.
func TestArithmetic(t *testing.T) {
	w := newWorld(t, arithmeticSource)
	for name, f := range arithmetic {
		typ := reflect.TypeOf(f)
		sets := [][]any{{}}
		for i := range typ.NumIn() {
			var longer [][]any
			for _, s := range sets {
				for _, v := range edges(typ.In(i)) {
					longer = append(longer, append(slices.Clone(s), v.Interface()))
				}
			}
			sets = longer
		}
		for _, args := range sets {
			w.compare(name, f, args...)
			if t.Failed() {
				break
			}
		}
	}
}

//go:embed memory_test.go
var memorySource string

// TestMemory compares functions on slices, structs and pointers, and their panics.
func TestMemory(t *testing.T) {
	w := newWorld(t, memorySource)
	long := make([]int, 5, 9)
	copy(long, []int{1, 2, 3, 4, 5})
	ps := []point{{1, 2, 3, true, [3]int16{4, 5, 6}}, {-1, 0.5, -128, false, [3]int16{-1, 32767, 0}}}
	rows := func() [][]float64 { return [][]float64{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}} }
	for _, c := range []struct {
		name string
		f    any
		args []any
	}{
		{"sumBytes", sumBytes, []any{[]byte("hello")}}, {"sumBytes", sumBytes, []any{[]byte(nil)}}, {"sumBytes", sumBytes, []any{[]byte{}}},
		{"scale", scale, []any{[]float32{1, 0.1, -3}, float32(0.1)}},
		{"reversed", reversed, []any{[]int32{1, 2, 3, 4, 5}}}, {"reversed", reversed, []any{[]int32{}}},
		{"parts", parts, []any{long, 1, 3, 9}}, {"parts", parts, []any{long, 5, 9, 9}}, {"parts", parts, []any{long, 3, 1, 9}}, {"parts", parts, []any{long, 6, 6, 6}},
		{"parts", parts, []any{long, 1, 10, 9}}, {"parts", parts, []any{long, 1, 3, 10}}, {"parts", parts, []any{long, 1, 5, 4}}, {"parts", parts, []any{long, -1, 3, 9}},
		{"grown", grown, []any{[]int16{7}, 0}}, {"grown", grown, []any{[]int16{7}, 1}}, {"grown", grown, []any{[]int16(nil), 1000}},
		{"joined", joined, []any{[]uint8("a"), []uint8("bcd"), "efgh"}}, {"joined", joined, []any{[]uint8(nil), []uint8(nil), ""}},
		{"moved", moved, []any{[]int{1, 2, 3, 4, 5}, 0, 2}}, {"moved", moved, []any{[]int{1, 2, 3, 4, 5}, 2, 0}}, {"moved", moved, []any{[]int{1}, 2, 0}},
		{"cleared", cleared, []any{[]int{1, 2, 3}, 1}}, {"cleared", cleared, []any{[]int{1, 2, 3}, 3}},
		{"made", made, []any{5, 7}}, {"made", made, []any{0, 0}}, {"made", made, []any{-1, 7}}, {"made", made, []any{8, 7}}, {"made", made, []any{math.MaxInt, math.MaxInt}},
		{"made", made, []any{1, math.MaxInt}},
		{"mirrored", mirrored, []any{ps[0]}}, {"norms", norms, []any{ps}},
		{"trace", trace, []any{rows()}}, {"trace", trace, []any{[][]float64{{1}, {2}}}}, {"trace", trace, []any{[][]float64{nil}}}, {"trace", trace, []any{[][]float64(nil)}},
		{"swapped", swapped, []any{rows(), 0, 2}}, {"swapped", swapped, []any{[][]float64{nil, {}}, 0, 1}}, {"swapped", swapped, []any{rows(), 0, 3}},
		{"counted", counted, []any{[]uint8("some text to count")}},
		{"localSlice", localSlice, []any{10}},
		{"pick", pick, []any{[3]int{1, 2, 3}, 2}}, {"pick", pick, []any{[3]int{1, 2, 3}, 3}},
		{"letters", letters, []any{"the letter e"}}, {"letters", letters, []any{""}},
		{"at", at, []any{long, 4}}, {"at", at, []any{long, 5}}, {"at", at, []any{long, -1}}, {"at", at, []any{[]int(nil), 0}},
		{"atU", atU, []any{long, uint64(4)}}, {"atU", atU, []any{long, uint64(1 << 63)}},
		{"charAt", charAt, []any{"abc", 1}}, {"charAt", charAt, []any{"abc", 3}},
		{"substring", substring, []any{"abc", 1, 3}}, {"substring", substring, []any{"abc", 3, 3}}, {"substring", substring, []any{"abc", 2, 1}}, {"substring", substring, []any{"abc", 2, 4}},
		{"deref", deref, []any{&ps[0]}}, {"deref", deref, []any{(*point)(nil)}},
		{"fails", fails, []any{1}}, {"fails", fails, []any{3}}, {"fails", fails, []any{-5}},
		{"ackermann", ackermann, []any{2, 3}}, {"even", even, []any{1001}}, {"labels", labels, []any{50}}, {"jumps", jumps, []any{20}},
		{"sqrt", sqrt, []any{2.5}}, {"sqrt", sqrt, []any{-2.5}}, {"sqrt", sqrt, []any{math.Inf(-1)}}, {"power", power, []any{2.5, -3.0}}, {"power", power, []any{math.NaN(), 3.0}},
		{"frames", frames, []any{300}},
		{"fixedCapacity", fixedCapacity, []any{3}}, {"fixedCapacity", fixedCapacity, []any{5}}, {"fixedCapacity", fixedCapacity, []any{-1}},
	} {
		w.compare(c.name, c.f, c.args...)
	}
	theirs, ours := matrix{2, 3, []float64{1, 2, 3, 4, 5, 6}}, matrix{2, 3, []float64{1, 2, 3, 4, 5, 6}}
	transposed(&theirs)
	if _, err := w.call("transposed", transposed, &ours); err != nil || !reflect.DeepEqual(ours, theirs) {
		t.Errorf("transposed leaves %v, %v, want %v", ours, err, theirs)
	}
}

// TestSameMemory: what comes back of an argument is that argument.
func TestSameMemory(t *testing.T) {
	w := newWorld(t, memorySource)
	s := []int32{1, 2, 3}
	got, err := w.call("reversed", reversed, s)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].([]int32)[0] = 9; s[0] != 9 {
		t.Errorf("the result is another slice than the argument")
	}
	a := [][]float64{{1}, {2}}
	second := a[1]
	if _, err := w.call("swapped", swapped, a, 0, 1); err != nil {
		t.Fatal(err)
	}
	if a[1][0] = 8; second[0] == 8 || a[0][0] != 2 {
		t.Errorf("after a swap there is %v", a)
	}
}

// TestTrace: a panic knows the lines of the calls that led to it.
func TestTrace(t *testing.T) {
	w := newWorld(t, `package native

func inner(s []int, i int) int {
	n := 1

	return n + s[i]
}

func outer(s []int, n int) (x int) {
	for i := range n {
		x += inner(s, i)
	}
	return x
}
`)
	_, err := w.call("outer", func([]int, int) int { return 0 }, []int{1, 2, 3}, 4)
	var p *Panic
	if !errors.As(err, &p) {
		t.Fatal(err)
	}
	got := ""
	for _, f := range p.Trace {
		got += fmt.Sprintf("%s:%d ", f.Func, w.fset.Position(f.Pos).Line)
	}
	if want := "inner:6 outer:11 "; got != want {
		t.Errorf("%v at %s, want %s", p.Value, got, want)
	}
}

// TestAgain: after a panic the next call begins as the first has.
func TestAgain(t *testing.T) {
	w := newWorld(t, memorySource)
	globals := func(in *instance) (list []uint64) {
		for _, name := range []string{stackName, depthName, outerName(0)} {
			list = append(list, in.mod.ExportedGlobal(name).Get())
		}
		return list
	}
	f := w.fn("falls")
	first, err := f.module.take()
	if err != nil {
		t.Fatal(err)
	}
	want := globals(first)
	f.module.give(first)
	for n := range 3 {
		var p *Panic
		if _, err := w.call("falls", falls, n); !errors.As(err, &p) || len(p.Trace) != n+2 {
			t.Fatalf("falls(%d): %v", n, err)
		}
		in, err := f.module.take()
		if err != nil {
			t.Fatal(err)
		}
		if got := globals(in); in != first || !slices.Equal(got, want) {
			t.Errorf("after a panic the variables are %v, not %v, in the same instance: %t", got, want, in == first)
		}
		f.module.give(in)
	}
}

// TestLeave: loops and recursions without end can be left.
func TestLeave(t *testing.T) {
	w := newWorld(t, memorySource)
	if _, err := w.call("forever", forever, 1); !errors.Is(err, ErrOverflow) {
		t.Errorf("an endless recursion ends with %v", err)
	}
	stop, polls := errors.New("stop"), 0
	w.engine.options.Poll = func() error {
		if polls++; polls > 3 {
			return stop
		}
		return nil
	}
	if _, err := w.call("endless", endless, 1); !errors.Is(err, stop) {
		t.Errorf("an endless loop ends with %v", err)
	}
	polls = -1 << 30
	if got, err := w.call("even", even, 100001); err != nil || got[0] != false {
		t.Errorf("after that: %v, %v", got, err)
	}
}

// TestMuchMoved: what copies much at once is not counted by its instructions.
func TestMuchMoved(t *testing.T) {
	const turns = 100
	w := newWorld(t, memorySource)
	polls := 0
	w.engine.options.Poll = func() error { polls++; return nil }
	a, b := make([]byte, 1<<20), make([]byte, 1<<20)
	for _, tt := range []struct {
		name string
		f    any
		args []any
		want int
	}{
		{"copies", copies, []any{a, b, turns}, turns << 20},
		{"wiped", wiped, []any{a, turns}, 1 << 20},
		{"appended", appended, []any{a, b, turns}, 1 << 20},
		{"arrays", arrays, []any{new([1 << 10]int), turns}, arrays(new([1 << 10]int), turns)},
	} {
		polls = 0
		got, err := w.call(tt.name, tt.f, tt.args...)
		if err != nil || got[0] != tt.want {
			t.Errorf("%s: %v, %v, want %d", tt.name, got, err, tt.want)
		}
		if polls < turns {
			t.Errorf("%s: %d times nobody else could do anything in %d turns", tt.name, polls, turns)
		}
	}
}

// TestMuchCalled: functions without loops can run for long as well.
func TestMuchCalled(t *testing.T) {
	src := "package native\n\nfunc f0(x int) int { return 3*x + 1 }\n"
	for i := range 13 {
		src += fmt.Sprintf("func f%d(x int) int { return f%[2]d(f%[2]d(f%[2]d(x))) }\n", i+1, i)
	}
	src += "func turns(n, x int) int { for range n { x = f6(x) }; return x }\n"
	w := newWorld(t, src)
	polls := 0
	w.engine.options.Poll = func() error { polls++; return nil }
	f := func(n int) (x int) {
		for range n {
			x = 3*x + 1
		}
		return x
	}
	const calls = 1594323 // 3^13
	for _, tt := range []struct {
		name string
		args []any
		want int
	}{{"f13", []any{0}, f(calls)}, {"turns", []any{2187, 0}, f(calls)}} {
		polls = 0
		if got, err := w.call(tt.name, f, tt.args...); err != nil || got[0] != tt.want {
			t.Errorf("%s: %v, %v, want %d", tt.name, got, err, tt.want)
		}
		if want := 2 * calls / fuel; polls < want {
			t.Errorf("%s: %d polls in %d calls, want %d at least", tt.name, polls, calls, want)
		}
	}
}

// TestMuchCode: what is too much is not compiled, and what is much says so.
func TestMuchCode(t *testing.T) {
	src := "package native\n\nfunc f0(x int) int { for range x { x-- }; return x }\n"
	for i := range 300 {
		src += fmt.Sprintf("func f%d(x int) int { return f%d(x) + f%d(x+1) }\n", i+1, i, i/2)
	}
	long := func(name string, n int) string {
		return fmt.Sprintf("func %s(x int) int {\nfor range x {\n%s}\nreturn x\n}\n", name, strings.Repeat("x ^= x<<3 + 77\n", n))
	}
	w := newWorld(t, src+long("short", 20)+long("long", 1000)+long("endless", maxInstrs))
	for name, fits := range map[string]bool{"f20": true, "f300": false, "short": true, "long": true, "endless": false} {
		if u := w.analysis.Fit(w.pkg.Func(name)); (u == nil) != fits {
			t.Errorf("%s: %v, want it to fit: %v", name, u, fits)
		}
	}
	for name, quick := range map[string]bool{"f20": true, "short": true, "long": false} {
		if code := w.fn(name).module.Code; code.Quick() != quick {
			t.Errorf("%s has %d bytes and is quick: %v", name, len(code.binary), code.Quick())
		}
	}
}

// inUse is how many bytes the heap has after a collection.
func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestRoomIsGivenBack: the variables of calls and the stack do not stay.
func TestRoomIsGivenBack(t *testing.T) {
	w := newWorld(t, `package native

func search(n, depth int) int {
	var a [1 << 10]int
	a[n&1023] = depth
	if depth == 0 {
		return a[(n*7)&1023] + 1
	}
	return search(n+1, depth-1) + search(n-1, depth-1)
}

func deep(n int) int {
	if n == 0 {
		return 0
	}
	return deep(n-1) + 1
}
`)
	w.fn("deep")
	before, made := inUse(), 0
	w.engine.options.Room = func(n, size int) { made = n * size }
	if got, err := w.call("search", func(int, int) int { return 0 }, 1, 14); err != nil || got[0] != 1<<14 {
		t.Fatal(got, err)
	}
	if made > 0 {
		t.Errorf("%d bytes were made for variables", made)
	}
	if got, err := w.call("deep", func(int) int { return 0 }, maxDepth-1); err != nil || got[0] != maxDepth-1 {
		t.Fatal(got, err)
	}
	if after := inUse(); after > before+(8<<20) {
		t.Errorf("%d bytes are in use, after %d before", after, before)
	}
}

// TestManyAtOnce: of what many goroutines needed at once, little is kept.
func TestManyAtOnce(t *testing.T) {
	const n = 100
	w := newWorld(t, memorySource)
	f := w.fn("labels")
	var polls atomic.Int32
	var all, inside sync.WaitGroup
	inside.Add(n)
	w.engine.options.Poll = func() error {
		if polls.Add(1) <= n { // each is here for the first time, since no other goes on before
			inside.Done()
			inside.Wait()
		}
		return nil
	}
	before := inUse()
	for range n {
		all.Go(func() {
			limit, result := 1<<20, 0
			if err := f.Call([]unsafe.Pointer{unsafe.Pointer(&limit)}, []unsafe.Pointer{unsafe.Pointer(&result)}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	each := (inUse() - before) / uint64(runtime.GOMAXPROCS(0)+1)
	if each > 2*frameBytes {
		t.Errorf("%d bytes are kept for each processor", each)
	}
	runtime.KeepAlive(f)
}

// TestCollector: memory stays what it is while Go collects garbage and others run.
func TestCollector(t *testing.T) {
	w := newWorld(t, memorySource)
	for _, f := range []string{"grown", "swapped", "made", "transposed"} {
		w.fn(f) // compiling is for one at a time
	}
	done := make(chan struct{})
	var collector, callers sync.WaitGroup
	collector.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				runtime.GC()
			}
		}
	})
	for range 3 {
		callers.Go(func() {
			for n := range 200 {
				a := [][]float64{{1}, {2}}
				for range n {
					if _, err := w.call("swapped", swapped, a, 0, 1); err != nil {
						t.Error(err)
						return
					}
				}
				if len(a[0])+len(a[1]) != 2+n {
					t.Errorf("%d appends leave %v", n, a)
				}
				got, err := w.call("grown", grown, []int16(nil), n)
				if err != nil {
					t.Error(err)
					return
				}
				for i, x := range got[0].([]int16) {
					if want := int16(i/2) * int16(1-2*(i%2)); x != want {
						t.Errorf("element %d is %d, want %d", i, x, want)
						return
					}
				}
				if got, err = w.call("made", made, n, n); err != nil || n > 0 && got[0].([]point)[n-1].x != float64(n-1) {
					t.Errorf("%v, %v", got, err)
				}
			}
		})
	}
	callers.Wait()
	close(done)
	collector.Wait()
}

// TestConstantShifts: those that leave nothing of a number, which go vet has no liking for.
func TestConstantShifts(t *testing.T) {
	w := newWorld(t, `package native

func shifted(a int8, b uint64, c int64, d uint8) (int8, int8, uint64, uint64, int64, int64, uint8, uint8) {
	return a << 9, a >> 40, b << 64, b >> 64, c << 63, c >> 70, d << 7, d >> 9
}
`)
	w.compare("shifted", func(a int8, b uint64, c int64, d uint8) (int8, int8, uint64, uint64, int64, int64, uint8, uint8) {
		by := []int{9, 40, 64, 63, 70, 7}
		return a << by[0], a >> by[1], b << by[2], b >> by[2], c << by[3], c >> by[4], d << by[5], d >> by[0]
	}, int8(-77), uint64(math.MaxUint64), int64(-5), uint8(255))
}

// TestTextIsNotCompared: strings that are part of a value are no addresses that could be
// compared, and fields without a name are not compared at all.
func TestTextIsNotCompared(t *testing.T) {
	p, _ := build(t, `package native
type word struct { text string; n int }
type padded struct { a int8; _ int32 }
func words(a, b word) bool { return a == b }
func pairs(a, b [2]string) bool { return a != b }
func nested(a, b [2]word) bool { return a == b }
func pads(a, b [2]padded) bool { return a == b }
func numbers(a, b [2]struct{ a int8; b int32 }) bool { return a == b }
`)
	for _, name := range []string{"words", "pairs", "nested", "pads"} {
		if new(Analysis).Fit(p.Func(name)) == nil {
			t.Errorf("%s fits", name)
		}
	}
	if u := new(Analysis).Fit(p.Func("numbers")); u != nil {
		t.Errorf("numbers: %v", u)
	}
}

// TestNilIsFoundLate: what is written to a part of a variable is evaluated before its
// address fails, and an index after that.
func TestNilIsFoundLate(t *testing.T) {
	w := newWorld(t, `package native

type part struct {
	a, b [3]int
	in   struct{ n int }
}

var count int

func next() int { count++; return count }

func fixed(p *part)            { p.b[1] = next() }
func at(p *part, i int)        { p.b[i] = next() }
func field(p *part)            { p.in.n = next() }
func pointer(p *part) *[3]int  { q := &p.b; next(); return q }
func array(p *[3]int)          { p[2] = next() }
func read(p *part, i int) int  { return p.b[i] + next() }
`)
	for i, name := range []string{"fixed", "at", "field", "array", "pointer", "read"} {
		f := w.fn(name)
		n, p, r := 7, unsafe.Pointer(nil), 0
		args := []unsafe.Pointer{unsafe.Pointer(&p), unsafe.Pointer(&n)}
		err := f.Call(args[:len(f.module.params)], []unsafe.Pointer{unsafe.Pointer(&r)})
		if err == nil || !strings.Contains(err.Error(), "nil pointer dereference") {
			t.Errorf("%s: %v", name, err)
		}
		if count := *(*int)(w.vars["count"]); count != min(i+1, 4) {
			t.Errorf("%s: %d calls were made, want %d", name, count, min(i+1, 4))
		}
	}
}

// TestVariables: variables of packages are those of everybody.
func TestVariables(t *testing.T) {
	w := newWorld(t, `package native

var count int
var table = make([]int, 3)
var grid [4][2]float64

func step(n int) int {
	for i := range n {
		count += i
		table[i%3] = count
		grid[i%4][1]++
	}
	table = append(table, n)
	return len(table)
}
`)
	w.fn("step")
	count, table, grid := (*int)(w.vars["count"]), (*[]int)(w.vars["table"]), (*[4][2]float64)(w.vars["grid"])
	*count, *table = 10, make([]int, 3)
	if got, err := w.call("step", func(int) int { return 0 }, 5); err != nil || got[0] != 4 {
		t.Error(got, err)
	}
	if want := []int{16, 20, 13, 5}; *count != 20 || !slices.Equal(*table, want) || grid[0][1] != 2 {
		t.Errorf("the variables are %d %v %v", *count, *table, *grid)
	}
}
