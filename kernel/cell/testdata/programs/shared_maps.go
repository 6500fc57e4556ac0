// Maps and slices that cells and compiled packages share.
package main

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sort"
	"strings"
)

var _ = importer.Default

type env map[ast.Expr]types.TypeAndValue
type page string

func (p page) ServeHTTP(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, string(p)) }
func show(fset *token.FileSet, n any)                           { format.Node(os.Stdout, fset, n); fmt.Println() }
func main() {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", "package p\nvar a, b = 1, 2\nfunc f(x int) int { g(a, b); return x + a }\nfunc g(...int) {}\n", 0)
	if err != nil {
		panic(err)
	}
	defs, uses, tv := map[*ast.Ident]types.Object{}, map[*ast.Ident]types.Object{}, make(map[ast.Expr]types.TypeAndValue)
	info := &types.Info{Types: tv, Defs: defs, Uses: uses, Scopes: map[ast.Node]*types.Scope{}}
	if _, err := (&types.Config{}).Check("p", fset, []*ast.File{f}, info); err != nil {
		panic(err)
	}
	fmt.Println(len(defs) > 5, len(uses) > 5, len(tv) > 5, len(tv) == len(info.Types), len(info.Scopes))
	n := 0
	for e, t := range tv {
		if info.Types[e].Type != t.Type {
			fmt.Println("differ")
		}
		n++
	}
	fmt.Println(n == len(tv))
	var names []string
	for id, o := range defs {
		if o != nil {
			names = append(names, id.Name+" "+o.Type().String())
		}
	}
	sort.Strings(names)
	fmt.Println(names)
	ast.Inspect(f, func(n ast.Node) bool {
		if e, ok := n.(*ast.BinaryExpr); ok {
			t, ok := tv[e]
			fmt.Println(t.Type, ok, tv[e].IsValue())
			delete(tv, e)
			_, ok = info.Types[e]
			fmt.Println(ok)
		}
		return true
	})
	own := env(tv)
	k := len(own)
	own[ast.NewIdent("zz")] = types.TypeAndValue{Type: types.Typ[types.String]}
	fmt.Println(len(info.Types)-k, len(slices.Collect(maps.Keys(tv)))-k)
	clear(own)
	fmt.Println(len(info.Types), len(tv), own[ast.NewIdent("q")].Type == nil)
	decls := f.Decls
	decls[0], decls[1] = decls[1], decls[0]
	show(fset, f.Decls[0].(*ast.FuncDecl).Name)
	copy(f.Decls[1:], f.Decls[2:])
	f.Decls = f.Decls[:len(f.Decls)-1]
	for _, d := range f.Decls {
		fmt.Printf("%T ", d)
	}
	fmt.Println(len(f.Decls))
	ast.Inspect(f, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			for i := range c.Args {
				c.Args[i] = &ast.BasicLit{Kind: token.INT, Value: fmt.Sprint(i + 7)}
			}
			args := c.Args[1:]
			args[0] = ast.NewIdent("y")
			c.Args = append(c.Args, ast.NewIdent("z"))
		}
		if b, ok := n.(*ast.BlockStmt); ok && len(b.List) == 2 {
			slices.Reverse(b.List)
			list := b.List
			list[1], list[0] = list[0], list[1]
		}
		return true
	})
	show(fset, f)
	stmts := []ast.Stmt{&ast.ReturnStmt{}, &ast.EmptyStmt{}}
	b := &ast.BlockStmt{List: stmts}
	stmts[1] = &ast.ExprStmt{X: ast.NewIdent("late")}
	fmt.Printf("%T %d\n", b.List[1], len(b.List))
	hs := map[string]http.Handler{"a": page("A"), "b": http.NotFoundHandler()}
	hs["c"] = page("C")
	p, ok := hs["c"].(page)
	fmt.Println(p, ok, hs["z"] == nil, len(hs))
	for _, k := range slices.Sorted(maps.Keys(hs)) {
		w := httptest.NewRecorder()
		hs[k].ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		fmt.Print(w.Code, strings.TrimSpace(w.Body.String()), " ")
	}
	fmt.Println()
	fl := []fmt.Stringer{types.Typ[types.Int], named("n")}
	fl[0] = named("m")
	fmt.Println(fl, fl[1] == named("n"))
	var nilm map[ast.Node]int
	fmt.Println(len(nilm), nilm[f])
	defer func() { fmt.Println(recover()) }()
	nilm[f] = 1
}

type named string

func (n named) String() string { return "<" + string(n) + ">" }
