package gotype

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
)

func TestNameOf(t *testing.T) {
	const source = `package p
type Of[T any] struct{ x T }
type Single = Of[float32]
type double = Of[float64]
type Plain struct{}
var (
	A Of[float32]
	B Of[float64]
	C Plain
	D error
)`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	p, err := new(types.Config).Check("p", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"A": "Single", "B": "", "C": "Plain", "D": "error"} {
		got := ""
		if n := NameOf(p.Scope().Lookup(name).Type().(*types.Named)); n != nil {
			got = n.Name()
		}
		if got != want {
			t.Errorf("%s is called %q, want %q", name, got, want)
		}
	}
}
