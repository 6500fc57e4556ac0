package cell

import (
	"go/ast"
	"go/token"
)

// Statements of a cell that print, or show a value, can't run as machine code, and one
// function is compiled as a whole or not at all. So loops that may be fit for it
// become functions of their own. Their variables are the cell's, at package level, or
// in the loop, and nothing tells the function from the statements that it is a part of: it
// has no position, and neither has its call.

// outlined makes functions of loops among statements, as far as that changes nothing.
// use are the imports of the cell.
func outlined(list []ast.Stmt, use map[string]string) []ast.Stmt {
	out := make([]ast.Stmt, len(list))
	for i, s := range list {
		out[i] = s
		switch s.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if plain(s, use) {
				out[i] = part(s)
			}
		}
	}
	return out
}

// part is func() { s }().
func part(s ast.Stmt) ast.Stmt {
	return &ast.ExprStmt{X: &ast.CallExpr{
		Fun: &ast.FuncLit{
			Type: &ast.FuncType{Params: &ast.FieldList{Opening: s.Pos(), Closing: s.Pos()}},
			Body: &ast.BlockStmt{Lbrace: s.Pos(), List: []ast.Stmt{s}, Rbrace: s.End()},
		},
		Rparen: s.End(),
	}}
}

// plain: there is nothing in a loop that machine code does not know at first sight, or that
// means something else in a function.
func plain(loop ast.Stmt, use map[string]string) bool {
	ok := true
	ast.Inspect(loop, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt, *ast.SelectStmt, *ast.SendStmt, *ast.TypeSwitchStmt, *ast.ReturnStmt, *ast.LabeledStmt,
			*ast.TypeAssertExpr, *ast.MapType, *ast.ChanType, *ast.InterfaceType, *ast.FuncType, *ast.BadExpr, *ast.BadStmt:
			ok = false
		case *ast.BranchStmt:
			ok = ok && n.Label == nil
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		case *ast.CallExpr:
			ok = ok && plainCall(n.Fun, use)
		}
		return ok
	})
	return ok
}

// plainCall: a call may be one that machine code makes.
func plainCall(f ast.Expr, use map[string]string) bool {
	switch f := ast.Unparen(f).(type) {
	case *ast.Ident:
		return f.Name != "recover" && f.Name != "print" && f.Name != "println" && f.Name != "delete" && f.Name != "close"
	case *ast.SelectorExpr:
		x, ok := f.X.(*ast.Ident)
		if !ok || use[x.Name] == "" {
			return true // a method
		}
		switch use[x.Name] {
		case "math", "math/bits", "math/rand", "math/rand/v2":
			return true
		}
		return false
	}
	return true
}
