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

// gates are those of a declaration. The node of the declaration keeps them.
type gates []gate

// gatesOf finds the gates of a function and of those in it, which call poll when they
// are closed: where functions begin, and all nodes to which more than one way leads,
// since one of these is in every loop.
func (l layout) gatesOf(declaration reflect.Value, poll func()) *gates {
	ways := map[unsafe.Pointer]int{}
	seen := map[unsafe.Pointer]bool{}
	var list []reflect.Value
	var walk func(n reflect.Value)
	walk = func(n reflect.Value) {
		if n.IsNil() || seen[n.UnsafePointer()] {
			return
		}
		seen[n.UnsafePointer()] = true
		list = append(list, n)
		e := n.Elem()
		for _, next := range []int{l.tnext, l.fnext} {
			ways[e.Field(next).UnsafePointer()]++
		}
		ways[e.Field(l.start).UnsafePointer()] += 2
		children := e.Field(l.child)
		for i := range children.Len() {
			walk(children.Index(i))
		}
	}
	walk(declaration)
	found := new(gates)
	for _, n := range list {
		exec := (*step)(n.Elem().Field(l.exec).Addr().UnsafePointer())
		if open := *exec; open != nil && ways[n.UnsafePointer()] > 1 {
			*found = append(*found, gate{exec, open, func(unsafe.Pointer) step {
				poll()
				return open
			}})
		}
	}
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
		for i := range *g {
			(*g)[i].set(closed)
		}
	}
}
