package cell

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// Outside of functions a call whose last result is an error can stand where Go wants
// the results before it, as in x := f() and in f(g()), or none, as a statement. The
// error is raised if it is not nil. Such a call becomes the argument of a function
// that does that, so that nothing else in the statement, and no scope, changes.

// mostMust is how many results before the error a call can have to be wrapped.
const mostMust = 8

// mustCall is the name of the function that wraps calls with n results before the error.
func mustCall(n int) string { return "Must" + strconv.Itoa(n) + "__" }

// mustSource are these functions. They are lowered like the cells, since they have to
// be instantiated.
func mustSource() string {
	var b strings.Builder
	b.WriteString("package prelude\n")
	for n := range mostMust + 1 {
		var types, params, values []string
		for i := range n {
			t, v := "T"+strconv.Itoa(i), "v"+strconv.Itoa(i)
			types, params, values = append(types, t), append(params, v+" "+t+", "), append(values, v)
		}
		of := ""
		if n > 0 {
			of = "[" + strings.Join(types, ", ") + " any]"
		}
		fmt.Fprintf(&b, "func %s%s(%serr error) (%s) { if err != nil { %s(err) }; return %s }\n",
			mustCall(n), of, strings.Join(params, ""), strings.Join(types, ", "), checkName, strings.Join(values, ", "))
	}
	return b.String()
}

// prelude makes the source part of the hooks known, and adds it to them.
func (e *Env) prelude() error {
	f, err := parser.ParseFile(e.fset, "prelude.go", mustSource(), parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parsing the prelude of cells: %w", err)
	}
	pkg, info := types.NewPackage("prelude", "prelude"), newInfo()
	for _, h := range e.hooks {
		pkg.Scope().Insert(h)
	}
	conf := types.Config{GoVersion: goVersion}
	if err := types.NewChecker(&conf, e.fset, pkg, info).Files([]*ast.File{f}); err != nil {
		return fmt.Errorf("checking the prelude of cells: %w", err)
	}
	e.low.AddSource(pkg, []*ast.File{f}, info, false)
	for n := range mostMust + 1 {
		e.hooks = append(e.hooks, pkg.Scope().Lookup(mustCall(n)))
	}
	return nil
}

// takeErrors wraps the calls in the cell's statements, and in the typed twins of those
// that declare variables, that give an error too many. isResult
// tells the statement whose values are shown. It says whether there was such a call.
func (h *hoisted) takeErrors(info *types.Info, isResult func(ast.Node) bool) (found bool) {
	wrapIn := func(root ast.Node) {
		astutil.Apply(root, func(c *astutil.Cursor) bool {
			_, function := c.Node().(*ast.FuncLit) // inside of functions Go's own rules hold
			return !function
		}, func(c *astutil.Cursor) bool {
			x, ok := c.Node().(ast.Expr)
			if _, inner := c.Parent().(*ast.ParenExpr); !ok || inner || isResult(c.Parent()) {
				return true
			}
			call, ok := ast.Unparen(x).(*ast.CallExpr)
			if !ok {
				return true
			}
			if n := results(info, call); endsInError(n) && n.Len()-1 <= mostMust && wanted(info, c, call) == n.Len()-1 {
				c.Replace(wrap(mustCall(n.Len()-1), x).X)
				found = true
			}
			return true
		})
	}
	for _, s := range h.body {
		wrapIn(s)
	}
	for _, d := range h.vars {
		wrapIn(d)
	}
	return found
}

// endsInError: the last of a call's results is an error.
func endsInError(n *types.Tuple) bool {
	return n != nil && n.Len() > 0 && isError(n.At(n.Len()-1).Type())
}

// anyNumber is what is wanted where Go takes a call whatever its results are.
const anyNumber = -1

// wanted says how many values Go takes at the cursor, where a call stands.
func wanted(info *types.Info, c *astutil.Cursor, call *ast.CallExpr) int {
	switch p := c.Parent().(type) {
	case *ast.ExprStmt:
		if printsOnly(info, call) {
			return anyNumber
		}
		return results(info, call).Len() - 1 // which are dropped
	case *ast.GoStmt, *ast.DeferStmt, *ast.ReturnStmt:
		return anyNumber
	case *ast.AssignStmt:
		if len(p.Rhs) == 1 && (p.Tok == token.ASSIGN || p.Tok == token.DEFINE) {
			return len(p.Lhs)
		}
	case *ast.ValueSpec:
		if len(p.Values) == 1 {
			return len(p.Names)
		}
	case *ast.CallExpr:
		if c.Name() == "Args" && len(p.Args) == 1 && !p.Ellipsis.IsValid() {
			return passed(info, p, results(info, call))
		}
	}
	return 1
}

// passed says how many results of g, which are n and end in an error, f(g()) passes on.
func passed(info *types.Info, f *ast.CallExpr, n *types.Tuple) int {
	fun := info.Types[f.Fun]
	switch {
	case fun.IsType() || fun.IsBuiltin():
		return 1
	case isOwn(f) || fun.Type == nil:
		return anyNumber
	}
	sg, ok := fun.Type.Underlying().(*types.Signature)
	if !ok {
		return anyNumber
	}
	params := sg.Params()
	if !sg.Variadic() {
		return cmp.Or(params.Len(), anyNumber)
	}
	last := params.At(params.Len() - 1).Type().(*types.Slice).Elem()
	if n.Len() < 2 || n.Len() < params.Len() || types.AssignableTo(n.At(n.Len()-1).Type(), last) {
		return anyNumber
	}
	return n.Len() - 1
}
