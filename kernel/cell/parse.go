package cell

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// source is the text of one cell, split into what Go keeps apart.
type source struct {
	name    string // what positions call it
	text    string
	program bool // it has a package clause: a whole Go file, whose main is run

	file    *ast.File
	imports []*ast.ImportSpec
	decls   []ast.Decl          // functions, methods, types, constants
	run     *ast.FuncDecl       // its body holds the statements; variable declarations among them
	typed   []ast.Stmt          // the same statements once more, from which the variables' types are found
	loose   []*ast.Ident        // names in the statements that nothing before them in the cell declares
	free    []*ast.Ident        // all names that the cell itself does not declare
	quiet   bool                // the last statement ends in a semicolon
	tuple   bool                // the last statement is a list of expressions, as the arguments of showName
	loop    bool                // the statements are made a function, see repeat
	offset  func(token.Pos) int // in the parsed text; the same for both parses
	fset    *token.FileSet
	files   []*token.File // in fset
}

// parse splits a cell and parses its parts. The parts are put into one Go file,
// each with a line directive that gives it its place in the cell.
//
// A tolerant parse keeps what it can of a cell that is no Go yet.
func parse(fset *token.FileSet, name, text string, tolerant bool) (*source, error) {
	segs, quiet, err := split(name, text)
	if err != nil && !tolerant {
		return nil, err
	}
	src := &source{name: name, text: text, quiet: quiet, fset: fset}
	if len(segs) > 0 && segs[0].first == token.PACKAGE {
		return src, src.parseProgram()
	}
	var imports, decls, stmts []segment
	for _, g := range segs {
		switch g.first {
		case token.IMPORT:
			imports = append(imports, g)
		case token.FUNC, token.TYPE, token.CONST:
			decls = append(decls, g)
		default:
			stmts = append(stmts, g)
		}
	}
	lines := lineStarts(text)
	var b strings.Builder
	b.WriteString("package main\n")
	at := func(offset int) {
		line, col := lines.at(offset)
		b.WriteString("/*line " + name + ":" + strconv.Itoa(line) + ":" + strconv.Itoa(col) + "*/")
	}
	put := func(g segment) {
		at(g.start)
		b.WriteString(text[g.start:g.end])
		b.WriteString("\n")
	}
	for _, g := range slices.Concat(imports, decls) {
		put(g)
	}
	at(len(text)) // for a declaration that is cut short
	b.WriteString("func " + runName + "() {\n")
	for i, g := range stmts {
		if src.tuple = g.list && i == len(stmts)-1; !src.tuple {
			put(g)
			continue
		}
		b.WriteString(showName + "(")
		at(g.start)
		b.WriteString(text[g.start:g.end] + ")\n")
	}
	at(len(text))
	b.WriteString("}")
	wrapped := b.String()

	f, err := src.parseFile(wrapped, parser.ParseComments)
	endOfCell(err, text)
	if err != nil && !tolerant || f == nil {
		return src, err
	}
	src.file, src.imports = f, f.Imports
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == runName {
				src.run = d
				for _, id := range f.Unresolved {
					if d.Body.Pos() <= id.Pos() && id.Pos() < d.Body.End() {
						src.loose = append(src.loose, id)
					}
				}
				continue
			}
			d.Doc = withoutDirective(d.Doc)
			src.decls = append(src.decls, d)
		case *ast.GenDecl:
			d.Doc = withoutDirective(d.Doc)
			if d.Tok != token.IMPORT {
				src.decls = append(src.decls, d)
			}
		}
	}
	src.free = f.Unresolved
	again, err := src.parseFile(wrapped, parser.SkipObjectResolution)
	if err != nil && !tolerant || again == nil {
		return src, err
	}
	src.offset = func(p token.Pos) int { // the same in both
		if t := fset.File(again.Package); token.Pos(t.Base()) <= p && p <= token.Pos(t.Base()+t.Size()) {
			return t.Offset(p)
		}
		return fset.File(f.Package).Offset(p)
	}
	for _, d := range again.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && d.Name.Name == runName {
			src.typed = d.Body.List
		}
	}
	return src, nil
}

// endOfCell puts right what the parser says of what stands behind a cell that is cut short.
func endOfCell(err error, text string) {
	list, _ := err.(scanner.ErrorList)
	line, col := lineStarts(text).at(len(text))
	for _, e := range list {
		if e.Pos.Line > line || e.Pos.Line == line && e.Pos.Column >= col {
			before, _, _ := strings.Cut(e.Msg, ", found ")
			if before != e.Msg {
				e.Msg = before + ", found 'EOF'"
			}
		}
	}
}

// parseFile parses a text and notes the file that this adds to the file set.
func (src *source) parseFile(text string, mode parser.Mode) (*ast.File, error) {
	f, err := parser.ParseFile(src.fset, src.name, text, mode)
	if f != nil {
		src.files = append(src.files, src.fset.File(f.FileStart))
	}
	return f, err
}

// forget takes the text out of the file set: nothing refers to its positions any more.
func (src *source) forget() {
	if src == nil {
		return
	}
	for _, f := range src.files {
		if f != nil {
			src.fset.RemoveFile(f)
		}
	}
}

// withoutDirective takes the line directive, which stands before each part of a
// cell, out of a doc comment.
func withoutDirective(doc *ast.CommentGroup) *ast.CommentGroup {
	if doc == nil || !strings.HasPrefix(doc.List[0].Text, "/*line ") {
		return doc
	}
	if len(doc.List) == 1 {
		return nil
	}
	return &ast.CommentGroup{List: doc.List[1:]}
}

func (src *source) parseProgram() error {
	f, err := src.parseFile(src.text, parser.ParseComments)
	if f == nil {
		return err
	}
	src.program = true
	src.file, src.imports, src.free = f, f.Imports, f.Unresolved
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.IMPORT {
			src.decls = append(src.decls, d)
		}
	}
	return err
}

// reserved finds names in the text that the front end uses for itself.
func (src *source) reserved(complain complaint) {
	own := map[*ast.Ident]bool{}
	if src.run != nil {
		own[src.run.Name] = true
	}
	if src.tuple {
		own[src.shownList().Fun.(*ast.Ident)] = true
	}
	ast.Inspect(src.file, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if ok && isReserved(id.Name) && !own[id] {
			complain(id.Pos(), id.Name+" is no name for a cell: names that end in __ are reserved", "")
		}
		return true
	})
}

// isReserved says whether the front end keeps a name for itself.
func isReserved(name string) bool { return strings.HasSuffix(name, "__") && len(name) > 2 }

// nested finds types and composite literals that are nested deeper than anybody writes
// them. What looks at types takes time that grows with the square of the depth, or worse.
func (src *source) nested(complain complaint) {
	const most = 1000
	depth, told := 0, false
	var above []bool // of the nodes around, whether they count
	ast.Inspect(src.file, func(n ast.Node) bool {
		if n == nil {
			if above[len(above)-1] {
				depth--
			}
			above = above[:len(above)-1]
			return true
		}
		counts := false
		switch n.(type) {
		case *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.StructType, *ast.InterfaceType, *ast.FuncType, *ast.StarExpr, *ast.CompositeLit:
			counts = true
			depth++
		}
		above = append(above, counts)
		if depth > most && !told {
			told = true
			complain(n.Pos(), fmt.Sprintf("Nascent can't run this construct: types and literals that are nested more than %d deep", most), "")
		}
		return true
	})
}

// shownList is the last statement of a cell that shows a list.
func (src *source) shownList() *ast.CallExpr {
	list := src.run.Body.List
	return list[len(list)-1].(*ast.ExprStmt).X.(*ast.CallExpr)
}

// bodies finds functions that have none.
func (src *source) bodies(complain complaint) {
	lines := lineStarts(src.text)
	for _, d := range src.decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body == nil {
			hint, end := "", src.position(f.End())
			if rest := src.text[lines[end.Line-1]+end.Column-1:]; strings.HasPrefix(strings.TrimSpace(rest), "{") {
				hint = "its { has to stand on the line of func"
			}
			complain(f.Name.Pos(), "missing function body", hint)
		}
	}
}

// directives finds those that ask for what only the compiler can do.
func (src *source) directives(complain complaint) {
	if !strings.Contains(src.text, "//go:") {
		return
	}
	file := src.fset.AddFile(src.name, -1, len(src.text))
	src.files = append(src.files, file)
	var s scanner.Scanner
	s.Init(file, []byte(src.text), nil, scanner.ScanComments)
	for tok := token.ILLEGAL; tok != token.EOF; {
		var pos token.Pos
		var text string
		pos, tok, text = s.Scan()
		switch word, _, _ := strings.Cut(text, " "); word {
		case "//go:embed":
			complain(pos, word+": cells cannot embed files", "os.ReadFile reads one when the cell runs")
		case "//go:wasmimport":
			complain(pos, word+": cells cannot be linked", "")
		}
	}
}

// starts are the offsets at which the lines of a text begin.
type starts []int

func lineStarts(text string) starts {
	s := starts{0}
	for i := range len(text) {
		if text[i] == '\n' {
			s = append(s, i+1)
		}
	}
	return s
}

// at is the line and the column (in bytes) of an offset, both from 1.
func (s starts) at(offset int) (line, col int) {
	i, found := slices.BinarySearch(s, offset)
	if !found {
		i--
	}
	return i + 1, offset - s[i] + 1
}

// position is where something stands in the cell.
func (src *source) position(p token.Pos) token.Position { return src.fset.Position(p) }
