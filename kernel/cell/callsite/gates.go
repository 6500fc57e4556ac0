package callsite

import (
	"reflect"
	"unsafe"
)

// The interpreter's closures know their successors, but for two: what a function
// begins with, and what a loop goes back to. Both are asked of the node when they are
// wanted. So that is where running code can be made to look up, and it costs nothing
// while it isn't.

// step is a node's closure, the interpreter's bltn: it does what the node does in a
// frame, and returns what comes next.
type step func(frame unsafe.Pointer) step

// gate is a node that a loop may go back to, or that a function begins with.
type gate struct {
	exec         *step // of the node
	open, closed step
}

// set closes the gate, or opens it. Running code reads what is written without
// synchronisation, on purpose: what sees it late is stopped late, that is all.
//
//go:norace
//go:noinline
func (g *gate) set(closed bool) {
	if closed {
		*g.exec = g.closed
	} else {
		*g.exec = g.open
	}
}

// Children of a function.
const (
	nameOf = 1
	bodyOf = 3
)

// gates are those of a declaration. The node of the declaration keeps them.
type gates struct {
	list  []gate
	first unsafe.Pointer // the node that a shortcut stands before, if there is one
	body  step           // what is behind that
}

// gatesOf finds the gates of a function and of those in it, which call poll when they
// are closed: where functions begin, and where jumps lead, since lowered code has no
// other loops.
func (l layout) gatesOf(declaration reflect.Value, poll func(), found *gates) *gates {
	known := map[unsafe.Pointer]bool{}
	add := func(n unsafe.Pointer) {
		if n == nil || known[n] {
			return
		}
		known[n] = true
		exec := (*step)(unsafe.Add(n, l.offset(l.exec)))
		if open := *exec; open != nil {
			found.list = append(found.list, gate{exec, open, func(unsafe.Pointer) step {
				poll()
				return open
			}})
		}
	}
	kind, child, start, tnext := l.offset(l.kind), l.offset(l.child), l.offset(l.start), l.offset(l.tnext)
	var walk func(n unsafe.Pointer)
	walk = func(n unsafe.Pointer) {
		children := *(*[]unsafe.Pointer)(unsafe.Add(n, child))
		switch *(*uint)(unsafe.Add(n, kind)) {
		case l.jump:
			add(*(*unsafe.Pointer)(unsafe.Add(n, tnext)))
		case l.declared, l.literal:
			add(*(*unsafe.Pointer)(unsafe.Add(children[bodyOf], start)))
		}
		for _, c := range children {
			walk(c)
		}
	}
	walk(declaration.UnsafePointer())
	*(*any)(declaration.Elem().Field(l.meta).Addr().UnsafePointer()) = found
	return found
}

// Stop says whether running code calls the Finder's poll, at the start of each function
// and each time that a loop is run.
func (f *Finder) Stop(stop bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = stop
	for _, d := range f.declarations {
		d.close(stop)
	}
}

func (d *declaration) close(closed bool) {
	if g := d.gates.Value(); g != nil {
		for i := range g.list {
			g.list[i].set(closed)
		}
	}
}
