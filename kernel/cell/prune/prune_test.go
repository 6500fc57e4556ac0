package prune

import (
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"testing"

	"github.com/traefik/yaegi/interp"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"
)

// The fields that are reached into are those of the versions in go.mod.
func TestKnown(t *testing.T) {
	it := interp.New(interp.Options{})
	if _, err := it.Eval("package main; var a int"); err != nil {
		t.Fatal(err)
	}
	if !NewInterpreter(it).Known() {
		t.Error("fields of the interpreter have changed: memory will not be given back")
	}
	if !NewProgram(ssa.NewProgram(token.NewFileSet(), 0)).Known() {
		t.Error("fields of ssa.Program have changed: memory will not be given back")
	}
}

// What is not known is left alone.
func TestOtherVersion(t *testing.T) {
	p := NewInterpreter(&struct{ scopes map[string]int }{map[string]int{"main": 1}})
	if p.Known() {
		t.Error("another interpreter is taken for the one that is known")
	}
	p.Loaded()
	p.Forget([]string{"a"})
	p.Grow()
}

func TestInterpreter(t *testing.T) {
	it := interp.New(interp.Options{})
	var p *Interpreter
	eval := func(src string) reflect.Value {
		t.Helper()
		prog, err := it.Compile(src)
		if err != nil {
			t.Fatal(err)
		}
		if p != nil {
			p.Grow()
		}
		v, err := it.Execute(prog)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	eval("package main; func twice(n int) int { return 2 * n }; func four() int { return twice(2) }; var kept = 7")
	p = NewInterpreter(it)
	four := eval("four").Interface().(func() int)
	p.Loaded()
	if vars := p.Forget([]string{"twice", "none"}); len(vars) > 0 {
		t.Errorf("functions are variables: %v", vars)
	}
	if got := four(); got != 4 {
		t.Errorf("a function that was loaded before returns %d, want 4", got)
	}
	if _, err := it.Compile("twice(1)"); err == nil {
		t.Error("a forgotten function is still known")
	}
	if got := eval("kept").Int(); got != 7 {
		t.Errorf("a variable is %d, want 7", got)
	}
	// Variables stay what they are when room is made for more.
	address := eval("&kept").Pointer()
	eval("var more, and [3]int")
	if n := len(*p.values); n < spare {
		t.Errorf("there is room for %d variables, want %d", n, spare)
	}
	if got := eval("&kept").Pointer(); got != address {
		t.Error("a variable has moved")
	}
	if got := eval("more").Len(); got != 3 {
		t.Errorf("a new variable has %d elements, want 3", got)
	}
	vars := p.Forget([]string{"kept"})
	if at, ok := vars["kept"]; !ok || (*p.values)[at].Int() != 7 {
		t.Fatalf("a forgotten variable is at %v", vars)
	}
	p.Release(vars["kept"])
	if (*p.values)[vars["kept"]].IsValid() {
		t.Error("a variable that was let go is still there")
	}
}

func TestProgram(t *testing.T) {
	prog := ssa.NewProgram(token.NewFileSet(), 0)
	a, b := types.NewPackage("main", "main"), types.NewPackage("main", "main")
	for _, p := range []*types.Package{a, b} {
		p.MarkComplete()
		prog.CreatePackage(p, nil, nil, true)
	}
	NewProgram(prog).Forget(func(p *types.Package) bool { return p == a }, func(types.Type) bool { return false })
	if prog.Package(a) != nil || prog.Package(b) == nil {
		t.Error("not the package was forgotten that was asked for")
	}
}

func TestScope(t *testing.T) {
	pkg, other := types.NewPackage("a", "a"), types.NewPackage("b", "b")
	for _, o := range []types.Object{types.NewVar(0, pkg, "own", types.Typ[types.Int]), types.NewVar(0, other, "foreign", types.Typ[types.Int])} {
		pkg.Scope().Insert(o)
	}
	Scope(pkg)
	if got := pkg.Scope().Names(); !slices.Equal(got, []string{"own"}) {
		t.Errorf("the scope holds %v, want own only", got)
	}
}

func TestTypes(t *testing.T) {
	m := new(typeutil.Map)
	m.Set(types.Typ[types.Int], 1)
	m.Set(types.Typ[types.Bool], 2)
	Types(m, func(t types.Type) bool { return t == types.Typ[types.Int] })
	if m.Len() != 1 || m.At(types.Typ[types.Bool]) != 2 || m.At(types.Typ[types.Int]) != nil {
		t.Errorf("the map is %v, want bool only", m)
	}
}
