package progen

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// What people write has shapes that chance does not find. An idiom is such a shape,
// with holes: # is a number of its own, $T a type that can be printed, $K one that can be
// the key of a map, $N a number's type, @T an expression of a type, ?5 a number below 5.

var hole = regexp.MustCompile(`%#|#|\$[TKN]|@[\w]+|\?\d+`)

// fill fills the holes of an idiom.
func (g *gen) fill(idiom string) string {
	own := strconv.Itoa(g.number())
	types := map[string]*typ{"T": g.typeArgument("comparable"), "K": g.mapKey(), "N": g.typeArgument("Number"), "uint8": octet, "int32": letter}
	for !types["K"].printable() {
		types["K"] = g.mapKey()
	}
	for _, b := range basics {
		types[b.name] = b
	}
	traced, scope := g.ctx.traced, g.scope
	g.ctx.traced, g.scope = false, nil
	for _, v := range scope { // not those that a variable of the idiom may hide
		if strings.ContainsAny(v.name, "0123456789") {
			g.scope = append(g.scope, v)
		}
	}
	defer func() { g.ctx.traced, g.scope = traced, scope }()
	return hole.ReplaceAllStringFunc(idiom, func(h string) string {
		switch h[0] {
		case '%': // a verb's flag
			return h
		case '#':
			return own
		case '$':
			return types[h[1:]].name
		case '?':
			n, err := strconv.Atoi(h[1:])
			if err != nil {
				panic(err)
			}
			return strconv.Itoa(g.n(n))
		}
		t := types[h[1:]]
		if t == nil {
			panic("progen: no type " + h)
		}
		return g.typeText(t) + "(" + g.expr(t, 2).s + ")"
	})
}

func (g *gen) idiom() string {
	if g.chance(30) && len(g.uses) > 0 {
		return "{" + g.fill(pick(g, g.uses)) + "}"
	}
	return "{" + g.fill(pick(g, idioms)) + "\n}"
}

// risk is something that may panic, alone.
func (g *gen) risk() string {
	return g.fill("try(#, func() {\n" + pick(g, risks) + "\n})")
}

// lastPanic ends the program with a panic.
func (g *gen) lastPanic() string {
	return g.fill(pick(g, []string{
		"panic(@string)", "panic(@int)", "panic(@float64)", "panic(errors.New(@string))", "var m map[string]int; m[@string] = 1",
		"var a []int; _ = a[@int]", "var x any = @T; _ = x.(func())", "var p *struct{ a, b int }; p.b = @int",
		"defer fmt.Println(\"deferred\"); panic(fmt.Sprint(@int))", "defer func() { panic(fmt.Sprint(\"again \", recover())) }(); panic(@int)",
		"z := 0; fmt.Println(@int / z)", "panic(@complex128)", "panic(error(nil))",
	}))
}

// deferred are defer statements at the beginning of a function.
func (g *gen) deferred() string {
	s := g.fill("\n" + pick(g, []string{
		"defer mark(#)", "defer func(n int) { mark(n & 255) }(@int)", "for i := range 3 { defer mark(i + #) }",
		"defer func() { for i := 0; i < 3; i++ { defer func() { mark(i) }() } }()",
		"x# := @int; defer mark(x# & 7); x#++; defer func() { mark(x# & 7) }()",
	}))
	if len(g.ctx.named) > 0 {
		i := g.n(len(g.ctx.named))
		s += fmt.Sprintf("\ndefer func() { if r := recover(); r != nil { mix(r); %s = %s } }()", g.ctx.named[i], g.expr(g.ctx.results[i], 2).s)
		if g.chance(50) {
			s += g.fill("\nif " + g.condition() + " { panic(@T) }")
		}
	}
	return s
}

// idiomDecl declares what an idiom needs, and keeps how it is used.
func (g *gen) idiomDecl() string {
	d := pick(g, declared)
	n := strconv.Itoa(g.number())
	g.uses = append(g.uses, strings.ReplaceAll(d.use, "§", n))
	saved := g.ctx
	scope := g.scope
	g.scope, g.ctx = nil, setting{pure: true, leaf: true, cost: 5}
	defer func() { g.scope, g.ctx = scope, saved }()
	return g.fill(strings.ReplaceAll(d.decl, "§", n))
}

var risks = []string{
	"var xs []$T; xs = append(xs, @T); i := @int; show(#, xs[i])",
	"xs := [3]$T{@T}; i := @int; show(#, xs[i])",
	"xs := &[3]int{1, 2, 3}; i := @uint8; xs[i]++; show(#, *xs)",
	"var m map[$K]$T; show(#, m[@K], len(m)); m[@K] = @T",
	"var p *$T; show(#, *p)",
	"type S struct { a int; b $T }; var p *S; show(#, 1); p.b = @T",
	"x, y := @int, @int & 1; show(#, x / y)", "x, y := @int8, @int8 & 1; show(#, x % y)",
	"x, y := @uint16, @uint16 & 1; show(#, x / y, x % y)",
	"var x any = @T; show(#, x.(int))", "var x any = @T; show(#, x.(fmt.Stringer) != nil)", "var x any; show(#, x.(string))",
	"var x any = @T; show(#, x.(error).Error())", "var x any = @int; show(#, x.($T))", "var e error; show(#, e.Error())",
	"s := @string; i := @int; show(#, s[i])", "s := @string; i, j := @int & 7, @int & 7; show(#, s[i:j])",
	"xs := []int{1, 2, 3, 4}; i, j, k := @int & 7, @int & 7, @int & 7; show(#, xs[i:j:k])",
	"xs := make([]int, 2, 5); i := @int & 7; show(#, xs[i:], cap(xs[:i]))", "xs := [5]int{1, 2}; i := @int & 7; show(#, xs[i:4])",
	"xs := []int{1, 2, 3}; n := @int & 3; a := [2]int(xs[:n]); show(#, a)", "xs := []int{1}; a := (*[2]int)(xs); show(#, a)",
	"n := @int; xs := make([]$T, n & 7 - 3); show(#, xs)", "n := @int & 3; xs := make([]int, 2, n); show(#, len(xs), cap(xs))",
	"c := make(chan int, 1); close(c); close(c)", "c := make(chan $T, 1); close(c); c <- @T", "var c chan int; close(c)",
	"var f func(int) int; show(#, f(@int))", "n := @int8; show(#, 1 << n)", "n := @int16; x := @uint32; show(#, x >> n, x << n)",
	"m := map[any]int{@T: 1}; show(#, m[@K]); m[[]int{1}] = 2", "var a, b any = []int{1}, []int{1}; show(#, a == b)",
	"var a, b any = struct{ f any }{func() {}}, struct{ f any }{func() {}}; show(#, a == b)", "var a any = @T; var b any = @T; show(#, a == b, a != b)",
	"type E struct{ error }; var e E; show(#, e.Error())",
	"defer func() { show(#, recover()) }(); panic(@T)", "defer func() { panic(fmt.Sprint(recover(), 2)) }(); panic(@T)",
	"defer func() { defer func() { show(#, recover()) }(); panic(@int) }(); panic(@T)",
	"defer func() { func() { show(#, recover() == nil) }() }(); panic(@string)", "panic(nil)", "defer recover(); panic(@int)",
	"panic(fmt.Errorf(\"w %w\", errors.New(@string)))", "defer show(#, 1); func() { defer func() { show(#, recover()) }(); panic(@T) }(); show(#, 2)",
	"for i := range 3 { defer func() { show(#, i, recover()) }() }; panic(@N)", "show(#, strings.Repeat(\"x\", @int & 3 - 1))",
	"var a [3][2]int; i, j := @int & 3, @int & 3; a[i][j] = 1; show(#, a)", "type T# struct { xs []int }; var t T#; i := @int & 1; t.xs[i] = 1",
	"var i interface{ M() }; i.M()", "var i interface{ M() }; f := i.M; f()", "var p *[4]int; for i := range p { mark(i) }; for i, v := range p { mark(i + v) }",
	"var p *[4]int; show(#, len(p)); x := p[@int & 3]; show(#, x)", "x := math.MinInt64; y := -1; show(#, x / y, x % y); y++; show(#, x % y)",
	"func() { defer func() { r := recover(); show(#, r); panic(r) }(); panic(@T) }()", "n, err := strconv.Atoi(@string); show(#, n, fmt.Sprint(err))",
	"ys := []int{1, 2, 3}; for i := range ys { ys = ys[:len(ys)-1]; show(#, ys[i]) }", "slices.Insert([]int{1}, @int & 3, 5)",
	"x, ok := any(@T).($N); show(#, x, ok); show(#, any(@N).($T))", "var pp **int; **pp = 1", "var fs [2]func() int; fs[0] = func() int { return 1 }; show(#, fs[0]()); show(#, fs[1]())",
	"a, b := []int{1}, 5; i := @int & 1; b, a[i] = 6, 7; show(#, a, b)", "m := map[string][]int{}; m[@string][0]++", "m := map[string]*struct{ n int }{}; m[@string].n++",
	"type P struct{ a [4]int }; var p *P; i := @int & 7; show(#, i); p.a[i]++",
	"type P struct{ a [4]int }; p := &P{}; i := @int & 7; p.a[i] += i; show(#, p.a)",
	"xs := [][]int{{1}, {}}; i, j := @int & 1, @int & 1; xs[i][j]++; show(#, xs)",
	"m := map[string][]int{\"a\": {1}}; show(#, m[\"a\"][@int & 1], m[\"b\"][@int & 1])",
	"var f func(); defer f(); show(#, 1)",
	"var x any = @T; y := x.(interface{ Nope() }); y.Nope()",
	"var e error = errors.New(\"a\"); _ = e.(interface{ Timeout() bool })",
	"var s fmt.Stringer; _ = s.(interface{ X() })",
	"x := []any{1, \"a\", nil}; n := 0; for _, v := range x { n += v.(int) }; show(#, n)",
	"s := \"héllo\"; i := @int & 7; show(#, s[i:], s[:i])",
	"s := []int{1, 2, 3}; i := @int & 3; j := @int & 3; s = s[i:]; show(#, s[:j], s[j:])",
	"a := [...]int{1, 2, 3}; p := &a; i := @int & 7; show(#, p[:i], a[i:])",
	"c := make(chan int, @int & 3 - 1); show(#, cap(c))",
	"x := @uint8; y := @uint8 & 3; z := x / y; show(#, z, x % y)",
	"var a, b any = map[string]int{}, 1; show(#, a == b); show(#, a == a)",
	"m := map[any]int{}; var k any = @T; m[k] = 1; k = func() {}; show(#, m[k])",
	"type T struct{ x any }; a, b := T{[]int{1}}, T{1}; show(#, a == b); show(#, a == a)",
	"panic(fmt.Sprintf(\"%v\", @T))",
	"defer func() { e := recover().(error); var re interface{ RuntimeError() }; show(#, errors.As(e, &re), e.Error()) }(); var p *int; *p = 1",
	"defer func() { if r := recover(); r != nil { panic(r) } }(); panic(@T)",
	"func() { defer func() { defer func() { recover() }(); panic(1) }(); panic(@T) }()",
	"var mu sync.Mutex; func() { defer func() { recover(); mu.Lock(); mu.Unlock() }(); mu.Lock(); defer mu.Unlock(); panic(1) }(); show(#, mu.TryLock())",
	"for i := range 5 { func() { defer func() { if r := recover(); r != nil { show(#, i, r) } }(); if i%2 == 1 { panic(i) } }() }",
	"slices.Grow([]int{}, -1)",
	"_ = strings.Repeat(\"x\", -1)",
	"var b strings.Builder; p := &b; c := *p; _ = c; p = nil; p.Len()",
	"x := [2]int{}; for i := range 3 { x[i]++ }",
	"n := -1; x := make(map[int]int, n); show(#, len(x)); y := make([]int, 0, n); show(#, y)",
	"type R struct { *R; v int }; r := R{v: 1}; show(#, r.v); show(#, r.R.v)",
	"type I interface{ M() int }; type S struct{ I }; s := S{}; f := s.M; show(#, 1); f()",
	"var wg sync.WaitGroup; wg.Done()",
	"fs := []func(){}; fs[@int & 1]()",
	"var arr *[3]int; for i, v := range arr { show(#, i, v) }",
	"var arr *[3]int; s := arr[:]; show(#, s == nil)",
	"var arr *[3]int; s := arr[1:]; show(#, s)",
	"x := \"a\"; y := x[len(x)-1-?3:]; show(#, y)",
	"i := math.MaxInt; s := []int{1}; show(#, s[i]); show(#, s[i:])",
	"i := @int64; s := []int{1, 2}; show(#, s[i]); show(#, s[uint8(i)])",
	"u := ^uint64(0); s := make([]int, 2); show(#, s[u])",
	"n := int64(1) << 62; s := make([]int64, n); show(#, len(s))",
}

var idioms = []string{
	"var fs []func() int\nfor i := 0; i < 3; i++ { fs = append(fs, func() int { i += @int & 3; return i }) }\nfor _, f := range fs { show(#, f(), f()) }",
	"var ps []*int\nfor i := range 3 { ps = append(ps, &i) }\nfor _, p := range ps { *p += 2; show(#, *p) }",
	"var fs [3]func()\nfor i := 0; i < 3; i++ { fs[i] = func() { mark(i); i++ } ; if i == ?3 { i++ } }\nfor _, f := range fs { if f != nil { f() } }\nshow(#, trace)",
	"var wg sync.WaitGroup\nvar mu sync.Mutex\nsum := @int\nfor i := range 5 { wg.Add(1); go func(k int) { defer wg.Done(); mu.Lock(); defer mu.Unlock(); sum += i * k }(i + ?4) }\nwg.Wait()\nshow(#, sum)",
	"c, done := make(chan $T), make(chan bool)\ngo func() { defer close(done); for v := range c { show(#, v) } }()\nfor _, v := range []$T{@T, @T} { c <- v }\nclose(c)\n<-done\nv, ok := <-c\nshow(#, v, ok)",
	"c := make(chan $T, 3)\nc <- @T\nshow(#, len(c), cap(c))\nselect { case v, ok := <-c: show(#, v, ok)\ndefault: show(#, \"none\") }\nselect { case v := <-c: show(#, v)\ndefault: show(#, \"none\") }\nvar n chan int\nselect { case n <- 1:\ncase <-n:\ncase c <- @T: show(#, <-c) }",
	"in, out := make(chan int), make(chan int)\ngo func() { defer close(out); for v := range in { out <- v * v } }()\ngo func() { defer close(in); for i := range 4 { in <- i + @int } }()\nfor v := range out { show(#, v) }",
	"quit := make(chan struct{})\nnums := make(chan int)\ngo func() { for i := 0; ; i++ { select { case nums <- i: case <-quit: close(nums); return } } }()\nfor v := range nums { if v == 3+?3 { close(quit); break }; mark(v) }\nfor range nums {}\nshow(#, trace)",
	"seq := func(yield func($K, $T) bool) { defer mark(#); for i := range 4 { if !yield(@K, @T) { mark(i); return } } }\nn := 0\nfor k, v := range seq { if n++; n == 2 { continue }; if n > ?5 { break }; show(#, k, v, n) }\nshow(#, n)",
	"f := func() (out int) { for i := range func(yield func(int) bool) { _ = yield(1) && yield(2) && yield(3) } { defer func() { out += i }(); if i == ?4 { return i * 10 } }; return -1 }\nshow(#, f())",
	"next := func() func() (int, bool) { i := 0; return func() (int, bool) { i++; return i, i < 4 } }()\nfor v, ok := next(); ok; v, ok = next() { show(#, v) }",
	"a := [3]$T{@T, @T, @T}\nb := a\nfor i, v := range a { a[2] = @T; b[i] = v }\nshow(#, a, b, a == b)\npa := &a\nfor i := range pa { pa[i] = b[0] }\nshow(#, a, len(pa))",
	"xs := []$T{@T, @T}\nfor i, x := range xs { xs = append(xs, x); xs[i] = @T }\nshow(#, xs, len(xs))",
	"xs := make([]$T, 2, 8)\nys := append(xs, @T)\nzs := append(xs, @T)\nshow(#, xs, ys, zs, len(xs[:4]))\nws := append(xs[:1:1], @T)\nws[0] = @T\nshow(#, xs, ws)",
	"xs := []int{1, 2, 3, 4, 5}\nn := copy(xs[?3:], xs)\nshow(#, n, xs)\nb := []byte(\"hello\")\ncopy(b[1:], \"日\")\nshow(#, b, string(b))\nclear(xs[:2])\nshow(#, xs)",
	"m := map[$K][]$T{}\nfor range 3 { k := @K; m[k] = append(m[k], @T) }\nshow(#, m, len(m))\ndelete(m, @K)\nv, ok := m[@K]\nshow(#, v, ok, v == nil)\nclear(m)\nshow(#, m)",
	"type P struct { X, Y int; s string }\nm := map[P]int{{1, 2, \"a\"}: 1}\nm[P{1, 2, \"a\"}] += @int\nm[P{Y: 2}]++\nshow(#, m)\nps := []*P{{1, 2, \"\"}, {X: 3}}\nfor _, p := range ps { p.X *= 2 }\nshow(#, *ps[0], *ps[1])",
	"type In struct { A [2]$T; M map[string]int }\ntype Out struct { In; P *In; n int }\no := Out{In: In{A: [2]$T{@T}}, P: &In{M: map[string]int{\"a\": 1}}}\nc := o\nc.A[0] = @T\nc.P.M[\"b\"] = 2\nc.In.M = c.P.M\nshow(#, o.In, *o.P, c.In, c.n)",
	"x := struct { a int; b $T }{@int, @T}\ntype Q struct { a int; b $T }\ny := Q(x)\nx.a++\nshow(#, x, y, x == struct { a int; b $T }(y))",
	"i := ?2\nxs := []int{10, 20, 30}\ni, xs[i] = 2, @int\nshow(#, i, xs)\nxs[0], xs[1], xs[2] = xs[2], xs[0], xs[1]\nshow(#, xs)",
	"f := func(n int) int { mark(n); return n }\nxs := []int{1, 2, 3}\nm := map[int]int{}\nxs[f(0)], m[f(1)], xs[f(2)] = f(3), f(4), f(5)\nshow(#, xs, m, f(1)+f(2)*f(3), trace)\nxs[f(1)] += f(7)\nm[f(1)] <<= f(2)\nshow(#, xs, m, trace)",
	"g := func() (int, $T, error) { return @int, @T, nil }\nshow(#, func(vs ...any) int { return len(vs) }(g()))\na, _, err := g()\n_, b, _ := g()\nshow(#, a, b, err)",
	"var fib func(int) int\nfib = func(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }\nshow(#, fib(?9))",
	"s := @string + \"é\\xffz\"\nfor i, r := range s { show(#, i, r, string(r)) }\nfor i := range s { mark(i) }\nfor i := 0; i < len(s); i++ { mark(int(s[i])) }\nshow(#, []byte(s), []rune(s), len(s), trace)",
	"const big = 1 << 100\nconst f = 1.0 / 3\nvar x int64 = big >> 98\nvar y float32 = f * 3\nvar z uint8 = 'a' + 1\nshow(#, x, y, z, big/(big-1), f, big * 1.0)",
	"const ( a = iota; b; _; c = 1 << (10 * iota); d; e = \"s\"; f )\ntype W uint8\nconst ( w0 W = 1 + iota*2; w1; w2 )\nshow(#, a, b, c, d, e, f, w0, w1, w2)",
	"len := func(x ...int) int { return 7 }\ntrue := false\nnil := 3\nshow(#, len(), true, nil)\ntype string int\nvar x string = 5\nshow(#, x)",
	"x := 1\n{ x := x + 1; x++; { x := \"in\"; show(#, x) }; show(#, x) }\nif x := x * 10; x > 5 { show(#, x) } else { show(#, -x) }\nswitch x := any(x).(type) { case int: x++; show(#, x) }\nshow(#, x)",
	"n := 0\nouter#:\nfor i := range 4 { for j := range 4 { switch { case j == ?4: continue outer#; case i == ?4: break outer#; case i == j: break; default: n += i*10 + j } } }\nshow(#, n)",
	"i := 0\nagain#:\ni++\nfor j := 0; ; j++ { if j == 2 { if i < 3 { goto again# }; goto done# } }\ndone#:\nshow(#, i)",
	"switch x := @int & 3; x { case 0: show(#, \"zero\"); fallthrough; case 1: show(#, \"one\"); if x == 0 { break }; fallthrough; default: show(#, \"default\"); case 2, 3: show(#, \"more\") }",
	"f := func() (n int, err error) { defer func() { if r := recover(); r != nil { n *= 2; err = fmt.Errorf(\"caught %v\", r) } }(); n = @int & 15; if n > 7 { panic(@T) }; return n + 1, nil }\nn, err := f()\nshow(#, n, fmt.Sprint(err))",
	"f := func(n int) (s string) { defer func() { s += fmt.Sprint(\"d\", n) }(); for i := range n { defer func() { s += fmt.Sprint(i) }() }; return \"r\" }\nshow(#, f(?4))",
	"var sb strings.Builder\nfor _, w := range strings.Fields(\"b a \" + @string) { fmt.Fprintf(&sb, \"%q,\", w) }\nshow(#, sb.String(), sb.Len())",
	"xs := []$N{@N, @N, @N, @N}\nslices.Sort(xs)\nshow(#, xs, slices.Max(xs), slices.Contains(xs, @N))\nslices.SortFunc(xs, func(a, b $N) int { return cmp.Compare(b, a) })\nslices.Reverse(xs[1:])\nshow(#, xs)",
	"type R struct { k $N; n int }\nrs := []R{{@N, 1}, {@N, 2}, {@N, 3}}\nsort.SliceStable(rs, func(i, j int) bool { return rs[i].k < rs[j].k })\nshow(#, rs)",
	"var e1 error = errors.New(@string)\ne2 := fmt.Errorf(\"w: %w\", e1)\ne3 := errors.Join(e2, nil, errors.ErrUnsupported)\nshow(#, errors.Is(e3, e1), errors.Unwrap(e2) == e1, e3.Error(), errors.Is(e1, e2))",
	"var grid [3][3]$T\ngrid[1][?3] = @T\nrow := grid[1]\nrow[0] = @T\npg := &grid[2]\npg[1] = @T\nshow(#, grid, row)\nfor _, r := range grid { r[0] = @T }\nshow(#, grid == [3][3]$T{})",
	"var mt [][]$T\nfor i := range 3 { mt = append(mt, make([]$T, i)); for j := range i { mt[i][j] = @T } }\nshow(#, mt)",
	"var x any = @T\nswitch v := x.(type) { case nil: show(#, \"nil\"); case int, string: show(#, \"is\", v); case fmt.Stringer: show(#, v.String()); case error: show(#, v.Error()); case []int: show(#, len(v)); case func(): v(); case map[string]$N: show(#, v == nil); default: show(#, v) }",
	"var a, b any = @T, @K\nshow(#, a == b, a == any(@T), a != nil, b == nil)\nvar e error\nvar i any = e\nshow(#, i == nil, e == nil)\nvar p *int\ni = p\nshow(#, i == nil, i.(*int) == nil)",
	"f := strings.ToUpper\ng := (*strings.Builder).Len\nvar sb strings.Builder\nh := sb.WriteString\nh(f(\"ab\"))\nh(\"c\")\nshow(#, sb.String(), g(&sb))",
	"type L struct { v $T; next *L }\nvar head *L\nfor range 3 { head = &L{@T, head} }\nfor l := head; l != nil; l = l.next { show(#, l.v) }\nhead.next.next = nil\nshow(#, head.next.next == nil)",
	"type T struct { l, r *T; v int }\nvar root *T\nvar ins func(t *T, v int) *T\nins = func(t *T, v int) *T { if t == nil { return &T{v: v} }; if v < t.v { t.l = ins(t.l, v) } else { t.r = ins(t.r, v) }; return t }\nfor _, v := range []int{@int, @int, @int} { root = ins(root, v) }\nvar walk func(*T)\nwalk = func(t *T) { if t != nil { walk(t.l); show(#, t.v); walk(t.r) } }\nwalk(root)",
	"x, y := @uint8, @int8\nshow(#, -x, ^x, x<<1>>1, y-1, y<<7, uint16(y), int(x)-300, x/3, y%5, uint32(y)>>4, int8(x), -y)",
	"a, b := @float64, @float32\nshow(#, a+float64(b), float32(a)*b, -a, a == a, b < b/3, 1/a, a-a, math.Floor(a), float32(float64(b)))",
	"c, d := @complex128, @complex64\nshow(#, c*c, real(d), imag(c)+1, c == complex(real(c), imag(c)), complex128(d)-c, -d, c/(1+2i))",
	"func() { defer func() { show(#, recover()) }(); defer func() { panic(@int) }(); panic(@T) }()",
	"once := sync.OnceValue(func() $T { mark(1); return @T })\nshow(#, once(), once(), trace)",
	"m := map[string]map[string]int{}\nfor _, k := range []string{\"b\", \"a\", \"b\"} { if m[k] == nil { m[k] = map[string]int{} }; m[k][k+k]++ }\nfor _, k := range keys(m) { show(#, k, m[k]) }\nn := 0\nfor k, v := range m { n += len(k) + len(v) }\nshow(#, n)",
	"var arr [4]func(int) int\nfor i := range arr { arr[i] = func(x int) int { return x*10 + i } }\nacc := 0\nfor _, f := range arr { acc = f(acc) & 0xffff }\nshow(#, acc)",
	"x := 5\np := &x\npp := &p\n**pp = @int & 7\nq := *pp\n*q++\ny := *p\n*pp = &y\n*p = 100\nshow(#, x, y, *q, p == q)",
	"type A struct { n int; p *int }\na := A{1, new(int)}\nb := a\nb.n, *b.p = 2, 3\nas := []A{a, b}\nfor _, v := range as { v.n = 9 }\nfor i := range as { as[i].n++; *as[i].p++ }\nshow(#, as[0].n, as[1].n, *a.p)",
	"f := func(xs ...$T) (int, bool) { return len(xs), xs == nil }\na, b := f()\nc, d := f(@T, @T)\ne, h := f([]$T{}...)\nshow(#, a, b, c, d, e, h)",
	"fmt.Printf(\"%v %+v %T|%5d|%-5s|%05.1f|%x|%q|%t|%v\\n\", @T, @K, @N, @int, @string, @float64, @string, @int32, @bool, [2]$T{@T})",
	"fmt.Println(@T, @N, @string, @float64, []any{@T, nil, @int}, map[string]any{\"k\": @T})\nfmt.Print(@int, @string, @T, \"\\n\")\nprintln(@int, @string, @bool)",
	"a, b := @T, @T\na, b = b, a\nc, d := &a, &b\n*c, *d = *d, *c\nshow(#, a, b)",
	"switch f := func() bool { mark(1); return @bool }; { case f() && f(): show(#, 1); case !f() || f(): show(#, 2) }\nshow(#, trace)",
	"tick := 0\nfor x := @int & 7; x > 0; x &= x - 1 { tick++ }\nfor tick < 5 { tick += 2 }\nfor { if tick++; tick > 9 { break } }\nshow(#, tick)",
	"type Op func(int, int) int\nops := map[string]Op{\"+\": func(a, b int) int { return a + b }, \"*\": func(a, b int) int { return a * b }}\nfor _, k := range keys(ops) { show(#, k, ops[k](@int, @int)) }\n_, ok := ops[\"-\"]\nshow(#, ok, ops[\"-\"] == nil)",
	"ch := make(chan func() $T, 2)\nch <- func() $T { return @T }\nclose(ch)\nfor f := range ch { show(#, f()) }\nres := make(chan [2]int, 1)\ngo func() { var a [2]int; a[1] = @int; res <- a; a[1] = 0 }()\nshow(#, <-res)",
	"var mu sync.Mutex\ncond := sync.NewCond(&mu)\nturn := 0\nvar wg sync.WaitGroup\nfor i := range 3 { wg.Go(func() { mu.Lock(); defer mu.Unlock(); for turn != i { cond.Wait() }; show(#, i); turn++; cond.Broadcast() }) }\nwg.Wait()",
	"errc := make(chan any)\ngo func() { defer func() { errc <- recover() }(); var m map[string]int; m[@string] = 1 }()\nshow(#, <-errc)",
	"s := @string\nb := []byte(s)\nb = append(b, s...)\nb = append(b, 'x', 65)\nshow(#, string(b), s == string(b[:len(s)]), strings.Compare(s, \"a\"), s < \"b\", min(s, \"k\"), max(\"a\", s))",
	"type Num interface { ~int | ~float64 }\nvar total float64\nfor _, v := range []float64{1.5, @float64, 2} { total += v }\nshow(#, total, math.Trunc(total))",
	"f := func(a int, b ...string) string { return fmt.Sprint(a, len(b), b) }\nshow(#, f(1), f(2, \"x\"), f(3, []string{\"y\", @string}...))",
	"var x struct { a struct { b [2]struct { c map[string]int } } }\nx.a.b[1].c = map[string]int{\"z\": @int}\ny := x\ny.a.b[1].c[\"w\"]++\ny.a.b[0].c = nil\nshow(#, x, y)",
	"arr := [...]string{2: \"c\", 0: \"a\", 5: \"f\"}\nsl := arr[1:4:5]\nsl = append(sl, \"new\")\nsl = append(sl, \"other\")\nsl[0] = \"z\"\nshow(#, arr, sl, len(arr), cap(arr[2:]))",
	"bits := @uint8\nbits &^= 1 << 3\nbits |= 1 << (@uint8 & 7)\nbits ^= 0xF0\nbits <<= 1\nbits >>= 2\nbits %= 100\nshow(#, bits, bits&(1<<2) != 0)",
	"type S struct { n int; a [2]$T }\ns := S{1, [2]$T{@T}}\nvar x any = s\ns.n, s.a[0] = 2, @T\nc := x.(S)\nc.n = 3\nm := map[string]S{\"k\": s}\ne := m[\"k\"]\ne.n = 4\nch := make(chan S, 1)\nch <- e\ne.a[1] = @T\nshow(#, x, s, c, m, <-ch, x == any(s), s == S{2, s.a})",
	"a := [3]int{1, 2, 3}\nf := func(b [3]int) int { b[0] = 9; return b[0] + a[0] }\ng := func() { a[1]++ }\nshow(#, f(a), a)\ng()\ndefer1 := func(b [3]int) { show(#, b, a) }\nfunc() { defer defer1(a); a[2] = 7; g() }()\np := &a\nq := *p\np[0]--\nshow(#, a, q, p == &a, *p == q)",
	"type N struct { v int; kids []N; up *N; m map[string]*N }\nroot := N{v: @int & 7}\nfor i := range 3 { root.kids = append(root.kids, N{v: i}) }\nroot.kids[1].up = &root\nroot.kids[1].up.v++\nroot.kids[0].kids = []N{{v: 5}}\nroot.m = map[string]*N{\"x\": &root.kids[2]}\nroot.m[\"x\"].v *= 10\nk := root.kids[2]\nk.v--\nshow(#, root.v, root.kids[2].v, k.v, len(root.kids[0].kids), root.kids[1].up == &root, root.kids[0].kids[0].v)",
	"xs := []int{1, 2, 3, 4}\ni := 0\nnext := func() int { i++; mark(i); return i }\nxs[next()], xs[next()-1] = next(), next()\nxs[next()%4] += next()\np := &xs[1]\n*p++\n*p, xs[0] = xs[0], *p\nshow(#, xs, i, trace)",
	"m := map[string]int{\"a\": 1}\nm[\"a\"], m[\"b\"] = m[\"b\"]+5, m[\"a\"]+7\nv, ok := m[\"c\"]\nm[\"c\"]--\n_, ok = m[\"c\"]\nms := map[$K][2]int{}\narr := ms[@K]\narr[1] = 4\nms[@K] = arr\nvar nilm map[$K]$T\nfor range nilm { mark(1) }\nw, ok2 := nilm[@K]\ndelete(nilm, @K)\nshow(#, m, v, ok, ms, w, ok2, len(nilm))",
	"f := func() (int, error) { return ?9, nil }\nif n, err := f(); err != nil { show(#, \"err\") } else if n > 4 { show(#, \"big\", n) } else if m := n * 2; m > 4 { show(#, m, n) } else { show(#, n, m, err == nil) }",
	"outer#:\nfor i := range 3 {\ninner#:\n\tfor j := 0; ; j++ {\n\t\tswitch {\n\t\tcase j == 1 && i == ?3: continue outer#\n\t\tcase j == 2: break inner#\n\t\tcase i == ?4 + 2: break outer#\n\t\t}\n\t\tselect { default: if i+j == ?5 { continue inner# } }\n\t\tshow(#, i, j)\n\t}\n\tmark(i)\n}\nshow(#, trace)",
	"pairs := func(yield func(int, string) bool) { defer mark(77); for i, s := range []string{\"a\", \"b\", \"c\"} { if !yield(i, s) { mark(i); return } } }\nfind := func(want string) (at int) {\n\tdefer func() { at *= 10 }()\n\tfor i, s := range pairs { for j := range pairs { if j == ?3 { break }; if s == want { return i + j + 1 } }; defer func() { at += i }() }\n\treturn -1\n}\nshow(#, find(\"b\"), find(\"z\"), trace)",
	"count := 0\ngen := func(n int) func(func(int) bool) { return func(yield func(int) bool) { for i := range n { count++; if !yield(i) { return } } } }\nloop#:\nfor x := range gen(4) { for y := range gen(3) { if y == 2 { continue loop# }; if x == ?5 { break loop# }; show(#, x, y) } }\nshow(#, count)\nfs := []func() int{}\nfor x := range gen(3) { fs = append(fs, func() int { x += 10; return x }) }\nfor _, f := range fs { show(#, f(), f()) }",
	"func() { defer func() { show(#, recover()) }(); for x := range func(yield func(int) bool) { defer mark(5); yield(1) } { if x > 0 { panic(@T) } } }()\nfunc() { defer func() { r := recover(); show(#, r != nil) }(); for range func(yield func() bool) { yield(); yield() } { break } }()",
	"type K struct { s string; n int8 }\nm := map[any]string{1: \"int\", int8(1): \"int8\", \"1\": \"string\", K{\"a\", 1}: \"K\", [2]int{1, 2}: \"arr\", 1.5: \"f\", true: \"b\", nil: \"nil\"}\nvar key any = int8(1)\nshow(#, m[key], m[1], m[\"1\"], m[K{\"a\", 1}], m[[2]int{1, 2}], m[1.5], m[uint(1)] == \"\", m[nil], len(m), m[any(true)])",
	"type Celsius float64\ntype Temp = Celsius\nvar t Temp = Celsius(@float64)\nu := Temp(3) + t/2\nshow(#, t, u, float64(u) > 1)\nfmt.Printf(\"%T %v\\n\", t, u-t)",
	"type Op func(int) int\ncompose := func(fs ...Op) Op { return func(x int) int { for _, f := range fs { x = f(x) }; return x } }\ninc := Op(func(x int) int { return x + 1 })\nshow(#, compose()(3), compose(inc, inc, func(x int) int { return x * ?9 })(@int&15))",
	"type W struct { f func(int) int; g []func() $T; h map[string]func(...int) int }\nw := W{f: func(x int) int { return x * 2 }, g: []func() $T{func() $T { return @T }}, h: map[string]func(...int) int{\"n\": func(xs ...int) int { return len(xs) }}}\nshow(#, w.f(?9), w.g[0](), w.h[\"n\"](1, 2, 3), w.h[\"n\"](), w.h[\"no\"] == nil)\nv := w\nv.f = func(int) int { return -1 }\nshow(#, w.f(1), v.f(1))",
	"var r struct { A, B int; C struct { D []int; E [2]string } }\nr.C.D = append(r.C.D, r.A, 5)\nr.C.E[r.A] += \"x\"\npr := &r.C\npr.D[0]++\npr.E[1] = pr.E[0] + @string\nr.A, r.B = r.B+1, r.A+2\nc := r\nc.C.D[1], c.C.E[0] = 6, \"y\"\nshow(#, r, c, *pr)",
	"const ( kb = 1 << (10 * (iota + 1)); mb; gb )\nconst huge = 1e30\nconst third = 1.0 / 3.0\nconst r = 'a' + 1.0\nconst cc = 2i * 2i\nconst s = \"con\" + \"st\"\nconst l = len(s)\nvar arr [l * 2]int\nvar f32 float32 = third\nvar i8 int8 = -1 << 7\nx := 5.0 / 2\ny := 5 / 2 * 2.0\nz := 1 << 3.0\nshow(#, kb, mb, gb, huge/1e29, r, cc, s, len(arr), f32, i8, x, y, z, third*3 == 1, math.MaxInt64, uint64(math.MaxUint64))",
	"n := uint(@uint8 & 7)\nvar a int8 = 1 << n\nvar b = 1.0 * float64(int(1)<<n)\nvar c = uint8(1<<n) + 200\nd := int64(1) << n << 40 >> 38\nvar e uint16 = ^uint16(0) >> n\nw := int32(-5) >> (n & 3)\nshow(#, a, b, c, d, e, w, -7/2, -7%3, 7&^5, int8(-128)/int8(n|1))",
	"x := @int8\ny := @uint16\nshow(#, x*x, x-100, -x, x<<3, x>>1, x&-x, uint8(x), uint64(x), int64(y)<<50, y*y, ^y, y<<9>>3, float32(x)/3, string(rune(y)), int8(y), complex(float64(x), float64(y)))\nx++\nx *= 3\nx -= 100\nx ^= 0x55\ny -= 65535\ny /= 3\nshow(#, x, y)",
	"f, g := @float64, float32(0.1)\nshow(#, f != f, g*g, float64(g), f*0, 1/(f-f), math.Sqrt(f*f), g+0.2 == 0.3, float32(f)+g, int64(g*100), math.Round(float64(g)*25), -f, f-0.5 > f)",
	"b := []byte(\"hello, 世界\")\ns := string(b)\nb[0] = 'J'\nr := []rune(s)\nr[7] = 'X'\nfor i, c := range s[5:] { if c > 127 { show(#, i, c, string(c), s[5+i]) } }\nshow(#, s, string(b), string(r), len(r), s[7:10], strings.ToUpper(s), strings.IndexRune(s, '界'), s > string(r), string(b[:3])+s[3:4])",
	"type B []byte\ntype R []rune\ntype Str string\nx := Str(\"añ\")\ny := B(x)\nz := R(x)\ny = append(y, \"zz\"...)\nz[0]++\nshow(#, y, z, string(y), Str(z), x+Str(y), string(x[0]), len(x), x < \"b\")",
	"xs := []int{5, 2, 8, 1, 9, 3}\nys := slices.Clone(xs)\nslices.Sort(ys)\ni, found := slices.BinarySearch(ys, ?9)\nzs := slices.DeleteFunc(slices.Clone(xs), func(x int) bool { return x%2 == 0 })\nshow(#, xs, ys, i, found, zs, slices.Index(xs, 8), slices.Equal(xs, ys), slices.Compact([]int{1, 1, 2}), slices.Collect(slices.Values(zs)), slices.Sorted(slices.Values(xs)))\nfor i, c := range slices.Backward(xs[:3]) { show(#, i, c) }\nfor c := range slices.Chunk(xs, 4) { show(#, c) }",
	"ctx := make(chan struct{})\nres := make(chan int, 10)\nvar wg sync.WaitGroup\nfor w := range 3 { wg.Add(1); go func() { defer wg.Done(); <-ctx; res <- w * w }() }\nclose(ctx)\nwg.Wait()\nclose(res)\nsum := 0\nfor v := range res { sum += v }\nshow(#, sum, len(res), cap(res))",
	"type req struct { n int; reply chan int }\nreqs := make(chan req)\ngo func() { total := 0; for r := range reqs { total += r.n; r.reply <- total } }()\nfor i := range 4 { r := req{i * ?5, make(chan int)}; reqs <- r; show(#, <-r.reply) }\nclose(reqs)",
	"a, b, done := make(chan int), make(chan string), make(chan bool)\ngo func() { for i := range 2 { a <- i; b <- fmt.Sprint(\"s\", i) }; close(done) }()\nfor n := 0; n < 5; n++ { select { case x := <-a: show(#, x); case s, ok := <-b: show(#, s, ok); case <-done: show(#, \"done\"); done = nil; n = 9 } }",
	"var ro <-chan $T\nvar so chan<- $T\nc := make(chan $T, 2)\nro, so = c, c\nso <- @T\nso <- @T\nclose(so)\nfor v := range ro { show(#, v) }\nv, ok := <-ro\nshow(#, v, ok, len(ro), cap(so))\nfmt.Printf(\"%T %T %T\\n\", c, ro, so)",
	"var once sync.Once\nvar rw sync.RWMutex\nn := 0\nfor range 3 { once.Do(func() { n += 10 }); func() { rw.Lock(); defer rw.Unlock(); n++ }() }\nrw.RLock()\nshow(#, n)\nrw.RUnlock()\nvar sm sync.Map\nsm.Store(\"k\", @T)\nv, ok := sm.Load(\"k\")\n_, ok2 := sm.Load(1)\nshow(#, v, ok, ok2)",
	"p := func(s string) *string { return &s }\ntype Opt struct { Name *string; Next *Opt; Tags []string }\no := &Opt{Name: p(\"a\"), Next: &Opt{Name: p(\"b\"), Tags: []string{\"x\"}}}\nfor q := o; q != nil; q = q.Next { if q.Name != nil { *q.Name += \"!\" }; q.Tags = append(q.Tags, *q.Name) }\nshow(#, *o.Name, *o.Next.Name, o.Tags, o.Next.Tags, o.Next.Next == nil)",
	"var e1 any = struct{}{}\nvar e2 any = [0]int{}\nx := struct { a, _ int; b string }{a: 1, b: \"z\"}\ny := struct { a, _ int; b string }{1, 0, \"z\"}\nshow(#, e1 == any(struct{}{}), e2 == any([0]int{}), x == y)\nfmt.Printf(\"%v %+v %#v %T\\n\", x, e1, e2, y)",
	"func() {\n\tdefer func() { show(#, \"outer\", recover()) }()\n\tdefer func() { defer func() { show(#, \"inner\", recover()) }(); panic(@T) }()\n\tdefer func() { if r := recover(); r != nil { show(#, \"first\", r); panic(fmt.Sprint(\"re\", r)) } }()\n\tpanic(@N)\n}()",
	"f := func(n int) (res []int, err error) {\n\tdefer func() { if r := recover(); r != nil { err = fmt.Errorf(\"%v\", r); res = res[:1] } }()\n\tfor i := range n { res = append(res, 10/(3-i)) }\n\treturn res, nil\n}\na, err := f(2)\nb, err2 := f(5)\nshow(#, a, err == nil, b, fmt.Sprint(err2))",
	"type T1 struct{ X, y int }\ntype T2 struct { *T1; Z []T1; F func(); c chan int; e error; any }\nv := T2{T1: &T1{1, 2}, Z: []T1{{3, 4}}, any: @T}\nv.X, v.T1.y = 5, 6\nshow(#, *v.T1, v.Z, v.F == nil, v.c == nil, v.e == nil, v.any)\nfmt.Printf(\"%T %T\\n\", v, v.Z)",
	"fmt.Printf(\"%v %d %s %x %q|%10v|%-10v|%+.2e|%6.3f|%08b|%o|%#x|%c|%U|%t|%p\\n\", []string{\"a\"}, []int{1, 2}, []string{\"x\", \"y\"}, \"hi\", []string{\"q\"}, \"r\", true, 12345.678, 3.14159, 5, 64, 255, 'x', 'é', false, nil)\nfmt.Printf(\"%5t|%-8q|%x|% x|%#v|%#v|%*d|%.*f|%[2]d %[1]d|%v|%d%%\\n\", true, \"s\", []byte(\"ab\"), \"abc\", []any{1, \"a\", nil, 1.5}, map[string]bool{\"k\": true}, 5, 42, 2, 3.14159, 1, 2)\nfmt.Printf(\"%!|%z|%d\\n\", 1)\nfmt.Printf(\"%s %d %v\\n\", @T, @T, @K)\nfmt.Printf(\"%6v|%-6v|%06v|%+v|%x|%X|%e\\n\", @N, @N, @N, @N, @N, @N, @N)",
	"fmt.Printf(\"%v %+v %#v\\n\", struct { A int; b string; C []float64; D map[string]int; E *int; F any; G error; h [2]bool }{1, \"x\", []float64{1.5}, map[string]int{\"z\": 1, \"a\": 2}, nil, @T, nil, [2]bool{true}}, [][]int{{1}, nil, {}}, [2][]string{{\"a\"}})\nfmt.Printf(\"%#v %#v %#v %#v %#v %#v %#v\\n\", @T, @K, @N, []$T{@T}, map[$K]$N{@K: @N}, struct{ F $T }{@T}, [1]$N{})\nfmt.Printf(\"%T %T %T %T %T\\n\", []$T{}, map[$K]*$N{}, func($T, ...$K) ($N, error) { panic(0) }, struct { a $T `x:\"y\"`; $N }{}, (*[3]chan<- $T)(nil))",
	"s := fmt.Sprintln(\"a\", 1, 2, \"b\", 'c', nil, @T) + fmt.Sprint(\"a\", 1, 2, \"b\", \"c\", 3, @T, @N, \"d\") + fmt.Sprint(@K, @N)\nshow(#, s, len(s))\nvar sb strings.Builder\nn, err := fmt.Fprint(&sb, 1, 2, \"x\")\nshow(#, n, err == nil, sb.String())\nvar x, y int\nvar w string\nk, err := fmt.Sscanf(\"7 - 8 abc\", \"%d - %d %s\", &x, &y, &w)\nshow(#, k, err == nil, x, y, w)",
	"xs := make([]int, 0, 4)\ngrow := func(s []int) []int { return append(s, len(s)) }\na := grow(xs)\nb := grow(a)\nc := append(a, 100)\nshow(#, xs, a, b, c, len(xs[:2]), cap(xs[1:3]), cap(b[:1:2]))\nd := append(xs[:0:0], b...)\nd[0] = -1\nshow(#, b, d, append([]int(nil), d[1:]...), append([]byte(\"x\"), \"yz\"...))",
	"arr := [5]int{1, 2, 3, 4, 5}\ns := arr[1:3]\ns = append(s, 40)\npa := (*[2]int)(s)\npa[0] = 20\nar := [2]int(s)\nar[1] = 30\nfor i, v := range &arr { if i < 2 { arr[4] += v } }\nshow(#, arr, s, *pa, ar, len(pa[:]), cap(s))",
	"x := 10\np := &x\nf := func() *int { x++; return p }\n*f() += 5\n*f()++\ny := *f() + x\npp := &p\n*pp = &y\n**pp -= 3\nshow(#, x, y, *p, p == &y)",
	"type Matrix [2][2]int\nmul := func(a, b Matrix) (c Matrix) { for i := range a { for j := range b[0] { for k := range b { c[i][j] += a[i][k] * b[k][j] } } }; return }\nm := Matrix{{1, 1}, {1, 0}}\nr := Matrix{{1, 0}, {0, 1}}\nfor range ?6 + 1 { r = mul(r, m) }\nshow(#, r, m, r == m, r[0] == m[0])",
	"var tree func(d int) any\ntree = func(d int) any { if d == 0 { return @T }; return []any{tree(d - 1), map[string]any{\"d\": d}, tree(d - 1)} }\nvar depth func(x any) int\ndepth = func(x any) int { switch x := x.(type) { case []any: n := 0; for _, e := range x { n = max(n, depth(e)) }; return n + 1; case map[string]any: return len(x); case nil: return -1; default: return 0 } }\nshow(#, tree(2), depth(tree(3)), depth(nil))",
	"str := strings.Map(func(r rune) rune { if r == 'a' { return -1 }; return r + 1 }, \"banana\"+@string)\nfields := strings.FieldsFunc(\"a1b22c\", func(r rune) bool { return r >= '0' && r <= '9' })\nbefore, after, ok := strings.Cut(\"k=v\", \"=\")\nshow(#, str, fields, before, after, ok, strings.Split(\"a,b,c\", \",\"), strings.Join(fields, \"-\"), strings.TrimFunc(\"xxhixx\", func(r rune) bool { return r == 'x' }), strings.NewReplacer(\"a\", \"1\").Replace(\"banana\"), strings.Title(\"go\"))",
	"ints := []int{3, 1, 2}\nsort.Slice(ints, func(i, j int) bool { return ints[i] > ints[j] })\nidx := sort.Search(10, func(i int) bool { return i*i >= ?9*5 })\ntype byLen []string\nwords := []string{\"ccc\", \"a\", \"bb\"}\nsort.Slice(words, func(i, j int) bool { return len(words[i]) < len(words[j]) })\nshow(#, ints, idx, words, sort.IntsAreSorted(ints), sort.SearchInts([]int{1, 3, 5}, 4))\nslices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(b, a) })\nshow(#, words, slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) }))",
	"n, err := strconv.ParseInt(@string, 10, 8)\nf, err2 := strconv.ParseFloat(\"1e400\", 64)\nb, err3 := strconv.ParseBool(\"T\")\nu, err4 := strconv.ParseUint(\"300\", 10, 8)\nvar ne *strconv.NumError\nshow(#, n, fmt.Sprint(err), f, fmt.Sprint(err2), b, err3 == nil, u, errors.As(err4, &ne), errors.Is(err4, strconv.ErrRange))\nshow(#, strconv.Quote(@string), strconv.FormatInt(int64(@int), 36), strconv.Itoa(@int))",
	"if x := @int; x > 0 { goto pos# }\nshow(#, \"not\")\ngoto end#\npos#:\nshow(#, \"pos\")\nend#:\nshow(#, \"end\")",
	"var i, j int\nfor i, j = 0, 10; i < j; i, j = i+1, j-2 { if (i+j)%3 == 0 { continue }; mark(i * j) }\nshow(#, i, j, trace)\nfor i := 0; i < 3; i++ { i := i * 2; mark(i); i++ }\nvar fs []func() int\nfor i, s := 0, \"a\"; i < 3; i, s = i+1, s+\"b\" { fs = append(fs, func() int { s += \"c\"; return i*100 + len(s) }) }\nfor _, f := range fs { show(#, f(), f()) }",
	"switch x := any(@T).(type) { case fmt.Stringer, error: show(#, \"methods\", x); default: switch y := any(@N).(type) { case int, int8, int16: show(#, y); case float64: show(#, y*2); default: _ = x; show(#, x, y) } }",
	"strings := []string{\"shadow\"}\nfmt.Println(strings, len(strings))\n{ fmt := 3; _ = fmt; errors := func() int { return fmt * 2 }; show(#, errors()) }\nint := 5\nshow(#, int+1)",
	"type list struct { next *list; v int }\nvar l *list\nfor i := range 4 { l = &list{l, i} }\nvar prev *list\nfor l != nil { l.next, prev, l = prev, l, l.next }\nfor n := prev; n != nil; n = n.next { show(#, n.v) }",
	"x, y := @T, @T\nswap := func(a, b *$T) { *a, *b = *b, *a }\nswap(&x, &y)\narr := [2]$T{x, y}\nswap(&arr[0], &arr[1])\ns := struct{ a, b $T }{x, y}\nswap(&s.a, &s.b)\nsl := []$T{x, y}\nswap(&sl[0], &sl[1])\nshow(#, x, y, arr, s, sl)",
	"go1 := make(chan string)\ngo func() { defer close(go1); defer func() { if r := recover(); r != nil { go1 <- fmt.Sprint(\"rec \", r) } }(); var a []int; go1 <- \"start\"; _ = a[@int&3] }()\nfor s := range go1 { show(#, s) }",
}

// declared are idioms that need declarations; § stands for a number that both parts share.
var declared = []struct{ decl, use string }{
	{"type Animal§ interface { Sound() string; Name() string }\ntype base§ struct { name string }\nfunc (b *base§) Name() string { return b.name }\nfunc (b base§) Sound() string { return \"...\" + b.name }\ntype Dog§ struct { *base§; age int }\nfunc (d Dog§) Sound() string { return \"woof\" + d.base§.Sound() }\ntype Cat§ struct { base§; Animal§ }",
		"d := Dog§{&base§{@string}, @int}\nvar as []Animal§ = []Animal§{d, &d, &base§{\"b\"}}\nfor _, a := range as { show(#, a.Name(), a.Sound()) }\nd.name = \"new\"\nf, h := d.Name, (*Dog§).Sound\nd.base§ = &base§{\"last\"}\nshow(#, f(), h(&d), as[0].Name())\nc := &Cat§{Animal§: d}\nshow(#, c.Animal§.Name(), c.base§.Name())\n_, ok := any(d).(interface{ Sound() string })\n_, ok2 := any(*d.base§).(Animal§)\nshow(#, ok, ok2)"},
	{"type Stack§[T any] struct { items []T }\nfunc (s *Stack§[T]) Push(v ...T) *Stack§[T] { s.items = append(s.items, v...); return s }\nfunc (s *Stack§[T]) Pop() (v T, ok bool) { if len(s.items) == 0 { return v, false }; v = s.items[len(s.items)-1]; s.items = s.items[:len(s.items)-1]; return v, true }\nfunc (s Stack§[T]) All() func(func(int, T) bool) { return func(yield func(int, T) bool) { for i, v := range s.items { if !yield(i, v) { return } } } }\nfunc Map§[A, B any](xs []A, f func(A) B) []B { var out []B; for _, x := range xs { out = append(out, f(x)) }; return out }\nfunc Fold§[A any, B any](xs []A, b B, f func(B, A) B) B { for _, x := range xs { b = f(b, x) }; return b }",
		"var s Stack§[$T]\ns.Push(@T, @T).Push(@T)\nv, ok := s.Pop()\nshow(#, v, ok, s)\nfor i, v := range s.All() { if i == ?3 { break }; show(#, i, v) }\nshow(#, Map§(s.items, func(x $T) string { return fmt.Sprint(x) }), Fold§(s.items, @int, func(n int, x $T) int { return n + len(fmt.Sprint(x)) }))\nfmt.Printf(\"%T %v\\n\", s, s)\npop := s.Pop\npop()\npop()\n_, ok = pop()\nshow(#, ok)"},
	{"type Err§ struct { code int; inner error }\nfunc (e *Err§) Error() string { return fmt.Sprintf(\"err %d: %v\", e.code, e.inner) }\nfunc (e *Err§) Unwrap() error { return e.inner }\nfunc (e *Err§) Is(t error) bool { return t == errors.ErrUnsupported }\nfunc mk§(n int) error { if n % 3 == 0 { return nil }; if n % 3 == 1 { return &Err§{n, nil} }; return fmt.Errorf(\"wrap: %w\", &Err§{n, errors.New(\"in\")}) }",
		"for i := range 3 { err := mk§(i); var e *Err§; if errors.As(err, &e) { show(#, e.code, e.Error()) }; show(#, fmt.Sprint(err), errors.Is(err, errors.ErrUnsupported)) }\nfunc() { defer func() { e := recover().(*Err§); show(#, e.code, e.Error()) }(); panic(&Err§{@int, mk§(2)}) }()\nfmt.Printf(\"%v %s|%d\\n\", mk§(1), mk§(2), mk§(4).(*Err§).code)"},
	{"type Cel§ float64\ntype Temp§ interface { ~float64 }\nfunc (c Cel§) String() string { return fmt.Sprintf(\"%.1f°\", float64(c)) }\nfunc Avg§[T Temp§](ts ...T) T { var sum T; for _, t := range ts { sum += t }; return sum / T(max(1, len(ts))) }\ntype Day§ int\nconst ( Mon§ Day§ = iota + 1; Tue§; Wed§ )\nvar dayNames§ = map[Day§]string{Mon§: \"Mon\", Tue§: \"Tue\"}\nfunc (d Day§) String() string { if n, ok := dayNames§[d]; ok { return n }; return \"Day(\" + strconv.Itoa(int(d)) + \")\" }",
		"fmt.Println(Avg§(Cel§(1.5), 2), Avg§[float64](), Avg§(@float64))\nfmt.Printf(\"%v %d %s %+v %#v %x|%6v|%-6v|\\n\", Tue§, Tue§, Wed§, []Day§{Mon§, 9}, map[Day§]Cel§{Tue§: 3}, Mon§, Mon§, Cel§(4))\nshow(#, struct { D Day§; c Cel§; P any }{Tue§, 5, Wed§}, [2]Day§{1}, any(Tue§), Mon§ < Tue§)\nvar st fmt.Stringer = Cel§(@float64)\nswitch v := st.(type) { case Day§: show(#, \"day\", v); case Cel§: show(#, \"cel\", float64(v)) }"},
	{"type Shape§ interface { Area() float64; Scale(float64) Shape§ }\ntype Sq§ struct { s float64 }\ntype Rect§ struct { w, h float64 }\nfunc (s Sq§) Area() float64 { return s.s * s.s }\nfunc (s Sq§) Scale(f float64) Shape§ { s.s *= f; return s }\nfunc (r *Rect§) Area() float64 { return r.w * r.h }\nfunc (r *Rect§) Scale(f float64) Shape§ { r.w *= f; return r }\ntype Named§ struct { Shape§; Label string }",
		"shapes := []Shape§{Sq§{2}, &Rect§{1, 3}, Named§{&Rect§{2, 2}, @string}}\nfor i, s := range shapes { t := s.Scale(1.5); show(#, i, s.Area(), t.Area(), s == t) }\nf := Shape§.Area\nshow(#, f(shapes[0]), shapes[2].(Named§).Label, Sq§.Area(Sq§{3}))\n_, isSq := shapes[1].(Sq§)\nshow(#, isSq)\nfmt.Printf(\"%T %T %v\\n\", shapes[0], shapes[1], shapes[0])"},
	{"type Pt§ struct { X, Y int }\nfunc (p Pt§) Add(q Pt§) Pt§ { return Pt§{p.X + q.X, p.Y + q.Y} }\nfunc (p *Pt§) Move(dx int) *Pt§ { p.X += dx; return p }\nfunc (p Pt§) GoString() string { return \"Pt!\" }\ntype Pts§ []Pt§\nfunc (ps Pts§) Len() int { return len(ps) }\nfunc (ps Pts§) Less(i, j int) bool { return ps[i].X < ps[j].X }\nfunc (ps Pts§) Swap(i, j int) { ps[i], ps[j] = ps[j], ps[i] }",
		"p := Pt§{@int, @int}\nadd := p.Add\nmove := p.Move\np.X = 0\nshow(#, add(Pt§{1, 1}), *move(3).Move(1), p)\nps := Pts§{{3, 1}, {1, 2}, p}\nsort.Sort(ps)\nshow(#, ps, sort.IsSorted(sort.Reverse(ps)))\nps[1].Move(5)\nm := map[string]*Pt§{\"a\": &ps[0]}\nm[\"a\"].Move(7)\nshow(#, ps)\nfmt.Printf(\"%#v %v %+v\\n\", p, &p, ps)"},
	{"type Node§[K cmp.Ordered, V any] struct { k K; v V; l, r *Node§[K, V] }\nfunc (n *Node§[K, V]) Put(k K, v V) *Node§[K, V] { switch { case n == nil: return &Node§[K, V]{k: k, v: v}; case k < n.k: n.l = n.l.Put(k, v); case k > n.k: n.r = n.r.Put(k, v); default: n.v = v }; return n }\nfunc (n *Node§[K, V]) Walk(yield func(K, V) bool) bool { return n == nil || n.l.Walk(yield) && yield(n.k, n.v) && n.r.Walk(yield) }",
		"var root *Node§[string, $T]\nfor _, k := range []string{\"m\", \"c\", \"x\", @string} { root = root.Put(k, @T) }\nfor k, v := range func(y func(string, $T) bool) { root.Walk(y) } { if k > \"q\" { break }; show(#, k, v) }\nvar nums *Node§[$N, int]\nnums = nums.Put(@N, 1).Put(@N, 2)\nnums.Walk(func(k $N, v int) bool { show(#, k, v); return true })"},
	{"var log§ []string\nfunc step§(s string) int { log§ = append(log§, s); return len(log§) }\nvar a§ = step§(\"a\") * 10\nvar b§ = a§ + step§(\"b\")\nvar c§, d§ = step§(\"c\"), b§",
		"show(#, a§, b§, c§, d§, log§)"},
	{"type Set§[T comparable] map[T]struct{}\nfunc (s Set§[T]) Add(vs ...T) { for _, v := range vs { s[v] = struct{}{} } }\nfunc (s Set§[T]) Has(v T) bool { _, ok := s[v]; return ok }\nfunc Keys§[M ~map[K]V, K comparable, V any](m M) int { n := 0; for range m { n++ }; return n }\ntype Pair§[A, B any] struct { First A; Second B }\nfunc MkPair§[A, B any](a A, b B) Pair§[A, B] { return Pair§[A, B]{a, b} }\nfunc (p Pair§[A, B]) Swap() Pair§[B, A] { return Pair§[B, A]{p.Second, p.First} }",
		"s := Set§[$K]{}\ns.Add(@K, @K, @K)\nshow(#, s.Has(@K), Keys§(s), len(s))\np := MkPair§(@T, @string)\nshow(#, p, p.Swap(), p.Swap().Swap() == p)\nfmt.Printf(\"%T %+v\\n\", p.Swap(), MkPair§(p, 1))"},
	{"type State§ uint8\nconst ( Idle§ State§ = 1 << iota; Busy§; Done§; All§ = Idle§ | Busy§ | Done§ )\nfunc (s State§) Has(f State§) bool { return s&f != 0 }\nfunc (s *State§) Set(f State§) { *s |= f }\ntype Machine§ struct { State§; hooks []func(State§) State§; count map[State§]int }\nfunc (m *Machine§) Step() (old State§) { old = m.State§; for _, h := range m.hooks { m.State§ = h(m.State§) }; m.count[m.State§]++; return }",
		"m := &Machine§{State§: Idle§, count: map[State§]int{}}\nm.hooks = append(m.hooks, func(s State§) State§ { return s << 1 }, func(s State§) State§ { return s | Idle§ })\nfor range 3 { show(#, m.Step(), m.Has(Busy§)) }\nm.Set(Done§)\nset := m.State§.Set\nset(Busy§)\nshow(#, m.State§, All§, m.count)"},
	{"type Visitor§ interface { Visit(n int) Visitor§ }\ntype VF§ func(int) Visitor§\nfunc (f VF§) Visit(n int) Visitor§ { return f(n) }\ntype counter§ struct { n int }\nfunc (c *counter§) Visit(n int) Visitor§ { c.n += n; if n == 0 { return nil }; return c }",
		"c := &counter§{}\nvar v Visitor§ = c\nfor i := 3; v != nil; i-- { v = v.Visit(i) }\nshow(#, c.n, v == nil)\nv = VF§(func(n int) Visitor§ { show(#, n); return c })\nshow(#, v.Visit(@int) == Visitor§(c))"},
	{"type Fmt§ struct { a, b int }\nfunc (f Fmt§) Format(s fmt.State, verb rune) { w, ok := s.Width(); fmt.Fprintf(s, \"<%c %d %v %v>\", verb, w, ok, s.Flag('+')) }\ntype Pan§ struct{}\nfunc (Pan§) String() string { panic(\"in String\") }\ntype Ptr§ struct { n int }\nfunc (p *Ptr§) String() string { if p == nil { return \"nil!\" }; return fmt.Sprint(\"ptr\", p.n) }",
		"fmt.Printf(\"%v %+5d %s\\n\", Fmt§{1, 2}, Fmt§{}, []Fmt§{{}})\nfmt.Println(Pan§{}, []any{Pan§{}})\nfmt.Println(&Ptr§{@int}, Ptr§{1}, []*Ptr§{{2}, nil}, (*Ptr§)(nil), map[string]*Ptr§{\"k\": {3}}, struct{ P *Ptr§ }{nil})"},
	{"type Num§ interface { ~int | ~int8 | ~uint16 | ~float32 | ~float64 }\nfunc Sum§[T Num§](xs ...T) (t T) { for _, x := range xs { t += x }; return }\nfunc Conv§[T, U Num§](x T) U { return U(x) }\nfunc Kind§[T any](x T) string { switch any(x).(type) { case int: return \"int\"; case string: return \"string\"; case []T: return \"slice\" }; return fmt.Sprintf(\"%T\", x) }\nfunc Ptr§[T any](v T) *T { return &v }\nfunc Zero§[T any]() (z T) { return }\ntype List§[T any] struct { head *elem§[T]; n int }\ntype elem§[T any] struct { v T; next *elem§[T] }\nfunc (l *List§[T]) Add(v T) { l.head = &elem§[T]{v, l.head}; l.n++ }\nfunc (l *List§[T]) Each(f func(T)) { for e := l.head; e != nil; e = e.next { f(e.v) } }",
		"show(#, Sum§(1, 2, ?9), Sum§[int8](100, 100), Sum§[float32](), Conv§[int, int8](?200), Conv§[int8, float64](-3), Kind§(@T), Kind§(@K), *Ptr§(@T), Zero§[$T]())\nvar l List§[$T]\nl.Add(@T)\nl.Add(@T)\nl.Each(func(v $T) { show(#, v) })\nf := Sum§[uint16]\nshow(#, f(65535, 2), l.n)\nvar ll List§[List§[int]]\nll.Add(List§[int]{n: 4})\nll.Each(func(v List§[int]) { show(#, v.n) })"},
	{"type Inner§ struct { N int; name string }\nfunc (i Inner§) Get() int { return i.N }\nfunc (i *Inner§) Inc() *Inner§ { i.N++; return i }\nfunc (i Inner§) String() string { return \"I\" + strconv.Itoa(i.N) }\ntype Mid§ struct { Inner§; M int }\nfunc (m *Mid§) Name() string { return m.name + \"/mid\" }\ntype Outer§ struct { *Mid§; Tag string }\ntype Get§ interface { Get() int; String() string }",
		"o := Outer§{&Mid§{Inner§{?9, \"n\"}, 2}, @string}\no.Inc().Inc()\no.Mid§.Inner§.N += 10\nget, inc := o.Get, o.Inc\no.N = 0\ninc()\nvar g Get§ = o\nvar h Get§ = &o.Mid§.Inner§\nshow(#, o.N, get(), g.Get(), h.Get(), o.Name(), g.String(), (*Outer§).Get(&o), Outer§.String(o))\nfmt.Println(o, *o.Mid§, []any{o.Inner§, &o.Inner§}, map[Inner§]int{{1, \"a\"}: 2})\nfmt.Printf(\"%v %+v %s %d\\n\", o.Inner§, *o.Mid§, o, o.Inner§)\nfunc() { defer func() { show(#, recover()) }(); var z Outer§; show(#, z.Get()) }()\nfunc() { defer func() { show(#, recover()) }(); var z *Mid§; show(#, z.Name()) }()"},
	{"type Num§ interface { ~int | ~int8 | ~float64 }\ntype Vec§[T Num§] []T\nfunc (v Vec§[T]) Dot(w Vec§[T]) (s T) { for i := range min(len(v), len(w)) { s += v[i] * w[i] }; return }\nfunc (v Vec§[T]) Map(f func(T) T) Vec§[T] { out := make(Vec§[T], 0, len(v)); for _, x := range v { out = append(out, f(x)) }; return out }\nfunc Filter§[S ~[]E, E any](s S, keep func(E) bool) S { var out S; for _, e := range s { if keep(e) { out = append(out, e) } }; return out }\nfunc Reduce§[E, A any](s []E, a A, f func(A, E) A) A { for _, e := range s { a = f(a, e) }; return a }\nfunc Group§[K comparable, V any](vs []V, by func(V) K) map[K][]V { m := map[K][]V{}; for _, v := range vs { k := by(v); m[k] = append(m[k], v) }; return m }\ntype Opt§[T any] struct { v T; ok bool }\nfunc Some§[T any](v T) Opt§[T] { return Opt§[T]{v, true} }\nfunc (o Opt§[T]) Or(d T) T { if o.ok { return o.v }; return d }\nfunc Then§[A, B any](o Opt§[A], f func(A) Opt§[B]) Opt§[B] { if !o.ok { return Opt§[B]{} }; return f(o.v) }",
		"v := Vec§[int8]{1, 100, 3}\nw := v.Map(func(x int8) int8 { return x * 2 })\nshow(#, v.Dot(w), w, Filter§(v, func(x int8) bool { return x > 1 }), Reduce§(w, \"\", func(s string, x int8) string { return s + fmt.Sprint(x) }))\nshow(#, Group§([]string{\"a\", \"bb\", \"cc\"}, func(s string) int { return len(s) }), Some§(@T).Or(@T), Opt§[$T]{}.Or(@T))\nshow(#, Then§(Some§(@int), func(n int) Opt§[string] { return Some§(strconv.Itoa(n)) }), Then§(Opt§[int]{}, func(n int) Opt§[$T] { return Some§(@T) }))\nfmt.Printf(\"%T %T %v\\n\", w, Filter§[Vec§[int8]], Some§(Some§(1)))\nm := v.Dot\nv[0] = 50\nshow(#, m(Vec§[int8]{1}))"},
	{"type Stringish§ interface { ~string; Len() int }\ntype Str§ string\nfunc (s Str§) Len() int { return len(s) }\nfunc Total§[T Stringish§](xs ...T) (n int, all string) { for _, x := range xs { n += x.Len(); all += string(x) + string(x[:min(1, len(x))]) }; return }\ntype Setter§[T any] interface { *T; Set(string) }\ntype Cfg§ struct { s string; n int }\nfunc (c *Cfg§) Set(s string) { c.s = s; c.n++ }\nfunc Make§[T any, P Setter§[T]](ss ...string) []T { out := make([]T, len(ss)); for i, s := range ss { P(&out[i]).Set(s) }; return out }\ntype Cmp§[T any] interface { Compare(T) int }\ntype Ver§ struct { maj, min int }\nfunc (v Ver§) Compare(w Ver§) int { return cmp.Or(cmp.Compare(v.maj, w.maj), cmp.Compare(v.min, w.min)) }\nfunc MaxOf§[T Cmp§[T]](x T, xs ...T) T { for _, y := range xs { if y.Compare(x) > 0 { x = y } }; return x }",
		"n, all := Total§(Str§(\"ab\"), Str§(@string))\nshow(#, n, all, Make§[Cfg§](\"x\", @string), MaxOf§(Ver§{1, 2}, Ver§{1, ?9}, Ver§{0, 9}))"},
	{"type Expr§ interface { Eval(env map[string]int) (int, error) }\ntype Lit§ int\ntype Var§ string\ntype Bin§ struct { Op byte; L, R Expr§ }\nfunc (l Lit§) Eval(map[string]int) (int, error) { return int(l), nil }\nfunc (v Var§) Eval(env map[string]int) (int, error) { if n, ok := env[string(v)]; ok { return n, nil }; return 0, fmt.Errorf(\"undefined %q\", string(v)) }\nfunc (b *Bin§) Eval(env map[string]int) (res int, err error) {\n\tdefer func() { if r := recover(); r != nil { err = fmt.Errorf(\"op %c: %v\", b.Op, r) } }()\n\tl, err := b.L.Eval(env)\n\tif err != nil { return 0, err }\n\tr, err := b.R.Eval(env)\n\tif err != nil { return }\n\tswitch b.Op { case '+': return l + r, nil; case '*': return l * r, nil; case '/': return l / r, nil }\n\tpanic(\"bad op\")\n}",
		"es := []Expr§{Lit§(3), &Bin§{'+', Lit§(?9), Var§(\"x\")}, &Bin§{'/', Var§(\"x\"), Lit§(0)}, &Bin§{'*', Var§(\"y\"), Lit§(1)}, &Bin§{'?', Lit§(1), &Bin§{'+', Lit§(1), Lit§(2)}}}\nfor i, e := range es { n, err := e.Eval(map[string]int{\"x\": 4}); show(#, i, n, fmt.Sprint(err)); switch e := e.(type) { case Lit§: show(#, e+1); case *Bin§: show(#, string(e.Op)) } }\nvar nilE Expr§\nfunc() { defer func() { show(#, recover()) }(); nilE.Eval(nil) }()"},
	{"type Shape§ interface { Area() float64 }\ntype Poly§ struct { Shape§; sides int }\ntype Sq§ float64\nfunc (s Sq§) Area() float64 { return float64(s * s) }\nfunc (s Sq§) String() string { return fmt.Sprintf(\"Sq(%g)\", float64(s)) }\ntype Log§ struct { strings.Builder; n int }\nfunc (l *Log§) Add(s string) *Log§ { l.n++; l.WriteString(s); return l }",
		"p := Poly§{Sq§(2), 4}\nq := p\nq.Shape§ = Sq§(3)\nshow(#, p.Area(), q.Area(), p == q, p == Poly§{Sq§(2), 4})\nf, g := p.Area, Shape§.Area\np.Shape§ = nil\nshow(#, f(), g(q))\nfmt.Printf(\"%v %+v %T %v\\n\", q, q, q.Shape§, []Shape§{Sq§(1), q})\nfunc() { defer func() { show(#, recover()) }(); p.Area() }()\nvar l Log§\nl.Add(\"a\").Add(@string).WriteByte('!')\nfmt.Fprintf(&l, \"%d\", l.n)\nshow(#, l.String(), l.Len(), l.n)\n_, isShape := any(p).(Shape§)\n_, isStr := any(q).(fmt.Stringer)\nshow(#, isShape, isStr)"},
	{"type E1§ struct{ msg string }\nfunc (e E1§) Error() string { return \"e1:\" + e.msg }\ntype E2§ int\nfunc (e *E2§) Error() string { return \"e2:\" + strconv.Itoa(int(*e)) }\ntype Multi§ []error\nfunc (m Multi§) Error() string { return fmt.Sprint(len(m), \" errors\") }\nfunc (m Multi§) Unwrap() []error { return m }\nvar Err§ = errors.New(\"sentinel\")\nfunc fail§(n int) (err error) { switch n { case 0: var p *E2§; _ = p; return nil; case 1: return E1§{\"x\"}; case 2: e := E2§(7); return &e; case 3: return Multi§{E1§{\"y\"}, Err§}; case 4: defer func() { err = fmt.Errorf(\"deferred: %w\", err) }(); return Err§ }; return errors.Join(fail§(n-4), fail§(n-3)) }",
		"for i := range 7 {\n\terr := fail§(i)\n\tvar e1 E1§\n\tvar e2 *E2§\n\tshow(#, i, fmt.Sprint(err), err == nil, errors.Is(err, Err§), errors.As(err, &e1), e1.msg, errors.As(err, &e2), e2 != nil, errors.Is(err, E1§{\"x\"}))\n}\nfunc() { defer func() { e, ok := recover().(error); show(#, ok, e.Error()) }(); panic(fail§(?3 + 1)) }()\nfmt.Printf(\"%v %s %q %v\\n\", fail§(1), fail§(2), fail§(1), fail§(3))"},
	{"type Color§ uint8\nconst ( Red§ Color§ = iota; Green§; Blue§ )\nfunc (c Color§) String() string { return [...]string{\"R\", \"G\", \"B\"}[c] }\ntype Car§ struct { Color§; Speed int; parts map[Color§][]Color§; Next *Car§ }\ntype Quiet§ struct { c Color§ }\ntype Both§ struct{}\nfunc (Both§) String() string { return \"S\" }\nfunc (Both§) Error() string { return \"E\" }\nfunc (Both§) GoString() string { return \"G\" }",
		"c := Car§{Green§, 3, map[Color§][]Color§{Blue§: {Red§, Green§}, Red§: nil}, nil}\nfmt.Println(c, &c == nil, Quiet§{Blue§}, []Color§{Red§, Blue§}, [2]Color§{}, map[string]Color§{\"z\": Green§}, Both§{}, []any{Both§{}, Blue§})\nfmt.Printf(\"%v %+v %d %x %q %s %#v|%3v|%-3v|%03d\\n\", Blue§, c, c.Color§, Red§, Green§, Color§(1), Both§{}, Red§, Blue§, Green§)\nfmt.Printf(\"%v %s %+v %v\\n\", struct{ X, y Color§ }{Red§, Blue§}, []Color§{Green§}, Quiet§{}, &Quiet§{Green§})\nfmt.Println(Color§(7))\nfunc() { defer func() { show(#, recover()) }(); _ = Color§(7).String() }()\nshow(#, Red§ < Blue§, Blue§-Green§, Green§<<1, c.String(), Car§{}.Color§)"},
	{"type Iter§[T any] func(yield func(T) bool)\nfunc (it Iter§[T]) Filter(keep func(T) bool) Iter§[T] { return func(yield func(T) bool) { for v := range it { if keep(v) && !yield(v) { return } } } }\nfunc (it Iter§[T]) Take(n int) Iter§[T] { return func(yield func(T) bool) { for v := range it { if n--; n < 0 || !yield(v) { return } } } }\nfunc Count§[T ~int](from T) Iter§[T] { return func(yield func(T) bool) { for i := from; yield(i); i++ {} } }\nfunc Zip§[A, B any](a Iter§[A], b []B) func(func(A, B) bool) { return func(yield func(A, B) bool) { i := 0; for x := range a { if i >= len(b) || !yield(x, b[i]) { return }; i++ } } }\nfunc ToSlice§[T any](it Iter§[T]) (out []T) { for v := range it { out = append(out, v) }; return }",
		"even := Count§(?5).Filter(func(n int) bool { return n%2 == 0 })\nshow(#, ToSlice§(even.Take(4)))\nfor n, s := range Zip§(even, []$T{@T, @T, @T}) { if n > 6 { break }; show(#, n, s) }\nsum := 0\nfor n := range even { if n > 20 { break }; if n%3 == 0 { continue }; sum += n }\nshow(#, sum)"},
	{"type state§ func(*lexer§) state§\ntype lexer§ struct { in string; pos int; out []string }\nfunc start§(l *lexer§) state§ { if l.pos >= len(l.in) { return nil }; if c := l.in[l.pos]; c >= '0' && c <= '9' { return digits§ }; l.out = append(l.out, string(l.in[l.pos])); l.pos++; return start§ }\nfunc digits§(l *lexer§) state§ { s := l.pos; for l.pos < len(l.in) && l.in[l.pos] >= '0' && l.in[l.pos] <= '9' { l.pos++ }; l.out = append(l.out, \"n\"+l.in[s:l.pos]); return start§ }",
		"l := &lexer§{in: \"12+345*x\" + @string}\nfor s := state§(start§); s != nil; s = s(l) {}\nshow(#, l.out, l.pos)"},
	{"type Grid§[T any] struct { w, h int; cells []T }\nfunc NewGrid§[T any](w, h int, f func(x, y int) T) *Grid§[T] { g := &Grid§[T]{w: w, h: h, cells: make([]T, w*h)}; for y := range h { for x := range w { *g.At(x, y) = f(x, y) } }; return g }\nfunc (g *Grid§[T]) At(x, y int) *T { return &g.cells[y*g.w+x] }\nfunc (g *Grid§[T]) Row(y int) []T { return g.cells[y*g.w : (y+1)*g.w : (y+1)*g.w] }\ntype Cache§[K comparable, V any] struct { mu sync.Mutex; m map[K]V; hits int; load func(K) (V, error) }\nfunc (c *Cache§[K, V]) Get(k K) (V, error) { c.mu.Lock(); defer c.mu.Unlock(); if v, ok := c.m[k]; ok { c.hits++; return v, nil }; v, err := c.load(k); if err != nil { var zero V; return zero, err }; if c.m == nil { c.m = make(map[K]V) }; c.m[k] = v; return v, nil }",
		"g := NewGrid§(3, 2, func(x, y int) int { return x*10 + y })\n*g.At(1, 1) += 5\nr := append(g.Row(0), 99)\nr[0] = -1\nshow(#, g.cells, r, *g)\nc := Cache§[string, $T]{load: func(k string) ($T, error) { if k == \"\" { return @T, errors.New(\"empty\") }; return @T, nil }}\nfor _, k := range []string{\"a\", \"b\", \"a\", \"\", \"b\"} { v, err := c.Get(k); show(#, k, v, fmt.Sprint(err), c.hits) }\nfunc() { defer func() { show(#, recover()) }(); g.At(?9, 3) }()"},
}
