package cell

import (
	"context"
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/kernel/cell/draft"
)

// Inspect says what the name at byte offset pos of a cell is, or the function whose
// arguments pos is in: declaration, documentation, a variable's value; detail 1 adds
// the source, where it is there.
func (e *Env) Inspect(ctx context.Context, src string, pos, detail int) Inspection {
	pos = min(max(pos, 0), len(src))
	for _, subject := range draft.Subjects(src, pos) {
		found, variable := e.inspect(ctx, src, subject, detail)
		if variable != "" {
			found.value = e.valueText(ctx, variable)
		}
		if found.decl != "" {
			return found.inspection()
		}
	}
	return Inspection{}
}

// finding is what is known of a name.
type finding struct {
	decl     string   // Go
	value    string   // of a variable
	argument string   // the parameter that the cursor's argument is for
	doc      string   // as it is written in a comment
	methods  []string // of a type, Go
	origin   string   // where it is declared
}

// inspection is a finding as texts.
func (f finding) inspection() Inspection {
	code := f.decl
	if len(f.methods) > 0 {
		code += "\n\n" + strings.Join(f.methods, "\n")
	}
	plain, markdown := []string{code}, []string{"```go\n" + code + "\n```"}
	add := func(p, m string) {
		if strings.TrimSpace(p) != "" {
			plain, markdown = append(plain, p), append(markdown, m)
		}
	}
	add(f.argument, "`"+f.argument+"`")
	add(f.value, "```text\n"+f.value+"\n```")
	doc := strings.TrimSpace(f.doc)
	add(doc, docMarkdown(doc))
	add(f.origin, f.origin)
	return Inspection{Plain: strings.Join(plain, "\n\n"), Markdown: strings.Join(markdown, "\n\n")}
}

// docMarkdown is the text of a comment as Markdown.
func docMarkdown(doc string) string {
	var p comment.Parser
	pr := comment.Printer{HeadingLevel: 3, DocLinkBaseURL: "https://pkg.go.dev"}
	return strings.TrimSpace(string(pr.Markdown(p.Parse(doc))))
}

// inspect finds what is known of a subject. If it is a variable of the session, that is named.
func (e *Env) inspect(ctx context.Context, src string, s draft.Subject, detail int) (f finding, variable string) {
	if s.Kind == draft.Keyword {
		usage, doc, _ := keyword(src[s.Start:s.End])
		return finding{decl: usage, doc: doc}, ""
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if ctx.Err() != nil {
		return finding{}, ""
	}
	if s.Kind == draft.Package {
		return e.inspectPath(ctx, src[s.Start:s.End]), ""
	}
	v, at := e.look(ctx, src, stretch{s.Start, s.End})
	if v == nil {
		return finding{}, ""
	}
	defer v.src.forget()
	if s.Kind == draft.Call {
		return e.inspectCall(v, at, s.Argument, detail), ""
	}
	name := src[s.Start:s.End]
	obj, around := v.meant(name, at.start)
	if obj == nil {
		obj = e.scope[name]
	}
	switch o := obj.(type) {
	case nil:
		return e.inspectPackage(ctx, name), ""
	case *types.PkgName:
		return e.inspectPath(ctx, o.Imported().Path()), ""
	case *types.Var:
		if e.scope[name] == obj {
			variable = name
		}
	}
	return e.inspectObject(v, obj, around, detail), variable
}

// place says whether a position is that of an offset of the text.
func (v *view) at(pos token.Pos, offset int) bool {
	line, col := lineStarts(v.src.text).at(offset)
	p := v.src.position(pos)
	return p.Line == line && p.Column == col
}

// meant is the object that a name at an offset of the text means, and the type that it is
// selected from or an element of.
func (v *view) meant(name string, offset int) (obj types.Object, around types.Type) {
	info := v.check.info
	for _, s := range v.named(name) {
		id := s.node.(*ast.Ident)
		if !v.at(id.Pos(), offset) {
			continue
		}
		found := info.Uses[id]
		if found == nil {
			found = info.Defs[id]
		}
		if sw, ok := s.parent().(*ast.AssignStmt); ok && found == nil && len(s.in) > 1 {
			found = v.switchedVar(id, sw, s.in[1])
		}
		if found == nil || obj != nil && (found.Type() == nil || found.Type() == types.Typ[types.Invalid]) {
			continue
		}
		obj = found
		switch p := s.parent().(type) {
		case *ast.SelectorExpr:
			if p.Sel == id {
				around = info.Types[p.X].Type
			}
		case *ast.KeyValueExpr:
			if lit, ok := s.in[1].(*ast.CompositeLit); ok {
				around = info.Types[lit].Type
			}
		}
	}
	return obj, around
}

// switchedVar is the variable of a type switch, which go/types only knows in its clauses.
func (v *view) switchedVar(id *ast.Ident, assign *ast.AssignStmt, in ast.Node) types.Object {
	sw, ok := in.(*ast.TypeSwitchStmt)
	if !ok || sw.Assign != assign || assign.Lhs[0] != id {
		return nil
	}
	x := v.check.info.Types[switched(sw)]
	if x.Type == nil {
		return nil
	}
	return types.NewVar(id.Pos(), v.check.pkg, id.Name, x.Type)
}

// inspectCall is what is known of the function that is called where the bracket at an
// offset opens, and of the parameter that takes an argument.
func (e *Env) inspectCall(v *view, at stretch, argument, detail int) finding {
	calls := v.spots(func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		return ok && v.at(c.Lparen, at.start)
	})
	if len(calls) == 0 {
		return finding{}
	}
	fun := calls[len(calls)-1].node.(*ast.CallExpr).Fun
	tv := v.check.info.Types[fun]
	var f finding
	if obj, around := v.callee(fun); obj != nil {
		f = e.inspectObject(v, obj, around, detail)
	} else if tv.Type != nil && tv.Type != types.Typ[types.Invalid] {
		f.decl = types.TypeString(tv.Type, shortName)
	}
	if sig, ok := core(tv.Type).(*types.Signature); ok && !tv.IsType() && !tv.IsBuiltin() {
		f.argument = parameter(sig, argument)
	}
	return f
}

// callee is the object that a called expression names, nil if it names none.
func (v *view) callee(fun ast.Expr) (types.Object, types.Type) {
	switch x := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return v.check.info.Uses[x], nil
	case *ast.SelectorExpr:
		return v.check.info.Uses[x.Sel], v.check.info.Types[x.X].Type
	case *ast.IndexExpr:
		if v.generic(x.X) {
			return v.callee(x.X)
		}
	case *ast.IndexListExpr:
		return v.callee(x.X)
	}
	return nil, nil
}

// parameter says what argument n of a call is for.
func parameter(sig *types.Signature, n int) string {
	count := sig.Params().Len()
	if n >= count && !(sig.Variadic() && count > 0) {
		return ""
	}
	p := sig.Params().At(min(n, count-1))
	text := types.TypeString(p.Type(), shortName)
	if s, ok := p.Type().(*types.Slice); ok && sig.Variadic() && n >= count-1 {
		text = "..." + types.TypeString(s.Elem(), shortName)
	}
	return fmt.Sprintf("argument %d: %s", n+1, strings.TrimSpace(p.Name()+" "+text))
}

// inspectObject is what is known of an object; around is the type that it was selected
// from, if it is a field.
func (e *Env) inspectObject(v *view, obj types.Object, around types.Type, detail int) finding {
	f := finding{decl: signature(obj)}
	if p := obj.Pkg(); p == nil || p.Path() != "main" {
		e.fromLibrary(&f, obj, around, detail)
		return f
	}
	u, text := e.declaration(v, obj)
	if u == nil {
		return f
	}
	f.origin = e.fset.Position(obj.Pos()).Filename
	if f.origin == v.src.name {
		f.origin = ""
	}
	if !u.declares(obj) { // a field, a parameter, a local variable
		f.doc = fieldDoc(u.decl, obj)
		return f
	}
	f.doc = u.doc(obj)
	switch o := obj.(type) {
	case *types.Func:
		f.decl = e.header(u.decl.(*ast.FuncDecl))
		if detail > 0 {
			f.decl = text
		}
	case *types.TypeName:
		f.decl = text
		f.methods = e.methodsOf(o.Name(), detail)
	}
	return f
}

// fromLibrary adds what the documentation of a compiled package, or of Go itself, says.
func (e *Env) fromLibrary(f *finding, obj types.Object, around types.Type, detail int) {
	path := "builtin"
	if obj.Pkg() != nil {
		path = obj.Pkg().Path()
		f.origin = "package " + path
	}
	if decl, doc, ok := e.lib.Doc(path, docName(obj, around)); ok {
		f.decl, f.doc = decl, doc
	}
	if named, ok := obj.Type().(*types.Named); ok && obj.Pkg() != nil {
		if _, isType := obj.(*types.TypeName); isType && !types.IsInterface(named) {
			f.methods = e.libraryMethods(named)
		}
	}
	if detail == 0 || obj.Pkg() == nil {
		return
	}
	if c, err := e.lib.Checked(path); err == nil && c != nil {
		if text := e.sourceIn(c.Files, obj); text != "" {
			f.decl, f.methods = text, nil
		}
	}
}

// maxMethods bounds how many methods of a type are told.
const maxMethods = 40

// libraryMethods are the exported methods of a type of a compiled package.
func (e *Env) libraryMethods(t *types.Named) []string {
	var list []string
	ms := types.NewMethodSet(types.NewPointer(t))
	for i := range ms.Len() {
		m := ms.At(i).Obj().(*types.Func)
		if !m.Exported() {
			continue
		}
		decl, _, ok := e.lib.Doc(t.Obj().Pkg().Path(), docName(m, nil))
		if !ok {
			decl = signature(m)
		}
		list = append(list, decl)
	}
	if n := len(list) - maxMethods; n > 0 {
		list = append(list[:maxMethods], fmt.Sprintf("// and %d more methods", n))
	}
	return list
}

// docName is how the documentation calls an object: "Func", "Type.Method", "Type.Field".
func docName(obj types.Object, around types.Type) string {
	var owner types.Type
	switch o := obj.(type) {
	case *types.Func:
		if r := o.Signature().Recv(); r != nil {
			owner = r.Type()
		}
	case *types.Var:
		if o.IsField() && around != nil {
			owner = fieldOwner(around, o)
		}
	}
	if p, ok := owner.(*types.Pointer); ok {
		owner = p.Elem()
	}
	if n, ok := owner.(*types.Named); ok {
		return n.Obj().Name() + "." + obj.Name()
	}
	return obj.Name()
}

// fieldOwner is the type, t or one that is embedded in it, that has a field itself.
func fieldOwner(t types.Type, field *types.Var) types.Type {
	var owner types.Type
	seen := map[types.Type]bool{}
	var walk func(t types.Type)
	walk = func(t types.Type) {
		st := structOf(t)
		if st == nil || seen[t] || owner != nil {
			return
		}
		seen[t] = true
		for f := range st.Fields() {
			if f == field {
				owner = t
				return
			}
			if f.Embedded() {
				walk(f.Type())
			}
		}
	}
	walk(t)
	return owner
}

func (e *Env) inspectPackage(ctx context.Context, name string) finding {
	path := e.imports[name]
	if path == "" {
		path = e.guess(name, nil)
	}
	if path == "" {
		return finding{}
	}
	return e.inspectPath(ctx, path)
}

func (e *Env) inspectPath(ctx context.Context, path string) finding {
	if e.lib.Importable(ctx, path) != nil {
		return finding{}
	}
	_, doc, _ := e.lib.Doc(path, "")
	return finding{decl: fmt.Sprintf("import %q", path), doc: doc}
}

// unitOf is the declaration that an object's name stands in.
func unitOf(us []*unit, obj types.Object) *unit {
	if i := slices.IndexFunc(us, func(u *unit) bool { return u.within(obj.Pos()) }); i >= 0 {
		return us[i]
	}
	return nil
}
