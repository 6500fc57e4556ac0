package notebook

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// inject puts a cell that sets parameters after the one tagged "parameters", as
// papermill does. One that an earlier run has left is replaced.
func inject(nb *Notebook, values map[string]string) error {
	if len(values) == 0 {
		return nil
	}
	nb.Cells = slices.DeleteFunc(nb.Cells, func(c *Cell) bool { return c.HasTag(tagInjected) })
	at := slices.IndexFunc(nb.Cells, func(c *Cell) bool { return c.Type == Code && c.HasTag(tagParameters) })
	if at < 0 {
		return errors.New(`parameters were given, but no code cell has the tag "parameters"; ` +
			"tag the cell that declares them (in JupyterLab: Property Inspector, Cell Tags)")
	}
	src, err := assignments(nb.Cells[at].Source, values)
	if err != nil {
		return err
	}
	c := &Cell{Type: Code, ID: tagInjected, Source: src, Metadata: Object{}, Extra: Object{}}
	if err := c.Metadata.Set("tags", []string{tagInjected}); err != nil {
		return err
	}
	nb.Cells = slices.Insert(nb.Cells, at+1, c)
	return nil
}

// parameter is a name that a cell declares.
type parameter struct {
	constant bool
	text     bool // it is a string, as far as one can see
}

// assignments is a cell that sets the parameters that another cell declares.
func assignments(cell string, values map[string]string) (string, error) {
	declared, ok := parameters(cell)
	var b strings.Builder
	b.WriteString("// Parameters\n")
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !token.IsIdentifier(name) {
			return "", fmt.Errorf("parameter %q: this is no name of a Go variable; write name=value", name)
		}
		p, known := declared[name]
		if ok && !known {
			return "", fmt.Errorf("parameter %q: the cell tagged parameters does not declare it, but these: %s",
				name, strings.Join(slices.Sorted(maps.Keys(declared)), ", "))
		}
		value, err := literal(values[name], p.text, known)
		if err != nil {
			return "", fmt.Errorf("parameter %q: %w", name, err)
		}
		if p.constant {
			b.WriteString("const ")
		}
		fmt.Fprintf(&b, "%s = %s\n", name, value)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// literal writes a value as Go. A string may come without quotes.
func literal(value string, text, known bool) (string, error) {
	expr, err := parser.ParseExpr(value)
	lit, isLiteral := expr.(*ast.BasicLit)
	quoted := err == nil && isLiteral && lit.Kind == token.STRING
	switch {
	case quoted:
		return value, nil
	case text:
		return strconv.Quote(value), nil
	case err != nil && known:
		return "", fmt.Errorf("%q is no Go expression; a string has to be declared as one, or be quoted", value)
	case !known && !plainValue(expr): // nothing is known of the parameter: a word is a text
		return strconv.Quote(value), nil
	}
	return value, nil
}

// plainValue reports whether an expression is a number, true or false.
func plainValue(expr ast.Expr) bool {
	switch x := expr.(type) {
	case *ast.UnaryExpr:
		return plainValue(x.X)
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return x.Name == "true" || x.Name == "false"
	}
	return false
}

// parameters is what the statements of a cell declare. ok is false if the cell is
// not a list of statements, as one with imports or functions is not.
func parameters(cell string) (declared map[string]parameter, ok bool) {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p; func _() {\n"+cell+"\n}", parser.SkipObjectResolution)
	if err != nil || len(file.Decls) != 1 {
		return nil, false
	}
	declared = map[string]parameter{}
	for _, stmt := range file.Decls[0].(*ast.FuncDecl).Body.List {
		switch stmt := stmt.(type) {
		case *ast.AssignStmt:
			if stmt.Tok != token.DEFINE {
				continue
			}
			for i, left := range stmt.Lhs {
				if name, isName := left.(*ast.Ident); isName && name.Name != "_" {
					p := parameter{}
					if len(stmt.Rhs) == len(stmt.Lhs) {
						p.text = isString(stmt.Rhs[i])
					}
					declared[name.Name] = p
				}
			}
		case *ast.DeclStmt:
			decl, _ := stmt.Decl.(*ast.GenDecl)
			for _, spec := range decl.Specs {
				if v, isValue := spec.(*ast.ValueSpec); isValue {
					declare(declared, v, decl.Tok == token.CONST)
				}
			}
		}
	}
	return declared, true
}

func declare(declared map[string]parameter, v *ast.ValueSpec, constant bool) {
	typ, _ := v.Type.(*ast.Ident)
	for i, name := range v.Names {
		p := parameter{constant: constant, text: typ != nil && typ.Name == "string"}
		if i < len(v.Values) && v.Type == nil {
			p.text = isString(v.Values[i])
		}
		declared[name.Name] = p
	}
}

// isString reports whether an expression is a string, as far as its syntax tells.
func isString(expr ast.Expr) bool {
	switch x := expr.(type) {
	case *ast.BasicLit:
		return x.Kind == token.STRING
	case *ast.BinaryExpr:
		return x.Op == token.ADD && (isString(x.X) || isString(x.Y))
	}
	return false
}
