package rt

import (
	"os"
	"reflect"
	"strings"
	"sync"
)

// callTable remembers what was looked up for calls into compiled packages.
type callTable struct {
	overrides map[symbol]override
	instances map[string]reflect.Value
	onMethods map[recvKey]methodOverride
	syms      sync.Map // symbol → *target
	methods   sync.Map // methodKey → adapter, a func
	wrappers  sync.Map // interface reflect.Type → *wrapper
	recvs     sync.Map // recvKey → *target
	erased    sync.Map // reflect.Type → its lowered form, a reflect.Type
	implement sync.Map // methodsKey → whether it has them, a bool
}

func (t *callTable) init(r *Runtime) {
	t.overrides, t.onMethods, t.instances = r.overrides(), r.methodOverrides(), instances()
}

type symbol struct{ pkg, name string }

// override takes lowered arguments, the variadic ones as a slice, and returns lowered results.
type override func(a []any) []any

// target is a func of a compiled package, or what stands for it.
type target struct {
	fast override
	fn   reflect.Value
	how  passing
}

// Call calls pkg.name. The arguments are lowered values, variadic ones a slice.
func (r *Runtime) Call(pkg, name string, a ...any) []any {
	s := symbol{pkg, name}
	x, ok := r.calls.syms.Load(s)
	if !ok {
		x = r.lookup(s)
		r.calls.syms.Store(s, x)
	}
	t := x.(*target)
	var res []any
	if t.fast != nil {
		res = t.fast(a)
	} else {
		res = r.results(r.callCompiled(t.fn, vals(a), t.how))
	}
	r.afterCall()
	return res
}

func (r *Runtime) lookup(s symbol) *target {
	t := &target{how: passingTo(s.pkg, s.name)}
	if s.pkg == "log/slog" {
		r.takeLog()
	}
	if t.fast = r.calls.overrides[s]; t.fast != nil {
		return t
	}
	if t.fn = r.lib.Values(s.pkg)[s.name]; t.fn.Kind() != reflect.Func {
		panic("rt: the compiled packages have no func " + s.pkg + "." + s.name)
	}
	return t
}

// CallM calls a method of a compiled type.
func (r *Runtime) CallM(recv any, name string, a ...any) []any {
	var res []any
	if f, ok := r.calls.onMethods[recvKey{reflect.TypeOf(recv), name}]; ok {
		res = f(recv, a)
	} else {
		res = r.results(r.callMethod(recv, name, vals(a)))
	}
	r.afterCall()
	return res
}

// recvKey is a method of a compiled type.
type recvKey struct {
	t    reflect.Type
	name string
}

func (r *Runtime) callMethod(recv any, name string, in []reflect.Value) []reflect.Value {
	if f, ok := recv.(*os.File); ok {
		if s := r.std(f); s != nil && reflect.ValueOf(s).MethodByName(name).IsValid() {
			recv = s
		}
	}
	if b, ok := recv.(Boxed); ok {
		recv = b.V
	}
	v := reflect.ValueOf(recv)
	if !v.IsValid() {
		Nil()
	}
	k := recvKey{v.Type(), name}
	x, ok := r.calls.recvs.Load(k)
	if !ok {
		m, ok := k.t.MethodByName(name)
		if !ok {
			panic("rt: " + dynString(recv) + " has no method " + name)
		}
		p := k.t
		if p.Kind() == reflect.Pointer {
			p = p.Elem()
		}
		x = &target{fn: m.Func, how: passingTo(p.PkgPath(), name)}
		r.calls.recvs.Store(k, x)
	}
	t := x.(*target)
	return r.callCompiled(t.fn, append([]reflect.Value{v}, in...), t.how)
}

// callCompiled calls f with the arguments made fit; variadic arguments come as a slice.
func (r *Runtime) callCompiled(f reflect.Value, in []reflect.Value, how passing) []reflect.Value {
	t := f.Type()
	for i := range in {
		if p := t.In(i); t.IsVariadic() && i == len(in)-1 && how != boxed {
			in[i] = r.sliceTo(in[i], p, how)
		} else {
			in[i] = r.toBin(in[i], p, how)
		}
	}
	if t.IsVariadic() {
		return f.CallSlice(in)
	}
	return f.Call(in)
}

func vals(a []any) []reflect.Value {
	out := make([]reflect.Value, len(a))
	for i, x := range a {
		out[i] = reflect.ValueOf(x)
	}
	return out
}

func (r *Runtime) results(out []reflect.Value) []any {
	res := make([]any, len(out))
	for i, v := range out {
		res[i] = r.FromBin(v)
	}
	return res
}

// SetF sets field name of the compiled struct that p points to.
func (r *Runtime) SetF(p any, name string, x any) {
	f := field(p, name)
	f.Set(r.toBin(reflect.ValueOf(x), f.Type(), boxed))
}

// GetF is field name of the compiled struct that p points to.
func (r *Runtime) GetF(p any, name string) any { return r.FromBin(field(p, name)) }

func field(p any, name string) reflect.Value {
	v := reflect.ValueOf(p)
	if !v.IsValid() || v.IsNil() {
		Nil()
	}
	return v.Elem().FieldByName(name)
}

// SetG sets a variable of a compiled package.
func (r *Runtime) SetG(pkg, name string, x any) {
	v := r.lib.Values(pkg)[name]
	if !v.CanSet() {
		panic("rt: the compiled packages have no variable " + pkg + "." + name)
	}
	v.Set(r.toBin(reflect.ValueOf(x), v.Type(), boxed))
}

// passing is how a cell's value is passed where an empty interface is wanted.
type passing int

const (
	boxed   passing = iota // as it is: it will only be kept, or printed
	plain                  // the erased value, for code that looks at types
	deep                   // so, and those inside of it
	shown                  // as package display takes it
	logged                 // as package log/slog takes it
	stored                 // as package database/sql takes it for a database
	scanned                // as it takes the place for what comes from one
)

// instancePath is the import path of what compiled generic functions end in.
var instancePath = strings.TrimSuffix(path, "rt") + "library/internal/instance"

// passingTo says how values are passed to a func or method of a compiled package.
func passingTo(pkg, name string) passing {
	switch pkg {
	case "encoding/json":
		switch name {
		case "Marshal", "MarshalIndent", "Encode":
			return boxed // which is a json.Marshaler
		}
		return plain
	case "sort", "slices", "maps", "unique", "runtime", "flag", "encoding/binary", "encoding/asn1",
		"unsafe":
		return plain
	case "database/sql":
		if name == "Scan" {
			return scanned
		}
		return stored
	case "database/sql/driver":
		if name == "ConvertValue" {
			return stored
		}
	case instancePath:
		if name == "Assign" {
			return plain
		}
	case "log/slog":
		return logged
	case "net/rpc", "expvar":
		return deep
	}
	if shows(pkg) {
		if name == "Decode" { // which writes to what it is given
			return plain
		}
		return shown
	}
	return boxed
}
