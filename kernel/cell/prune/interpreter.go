package prune

import (
	"reflect"
	"sync/atomic"
	"unsafe"
)

// Interpreter prunes a yaegi interpreter. It must not be used while a program is compiled.
type Interpreter struct {
	scope  reflect.Value    // of package main, a struct; invalid: not known
	roots  reflect.Value    // of the interpreter: the programs that were loaded; invalid: not known
	types  *[]reflect.Type  // of the global variables
	values *[]reflect.Value // of the global variables
	made   int              // how many of them have been made
}

// NewInterpreter prunes it, a *interp.Interpreter, which has loaded a program of
// package main.
func NewInterpreter(it any) *Interpreter {
	v := reflect.ValueOf(it)
	p := &Interpreter{types: pointer[[]reflect.Type](v, "universe", "types"), values: pointer[[]reflect.Value](v, "frame", "data")}
	if scopes, ok := place(v, "map[string]*interp.scope", "scopes"); ok {
		if main := scopes.MapIndex(reflect.ValueOf("main")); main.IsValid() && !main.IsNil() {
			p.scope = main.Elem()
		}
	}
	if roots, ok := place(v, "[]*interp.node", "roots"); ok {
		p.roots = roots
	}
	if p.types == nil || p.values == nil || len(*p.values) > len(*p.types) {
		p.types, p.values = nil, nil
	} else {
		p.made = len(*p.values)
	}
	return p
}

// Known says whether all was found that is pruned.
func (p *Interpreter) Known() bool {
	if !p.scope.IsValid() || !p.roots.IsValid() || p.types == nil {
		return false
	}
	_, symbols := place(p.scope.Addr(), "map[string]*interp.symbol", "sym")
	_, children := place(p.scope.Addr(), "[]*interp.scope", "child")
	return symbols && children
}

// Loaded forgets the syntax tree and the scopes of the program that was loaded last.
// What can still run is kept by what can call it.
func (p *Interpreter) Loaded() {
	if p.roots.IsValid() {
		p.roots.SetZero()
	}
	if p.scope.IsValid() {
		if children, ok := place(p.scope.Addr(), "[]*interp.scope", "child"); ok {
			children.SetZero()
		}
	}
}

// Forget makes names at package level unknown to programs that are loaded later. It
// returns where those of variables are, for Release.
func (p *Interpreter) Forget(names []string) (vars map[string]int) {
	vars = map[string]int{}
	if !p.scope.IsValid() || p.values == nil {
		return vars
	}
	symbols, ok := place(p.scope.Addr(), "map[string]*interp.symbol", "sym")
	if !ok {
		return vars
	}
	for _, n := range names {
		name := reflect.ValueOf(n)
		if s := symbols.MapIndex(name); s.IsValid() {
			if i := pointer[int](s, "index"); i != nil && *i >= 0 && *i < p.made {
				vars[n] = *i
			}
			symbols.SetMapIndex(name, reflect.Value{})
		}
	}
	return vars
}

// Release lets go what a variable holds that no program mentions any more.
func (p *Interpreter) Release(variable int) { (*p.values)[variable] = reflect.Value{} }

// spare is how many variables there is room for at least when more has to be made.
const spare = 4096

// Grow makes the global variables of a program that was compiled and is not loaded
// yet. The interpreter would move all variables for that, while programs run that
// use them. Here they are moved seldom; who reads while they are finds his variable
// in the old place or in the new one, which hold the same.
func (p *Interpreter) Grow() {
	if p.types == nil {
		return
	}
	if n := len(*p.types); n > len(*p.values) {
		more := make([]reflect.Value, max(2*n, spare))
		copy(more, *p.values)
		to, from := (*slice)(unsafe.Pointer(p.values)), (*slice)(unsafe.Pointer(&more))
		// The pointer first: what is in the new place is visible to who sees it, and
		// the old length is right for it too.
		atomic.StorePointer(&to.data, from.data)
		to.len, to.cap = from.len, from.cap
	}
	for ; p.made < len(*p.types); p.made++ {
		(*p.values)[p.made] = reflect.New((*p.types)[p.made]).Elem()
	}
}
