package progen

import (
	"fmt"
	"strings"
)

type kind int

const (
	boolKind kind = iota
	intKind
	uintKind
	floatKind
	complexKind
	stringKind
	arrayKind
	sliceKind
	mapKind
	pointerKind
	structKind
	funcKind
	interfaceKind
	paramKind
)

// typ is a type. Two types are the same if they have the same name.
type typ struct {
	name    string // as it is written
	kind    kind
	bits    int // of a number
	len     int // of an array
	key     *typ
	elem    *typ
	fields  []field
	params  []*typ
	result  *typ // of a function; nil: none
	class   string
	under   *typ // of a named type: what it is made of
	methods []method
}

type field struct {
	name     string
	t        *typ
	embedded bool
}

// method is a method of a type, or what an interface asks for.
type method struct {
	name    string
	params  []*typ
	result  *typ
	pointer bool // its receiver is a pointer
	pure    bool // it changes nothing
	cost    int
}

var (
	boolean = &typ{name: "bool", kind: boolKind}
	integer = &typ{name: "int", kind: intKind, bits: 64}
	octet   = &typ{name: "byte", kind: uintKind, bits: 8}
	letter  = &typ{name: "rune", kind: intKind, bits: 32}
	text    = &typ{name: "string", kind: stringKind}
	double  = &typ{name: "float64", kind: floatKind, bits: 64}
	anyType = &typ{name: "any", kind: interfaceKind}
	failure = &typ{name: "error", kind: interfaceKind}

	basics = []*typ{
		boolean, integer, text, double,
		{name: "int8", kind: intKind, bits: 8}, {name: "int16", kind: intKind, bits: 16},
		letter, {name: "int64", kind: intKind, bits: 64},
		{name: "uint", kind: uintKind, bits: 64}, octet, {name: "uint16", kind: uintKind, bits: 16},
		{name: "uint32", kind: uintKind, bits: 32}, {name: "uint64", kind: uintKind, bits: 64}, {name: "uintptr", kind: uintKind, bits: 64},
		{name: "float32", kind: floatKind, bits: 32}, {name: "complex64", kind: complexKind, bits: 64}, {name: "complex128", kind: complexKind, bits: 128},
	}
)

func sliceOf(t *typ) *typ   { return &typ{name: "[]" + t.name, kind: sliceKind, elem: t} }
func pointerTo(t *typ) *typ { return &typ{name: "*" + t.name, kind: pointerKind, elem: t} }
func mapOf(k, v *typ) *typ {
	return &typ{name: "map[" + k.name + "]" + v.name, kind: mapKind, key: k, elem: v}
}
func arrayOf(n int, t *typ) *typ {
	return &typ{name: fmt.Sprintf("[%d]%s", n, t.name), kind: arrayKind, len: n, elem: t}
}

func funcOf(result *typ, params ...*typ) *typ {
	t := &typ{kind: funcKind, params: params, result: result}
	t.name = "func(" + names(params) + ")"
	if result != nil {
		t.name += " " + result.name
	}
	return t
}

func structOf(fields ...field) *typ {
	var b strings.Builder
	for _, f := range fields {
		if f.embedded {
			fmt.Fprintf(&b, "\n%s", f.t.name)
		} else {
			fmt.Fprintf(&b, "\n%s %s", f.name, f.t.name)
		}
	}
	return &typ{name: "struct {" + b.String() + "\n}", kind: structKind, fields: fields}
}

func names(ts []*typ) string {
	var b strings.Builder
	for i, t := range ts {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(t.name)
	}
	return b.String()
}

// derive makes a named type of another.
func derive(name string, under *typ) *typ {
	t := *under
	t.name, t.under, t.methods = name, under, nil
	return &t
}

func (t *typ) numeric() bool {
	return t.kind >= intKind && t.kind <= complexKind || t.kind == paramKind && (t.class == "Number" || t.class == "Integer")
}

func (t *typ) integral() bool {
	return t.kind == intKind || t.kind == uintKind || t.kind == paramKind && t.class == "Integer"
}

func (t *typ) ordered() bool {
	return t.kind >= intKind && t.kind <= floatKind || t.kind == stringKind || t.kind == paramKind && t.class != "any" && t.class != "comparable"
}

// all says whether a property holds of a type and of all that it is made of.
func (t *typ) all(p func(*typ) bool) bool {
	if !p(t) {
		return false
	}
	for _, f := range t.fields {
		if !f.t.all(p) {
			return false
		}
	}
	return (t.key == nil || t.key.all(p)) && (t.elem == nil || t.elem.all(p))
}

// comparable says whether == compiles and does not panic.
func (t *typ) comparable() bool {
	switch t.kind {
	case sliceKind, mapKind, funcKind, interfaceKind:
		return false
	case pointerKind:
		return true
	case paramKind:
		return t.class != "any"
	case arrayKind:
		return t.elem.comparable()
	}
	for _, f := range t.fields {
		if !f.t.comparable() {
			return false
		}
	}
	return true
}

// printable says whether a value is printed the same each time.
func (t *typ) printable() bool {
	return t.all(func(t *typ) bool {
		return t.kind != pointerKind && t.kind != funcKind && (t.kind != interfaceKind || t.name == "any")
	})
}

// silent says whether printing a value calls no method.
func (t *typ) silent() bool {
	return t.printable() && t.all(func(t *typ) bool { return t.kind <= stringKind && t.under == nil })
}

// concrete says whether a type has no type parameter.
func (t *typ) concrete() bool {
	return t.all(func(t *typ) bool {
		if t.kind == paramKind {
			return false
		}
		for _, p := range t.params {
			if !p.concrete() {
				return false
			}
		}
		return t.result == nil || t.result.concrete()
	})
}

// method finds a method that can be called on a variable of a type.
func (t *typ) method(name string) (method, bool) {
	for _, m := range t.methods {
		if m.name == name {
			return m, true
		}
	}
	return method{}, false
}

// has says whether values of a type (pointers to them) have all methods of an interface.
func (t *typ) has(i *typ, pointer bool) bool {
	for _, want := range i.methods {
		m, ok := t.method(want.name)
		if !ok || m.pointer && !pointer || names(m.params) != names(want.params) || m.result.name != want.result.name {
			return false
		}
	}
	return true
}

// subst puts a type in the place of a type parameter.
func subst(t, param, arg *typ) *typ {
	if t == nil {
		return nil
	}
	if t.name == param.name {
		return arg
	}
	switch {
	case t.under != nil || t.kind <= stringKind || t.kind == interfaceKind:
		return t
	case t.kind == sliceKind:
		return sliceOf(subst(t.elem, param, arg))
	case t.kind == arrayKind:
		return arrayOf(t.len, subst(t.elem, param, arg))
	case t.kind == mapKind:
		return mapOf(subst(t.key, param, arg), subst(t.elem, param, arg))
	case t.kind == pointerKind:
		return pointerTo(subst(t.elem, param, arg))
	case t.kind == funcKind:
		return funcOf(subst(t.result, param, arg), substAll(t.params, param, arg)...)
	}
	return t
}

func substAll(ts []*typ, param, arg *typ) []*typ {
	var out []*typ
	for _, t := range ts {
		out = append(out, subst(t, param, arg))
	}
	return out
}

// basic is a predeclared type, or a named one with values like them.
func (g *gen) basic() *typ {
	if g.chance(25) {
		for range 4 {
			if len(g.types) > 0 {
				if t := pick(g, g.types); t.kind <= stringKind {
					return t
				}
			}
		}
	}
	if g.chance(40) {
		return pick(g, basics[:4])
	}
	return pick(g, basics)
}

// typeUpTo is any type with at most so many types in it.
func (g *gen) typeUpTo(depth int) *typ {
	if depth <= 0 {
		return g.basic()
	}
	switch g.n(16) {
	case 0, 1:
		return sliceOf(g.typeUpTo(depth - 1))
	case 2:
		return arrayOf(1+g.n(3), g.typeUpTo(depth-1))
	case 3:
		return mapOf(g.mapKey(), g.typeUpTo(depth-1))
	case 4:
		return pointerTo(g.typeUpTo(depth - 1))
	case 5:
		return g.funcType(depth - 1)
	case 6:
		return anyType
	case 7, 8, 9, 10:
		if len(g.types) > 0 {
			return pick(g, g.types)
		}
	case 11:
		if g.chance(40) {
			return structOf(field{name: "A", t: g.typeUpTo(depth - 1)}, field{name: "b", t: g.basic()})
		}
		return failure
	}
	return g.basic()
}

func (g *gen) funcType(depth int) *typ {
	var params []*typ
	for range g.n(3) {
		params = append(params, g.typeUpTo(depth))
	}
	return funcOf(g.typeUpTo(depth), params...)
}

func (g *gen) mapKey() *typ {
	for {
		t := g.basic()
		if g.chance(20) && len(g.types) > 0 {
			t = pick(g, g.types)
		}
		if t.comparable() && t.all(func(t *typ) bool { return t.kind != floatKind && t.kind != complexKind && t.kind != pointerKind }) {
			return t
		}
	}
}

// typeArgument is a type that a constraint allows.
func (g *gen) typeArgument(class string) *typ {
	for {
		t := g.basic()
		if g.chance(30) && len(g.types) > 0 {
			t = pick(g, g.types)
		}
		if allowed(class, t) {
			return t
		}
	}
}

// allowed says whether a type may stand for a type parameter.
func allowed(class string, t *typ) bool {
	if !t.printable() || !t.concrete() {
		return false
	}
	pointer := t.name == "uintptr" || t.under != nil && t.under.name == "uintptr"
	switch class {
	case "Integer":
		return t.integral() && !pointer
	case "Number":
		return t.numeric() && t.kind != complexKind && !pointer
	case "cmp.Ordered":
		return t.ordered()
	case "comparable":
		return t.comparable()
	}
	return true
}
