package cell

import "go/ast"

// withoutParens takes the parentheses out of a syntax tree, which has no need of them:
// for the interpreter each pair is a step of its own when it runs.
func withoutParens(f *ast.File) {
	list := func(xs []ast.Expr) {
		for i, x := range xs {
			xs[i] = ast.Unparen(x)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			n.X, n.Y = ast.Unparen(n.X), ast.Unparen(n.Y)
		case *ast.UnaryExpr:
			n.X = ast.Unparen(n.X)
		case *ast.StarExpr:
			n.X = ast.Unparen(n.X)
		case *ast.SelectorExpr:
			n.X = ast.Unparen(n.X)
		case *ast.IndexExpr:
			n.X, n.Index = ast.Unparen(n.X), ast.Unparen(n.Index)
		case *ast.SliceExpr:
			n.X = ast.Unparen(n.X)
		case *ast.TypeAssertExpr:
			n.X = ast.Unparen(n.X)
		case *ast.CallExpr:
			list(n.Args)
		case *ast.AssignStmt:
			list(n.Lhs)
			list(n.Rhs)
		case *ast.ReturnStmt:
			for i, x := range n.Results {
				if _, ok := ast.Unparen(x).(*ast.CallExpr); !ok { // its result would be passed on in another way
					n.Results[i] = ast.Unparen(x)
				}
			}
		case *ast.IfStmt:
			n.Cond = ast.Unparen(n.Cond)
		}
		return true
	})
}
