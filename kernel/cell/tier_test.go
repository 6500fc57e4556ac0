package cell

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestTier: functions of cells run as machine code, and nothing else tells that they do.
func TestTier(t *testing.T) {
	nb := newNotebook(t)
	for _, c := range []struct{ src, want string }{
		{"func fib(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\treturn fib(n-1) + fib(n-2)\n}\nfib(25)", "=> 75025"},
		{"func sum(s []float64) (x float64) {\n\tfor _, v := range s {\n\t\tx += v\n\t}\n\treturn x\n}\nsum([]float64{1, 2, 3.5})", "=> 6.5"},
		// a panic has Go's words and the lines of all calls
		{"func at(s []int, n int) (x int) {\n\tfor i := range n {\n\t\tx += s[i]\n\t}\n\treturn x\n}\nat([]int{1, 2}, 3)",
			"cell 3, line 7\n    at([]int{1, 2}, 3)\ncell 3, at, line 3\n    x += s[i]\npanic: runtime error: index out of range [2] with length 2"},
		{"func caught() (err any) {\n\tdefer func() { err = recover() }()\n\tat(nil, 1)\n\treturn nil\n}\ncaught()", "index out of range [0] with length 0"},
		{"func made(n int) []int {\n\ts := make([]int, n)\n\tfor i := range s {\n\t\ts[i] = i\n\t}\n\treturn s\n}\nmade(-1)",
			"cell 5, line 8\n    made(-1)\ncell 5, made, line 2\n    s := make([]int, n)\npanic: runtime error: makeslice: len out of range"},
		{"made(3)", "=> [0 1 2]"},
		// variables and slices are those of everybody
		{"n := 0\nfunc count(m int) {\n\tfor range m {\n\t\tn++\n\t}\n}\ncount(5)\ncount(6)\nn", "=> 11"},
		{"n := 3\ncount(2)\nn", "=> 5"},
		{"s := []int{3, 1, 2}\npart := s[1:]\nfunc double(s []int) []int {\n\tfor i := range s {\n\t\ts[i] *= 2\n\t}\n\treturn s[:1]\n}\ndouble(s)[0] = 7\npart[0], s[0]", "=> 2 7"},
		{"type M struct{ rows, cols int; data []float64 }\nfunc (m *M) fill(x float64) {\n\tfor i := range m.data {\n\t\tm.data[i] = x\n\t}\n\tm.rows++\n}\nm := &M{data: make([]float64, 2)}\nm.fill(1.5)\nm.data[1], m.rows", "=> 1.5 1"},
		{"func gsum[T int | float64](s []T) (x T) {\n\tfor _, v := range s {\n\t\tx += v\n\t}\n\treturn x\n}\ngsum([]int{1, 2}), gsum([]float64{0.5})", ""},
		{"gsum([]int{1, 2})", "=> 3"},
		// what is defined anew is used by what called it
		{"func step(n int) int { return n + 1 }\nfunc walk(n int) (x int) {\n\tfor range n {\n\t\tx = step(x)\n\t}\n\treturn x\n}\nwalk(10)", "=> 10"},
		{"func step(n int) int { return n + 2 }", ""},
		{"walk(10)", "=> 20"},
		// many goroutines at once
		{"out := make(chan int)\nfor i := range 8 {\n\tgo func() { out <- walk(i * 1000) }()\n}\ntotal := 0\nfor range 8 {\n\ttotal += <-out\n}\ntotal", "=> 56000"},
		// statements, and functions as values
		{"k := 0\nfor i := 0; i < 1000; i++ {\n\tk += i\n}", ""},
		{"k", "=> 499500"},
		{"f := walk\nf(3)", "=> 6"},
	} {
		if got := nb.run(c.src); !strings.Contains(got, c.want) {
			t.Errorf("%s shows %q, want %q", c.src, got, c.want)
		}
	}
	_, list := nb.env.Tier()
	compiled := map[string]bool{}
	for _, f := range list {
		compiled[f.Name] = f.Compiled && f.Why == ""
	}
	for _, name := range []string{"fib", "sum", "at", "count", "double", "(*M).fill", "gsum", "walk"} {
		if !compiled[name] {
			t.Errorf("%s is interpreted: %+v", name, list)
		}
	}
	nb.env.SetTier(TierOff)
	if got := nb.run("fib(10) + walk(1)"); strings.TrimSpace(got) != "=> 57" {
		t.Errorf("without machine code: %s", got)
	}
	if mode, list := nb.env.Tier(); mode != TierOff || list[0].Compiled {
		t.Errorf("the mode is %s: %+v", mode, list)
	}
}

// TestTierOfMuchCode: a function that takes long to be compiled is waited for, and then interpreted until it is.
func TestTierOfMuchCode(t *testing.T) {
	src := "func much(x int) int {\n\tfor i := range 3 {\n" + strings.Repeat("\t\tx ^= x<<3 + i\n", 1000) + "\t}\n\treturn x\n}\nmuch(1)"
	var results []string
	for _, patience := range []time.Duration{0, time.Hour} {
		nb := newNotebook(t)
		nb.env.tier.patience = patience
		first := nb.run(src)
		var h *hot
		for obj, d := range nb.env.tier.funcs {
			if obj.Name() == "much" {
				h = d.hot
			}
		}
		if h == nil {
			t.Fatal("there is no code")
		}
		if patience > 0 && !h.loaded.Load() {
			t.Error("the first call has not waited")
		}
		for !h.loaded.Load() {
			runtime.Gosched()
		}
		second := nb.run("much(1)")
		_, list := nb.env.Tier()
		if late := strings.Contains(list[0].Why, "large"); h.err != nil || late != h.late.Load() || late && patience > 0 {
			t.Errorf("patience %v: %+v, %v", patience, list, h.err)
		}
		nb.env.SetTier(TierOff)
		results = append(results, first, second, nb.run("much(1)"))
	}
	for _, r := range results {
		if r != results[0] || !strings.HasPrefix(r, "=> ") {
			t.Errorf("the results are %q", results)
			break
		}
	}
}

// TestTierLoops: loops among statements run as machine code, whatever else the cell does,
// and nothing else tells that they do.
func TestTierLoops(t *testing.T) {
	for _, mode := range []TierMode{TierOn, TierAll, TierOff} {
		nb := newNotebook(t)
		nb.env.SetTier(mode)
		for _, c := range []struct {
			src, want string
			compiled  bool
		}{
			{"s, n := 0, 3\nfor i := 0; i < n; i++ {\n\ts += i\n}\nfmt.Println(s)", "3\n", true},
			{"for i := range 5 {\n\tif i == 1 {\n\t\tcontinue\n\t}\n\tif i == 3 {\n\t\tbreak\n\t}\n\ts += i\n}\ns", "=> 5\n", true},
			{"s := s + 1\nfor _, x := range []int{1, 2} {\n\ts += x\n}\nfmt.Sprint(s)", "=> 9\n", true},
			{"a := make([]int, 2)\nfmt.Print(len(a))\nfor i := range 3 {\n\ta[i] = i\n}",
				"2error cell 4, line 4\n    a[i] = i\npanic: runtime error: index out of range [2] with length 2\n", true},
			{"func half(n int) int { return 8 / n }\nfmt.Print()\nfor i := 2; i >= 0; i-- {\n\ts += half(i)\n}",
				"error cell 5, line 4\n    s += half(i)\ncell 5, half, line 1\n    func half(n int) int { return 8 / n }\npanic: runtime error: integer divide by zero\n", true},
			// these do not fit
			{"m := map[int]int{}\nfor i := range 3 {\n\tm[i] = a[i]\n}", "error cell 6, line 3\n    m[i] = a[i]\npanic: runtime error: index out of range [2] with length 2\n", false},
			{"func where() string {\n\tpc, _, line, _ := runtime.Caller(1)\n\treturn fmt.Sprint(runtime.FuncForPC(pc).Name(), line)\n}\nx := make([]string, 1)\nfor i := range x {\n\tx[i] = where()\n}\n" +
				"f := func() string { return where() }\nx[0] + f()", "=> main.main7main.main.func19\n", false},
			{"func two(yield func(int) bool) {\n\t_ = yield(0) && yield(0)\n}\nfor i := range two {\n\tx[i] = where()\n}\nx[0]", "=> main.main-range15\n", false},
			{"fmt.Print()\nloop:\nfor {\n\tfor {\n\t\tbreak loop\n\t}\n}", "", false},
			{"fmt.Print()\nfor i := range 3 {\n\tdefer fmt.Print(i)\n}\nfmt.Print(7)", "7210", false},
			{"fmt.Print()\nfor i := range 3 {\n\tstrconv.Atoi(\"12x\"[:i+1])\n}", "error cell 11, line 3\n    strconv.Atoi(\"12x\"[:i+1])\nerror: strconv.Atoi: parsing \"12x\": invalid syntax\n", false},
		} {
			before := nb.env.tier.serial
			if got := nb.run(c.src); got != c.want {
				t.Errorf("%s shows %q, want %q", c.src, got, c.want)
			}
			if is := nb.env.tier.serial > before; mode == TierOn && is != c.compiled || mode == TierOff && is {
				t.Errorf("with the tier %s, %s is compiled: %t", mode, c.src, is)
			}
		}
	}
}

// TestTierReasons: what is in the way is named as its author would.
func TestTierReasons(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"func f(n int) {\n\tfor i := range n {\n\t\tfmt.Println(i)\n\t}\n}\nf(0)", "3: calls of fmt.Println"},
		{"func f(n int) {\n\tif n < 0 {\n\t\tpanic(fmt.Sprintf(\"%d is negative\", n))\n\t}\n}\nf(0)", "3: calls of fmt.Sprintf"},
		{"func f(n int) error {\n\tfor range n {\n\t}\n\treturn nil\n}\nerr := f(0)", "1: interfaces (error)"},
		{"func f(n int) {\n\tdefer fmt.Print()\n\tfor range n {\n\t}\n}\nf(0)", "1: it defers calls"},
		{"func f(n int) (m int) {\n\tfor range n {\n\t\tm++\n\t}\n\treturn m + g(n)\n}\nfunc g(n int) (m int) {\n\tfor range n {\n\t\tm += len(make([]int, n))\n\t}\n\treturn m\n}\nf(0)",
			"7: it calls g, which makes objects in a loop: they would be held until it returns"},
		{"type tree struct{ left, right *tree }\nfunc f(t *tree) int {\n\tif t == nil {\n\t\treturn 0\n\t}\n\treturn 1 + f(t.left)\n}\nf(nil)", "2: type tree is recursive"},
	} {
		nb := newNotebook(t)
		nb.env.SetTier(TierOn)
		shown := nb.run(c.src)
		_, list := nb.env.Tier()
		got := "nothing"
		for _, f := range list {
			if f.Name == "f" {
				got = fmt.Sprintf("%d: %s", f.At.Line, f.Why)
			}
		}
		if got != c.want {
			t.Errorf("%s (shows %q)\n%s, want %s", c.src, shown, got, c.want)
		}
	}
}
