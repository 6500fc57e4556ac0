package native

import (
	_ "embed"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"testing"
	"unsafe"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

//go:embed sample_test.go
var sampleSource string

// build makes SSA of a file.
func build(t testing.TB, src string) (*ssa.Package, *token.FileSet) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "sample.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := &types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	p, _, err := ssautil.BuildPackage(conf, fset, types.NewPackage("native", "native"), []*ast.File{f}, ssa.InstantiateGenerics)
	if err != nil {
		t.Fatal(err)
	}
	return p, fset
}

// world is compiled code under test.
type world struct {
	testing.TB
	engine   *Engine
	analysis *Analysis
	pkg      *ssa.Package
	fset     *token.FileSet
	funcs    map[string]*Func
	vars     map[string]unsafe.Pointer
}

func newWorld(t testing.TB, src string) *world {
	t.Helper()
	e, err := New(Options{})
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	p, fset := build(t, src)
	return &world{t, e, &Analysis{}, p, fset, map[string]*Func{}, map[string]unsafe.Pointer{}}
}

// fn compiles a function.
func (w *world) fn(name string) *Func {
	w.Helper()
	if f := w.funcs[name]; f != nil {
		return f
	}
	fn := w.pkg.Func(name)
	if fn == nil {
		w.Fatalf("no function %s", name)
	}
	if u := w.analysis.Fit(fn); u != nil {
		w.Fatalf("%s: %s", name, u.What)
	}
	code, err := w.engine.Translate(w.analysis, fn, func(fn *ssa.Function) any { return fn.Name() })
	if err != nil {
		w.Fatalf("%s: %v", name, err)
	}
	var vars []unsafe.Pointer
	for _, g := range w.analysis.Globals(fn) {
		v := w.vars[g.Name()]
		if v == nil {
			v = reflect.New(reflectType(pointee(g))).UnsafePointer()
			w.vars[g.Name()] = v
		}
		vars = append(vars, v)
	}
	f, err := w.engine.Load(code, vars)
	if err != nil {
		w.Fatalf("%s: %v", name, err)
	}
	w.funcs[name] = f
	return f
}

// call calls a function as compiled code; like is the same function, compiled by Go.
func (w *world) call(name string, like any, args ...any) ([]any, error) {
	w.Helper()
	f, typ := w.fn(name), reflect.TypeOf(like)
	var in, out []unsafe.Pointer
	var results []reflect.Value
	for _, a := range args {
		p := reflect.New(reflect.TypeOf(a))
		p.Elem().Set(reflect.ValueOf(a))
		in = append(in, p.UnsafePointer())
	}
	for i := range typ.NumOut() {
		p := reflect.New(typ.Out(i))
		results = append(results, p.Elem())
		out = append(out, p.UnsafePointer())
	}
	err := f.Call(in, out)
	var rs []any
	for _, r := range results {
		rs = append(rs, r.Interface())
	}
	return rs, err
}

func TestPrograms(t *testing.T) {
	w := newWorld(t, sampleSource)
	for _, p := range []struct {
		name string
		f    any
		args []any
	}{
		{"fib", fib, []any{20}}, {"loop", loop, []any{1000}}, {"sieve", sieve, []any{1000}}, {"mandelbrot", mandelbrot, []any{40, 40, 20}},
		{"matmul", matmul, []any{20}},
	} {
		got, err := w.call(p.name, p.f, p.args...)
		var args []reflect.Value
		for _, a := range p.args {
			args = append(args, reflect.ValueOf(a))
		}
		want := reflect.ValueOf(p.f).Call(args)[0].Interface()
		if err != nil || got[0] != want {
			t.Errorf("%s%v = %v, %v, want %v", p.name, p.args, got, err, want)
		}
	}
}
