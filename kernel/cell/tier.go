package cell

import (
	"errors"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
	"weak"

	"golang.org/x/tools/go/ssa"

	"github.com/nascent-go/nascent/kernel/cell/callsite"
	"github.com/nascent-go/nascent/kernel/cell/lower"
	"github.com/nascent-go/nascent/kernel/cell/rt"
	"github.com/nascent-go/nascent/kernel/native"
)

// TierMode says which functions run as machine code.
type TierMode string

// The modes.
const (
	TierOn  TierMode = "on"  // those that can, and have loops or call themselves
	TierAll TierMode = "all" // all that can
	TierOff TierMode = "off" // none, not even those that are compiled already
)

// Set sets a mode by its name. With String and Type it makes a mode the value of a flag.
func (m *TierMode) Set(name string) error {
	switch mode := TierMode(name); mode {
	case TierOn, TierAll, TierOff:
		*m = mode
		return nil
	}
	return errors.New("it is on, off or all")
}

func (m *TierMode) String() string { return string(*m) }

// Type is what stands for a mode in the help of a command.
func (m *TierMode) Type() string { return "MODE" }

// Tiered is a function of a cell and how it runs.
type Tiered struct {
	Name     string
	Cell     string // where it was defined
	Compiled bool
	Slight   bool           // it is not, since it has no loops and does not call itself
	Native   bool           // by the Go tool chain: it runs in a process of its own
	Why      string         // it is not compiled, or what became of its machine code; may be empty
	At       token.Position // of what is in the way: not valid if that is nowhere
}

// nativeName is what lowered code calls for the machine code of a function.
const nativeName = "Native"

// nativeFile is the file of sites that are places of machine code.
const nativeFile = "native"

// tier decides which functions run as machine code, and calls them. All but its
// exported methods, and what the code of cells calls, is for who prepares cells.
type tier struct {
	rt       *rt.Runtime
	mode     TierMode
	off      atomic.Bool
	engine   *native.Engine
	failed   error // there is no engine
	places   placeTable
	patience time.Duration // see there

	analysis *native.Analysis // of the cell that is being lowered
	pending  map[int]shortcut // code that nothing has asked for yet
	serial   int
	funcs    map[types.Object]*decision
	remote   map[token.Pos]*remoteFunc // functions of native cells, by where their names stand
}

// shortcut is what takes the place of a function's body.
type shortcut interface {
	// bind gives the addresses of the variables that it uses.
	bind(vars []any)
	// variables is how many results and parameters it has.
	variables() int
	// call calls the function with its results and parameters, if that can be.
	call(variables []reflect.Value) bool
}

// decision is how a function runs.
type decision struct {
	name string
	pos  token.Pos
	why  string    // it is interpreted
	at   token.Pos // of what is in the way
	hot  *hot      // if it is not

	remote bool // it is called in another process
}

func newTier(r *rt.Runtime) *tier {
	return &tier{rt: r, mode: TierOn, patience: patience, funcs: map[types.Object]*decision{}, remote: map[token.Pos]*remoteFunc{}}
}

// begin forgets what belongs to the lowering before.
func (t *tier) begin() {
	t.analysis, t.pending = &native.Analysis{Elsewhere: t.elsewhere}, map[int]shortcut{}
}

// elsewhere implements native.Analysis.
func (t *tier) elsewhere(fn *ssa.Function) string {
	if obj := fn.Object(); obj != nil && t.remote[obj.Pos()] != nil {
		return "it runs in a process of its own (%%native)"
	}
	return ""
}

// Code implements lower.Native.
func (t *tier) Code(fn *ssa.Function, own func(*ssa.Global) bool) (id int, vars []*ssa.Global, ok bool) {
	obj := fn.Object()
	if obj != nil && t.remote[obj.Pos()] != nil {
		t.funcs[obj] = &decision{name: lower.FuncOf(fn).Title, pos: obj.Pos(), remote: true}
		return t.add(&remoteCall{remoteFunc: t.remote[obj.Pos()], results: fn.Signature.Results().Len(), params: len(fn.Params)}), nil, true
	}
	h, vars, why, at := t.code(fn, own)
	if obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == "main" {
		t.funcs[obj] = &decision{name: lower.FuncOf(fn).Title, pos: obj.Pos(), why: why, at: at, hot: h}
	}
	if h == nil {
		return 0, nil, false
	}
	return t.add(h), vars, true
}

func (t *tier) add(s shortcut) (id int) {
	t.serial++
	t.pending[t.serial] = s
	return t.serial
}

// slight is why a function is interpreted that could be compiled.
const slight = "it has no loops and does not call itself"

// code is the code of a function, or why it has none.
func (t *tier) code(fn *ssa.Function, own func(*ssa.Global) bool) (h *hot, vars []*ssa.Global, why string, at token.Pos) {
	if t.mode == TierOff {
		return nil, nil, "%tier was off when it was defined", token.NoPos
	}
	if u := t.analysis.Fit(fn); u != nil {
		return nil, nil, u.What, u.Pos
	}
	if t.mode == TierOn && !t.analysis.Hot(fn) {
		return nil, nil, slight, token.NoPos
	}
	vars = t.analysis.Globals(fn)
	if i := slices.IndexFunc(vars, func(g *ssa.Global) bool { return !own(g) }); i >= 0 {
		return nil, nil, "it uses " + vars[i].String(), token.NoPos
	}
	if t.engine == nil && t.failed == nil {
		t.engine, t.failed = native.New(native.Options{Poll: pollOf(t), Room: rt.Room})
	}
	if t.failed != nil {
		return nil, nil, t.failed.Error(), token.NoPos
	}
	code, err := t.engine.Translate(t.analysis, fn, func(fn *ssa.Function) any { return lower.FuncOf(fn) })
	if err != nil {
		return nil, nil, err.Error(), token.NoPos
	}
	return &hot{tier: t, code: code}, vars, "", token.NoPos
}

// errLeave ends a call since its cell has been stopped.
var errLeave = errors.New("the cell has been stopped")

// pollOf is t.poll, which holds nothing: the engine, which the clean-up of each
// function holds, must not lead to the functions.
func pollOf(t *tier) func() error {
	w := weak.Make(t)
	return func() error {
		if t := w.Value(); t != nil {
			return t.poll()
		}
		return errLeave
	}
}

func (t *tier) poll() error {
	if t.rt.Leaving() {
		return errLeave
	}
	return nil
}

// bind is called by lowered code: see lower.Native.
func (t *tier) bind(id int, vars []any) { t.pending[id].bind(vars) }

func (h *hot) bind(vars []any) {
	for _, v := range vars {
		h.vars = append(h.vars, reflect.ValueOf(v).UnsafePointer())
	}
	h.bound = true
}

// shortcuts are the functions with numbers, for the interpreter, which has called bind.
func (t *tier) shortcuts(ids map[string]int) map[string]callsite.Shortcut {
	list := map[string]callsite.Shortcut{}
	for name, id := range ids {
		h := t.pending[id]
		delete(t.pending, id)
		list[name] = callsite.Shortcut{Variables: h.variables(), Call: h.call}
	}
	return list
}

// hot is a function as machine code, which is made when it is first called.
type hot struct {
	tier  *tier
	code  *native.Code
	vars  []unsafe.Pointer
	bound bool // vars are there

	once   sync.Once
	fn     *native.Func
	err    error       // there is none
	loaded atomic.Bool // fn and err are there
	late   atomic.Bool // it was not waited for any more
	missed atomic.Bool // it could not be called, once at least
	dear   atomic.Bool // it did not pay, once at least
}

func (h *hot) variables() int { return h.code.Results() + h.code.Params() }

func (h *hot) call(variables []reflect.Value) bool {
	if !h.bound || h.tier.off.Load() {
		return false
	}
	if !h.ready() {
		return false
	}
	var room [16]unsafe.Pointer
	at := room[:0]
	for _, v := range variables {
		if !v.CanAddr() {
			return false
		}
		at = append(at, v.Addr().UnsafePointer())
	}
	n := h.code.Results()
	switch err := h.fn.Call(at[n:], at[:n]); {
	case err == nil:
		return true
	case errors.Is(err, native.ErrOutside):
		h.missed.Store(true)
		return false
	case errors.Is(err, native.ErrDear):
		h.dear.Store(true)
		return false
	case errors.Is(err, errLeave):
		h.tier.rt.Poll()
		panic(err) // it would begin again
	default:
		var p *native.Panic
		if !errors.As(err, &p) {
			panic(err)
		}
		trace := h.tier.places.trace(p.Trace)
		if errors.Is(err, native.ErrOverflow) {
			h.tier.rt.Overflow(trace[min(1, len(trace)):]) // which begins at the beginning of a function
		}
		h.tier.rt.Inner(trace)
		panic(p.Value)
	}
}

// patience is how long the first call of a function waits for its machine code. A loop that
// is interpreted instead, to its end, may take a hundred times as long.
const patience = 200 * time.Millisecond

// ready says whether there is machine code. That which takes long to be made is made
// beside; when the patience is at its end, the function is interpreted meanwhile.
func (h *hot) ready() bool {
	h.once.Do(func() {
		made := make(chan struct{})
		load := func() {
			defer close(made)
			h.fn, h.err = h.tier.engine.Load(h.code, h.vars)
			h.loaded.Store(true)
		}
		if h.code.Quick() {
			load()
			return
		}
		go load()
		select {
		case <-made:
		case <-time.After(h.tier.patience):
			h.late.Store(true)
		}
	})
	return h.loaded.Load() && h.err == nil
}

// placeTable numbers places in machine code, from 1. It is safe for concurrent use.
type placeTable struct {
	mu     sync.Mutex
	places []lower.Place
	number map[lower.Place]int
}

// trace are the sites of a trace.
func (t *placeTable) trace(trace []native.Frame) []rt.Site {
	var places []lower.Place
	for _, f := range trace {
		if fn, _ := f.Func.(*lower.Func); fn != nil {
			places = append(places, lower.Place{Pos: f.Pos, Func: fn})
		}
	}
	return t.sites(places)
}

// sites are the sites of places.
func (t *placeTable) sites(places []lower.Place) (sites []rt.Site) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.number == nil {
		t.number = map[lower.Place]int{}
	}
	for _, p := range places {
		if t.number[p] == 0 {
			t.places = append(t.places, p)
			t.number[p] = len(t.places)
		}
		sites = append(sites, rt.Site{File: nativeFile, Line: t.number[p]})
	}
	return sites
}

func (t *placeTable) at(n int) lower.Place {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n < 1 || n > len(t.places) {
		return lower.Place{}
	}
	return t.places[n-1]
}

// SetTier says which of the functions that are defined from now on run as machine code;
// with TierOff, those that are defined already don't either.
func (e *Env) SetTier(mode TierMode) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tier.mode = mode
	e.tier.off.Store(mode == TierOff)
}

// Tier lists the functions of cells and how they run.
func (e *Env) Tier() (mode TierMode, list []Tiered) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for obj, d := range e.tier.funcs {
		if !e.callable(obj) {
			continue
		}
		f := Tiered{Name: d.name, Cell: e.fset.Position(d.pos).Filename, At: e.fset.Position(d.at), Compiled: d.hot != nil && e.tier.mode != TierOff, Slight: d.why == slight, Why: d.why}
		if d.hot != nil {
			f.Why = d.hot.trouble()
		}
		f.Native = d.remote
		list = append(list, f)
	}
	for name, obj := range e.scope {
		if _, ok := obj.(*types.Func); ok && e.tier.funcs[obj] == nil {
			_, native := e.tier.remote[obj.Pos()]
			list = append(list, Tiered{Name: name, Cell: e.fset.Position(obj.Pos()).Filename, Native: native, Why: "no cell has used it"})
		}
	}
	slices.SortFunc(list, func(a, b Tiered) int { return strings.Compare(a.Name, b.Name) })
	return e.tier.mode, list
}

// trouble is what keeps machine code from being used.
func (h *hot) trouble() string {
	switch {
	case h.tier.off.Load():
		return "%tier is off"
	case h.loaded.Load() && h.err != nil:
		return h.err.Error()
	case h.late.Load():
		return "it is large: calls that began before it was compiled are interpreted"
	case h.missed.Load():
		return "compiled, but interpreted where it was called with memory that compiled code does not see"
	case h.dear.Load():
		return "compiled, but interpreted where it uses few of many slices in slices"
	}
	return ""
}

// callable: later cells can call the function.
func (e *Env) callable(obj types.Object) bool {
	fn, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	r := fn.Signature().Recv()
	if r == nil {
		return e.scope[fn.Name()] == obj
	}
	t := r.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := t.(*types.Named)
	return ok && e.scope[n.Obj().Name()] == types.Object(n.Obj())
}
