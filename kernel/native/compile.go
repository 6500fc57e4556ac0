package native

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"sort"
	"unsafe"

	"github.com/tetratelabs/wazero"
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
	shapes shapes
	known  map[*ssa.Function]*facts
}

// facts are what is known of a function.
type facts struct {
	unfit   *Unfit
	calls   []*ssa.Function
	globals []*ssa.Global
	loops   bool
	makes   bool                   // it makes objects, other than by append
	inLoop  bool                   // it does so in a loop
	looped  map[*ssa.Function]bool // what it calls in a loop
}

// Fit says why a function cannot be compiled, nil if it can.
func (a *Analysis) Fit(fn *ssa.Function) *Unfit {
	reached := a.reach(fn)
	for _, f := range reached {
		if u := a.facts(f).unfit; u != nil {
			if f != fn {
				return &Unfit{u.Pos, "it calls " + f.Name() + ": " + u.What}
			}
			return u
		}
	}
	for _, f := range reached {
		x := a.facts(f)
		if x.inLoop {
			return &Unfit{f.Pos(), "it makes objects in a loop, which would be held until it returns"}
		}
		for _, g := range x.calls {
			if !x.looped[g] && !slices.Contains(a.reach(g), f) {
				continue
			}
			for _, h := range a.reach(g) {
				if a.facts(h).makes {
					return &Unfit{f.Pos(), "it calls " + g.Name() + " again and again, which makes objects: they would be held until it returns"}
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
			if slices.Contains(a.reach(g), f) {
				return true
			}
		}
	}
	return false
}

// reach lists the functions that a call of fn can lead to, fn first.
func (a *Analysis) reach(fn *ssa.Function) []*ssa.Function {
	seen := map[*ssa.Function]bool{fn: true}
	todo := []*ssa.Function{fn}
	for i := 0; i < len(todo); i++ {
		for _, g := range a.facts(todo[i]).calls {
			if !seen[g] {
				seen[g] = true
				todo = append(todo, g)
			}
		}
	}
	return todo
}

// facts looks at a function.
func (a *Analysis) facts(fn *ssa.Function) *facts {
	if f := a.known[fn]; f != nil {
		return f
	}
	if a.known == nil {
		a.known = map[*ssa.Function]*facts{}
	}
	f := &facts{looped: map[*ssa.Function]bool{}}
	a.known[fn] = f
	t := &translator{unit: &unit{shapes: &a.shapes, dry: true, facts: f}}
	if _, u := t.translate(fn); u != nil {
		f.unfit = u
		return f
	}
	f.loops = t.loops
	return f
}

// Forget drops what is known of functions that are no more.
func (a *Analysis) Forget(fn *ssa.Function) { delete(a.known, fn) }

// unit is a module while it is compiled.
type unit struct {
	shapes *shapes
	dry    bool   // only to see what is in the way
	facts  *facts // which are found then

	engine  *Engine
	globals func(*ssa.Global) unsafe.Pointer
	index   map[*ssa.Function]uint32
	fueled  map[*ssa.Function]bool // they run loops, or can call themselves, or call such
	cyclic  map[*ssa.Function]bool // they can call themselves

	types   []reflect.Type
	typeIDs map[string]uint32
	panics  []func(a, b uint64) any
	strings map[string]uint32
	holds   []any
	roots   []root
}

// root is a variable that leads to memory.
type root struct {
	at    unsafe.Pointer
	shape *shape
}

// Variables of a module.
const (
	fuelGlobal = iota
	stackGlobal
	limitGlobal

	fuelName  = "fuel"
	stackName = "stack"
	limitName = "limit"
)

// Module is a function with all that it calls, compiled.
type Module struct {
	engine *Engine
	code   wazero.CompiledModule
	types  []reflect.Type
	panics []func(a, b uint64) any
	holds  []any
	roots  []root
	places []place
	pool   pool
}

// place is what a part of the module comes from.
type place struct {
	offset int
	fn     *ssa.Function
	pos    token.Pos
}

// Frame is one function in a trace.
type Frame struct {
	Func *ssa.Function
	Pos  token.Pos
}

// Compile compiles a function with all that it calls. Addresses of variables of packages
// come from globals. The function has to fit.
func (e *Engine) Compile(a *Analysis, fn *ssa.Function, globals func(*ssa.Global) unsafe.Pointer) (*Func, error) {
	reached := a.reach(fn)
	u := &unit{
		shapes: &a.shapes, engine: e, globals: globals, index: map[*ssa.Function]uint32{},
		fueled: map[*ssa.Function]bool{}, cyclic: map[*ssa.Function]bool{}, typeIDs: map[string]uint32{}, strings: map[string]uint32{},
	}
	m := wasm.New(pages)
	for _, f := range hostFuncs {
		m.Import(hostName, f.name, wasm.FuncType{Params: f.params, Results: f.results})
	}
	m.Global(fuelName, wasm.I32)
	m.Global(stackName, wasm.I32)
	m.Global(limitName, wasm.I32)
	for i, f := range reached {
		u.index[f] = uint32(len(hostFuncs) + i)
		for _, g := range a.facts(f).calls {
			u.cyclic[f] = u.cyclic[f] || slices.Contains(a.reach(g), f)
		}
		u.fueled[f] = a.Hot(f)
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
			name = "main"
		}
		m.Func(name, sig, t.locals[len(sig.Params):], t.code.Bytes)
		marks = append(marks, t.marks)
	}
	binary, offsets := m.Bytes()
	code, err := e.runtime.CompileModule(e.ctx, binary)
	if err != nil {
		return nil, fmt.Errorf("compiling %s: %w", fn.Name(), err)
	}
	mod := &Module{engine: e, code: code, types: u.types, panics: u.panics, holds: u.holds, roots: u.roots}
	for i, f := range reached {
		mod.places = append(mod.places, place{offsets[i], f, f.Pos()})
		for _, mk := range marks[i] {
			mod.places = append(mod.places, place{offsets[i] + mk.offset, f, mk.pos})
		}
	}
	return mod.fn(a, fn)
}

// Size is how many functions were compiled.
func (f *Func) Size() int { return f.size }

// frames are the places of a trace.
func (m *Module) frames(trace []uint64) []Frame {
	var fs []Frame
	for _, at := range trace {
		i := sort.Search(len(m.places), func(i int) bool { return uint64(m.places[i].offset) > at }) - 1
		if i >= 0 {
			fs = append(fs, Frame{m.places[i].fn, m.places[i].pos})
		}
	}
	return fs
}

// Close frees the code. Nothing may run in it any more.
func (m *Module) Close() error {
	for _, in := range m.pool.free {
		if err := in.mod.Close(m.engine.ctx); err != nil {
			return err
		}
	}
	m.pool.free = nil
	return m.code.Close(m.engine.ctx)
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
	at, ok := u.engine.window.offset(unsafe.Pointer(&b[0]), uintptr(len(b)))
	if !ok {
		return 0, errOutside.Error()
	}
	u.strings[s] = at
	u.holds = append(u.holds, b)
	return at, ""
}

// global is the address of a variable of a package.
func (u *unit) global(g *ssa.Global, s *shape) (uint32, string) {
	if u.dry {
		if !slices.Contains(u.facts.globals, g) {
			u.facts.globals = append(u.facts.globals, g)
		}
		return pageSize, ""
	}
	p := u.globals(g)
	if p == nil {
		return 0, "variable " + g.Name() + " has no address"
	}
	at, ok := u.engine.window.offset(p, uintptr(s.size))
	if !ok {
		return 0, errOutside.Error()
	}
	u.holds = append(u.holds, p)
	if s.pointers && !slices.ContainsFunc(u.roots, func(r root) bool { return r.at == p }) {
		u.roots = append(u.roots, root{p, s})
	}
	return at, ""
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
