package callsite

import (
	"fmt"
	"go/token"
	"reflect"
	"runtime"
	"slices"
	"unsafe"
	"weak"
)

// node is what is remembered of a node of the interpreter's syntax tree.
type node struct {
	pos  token.Pos
	code uintptr // of the closure that executes it
	addr uintptr
	exec uintptr // that closure
}

// index finds nodes by the pointers that the frame of one being executed holds.
type index struct {
	byAddr map[uintptr]*node
	byExec map[uintptr]*node
	byNext map[uintptr][]*node
}

func newIndex() index {
	return index{byAddr: map[uintptr]*node{}, byExec: map[uintptr]*node{}, byNext: map[uintptr][]*node{}}
}

// declaration is one declaration of a program, the root of a tree of nodes.
type declaration struct {
	at    weak.Pointer[uintptr] // its node, of which the type can't be named
	known bool                  // its nodes are in the index
	gates weak.Pointer[gates]
}

// layout is where the interpreter keeps what is needed of a node: offsets of fields.
type layout struct {
	ok                       bool
	root                     int // field of interp.Program
	child, tnext, fnext, pos int // fields of interp.node
	exec, rval, sym          int
	findex, level, anc, kind int
	start, meta, types       int
	ident                    int

	declared, literal, jump uint // kinds of nodes
	node                    reflect.Type
}

// layoutOf looks the fields up; a version of the interpreter that has others is not followed.
func layoutOf(program reflect.Type) (l layout) {
	field := func(t reflect.Type, name, typ string) int {
		f, ok := t.FieldByName(name)
		if !ok || f.Type.String() != typ {
			l.ok = false
			return 0
		}
		return f.Index[0]
	}
	if program.Kind() != reflect.Struct {
		return l
	}
	l.ok = true
	l.root = field(program, "root", "*interp.node")
	if !l.ok {
		return l
	}
	n := program.Field(l.root).Type.Elem()
	l.child, l.tnext, l.fnext = field(n, "child", "[]*interp.node"), field(n, "tnext", "*interp.node"), field(n, "fnext", "*interp.node")
	l.pos, l.exec, l.rval = field(n, "pos", "token.Pos"), field(n, "exec", "interp.bltn"), field(n, "rval", "reflect.Value")
	l.sym, l.findex, l.level = field(n, "sym", "*interp.symbol"), field(n, "findex", "int"), field(n, "level", "int")
	if s := n.Field(l.sym).Type; l.ok {
		field(s.Elem(), "index", "int")
		field(s.Elem(), "global", "bool")
	}
	l.anc, l.kind = field(n, "anc", "*interp.node"), field(n, "kind", "interp.nkind")
	l.start, l.meta = field(n, "start", "*interp.node"), field(n, "meta", "interface {}")
	l.types, l.ident = field(n, "types", "[]reflect.Type"), field(n, "ident", "string")
	l.node = n
	if l.ok {
		kinds := kindsOf(n.Field(l.kind).Type, "funcDecl", "funcLit", "gotoStmt")
		l.declared, l.literal, l.jump, l.ok = kinds["funcDecl"], kinds["funcLit"], kinds["gotoStmt"], len(kinds) == 3
	}
	return l
}

// kindsOf are the values of an unsigned type by what their method String says, as far as
// they have one of some names.
func kindsOf(t reflect.Type, names ...string) map[string]uint {
	kinds := map[string]uint{}
	defer func() { _ = recover() }() // String does not know the values beyond the last
	for k := uint(0); len(kinds) < len(names); k++ {
		v := reflect.New(t).Elem()
		v.SetUint(uint64(k))
		if s, ok := v.Interface().(fmt.Stringer); !ok {
			return nil
		} else if slices.Contains(names, s.String()) {
			kinds[s.String()] = k
		}
	}
	return kinds
}

// offset is where a field lies in a node.
func (l layout) offset(field int) uintptr { return l.node.Field(field).Offset }

// add puts the nodes of declarations into the index that are not there yet. closed says
// how their gates are.
func (x *index) add(l layout, declarations []*declaration, closed bool) {
	for _, d := range declarations {
		if d.known {
			continue
		}
		if p := d.at.Value(); p != nil {
			d.known = true
			d.close(false) // what is indexed is what is behind the gates
			x.walk(l, reflect.NewAt(l.node, unsafe.Pointer(p)), d.gates.Value())
			d.close(closed)
		}
	}
}

func (x *index) walk(l layout, v reflect.Value, g *gates) {
	if v.IsNil() || x.byAddr[v.Pointer()] != nil {
		return
	}
	e := v.Elem()
	n := &node{pos: token.Pos(e.Field(l.pos).Int()), addr: v.Pointer()}
	x.byAddr[n.addr] = n
	f := e.Field(l.exec)
	if g != nil && v.UnsafePointer() == g.first {
		f = reflect.ValueOf(&g.body).Elem()
	}
	if !f.IsNil() {
		n.code, n.exec = f.Pointer(), closure(f)
		x.byExec[n.exec] = n
		for _, i := range []int{l.tnext, l.fnext} {
			if s := e.Field(i); !s.IsNil() {
				if f := s.Elem().Field(l.exec); !f.IsNil() {
					c := closure(f)
					x.byNext[c] = append(x.byNext[c], n)
				}
			}
		}
	}
	children := e.Field(l.child)
	for i := range children.Len() {
		x.walk(l, children.Index(i), g)
	}
}

// closure is the pointer that a variable of a func type holds.
func closure(f reflect.Value) uintptr {
	return reflect.NewAt(reflect.TypeFor[uintptr](), f.Addr().UnsafePointer()).Elem().Interface().(uintptr)
}

// detach makes each declaration of a program a tree of its own. For every frame
// that a panic takes off, the interpreter looks through the whole tree that its
// function is in, for a node that it never finds; running code does not look beyond
// its function. What functions have in common from then on is a root of no use, which
// is there as long as one of them is; gone is called after that. It holds what it is given.
func (l layout) detach(program reflect.Value, fs frames, poll, gone func(), holds any, shortcuts map[string]Shortcut) (list []*declaration) {
	root := program.Elem().Field(l.root)
	if root.IsNil() {
		return nil
	}
	spare := reflect.New(l.node)
	*(*any)(spare.Elem().Field(l.meta).Addr().UnsafePointer()) = holds
	common := spare.UnsafePointer()
	runtime.AddCleanup((*uintptr)(common), func(gone func()) { gone() }, gone)
	children := root.Elem().Field(l.child)
	for i := range children.Len() {
		child := children.Index(i)
		anc := (*unsafe.Pointer)(child.Elem().Field(l.anc).Addr().UnsafePointer())
		*anc = nil
		if uint(child.Elem().Field(l.kind).Uint()) == l.declared {
			*anc = common
			g := new(gates)
			name := child.Elem().Field(l.child).Index(nameOf).Elem().Field(l.ident).String()
			if s, ok := shortcuts[name]; ok {
				g.first, g.body = l.shorten(fs, child.UnsafePointer(), s)
			}
			list = append(list, &declaration{at: weak.Make((*uintptr)(child.UnsafePointer())), gates: weak.Make(l.gatesOf(child, poll, g))})
		}
	}
	return list
}
