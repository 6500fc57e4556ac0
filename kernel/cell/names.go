package cell

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// names are what can stand where no dot is before: fields in a struct literal, the names
// in scope, keywords, packages.
func (e *Env) names(v *view, s spot, q *query) {
	if v.literalFields(s, q) {
		return
	}
	q.types = v.typePlace(s)
	q.want = v.wanted(s)
	pos := s.node.Pos()
	depth := 0
	for scope := v.innermost(s); scope != nil; scope = scope.Parent() {
		near := depth
		switch {
		case scope == types.Universe:
			near = ofGo
		case scope == v.check.pkg.Scope() || scope.Parent() == v.check.pkg.Scope():
			near = ofCell
		}
		for _, n := range scope.Names() {
			if o := scope.Lookup(n); v.seen(o, scope, s) {
				if _, found := scope.LookupParent(n, pos); found == o {
					q.object(o, near)
				}
			}
		}
		depth++
	}
	q.keywords()
	for _, imports := range []map[string]string{v.imports, e.imports} {
		for name, path := range imports {
			q.add(packageItem(name, path), false, ofCell)
		}
	}
	if q.prefix == "" {
		return
	}
	paths := map[string][]string{}
	for _, p := range e.lib.Packages() {
		if q.goesOn(p.Name) && !internal(p.Path) && e.scope[p.Name] == nil {
			paths[p.Name] = append(paths[p.Name], p.Path)
		}
	}
	for name, list := range paths {
		q.add(packageItem(name, e.better(list)), false, ofLibrary)
	}
}

func packageItem(name, path string) CompletionItem {
	return CompletionItem{Text: name, Type: "package", Signature: "import \"" + path + "\""}
}

// innermost is the scope that a node is in.
func (v *view) innermost(s spot) *types.Scope {
	for _, n := range s.in {
		if f, ok := n.(*ast.FuncDecl); ok {
			n = f.Type // of which the scope is, with the body
		}
		if f, ok := n.(*ast.FuncLit); ok {
			n = f.Type
		}
		if scope := v.check.info.Scopes[n]; scope != nil {
			return scope
		}
	}
	return v.check.pkg.Scope()
}

// seen: a name means o where s is. In the statements of a cell, a variable that
// a later one declares is not there yet.
func (v *view) seen(o types.Object, scope *types.Scope, s spot) bool {
	if scope != v.check.pkg.Scope() || o.Pkg() != v.check.pkg || v.src.run == nil {
		return true
	}
	if _, ok := o.(*types.Var); !ok {
		return true
	}
	if f, ok := s.in[max(len(s.in)-2, 0)].(*ast.FuncDecl); !ok || f.Name != v.src.run.Name {
		return true
	}
	return v.src.offset(o.Pos()) < v.src.offset(s.node.Pos())
}

// literalFields adds the fields of the struct literal in which a name is an element or
// a key. It is true if nothing else can stand there.
func (v *view) literalFields(s spot, q *query) (only bool) {
	in := s
	if kv, ok := s.parent().(*ast.KeyValueExpr); ok {
		if kv.Key != s.node && kv.Key.Pos() != s.node.Pos() { // see keyed
			return false
		}
		in = s.up()
	}
	lit, ok := in.parent().(*ast.CompositeLit)
	if !ok || lit.Type == in.node {
		return false
	}
	t := v.check.info.Types[lit].Type
	st := structOf(t)
	if st == nil {
		return false
	}
	only = in.node != s.node && in.node.(*ast.KeyValueExpr).Key == s.node
	var set []string
	for _, x := range lit.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok && x != in.node && kv.Key.Pos() != kv.Value.Pos() {
			only = true
			if key, ok := kv.Key.(*ast.Ident); ok {
				set = append(set, key.Name)
			}
		}
	}
	for f := range st.Fields() {
		if visible(f) && !slices.Contains(set, f.Name()) {
			q.add(q.env.itemOf(f), true, 0)
		}
	}
	return only
}

// tags are the keys of struct tags that the standard library reads, for the field
// that is written before the tag.
func (e *Env) tags(before, prefix string) []CompletionItem {
	line := strings.TrimSpace(before[strings.LastIndexAny(before, "\n{;")+1:])
	name, _, _ := strings.Cut(line, " ")
	var items []CompletionItem
	for _, key := range []string{"json", "xml"} {
		if text := key + `:"` + strings.ToLower(name) + `"`; strings.HasPrefix(text, prefix) {
			items = append(items, CompletionItem{Text: text, Type: "tag"})
		}
	}
	return items
}

// importPaths are the packages that can be imported.
func (e *Env) importPaths(prefix string) []CompletionItem {
	var items []CompletionItem
	for _, p := range e.lib.Packages() {
		if strings.HasPrefix(p.Path, prefix) && !internal(p.Path) {
			items = append(items, CompletionItem{Text: p.Path, Type: "package", Signature: "package " + p.Name})
		}
	}
	for _, path := range e.lib.ModulePackages(prefix) {
		items = append(items, CompletionItem{Text: path, Type: "package"})
	}
	return items
}
