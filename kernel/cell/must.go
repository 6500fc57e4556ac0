package cell

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// A call with a value and an error can stand at a cell's top level where Go wants
// one value, as in f(g()). The error is raised if it is not nil.

// mustSource is the function that such a call is wrapped in. It is lowered like
// the cells, since it has to be instantiated.
const mustSource = "package prelude\n\nfunc " + mustName + "[T any](value T, err error) T {\n\tif err != nil {\n\t\t" + checkName + "(err)\n\t}\n\treturn value\n}\n"

// prelude makes the source part of the hooks known, and adds it to them.
func (e *Env) prelude() error {
	f, err := parser.ParseFile(e.fset, "prelude.go", mustSource, parser.SkipObjectResolution)
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
	e.hooks = append(e.hooks, pkg.Scope().Lookup(mustName))
	return nil
}

// takeErrors wraps the calls in the cell's top-level statements, and in the typed
// twins of those that declare variables, that give an error too many. It says
// whether there was one.
func (h *hoisted) takeErrors(info *types.Info) (found bool) {
	headers := map[ast.Stmt]bool{} // statements in the headers of others
	wrapIn := func(root ast.Node) {
		astutil.Apply(root, func(c *astutil.Cursor) bool {
			switch s := c.Node().(type) {
			case *ast.FuncLit, *ast.BlockStmt: // inside functions and blocks Go's own rules hold
				return false
			case *ast.IfStmt:
				headers[s.Init] = true
			case *ast.SwitchStmt:
				headers[s.Init] = true
			case *ast.TypeSwitchStmt:
				headers[s.Init] = true
			case *ast.ForStmt:
				headers[s.Init], headers[s.Post] = true, true
			}
			return true
		}, func(c *astutil.Cursor) bool {
			call, ok := c.Node().(*ast.CallExpr)
			if !ok {
				return true
			}
			if n := results(info, call); n != nil && n.Len() == 2 && isError(n.At(1).Type()) && wantsOne(info, c, n, headers) {
				c.Replace(wrap(mustName, call).X)
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

// wantsOne says whether Go takes exactly one value at the cursor, where a call
// with results n stands.
func wantsOne(info *types.Info, c *astutil.Cursor, n *types.Tuple, headers map[ast.Stmt]bool) bool {
	switch p := c.Parent().(type) {
	case *ast.ExprStmt, *ast.GoStmt, *ast.DeferStmt, *ast.ReturnStmt, *ast.ParenExpr:
		return false
	case *ast.AssignStmt:
		return len(p.Rhs) > 1 || p.Tok != token.ASSIGN && p.Tok != token.DEFINE || headers[p] && len(p.Lhs) == 1
	case *ast.ValueSpec:
		return len(p.Values) > 1
	case *ast.CallExpr:
		return c.Name() == "Args" && (len(p.Args) > 1 || !takesBoth(info, p, n))
	}
	return true
}

// takesBoth: f(g()) passes on all results of g.
func takesBoth(info *types.Info, f *ast.CallExpr, n *types.Tuple) bool {
	if id, ok := ast.Unparen(f.Fun).(*ast.Ident); ok && (id.Name == showName || id.Name == tryName || id.Name == checkName || id.Name == mustName) {
		return true
	}
	fun := info.Types[f.Fun]
	if fun.Type == nil || fun.IsType() || fun.IsBuiltin() {
		return fun.Type == nil
	}
	sg, ok := fun.Type.Underlying().(*types.Signature)
	if !ok {
		return true
	}
	if !sg.Variadic() {
		return sg.Params().Len() != 1
	}
	if sg.Params().Len() > 2 {
		return true
	}
	last := sg.Params().At(sg.Params().Len() - 1).Type().(*types.Slice).Elem()
	return types.AssignableTo(n.At(1).Type(), last)
}
