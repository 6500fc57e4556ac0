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

var hole = regexp.MustCompile(`#|\$[TKN]|@[\w]+|\?\d+`)

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
}
