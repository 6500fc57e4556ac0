package notebook

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
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
	declared := parameters(cell)
	var b strings.Builder
	b.WriteString("// Parameters\n")
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !token.IsIdentifier(name) {
			return "", fmt.Errorf("parameter %q: this is no name of a Go variable; write name=value", name)
		}
		p, known := declared[name]
		if !known {
			return "", fmt.Errorf("parameter %q: the cell tagged parameters does not declare it, but these: %s",
				name, cmp.Or(strings.Join(slices.Sorted(maps.Keys(declared)), ", "), "none"))
		}
		value, err := literal(values[name], p.text)
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
func literal(value string, text bool) (string, error) {
	expr, err := parser.ParseExpr(value)
	lit, isLiteral := expr.(*ast.BasicLit)
	quoted := err == nil && isLiteral && lit.Kind == token.STRING
	switch {
	case text && !quoted:
		return strconv.Quote(value), nil
	case err != nil:
		return "", fmt.Errorf("%q is no Go expression; a string has to be declared as one, or be quoted", value)
	}
	return value, nil
}

// parameters is what the statements of a cell declare. A statement that does not
// parse declares nothing; that it is wrong is told when it runs.
func parameters(cell string) map[string]parameter {
	declared := map[string]parameter{}
	for _, text := range statements(cell) {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p; func _() {\n"+text+"\n}", parser.SkipObjectResolution)
		if err != nil || len(file.Decls) != 1 {
			continue
		}
		for _, stmt := range file.Decls[0].(*ast.FuncDecl).Body.List {
			switch stmt := stmt.(type) {
			case *ast.AssignStmt:
				if stmt.Tok == token.DEFINE {
					define(declared, stmt)
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
	}
	return declared
}

// statements splits a cell into its statements and top-level declarations, at the
// semicolons outside of brackets.
func statements(cell string) []string {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(cell))
	s.Init(file, []byte(cell), nil, 0) // what does not scan is left out
	var list []string
	begin, depth := 0, 0
	for {
		pos, tok, _ := s.Scan()
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		}
		if end := file.Offset(pos); tok == token.EOF || tok == token.SEMICOLON && depth <= 0 {
			list = append(list, cell[begin:end])
			begin = end
			if begin < len(cell) {
				begin++
			}
		}
		if tok == token.EOF {
			return list
		}
	}
}

func define(declared map[string]parameter, stmt *ast.AssignStmt) {
	for i, left := range stmt.Lhs {
		if name, isName := left.(*ast.Ident); isName && name.Name != "_" {
			p := parameter{}
			if len(stmt.Rhs) == len(stmt.Lhs) {
				p.text = isString(stmt.Rhs[i])
			}
			declared[name.Name] = p
		}
	}
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
