package cell

import (
	"context"
	"fmt"
	"go/ast"
)

// timesName is the parameter of the function that repeat makes.
const timesName = "n__"

// Loop compiles the statements of a cell as the body of a loop, whose variables are its
// own, and calls measure, as a part of the cell, with what runs them n times. It can be
// called again and again. Nothing is shown, and no error is raised.
func (e *Env) Loop(ctx context.Context, in Input, measure func(loop func(n int))) error {
	start, _, err := e.start(ctx, in, true)
	if err != nil {
		return err
	}
	c := e.newCell(ctx, in, in.name())
	if err := e.do(c, start); err != nil {
		return e.failure(ctx, err)
	}
	loop, ok := c.Values[0].(func(int))
	if !ok {
		return fmt.Errorf("the statements of %s became a %T, not a loop", in.name(), c.Values[0])
	}
	if err := e.do(c, func() { measure(loop) }); err != nil {
		return e.failure(ctx, err)
	}
	return nil
}

// repeat makes the statements of a cell the body of func(n int) { for range n { … } },
// and this its only expression.
func (src *source) repeat(complain complaint) {
	if src.run == nil || len(src.run.Body.List) == 0 || len(src.decls) > 0 {
		complain(src.file.Package, "only statements can be run a number of times: no declarations of functions, types or constants", "")
		return
	}
	src.loop, src.quiet = true, false
	src.run.Body.List = repeated(src.run.Body.List)
	src.typed = repeated(src.typed)
}

func repeated(body []ast.Stmt) []ast.Stmt {
	at, end := body[0].Pos(), body[len(body)-1].End()
	name := func(s string) *ast.Ident { return &ast.Ident{NamePos: at, Name: s} }
	loop := &ast.RangeStmt{For: at, Range: at, X: name(timesName), Body: &ast.BlockStmt{Lbrace: at, List: body, Rbrace: end}}
	params := &ast.FieldList{Opening: at, List: []*ast.Field{{Names: []*ast.Ident{name(timesName)}, Type: name("int")}}, Closing: at}
	f := &ast.FuncLit{Type: &ast.FuncType{Func: at, Params: params}, Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{loop}, Rbrace: end}}
	return []ast.Stmt{&ast.ExprStmt{X: f}}
}
