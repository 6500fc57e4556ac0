package cell

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/cell/rt"
)

// gone says that a definition no longer compiles.
func (e *Env) gone(u *unit, why string) string {
	return fmt.Sprintf("%s (%s) no longer compiles: %s", u.key, e.fset.Position(u.decl.Pos()).Filename, why)
}

// why is the reason for which a definition does not compile, in one line.
func (e *Env) why(p *plan, c *checked, msg string) string {
	if name, ok := strings.CutPrefix(msg, "undefined: "); ok {
		for u := range p.broken {
			if slices.Contains(u.names, name) {
				return "it uses " + name
			}
		}
	}
	return strings.ReplaceAll(e.words(c, msg), "\n\t", ", ")
}

// cellName finds names that go/types qualifies with the package of an earlier cell.
var cellName = regexp.MustCompile(`\bmain(\d+)__\.([\pL_][\pL\pN_]*)`)

// packageName is the name by which messages tell the package of a cell from those of
// others, once the cell is loaded.
func packageName(chunk int) string { return "main" + strconv.Itoa(chunk) + "__" }

// words is what go/types says, without what cells don't write, and with the types
// that are old in the eyes of the check c.
func (e *Env) words(c *checked, msg string) string {
	return cellName.ReplaceAllStringFunc(withoutOwn(msg), func(s string) string {
		m := cellName.FindStringSubmatch(s)
		for _, t := range e.traces {
			if t.pkg == nil || t.pkg.Name() != "main"+m[1]+"__" {
				continue
			}
			if o, ok := t.pkg.Scope().Lookup(m[2]).(*types.TypeName); ok && c.pkg.Scope().Lookup(m[2]) != o {
				return m[2] + rt.OldMark(e.cellOf(o))
			}
		}
		return m[2]
	})
}

// cellOf is the cell in which something was declared.
func (e *Env) cellOf(o types.Object) string { return e.fset.Position(o.Pos()).Filename }

// oldName finds a type that words has marked.
var oldName = regexp.MustCompile(`([\pL_][\pL\pN_]*)(?:\[.*\])? \(old, `)

// renewed is the hint for a message that has an old type in it.
func (e *Env) renewed(c *checked, msg string) string {
	m := oldName.FindStringSubmatch(msg)
	if m == nil {
		return ""
	}
	if o := c.pkg.Scope().Lookup(m[1]); o != nil {
		return m[1] + " was defined anew in " + e.cellOf(o) + ": values made before have the old type"
	}
	return m[1] + " is not defined any more: values made before have the old type"
}

// ownCalls finds what go/types says of the calls that cells do not write.
var ownCalls = regexp.MustCompile(` in argument to (` + strings.Join([]string{showName, tryName, checkName, `Must\d__`}, "|") + `)\b`)

// mustCalls finds those of them that stand around what a cell writes.
var mustCalls = regexp.MustCompile(`\bMust\d__\(`)

// withoutOwn is a message of go/types without the calls that cells do not write.
func withoutOwn(msg string) string {
	msg = ownCalls.ReplaceAllString(msg, "")
	for from := 0; ; {
		at := mustCalls.FindStringIndex(msg[from:])
		if at == nil {
			return msg
		}
		start, open := from+at[0], from+at[1]
		var s scanner.Scanner // which knows brackets from those in strings
		file := token.NewFileSet().AddFile("", -1, len(msg)-open)
		s.Init(file, []byte(msg[open:]), nil, 0)
		for depth := 1; depth > 0; {
			pos, tok, _ := s.Scan()
			switch tok {
			case token.LPAREN:
				depth++
			case token.RPAREN:
				depth--
			case token.EOF:
				return msg
			}
			if depth == 0 {
				end := open + file.Offset(pos)
				msg = msg[:start] + msg[open:end] + msg[end+1:]
			}
		}
		from = start
	}
}

// noMember finds what a type has not.
var noMember = regexp.MustCompile(`\(type \*?([\pL_][\pL\pN_]*)(?:\[.*\])? has no field or method ([\pL_][\pL\pN_]*)\)`)

// noMethod finds what a type would need to have for an interface.
var noMethod = regexp.MustCompile(`([\pL_][\pL\pN_]*) does not implement .* \(missing method ([\pL_][\pL\pN_]*)\)$`)

// hint says what the writer of a cell may have meant.
func (e *Env) hint(p *plan, c *checked, err types.Error, msg string) string {
	at := c.around(err.Pos)
	if hint := e.renewed(c, msg); hint != "" {
		return hint
	}
	if name, ok := strings.CutPrefix(msg, "undefined: "); ok {
		return e.undefined(p, c, name, at)
	}
	has := func(part string) bool { return strings.Contains(msg, part) }
	for _, re := range []*regexp.Regexp{noMember, noMethod} {
		if m := re.FindStringSubmatch(msg); m != nil {
			if u := e.units[m[1]+"."+m[2]]; u != nil && (u.broken != "" || p.broken[u] != "") {
				return e.gone(u, cmp.Or(p.broken[u], u.broken))
			}
		}
	}
	if hint := e.shadows(at); hint != "" {
		return hint
	}
	switch {
	case has("missing return"):
		return "every way through the function has to end in a return"
	case has("no new variables on left side of :="):
		return useAssign(at.assign)
	case has("declared and not used"):
		return c.outer(at)
	case has("assignment mismatch"):
		return c.untaken(at.assign)
	case has("too many arguments in call") && has(", error)\n"), has(", error)) in single-value context"):
		return "the last result is an error, which has to be taken here, on a line before"
	case has("has no field or method") && !has("but does have") && at.selector != nil:
		return meant("", nearest(at.selector.Sel.Name, c.members(at.selector.X)))
	case has("unknown field") && at.literal != nil && at.ident != nil:
		return meant("", nearest(at.ident.Name, c.members(at.literal)))
	case has("has pointer receiver)") && at.literal != nil && at.literal.Pos() == err.Pos:
		return meant("&", types.ExprString(at.literal))
	}
	return ""
}

func meant(before, name string) string {
	if name == "" {
		return ""
	}
	return "did you mean " + before + name + "?"
}

// useAssign is the hint for a := that declares nothing.
func useAssign(s *ast.AssignStmt) string {
	if s == nil {
		return ""
	}
	return "to assign, write " + exprs(s.Lhs) + " = …"
}

func exprs(list []ast.Expr) string {
	var b []string
	for _, x := range list {
		b = append(b, types.ExprString(x))
	}
	return strings.Join(b, ", ")
}

// undefined is the hint for a name, or a selected name, that means nothing.
func (e *Env) undefined(p *plan, c *checked, name string, at around) string {
	if pkg, sel, ok := strings.Cut(name, "."); ok {
		for _, imp := range c.pkg.Imports() {
			if imp.Name() != pkg {
				continue
			}
			if near := nearest(sel, exported(imp)); near != "" {
				return meant(pkg+".", near)
			}
			if src, err := e.lib.Checked(imp.Path()); err == nil && src != nil && len(src.Cgo) > 0 {
				return "files of " + imp.Path() + " that need cgo are left out: " + strings.Join(src.Cgo, ", ")
			}
		}
		return ""
	}
	for _, u := range e.units {
		if why := cmp.Or(p.broken[u], u.broken); why != "" && slices.Contains(u.names, name) {
			return e.gone(u, why)
		}
	}
	known := slices.Concat(slices.Collect(maps.Keys(e.scope)), c.pkg.Scope().Names(), types.Universe.Names())
	for _, p := range e.lib.Packages() {
		known = append(known, p.Name)
	}
	switch near := nearest(name, known); {
	case near == name && at.selector == nil:
		return name + " is a package: write " + name + ". and a name of it; if it is to be a variable, run the cell that declares it"
	case near != "" && near != name:
		return meant("", near)
	}
	for _, path := range e.lib.ModulePackages("") {
		if at.selector == nil && guessName(path) == name {
			return fmt.Sprintf("a module has such a package: import %q", path)
		}
	}
	if s := at.assign; s != nil && s.Tok == token.ASSIGN && slices.ContainsFunc(s.Lhs, func(x ast.Expr) bool { return x == at.ident }) {
		return "to declare it, write " + exprs(s.Lhs) + " := …"
	}
	return ""
}

// shadows is the hint for a name that a cell has taken from Go or from a package.
func (e *Env) shadows(at around) string {
	id := at.ident
	if at.selector != nil {
		id, _ = at.selector.X.(*ast.Ident)
	}
	if id == nil || e.scope[id.Name] == nil {
		return ""
	}
	what := "the package"
	switch {
	case types.Universe.Lookup(id.Name) != nil:
		what = "Go's own"
	case !slices.ContainsFunc(e.lib.Packages(), func(p library.PackageInfo) bool { return p.Name == id.Name }):
		return ""
	}
	return fmt.Sprintf("%s is defined in %s; %%reset %[1]s makes it %[3]s again", id.Name, e.fset.Position(e.scope[id.Name].Pos()).Filename, what)
}

// around is what stands at and around the place of an error, as far as it is there.
type around struct {
	ident    *ast.Ident
	selector *ast.SelectorExpr // ident is what it selects
	assign   *ast.AssignStmt
	literal  *ast.CompositeLit
}

func (c *checked) around(pos token.Pos) (at around) {
	for _, f := range c.files {
		for _, d := range f.Decls {
			if pos < d.Pos() || d.End() < pos {
				continue
			}
			ast.Inspect(d, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Ident:
					if n.Pos() == pos {
						at.ident = n
					}
				case *ast.SelectorExpr:
					if n.Sel.Pos() == pos {
						at.selector = n
					}
				case *ast.AssignStmt:
					if n.Pos() <= pos && pos < n.End() {
						at.assign = n
					}
				case *ast.CompositeLit:
					if n.Pos() <= pos && pos < n.End() {
						at.literal = n
					}
				}
				return true
			})
		}
	}
	return at
}

// members are the fields and methods of an expression's type.
func (c *checked) members(x ast.Expr) (names []string) {
	t := c.info.Types[x].Type
	if t == nil {
		return nil
	}
	for s := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		names = append(names, s.Obj().Name())
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	for s := range types.NewMethodSet(t).Methods() {
		names = append(names, s.Obj().Name())
	}
	if st, ok := t.Underlying().(*types.Struct); ok {
		for f := range st.Fields() {
			names = append(names, f.Name())
		}
	}
	return names
}

// outer is the hint for a variable that is declared and not used although one
// around it has the name.
func (c *checked) outer(at around) string {
	if at.ident == nil || at.assign == nil || at.assign.Tok != token.DEFINE {
		return ""
	}
	obj := c.info.Defs[at.ident]
	if obj == nil || obj.Parent() == nil || obj.Parent().Parent() == nil {
		return ""
	}
	_, out := obj.Parent().Parent().LookupParent(obj.Name(), obj.Pos())
	if v, ok := out.(*types.Var); !ok || v.Pkg() != obj.Pkg() {
		return ""
	}
	return fmt.Sprintf("to assign to the %s of line %d, write %s = …", obj.Name(), c.fset.Position(out.Pos()).Line, exprs(at.assign.Lhs))
}

// untaken is the hint for an assignment that leaves an error out, as only statements
// of a cell may that stand in no function.
func (c *checked) untaken(s *ast.AssignStmt) string {
	if s == nil || len(s.Rhs) != 1 {
		return ""
	}
	results, ok := c.info.Types[s.Rhs[0]].Type.(*types.Tuple)
	if !ok || results.Len() != len(s.Lhs)+1 || !types.Identical(results.At(len(s.Lhs)).Type(), types.Universe.Lookup("error").Type()) {
		return ""
	}
	return "the last result is an error, which has to be taken here: " + exprs(s.Lhs) + ", err"
}

// foreign are words of other languages that begin a line.
var foreign = map[string]string{
	"while": "Go's loop is for", "until": "Go's loop is for", "loop": "Go's loop is for",
	"def": "a function begins with func", "fn": "a function begins with func", "function": "a function begins with func",
	"let": "a variable is declared by x := value", "class": "a type is declared by type Name struct { … }",
	"elif": "Go has else if", "try": "errors are values: if err != nil { … }",
}

// syntaxHint is the hint for what the parser does not understand.
func syntaxHint(line, msg string) string {
	switch {
	case strings.HasPrefix(msg, "expected ';', found"):
		word := strings.TrimSpace(line)
		if i := strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }); i > 0 {
			word = word[:i]
		}
		if hint := foreign[word]; hint != "" {
			return hint
		}
		var keywords []string
		for t := token.BREAK; t <= token.VAR; t++ {
			keywords = append(keywords, t.String())
		}
		if near := nearest(word, keywords); near != word {
			return meant("", near)
		}
	case msg == "unexpected comma; expecting ]":
		return "a list is written []int{…}"
	}
	return ""
}

func exported(p *types.Package) []string {
	var names []string
	for _, n := range p.Scope().Names() {
		if ast.IsExported(n) {
			names = append(names, n)
		}
	}
	return names
}

// nearest is the known name that is close enough to be a misspelling.
func nearest(name string, known []string) string {
	if n := utf8.RuneCountInString(name); n < 2 || n > 100 {
		return "" // everything is close, or nothing
	}
	best, score := "", max(1, len(name)/3)+1
	slices.Sort(known)
	for _, k := range known {
		if strings.HasSuffix(k, "__") {
			continue
		}
		if d := Distance(name, k); d < score {
			best, score = k, d
		}
	}
	return best
}
