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
		if why := e.hidden[name]; why != "" {
			return why
		}
		return e.undefined(p, c, name, at)
	}
	for _, re := range []*regexp.Regexp{noMember, noMethod} {
		if m := re.FindStringSubmatch(msg); m != nil {
			if u := e.units[m[1]+"."+m[2]]; u != nil && (u.broken != "" || p.broken[u] != "") {
				return e.gone(u, cmp.Or(p.broken[u], u.broken))
			}
		}
	}
	if at.selector != nil { // what a package has, its variable has not
		return cmp.Or(e.shadows(at), e.likely(c, err.Pos, at, msg))
	}
	return cmp.Or(e.likely(c, err.Pos, at, msg), e.shadows(at))
}

// likely is the hint for a message that has one cause more often than others.
func (e *Env) likely(c *checked, pos token.Pos, at around, msg string) string {
	has := func(part string) bool { return strings.Contains(msg, part) }
	switch {
	case has("missing return"):
		return "every way through the function has to end in a return"
	case has("no new variables on left side of :="):
		return useAssign(at.assign)
	case strings.HasPrefix(msg, "label ") && has("declared and not used"):
		return "a label is for break and continue; a variable is declared by x := value, or by var x int"
	case has("declared and not used"):
		return c.outer(at)
	case has("assignment mismatch"):
		return c.untaken(at.assign)
	case has("too many arguments in call") && has(", error)\n"), has(", error)) in single-value context"):
		return "the last result is an error, which has to be taken here, on a line before"
	case has("has no field or method") && !has("but does have") && at.selector != nil:
		return cmp.Or(meant("", nearest(at.selector.Sel.Name, c.members(at.selector.X))), e.asFunction(c, at.selector))
	case has("unknown field") && !has("but does have") && at.literal != nil && at.ident != nil:
		return cmp.Or(meant("", nearest(at.ident.Name, c.members(at.literal))), c.fields(at.literal, at.ident.Name))
	case strings.HasPrefix(msg, "not enough arguments in call to "), strings.HasPrefix(msg, "too many arguments in call to "):
		return c.usage(at.calls, msg)
	case strings.HasPrefix(msg, "too many arguments in conversion to ") && !has("[]"):
		return c.taker(strings.TrimPrefix(msg, "too many arguments in conversion to "))
	case has("has pointer receiver)") && at.literal != nil && at.literal.Pos() == pos:
		return meant("&", types.ExprString(at.literal))
	case has("mismatched types"), has("not defined on"), has("can only be compared to nil"):
		return cmp.Or(c.operands(at.binary(msg)), c.increment(at.assign))
	case has("(untyped float constant) truncated to int"):
		return c.fraction(at.binary(msg))
	case strings.HasPrefix(msg, "cannot convert ") && (has("(untyped string constant) to type ") || has(" of type string) to type ")) && numeric(msg[strings.LastIndex(msg, " ")+1:]):
		return "strconv.Atoi and strconv.ParseFloat read a number from a string"
	case has(" cannot be ordered") && at.value != nil && isSlice(c.typeOf(at.value)):
		return "slices.Max and slices.Min look through a slice"
	case has("expects 2 or 3 arguments; found 1"):
		return "a length is missing: make([]int, n)"
	case has("cannot assign to ") && at.ident != nil && isConst(c.info.Uses[at.ident]):
		return at.ident.Name + " is a constant: what changes is declared by x := value"
	case strings.HasPrefix(msg, "cannot use "):
		return c.unlike(at, msg)
	case has("for built-in len") && at.value != nil:
		return "len counts the elements of strings, slices, arrays, maps and channels"
	case has("non-boolean condition") && at.value != nil:
		return c.condition(at.value)
	case has(" (type) is not an expression") && at.value != nil:
		return c.valueOf(at.value)
	case has("must not be negative") && at.index != nil:
		x, ok := at.index.X.(*ast.Ident)
		if n := c.info.Types[at.index.Index].Value; n != nil && ok {
			return fmt.Sprintf("to count from the end, write %s[len(%[1]s)%v]", x.Name, n)
		}
	case has("is not a generic type"):
		return "a list's brackets stand before the type: []int, and [5]int for an array"
	case has("too many arguments in conversion to []") && at.value != nil:
		return "the elements stand in braces: " + msg[strings.Index(msg, "[]"):] + "{…}"
	case has("(neither addressable nor a map index expression)") && at.index != nil && isString(c.typeOf(at.index.X)):
		return "a string does not change: []byte(s) and []rune(s) make slices of it, which do"
	case has("cannot assign to struct field"):
		return "take the struct out of the map, change it, and put it back"
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
	switch {
	case at.selector == nil && e.missed[name] != "":
		return name + " is declared in " + e.missed[name] + ", which did not compile"
	case at.selector == nil && elsewhere[name] != "":
		return elsewhere[name]
	case at.param && at.ident != nil:
		return "a parameter is written with its type behind it: x int"
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
	binaries []*ast.BinaryExpr // the outermost first
	calls    []*ast.CallExpr   // that begin before or end here, the outermost first
	index    *ast.IndexExpr
	value    ast.Expr // the outermost that begins here
	param    bool     // ident is the type of a parameter without a name
}

// binary is the operation that a message is about.
func (at around) binary(msg string) *ast.BinaryExpr {
	for _, b := range at.binaries {
		if strings.Contains(msg, types.ExprString(b)+" (") {
			return b
		}
	}
	if n := len(at.binaries); n > 0 {
		return at.binaries[n-1]
	}
	return nil
}

func (c *checked) around(pos token.Pos) (at around) {
	for _, f := range c.files {
		for _, d := range f.Decls {
			if pos < d.Pos() || d.End() < pos {
				continue
			}
			ast.Inspect(d, func(n ast.Node) bool {
				if x, ok := n.(ast.Expr); ok && x.Pos() == pos && at.value == nil {
					at.value = x
				}
				switch n := n.(type) {
				case *ast.BinaryExpr:
					if n.Pos() <= pos && pos < n.End() {
						at.binaries = append(at.binaries, n)
					}
				case *ast.CallExpr:
					if n.Pos() <= pos && pos <= n.End() {
						at.calls = append(at.calls, n)
					}
				case *ast.IndexExpr:
					if n.Pos() <= pos && pos < n.End() {
						at.index = n
					}
				case *ast.FuncType:
					for _, p := range n.Params.List {
						at.param = at.param || len(p.Names) == 0 && p.Type.Pos() == pos
					}
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

func (c *checked) typeOf(x ast.Expr) types.Type {
	if t := c.info.TypeOf(x); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}

// fields is the hint for a field that a struct has not.
func (c *checked) fields(x ast.Expr, wrong string) string {
	const most = 12
	st, ok := pointed(c.typeOf(x)).Underlying().(*types.Struct)
	if !ok || st.NumFields() == 0 {
		return ""
	}
	var names []string
	for f := range st.Fields() {
		if f.Exported() || f.Pkg() == c.pkg {
			names = append(names, f.Name())
		}
		if f.Exported() && strings.HasSuffix(wrong, f.Name()) {
			return meant("", f.Name())
		}
	}
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return "its fields are " + strings.Join(names, ", ")
}

// usage is the hint for a call with too few or too many arguments: the names of the parameters.
func (c *checked) usage(calls []*ast.CallExpr, msg string) string {
	for _, call := range calls {
		f := types.ExprString(call.Fun)
		s, ok := c.typeOf(call.Fun).Underlying().(*types.Signature)
		if !ok || !strings.Contains(msg, " in call to "+f+"\n") {
			continue
		}
		var names []string
		for v := range s.Params().Variables() {
			if v.Name() == "" || v.Name() == "_" {
				return ""
			}
			names = append(names, v.Name())
		}
		switch len(names) {
		case 0:
			return "it has no parameters"
		case 1:
			return "its only parameter is " + names[0]
		}
		return "its parameters are " + strings.Join(names, ", ")
	}
	return ""
}

func isSlice(t types.Type) bool {
	_, ok := t.Underlying().(*types.Slice)
	return ok
}

func isConst(o types.Object) bool {
	_, ok := o.(*types.Const)
	return ok
}

// condition is the hint for a condition that is no boolean.
func (c *checked) condition(x ast.Expr) string {
	text := types.ExprString(x)
	t := c.typeOf(x)
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Signature, *types.Chan:
		return "write " + text + " != nil"
	case *types.Slice, *types.Map:
		return "write len(" + text + ") > 0"
	}
	switch {
	case isNumber(t):
		return "write " + text + " != 0"
	case isString(t):
		return "write " + text + ` != ""`
	}
	return ""
}

// valueOf is the hint for a type that stands where a value has to be.
func (c *checked) valueOf(x ast.Expr) string {
	text := types.ExprString(x)
	switch c.typeOf(x).Underlying().(type) {
	case *types.Slice, *types.Map, *types.Struct, *types.Array:
		return "a value of the type is written " + text + "{…}"
	case *types.Chan:
		return "a channel is made by make(" + text + ")"
	}
	return ""
}

// asFunction is the hint for a method that a type of Go's own has not, but a function
// that is given such a value.
func (e *Env) asFunction(c *checked, s *ast.SelectorExpr) string {
	text, name := types.ExprString(s.X), s.Sel.Name
	path := ""
	switch t := c.typeOf(s.X).Underlying().(type) {
	case *types.Basic:
		if isString(t) {
			path = "strings"
		}
	case *types.Slice:
		path = "slices"
		if name == "append" || name == "push" || name == "add" {
			return fmt.Sprintf("write %s = append(%[1]s, …)", text)
		}
	case *types.Map:
		path = "maps"
	}
	if path == "" {
		return ""
	}
	switch name {
	case "len", "length", "size", "Len", "Length", "Size", "count":
		return "write len(" + text + ")"
	}
	pkg, err := e.lib.Import(path)
	if err != nil {
		return ""
	}
	fits := func(name string) bool {
		f, ok := pkg.Scope().Lookup(name).(*types.Func)
		return ok && f.Exported()
	}
	r := []rune(name)
	r[0] = unicode.ToUpper(r[0])
	for _, n := range []string{string(r), "To" + string(r)} {
		if fits(n) {
			if pkg.Scope().Lookup(n).(*types.Func).Signature().Params().Len() > 1 {
				text += ", …"
			}
			return fmt.Sprintf("write %s.%s(%s)", path, n, text)
		}
	}
	return ""
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
