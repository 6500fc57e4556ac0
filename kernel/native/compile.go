package native

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/nascent-go/nascent/kernel/native/wasm"
)

// Unfit says why a function is not compiled.
type Unfit struct {
	Pos  token.Pos
	What string
}

func (u *Unfit) Error() string { return u.What }

// Analysis remembers which functions can be compiled. It is not safe for concurrent use.
type Analysis struct {
	Elsewhere func(*ssa.Function) string // where a function runs that has no body to be compiled; "" for others. May be nil

	shapes  shapes
	known   map[*ssa.Function]*facts
	reached map[*ssa.Function]*reached
}

// reached are the functions that one leads to.
type reached struct {
	list []*ssa.Function
	in   map[*ssa.Function]bool
}

// What is compiled at once: each function has the machine code of all that it calls.
const (
	maxFuncs  = 100
	maxInstrs = 20000
)

// facts are what is known of a function.
type facts struct {
	unfit   *Unfit
	calls   []*ssa.Function
	globals []*ssa.Global
	loops   bool
	instrs  int
	sites   map[*ssa.Function]int  // how often it calls a function, in its text
	makes   making                 // it makes objects; append, where the slice begins anew
	begins  making                 // it writes a slice to memory that can hold less than what was there
	extends bool                   // it makes slices longer that lie in memory
	looped  map[*ssa.Function]bool // what it calls in a loop
}

// making says whether something is made.
type making struct{ anywhere, inLoop bool }

func (m *making) note(inLoop bool) { m.anywhere, m.inLoop = true, m.inLoop || inLoop }

// Fit says why a function cannot be compiled, nil if it can.
func (a *Analysis) Fit(fn *ssa.Function) *Unfit {
	reached := a.reach(fn)
	instrs := 0
	for _, f := range reached {
		if u := a.facts(f).unfit; u != nil {
			if f != fn {
				return &Unfit{u.Pos, "it calls " + f.Name() + ": " + u.What}
			}
			return u
		}
		instrs += a.facts(f).instrs
	}
	if len(reached) > maxFuncs || instrs > maxInstrs {
		return &Unfit{fn.Pos(), "it is too large, with all that it calls"}
	}
	extends := slices.ContainsFunc(reached, func(f *ssa.Function) bool { return a.facts(f).extends })
	makes := func(f *ssa.Function) making {
		x := a.facts(f)
		if !extends {
			return x.makes
		}
		return making{x.makes.anywhere || x.begins.anywhere, x.makes.inLoop || x.begins.inLoop}
	}
	for _, f := range reached {
		x := a.facts(f)
		who := "it"
		if f != fn {
			who = "it calls " + f.Name() + ", which"
		}
		if makes(f).inLoop {
			return &Unfit{f.Pos(), who + " makes objects in a loop: they would be held until it returns"}
		}
		for _, g := range x.calls {
			if !x.looped[g] && !a.leads(g, f) {
				continue
			}
			for _, h := range a.reach(g) {
				if makes(h).anywhere {
					return &Unfit{f.Pos(), who + " calls " + g.Name() + " again and again, which makes objects: they would be held until it returns"}
				}
			}
		}
	}
	return nil
}

// Hot says whether a function can keep a processor busy: it has a loop, or calls itself,
// or calls one that does.
func (a *Analysis) Hot(fn *ssa.Function) bool {
	for _, f := range a.reach(fn) {
		x := a.facts(f)
		if x.loops {
			return true
		}
		for _, g := range x.calls {
			if a.leads(g, f) {
				return true
			}
		}
	}
	return false
}

// reach lists the functions that a call of fn can lead to, fn first; not all if they are
// more than maxFuncs.
func (a *Analysis) reach(fn *ssa.Function) []*ssa.Function {
	if a.reached[fn] == nil {
		in := map[*ssa.Function]bool{fn: true}
		list := []*ssa.Function{fn}
		for i := 0; i < len(list) && len(list) <= maxFuncs; i++ {
			for _, g := range a.facts(list[i]).calls {
				if !in[g] {
					in[g] = true
					list = append(list, g)
				}
			}
		}
		if a.reached == nil {
			a.reached = map[*ssa.Function]*reached{}
		}
		a.reached[fn] = &reached{list, in}
	}
	return a.reached[fn].list
}

// leads says whether a call of f can lead to one of g.
func (a *Analysis) leads(f, g *ssa.Function) bool {
	a.reach(f)
	return a.reached[f].in[g]
}

// facts looks at a function.
func (a *Analysis) facts(fn *ssa.Function) *facts {
	if f := a.known[fn]; f != nil {
		return f
	}
	if a.known == nil {
		a.known = map[*ssa.Function]*facts{}
	}
	f := &facts{sites: map[*ssa.Function]int{}, looped: map[*ssa.Function]bool{}}
	a.known[fn] = f
	if a.Elsewhere != nil {
		if where := a.Elsewhere(fn); where != "" {
			f.unfit = &Unfit{fn.Pos(), where}
			return f
		}
	}
	for _, b := range fn.Blocks {
		f.instrs += len(b.Instrs)
	}
	t := &translator{unit: &unit{shapes: &a.shapes, dry: true, facts: f}}
	if _, u := t.translate(fn); u != nil {
		f.unfit = u
		return f
	}
	f.loops = t.loops
	return f
}

// heavy is how many instructions without a loop are too many not to be counted.
const heavy = 1 << 10

// weigh finds, for the functions that are not cyclic, how many instructions a call runs
// that nothing counts: those of loops are counted there, and a heavy function counts its own.
func (u *unit) weigh(a *Analysis, fn *ssa.Function) int {
	if w, ok := u.weights[fn]; ok || u.cyclic[fn] {
		return w
	}
	f := a.facts(fn)
	w := f.instrs
	for g, n := range f.sites {
		w += n * u.weigh(a, g)
	}
	if w > heavy {
		w, u.heavy[fn] = 0, true
	}
	u.weights[fn] = w
	return w
}

// weight is how many instructions a block counts as.
func (u *unit) weight(b *ssa.BasicBlock) int {
	n := len(b.Instrs)
	for _, in := range b.Instrs {
		if c, ok := in.(*ssa.Call); ok {
			n += u.weights[c.Call.StaticCallee()]
		}
	}
	return n
}

// unit is a module while it is compiled.
type unit struct {
	shapes *shapes
	dry    bool   // only to see what is in the way
	facts  *facts // which are found then

	window  window
	index   map[*ssa.Function]uint32
	fueled  map[*ssa.Function]bool   // they count instructions, or call such
	cyclic  map[*ssa.Function]bool   // they can call themselves
	heavy   map[*ssa.Function]bool   // they are not cyclic, but run very many instructions
	weights map[*ssa.Function]int    // of calls that nothing else counts
	deep    map[*ssa.Function]bool   // they can lead to one that can call itself
	outer   map[*ssa.Function]uint32 // of those that are deep, but not cyclic: the variables that say which of their calls is in progress
	vars    map[*ssa.Global]uint32   // the numbers of those that hold their addresses

	types   []reflect.Type
	typeIDs map[string]uint32
	panics  []func(a, b uint64) any
	strings map[string]uint32
	holds   []any
}

// Variables of a module.
const (
	fuelGlobal = iota
	stackGlobal
	limitGlobal
	depthGlobal

	fuelName  = "fuel"
	stackName = "stack"
	limitName = "limit"
	depthName = "depth"
)

// Code is a function with all that it calls, as WebAssembly. It holds nothing of the
// functions that it was made of.
type Code struct {
	binary  []byte
	params  []*shape
	results []*shape
	vars    []*shape // of the variables that it uses
	types   []reflect.Type
	panics  []func(a, b uint64) any
	holds   []any
	places  []place
	outer   []outerCall
	size    int
	largest int // how many bytes the largest function has
}

// outerCall is a function that can lead to deep recursion, but is not part of it: traces
// may not reach down to it.
type outerCall struct {
	global  string // of which the value is the number of the mark of the call in progress, or 0
	first   int    // the number of the function's place; those of its marks follow
	callees []int  // for each mark, the number of the place of the function that is called; 0 if none is
}

// Params is how many parameters the function has.
func (c *Code) Params() int { return len(c.params) }

// Results is how many results it has.
func (c *Code) Results() int { return len(c.results) }

// Quick says whether [Engine.Load] takes no more than some milliseconds. The time grows
// faster than the functions.
func (c *Code) Quick() bool { return c.largest <= 8<<10 && len(c.binary) <= 32<<10 }

// Size is how many functions there are in it.
func (c *Code) Size() int { return c.size }

// place is what a part of the module comes from.
type place struct {
	offset int
	first  int // the number of the function's place
	Frame
}

// Frame is one function in a trace.
type Frame struct {
	Func any // what it was called when it was translated
	Pos  token.Pos
}

// mainName is the name of the function that can be called from outside.
const mainName = "main"

// Translate translates a function with all that it calls, which has to fit. In traces,
// functions are called what name says. The variables of packages that it uses are
// those of [Analysis.Globals].
func (e *Engine) Translate(a *Analysis, fn *ssa.Function, name func(*ssa.Function) any) (*Code, error) {
	reached := a.reach(fn)
	u := &unit{
		shapes: &a.shapes, window: e.window, index: map[*ssa.Function]uint32{}, vars: map[*ssa.Global]uint32{},
		fueled: map[*ssa.Function]bool{}, cyclic: map[*ssa.Function]bool{}, heavy: map[*ssa.Function]bool{}, weights: map[*ssa.Function]int{}, deep: map[*ssa.Function]bool{}, outer: map[*ssa.Function]uint32{}, typeIDs: map[string]uint32{}, strings: map[string]uint32{},
	}
	c := &Code{size: len(reached)}
	m := wasm.New(pages)
	for _, f := range hostFuncs {
		m.Import(hostName, f.name, wasm.FuncType{Params: f.params, Results: f.results})
	}
	for _, name := range []string{fuelName, stackName, limitName, depthName} {
		m.Global(name, wasm.I32)
	}
	for i, g := range a.Globals(fn) {
		u.vars[g] = m.Global(varName(i), wasm.I32)
		s, _ := a.shapes.of(pointee(g)) // it has been looked at
		c.vars = append(c.vars, s)
	}
	for i, f := range reached {
		u.index[f] = uint32(len(hostFuncs) + i)
		for _, g := range a.facts(f).calls {
			u.cyclic[f] = u.cyclic[f] || a.leads(g, f)
		}
	}
	for _, f := range reached {
		u.weigh(a, f)
	}
	for _, f := range reached {
		u.fueled[f] = slices.ContainsFunc(a.reach(f), func(g *ssa.Function) bool { return u.cyclic[g] || u.heavy[g] || a.facts(g).loops })
	}
	var outer []*ssa.Function // innermost first
	for _, f := range reached {
		u.deep[f] = slices.ContainsFunc(a.reach(f), func(g *ssa.Function) bool { return u.cyclic[g] })
		if u.deep[f] && !u.cyclic[f] {
			outer = append(outer, f)
		}
	}
	slices.SortStableFunc(outer, func(f, g *ssa.Function) int { return len(a.reach(f)) - len(a.reach(g)) })
	for i, f := range outer {
		u.outer[f] = m.Global(outerName(i), wasm.I32)
	}
	var marks [][]mark
	for _, f := range reached {
		t := &translator{unit: u}
		sig, unfit := t.translate(f)
		if unfit != nil {
			return nil, unfit
		}
		name := ""
		if f == fn {
			name = mainName
		}
		m.Func(name, sig, t.locals[len(sig.Params):], t.code.Bytes)
		c.largest = max(c.largest, len(t.code.Bytes))
		marks = append(marks, t.marks)
	}
	binary, offsets := m.Bytes()
	c.binary, c.types, c.panics, c.holds = binary, u.types, u.panics, u.holds
	firsts := map[*ssa.Function]int{}
	for i, f := range reached {
		n := name(f)
		firsts[f] = len(c.places)
		c.places = append(c.places, place{offsets[i], firsts[f], Frame{n, f.Pos()}})
		for _, mk := range marks[i] {
			c.places = append(c.places, place{offsets[i] + mk.offset, firsts[f], Frame{n, mk.pos}})
		}
	}
	for i, f := range outer {
		o := outerCall{global: outerName(i), first: firsts[f]}
		for _, mk := range marks[slices.Index(reached, f)] {
			o.callees = append(o.callees, firsts[mk.callee])
		}
		c.outer = append(c.outer, o)
	}
	for _, p := range fn.Params {
		s, _ := a.shapes.of(p.Type())
		c.params = append(c.params, s)
	}
	for r := range fn.Signature.Results().Variables() {
		s, _ := a.shapes.of(r.Type())
		c.results = append(c.results, s)
	}
	return c, nil
}

func varName(i int) string { return "v" + strconv.Itoa(i) }

func outerName(i int) string { return "o" + strconv.Itoa(i) }

// frames are the places of the instance's trace.
func (in *instance) frames() []Frame {
	var fs []Frame
	inner := map[int]bool{}
	for _, at := range in.trace {
		i := sort.Search(len(in.places), func(i int) bool { return uint64(in.places[i].offset) > at }) - 1
		if i >= 0 {
			fs = append(fs, in.places[i].Frame)
			inner[in.places[i].first] = true
		}
	}
	for _, o := range in.outer { // wazero knows some thirty frames only
		n := int(in.mod.ExportedGlobal(o.global).Get())
		if n == 0 || inner[o.first] {
			continue
		}
		// Something is missing before. So that it does not show, the frame before is to be
		// one of the function that is called.
		call := in.places[o.first+n]
		called := in.places[o.callees[n-1]].Func
		for i := len(fs) - 1; i > 0; i-- {
			if fs[i].Func == called {
				fs = fs[:i+1]
				break
			}
		}
		fs = append(fs, call.Frame)
	}
	return fs
}

// typeID is the number of the type of slices of t.
func (u *unit) typeID(t types.Type) int32 {
	r := reflect.SliceOf(reflectType(t))
	key := fmt.Sprint(r)
	id, ok := u.typeIDs[key]
	if !ok {
		id = uint32(len(u.types))
		u.types = append(u.types, r)
		u.typeIDs[key] = id
	}
	return int32(id)
}

// text is the address of a constant string.
func (u *unit) text(s string) (uint32, string) {
	if at, ok := u.strings[s]; ok || u.dry {
		return at, ""
	}
	b := []byte(s)
	if len(b) == 0 {
		return 1, ""
	}
	at, ok := u.window.offset(unsafe.Pointer(&b[0]), uintptr(len(b)))
	if !ok {
		return 0, errFull.Error()
	}
	u.strings[s] = at
	u.holds = append(u.holds, b)
	return at, ""
}

// variable is the number of what holds the address of a variable of a package.
func (u *unit) variable(g *ssa.Global) uint32 {
	if u.dry && !slices.Contains(u.facts.globals, g) {
		u.facts.globals = append(u.facts.globals, g)
	}
	return u.vars[g]
}

// Globals are the variables of packages that a function and all that it calls use.
func (a *Analysis) Globals(fn *ssa.Function) []*ssa.Global {
	all := map[*ssa.Global]bool{}
	for _, f := range a.reach(fn) {
		for _, g := range a.facts(f).globals {
			all[g] = true
		}
	}
	return slices.SortedFunc(maps.Keys(all), func(x, y *ssa.Global) int { return int(x.Pos() - y.Pos()) })
}
