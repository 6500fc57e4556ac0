package lower

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A captured variable is a pointer, which costs a step at each use. One that is assigned
// once, before there is a closure over it, needs none: closures hold its value.

// large is how many bytes of a value closures rather share than hold.
const large = 128

// heldByValue: closures can hold the value of the variable.
func (l *Lowerer) heldByValue(a *ssa.Alloc) bool {
	if held, ok := l.held[a]; ok {
		return held
	}
	held := l.assignedOnce(a)
	l.held[a] = held
	return held
}

func (l *Lowerer) assignedOnce(a *ssa.Alloc) bool {
	t := elem(a.Type())
	if l.isCut(a.Type()) || l.isCut(t) || l.mayBeZero(t, "") != "" || sizes.Sizeof(t) > large {
		return false
	}
	var store *ssa.Store
	for _, r := range *a.Referrers() {
		if s, ok := r.(*ssa.Store); ok {
			if store != nil || s.Addr != a || s.Block() != a.Block() {
				return false
			}
			store = s
		}
	}
	if store == nil || hasDefers(a.Parent()) { // which is looked for in all of the function
		return false
	}
	for _, r := range *a.Referrers() {
		if r != store && !follows(r, store) {
			return false
		}
	}
	return onlyLoaded(a, store)
}

// follows: whenever a is executed, b has been since the start of the block that it is in.
func follows(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() {
		return slices.Index(a.Block().Instrs, a) > slices.Index(b.Block().Instrs, b)
	}
	return b.Block().Dominates(a.Block())
}

// onlyLoaded: but for one instruction, an address is only loaded from, in closures too.
func onlyLoaded(v ssa.Value, but ssa.Instruction) bool {
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.UnOp:
			if r.Op != token.MUL {
				return false
			}
		case *ssa.FieldAddr:
			if !onlyLoaded(r, nil) {
				return false
			}
		case *ssa.IndexAddr:
			if r.X != v || !onlyLoaded(r, nil) {
				return false
			}
		case *ssa.MakeClosure:
			fn := r.Fn.(*ssa.Function)
			if fn.Parent() == nil { // a method value
				return false
			}
			for i, b := range r.Bindings {
				if b == v && !onlyLoaded(fn.FreeVars[i], nil) {
					return false
				}
			}
		case *ssa.DebugRef:
		default:
			if r != but {
				return false
			}
		}
	}
	return true
}

// variableOf is the variable that an address captured by a closure is that of; nil if it
// is not known.
func variableOf(v ssa.Value) *ssa.Alloc {
	for {
		switch x := v.(type) {
		case *ssa.Alloc:
			return x
		case *ssa.FreeVar:
			fn := x.Parent()
			if fn.Parent() == nil { // what a method value is bound to is no variable
				return nil
			}
			i := slices.Index(fn.FreeVars, x)
			var bound ssa.Value
			for _, r := range *fn.Referrers() {
				c, ok := r.(*ssa.MakeClosure)
				if !ok || bound != nil && bound != c.Bindings[i] {
					return nil
				}
				bound = c.Bindings[i]
			}
			if bound == nil {
				return nil
			}
			v = bound
		default:
			return nil
		}
	}
}

// holds: v, which a closure captures, stands for a variable whose value it holds.
func (l *Lowerer) holds(v ssa.Value) bool {
	a := variableOf(v)
	return a != nil && l.heldByValue(a)
}
