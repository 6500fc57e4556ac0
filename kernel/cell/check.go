package cell

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// unit is a declaration of an earlier cell that can be checked again when
// something that it uses is defined anew.
type unit struct {
	key     string   // "f"; "T.m" for a method
	names   []string // what it declares; none for a method
	recv    string   // the type that it is a method of
	decl    ast.Decl
	uses    map[string]bool // names at package level that it mentions
	imports map[string]string
	broken  string // why it no longer compiles

	compiled *compiled // of a native cell: what it is there; else nil
}

// within says whether a position lies in the declaration.
func (u *unit) within(pos token.Pos) bool { return u.decl.Pos() <= pos && pos <= u.decl.End() }

// checked is the outcome of type-checking a cell together with what depends on it.
type checked struct {
	fset  *token.FileSet
	pkg   *types.Package
	files []*ast.File
	info  *types.Info
	errs  []types.Error
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Scopes: map[ast.Node]*types.Scope{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
}

// check type-checks files as a package of their own, in which all that earlier
// cells have defined is visible, except the names that the files declare and hidden ones;
// so is what is extra, if nothing else has the name.
func (e *Env) check(files []*ast.File, hidden map[string]bool, extra []types.Object) *checked {
	c := &checked{fset: e.fset, pkg: types.NewPackage("main", "main"), files: files, info: newInfo()}
	declares := map[string]bool{}
	for _, f := range files {
		for _, d := range f.Decls {
			for _, n := range declaredNames(d) {
				declares[n] = true
			}
		}
	}
	for name, obj := range e.scope {
		if !declares[name] && !hidden[name] {
			c.pkg.Scope().Insert(obj)
		}
	}
	for _, obj := range slices.Concat(e.hooks, extra) {
		if !declares[obj.Name()] {
			c.pkg.Scope().Insert(obj) // unless earlier cells have the name
		}
	}
	conf := types.Config{Importer: e.lib, GoVersion: goVersion, Sizes: types.SizesFor("gc", "amd64"), Error: func(err error) {
		var te types.Error
		if errors.As(err, &te) {
			c.errs = append(c.errs, te)
		}
	}}
	restore := parenthesise(files, c.pkg.Scope())
	types.NewChecker(&conf, e.fset, c.pkg, c.info).Files(files) // what is wrong has gone to conf.Error
	restore()
	if c.keyed() {
		return e.check(files, hidden, extra)
	}
	return c
}

// huge finds arrays that no machine has room for, and their size in bytes: Go's run
// time would not survive them. What new is asked for is refused when it runs.
func (c *checked) huge() map[token.Pos]float64 {
	const most = 1 << 38 // what is less may still be too much for a process: see lower
	found := map[token.Pos]float64{}
	refused := map[ast.Expr]bool{}
	for x := range c.info.Types {
		if call, ok := x.(*ast.CallExpr); ok && len(call.Args) == 1 && c.info.Types[call.Fun].IsBuiltin() {
			refused[call.Args[0]] = true
		}
	}
	for x, tv := range c.info.Types {
		if _, ok := x.(*ast.ArrayType); !ok || refused[x] {
			continue
		}
		if n := sizeOf(tv.Type); n > most {
			found[x.Pos()] = n
		}
	}
	return found
}

// sizeOf is the size of a type, more or less.
func sizeOf(t types.Type) (n float64) {
	switch t := t.Underlying().(type) {
	case *types.Array:
		return float64(t.Len()) * sizeOf(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			n += sizeOf(f.Type())
		}
		return n
	case *types.Basic:
		return float64(types.SizesFor("gc", "amd64").Sizeof(t))
	}
	return 8
}

// parenthesise writes type T (U) for type T U, if U is in scope before the files are checked:
// go/types looks for cycles of such names, and expects that each of them is declared in the files.
func parenthesise(files []*ast.File, scope *types.Scope) (restore func()) {
	var changed []*ast.TypeSpec
	for _, f := range files {
		for _, d := range f.Decls {
			d, ok := d.(*ast.GenDecl)
			if !ok || d.Tok != token.TYPE {
				continue
			}
			for _, s := range d.Specs {
				s := s.(*ast.TypeSpec)
				if id, ok := s.Type.(*ast.Ident); ok && scope.Lookup(id.Name) != nil {
					s.Type = &ast.ParenExpr{Lparen: id.Pos(), X: id, Rparen: id.End()}
					changed = append(changed, s)
				}
			}
		}
	}
	return func() {
		for _, s := range changed {
			s.Type = s.Type.(*ast.ParenExpr).X
		}
	}
}

// keyed gives the elements of struct literals their names where a literal without
// names is an error only because the type was checked with an earlier cell.
func (c *checked) keyed() (changed bool) {
	if !slices.ContainsFunc(c.errs, func(err types.Error) bool {
		return strings.HasPrefix(err.Msg, "implicit assignment to unexported field")
	}) {
		return false
	}
	for _, f := range c.files {
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || c.info.Types[lit].Type == nil {
				return true
			}
			t := c.info.Types[lit].Type.Underlying()
			if p, ok := t.(*types.Pointer); ok {
				t = p.Elem().Underlying()
			}
			st, ok := t.(*types.Struct)
			if !ok || st.NumFields() != len(lit.Elts) {
				return true
			}
			for i, x := range lit.Elts {
				field := st.Field(i)
				if _, named := x.(*ast.KeyValueExpr); named || field.Pkg() == nil || field.Pkg().Path() != "main" || field.Name() == "_" {
					return true
				}
			}
			for i, x := range lit.Elts {
				lit.Elts[i] = &ast.KeyValueExpr{Key: &ast.Ident{NamePos: x.Pos(), Name: st.Field(i).Name()}, Colon: x.Pos(), Value: x}
				changed = true
			}
			return true
		})
	}
	return changed
}

const goVersion = "go1.26"

func declaredNames(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.Name != "init" && d.Name.Name != "_" {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		var names []string
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, id := range s.Names {
					if id.Name != "_" {
						names = append(names, id.Name)
					}
				}
			}
		}
		return names
	}
	return nil
}

// receiver is the name of the type that a method belongs to, "" if d is no method.
func receiver(d ast.Decl) string {
	f, ok := d.(*ast.FuncDecl)
	if !ok || f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// units takes the declarations of a cell apart: one unit a function, method,
// type; a group of constants stays together, since iota counts through it.
func units(decls []ast.Decl) []*unit {
	var us []*unit
	for _, d := range decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				one := &ast.GenDecl{Doc: g.Doc, TokPos: s.Pos(), Tok: token.TYPE, Specs: []ast.Spec{s}}
				us = append(us, &unit{key: s.(*ast.TypeSpec).Name.Name, names: declaredNames(one), decl: one})
			}
			continue
		}
		u := &unit{names: declaredNames(d), decl: d, recv: receiver(d)}
		switch f, ok := d.(*ast.FuncDecl); {
		case u.recv != "":
			u.key = u.recv + "." + f.Name.Name
		case ok:
			u.key = f.Name.Name
		default:
			u.key = strings.Join(u.names, ",")
		}
		us = append(us, u)
	}
	return us
}

// learn notes what a unit uses, from the information of the check it passed.
func (u *unit) learn(c *checked) {
	u.uses, u.imports = map[string]bool{}, map[string]string{}
	ast.Inspect(u.decl, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch obj := c.info.Uses[id].(type) {
		case nil:
		case *types.PkgName:
			u.imports[obj.Name()] = obj.Imported().Path()
		default:
			if c.pkg.Scope().Lookup(obj.Name()) == obj {
				u.uses[obj.Name()] = true
			}
		}
		return true
	})
	if u.recv != "" {
		u.uses[u.recv] = true
	}
	if u.compiled != nil {
		maps.Copy(u.uses, u.compiled.uses)
		maps.Copy(u.imports, u.compiled.imports)
	}
}

// file is the unit as a file of its own, without the names that are declared elsewhere now.
func (u *unit) file(without map[string]bool) *ast.File {
	d := u.decl
	if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.CONST {
		again := *g
		again.Specs = nil
		for _, s := range g.Specs {
			spec := *s.(*ast.ValueSpec)
			spec.Names = slices.Clone(spec.Names)
			for i, id := range spec.Names {
				if without[id.Name] {
					spec.Names[i] = &ast.Ident{NamePos: id.Pos(), Name: "_"}
				}
			}
			again.Specs = append(again.Specs, &spec)
		}
		d = &again
	}
	return &ast.File{Package: u.decl.Pos(), Name: &ast.Ident{NamePos: u.decl.Pos(), Name: "main"}, Decls: []ast.Decl{importDecl(u.decl.Pos(), u.imports), d}}
}

// ignorable are errors that Go has and a cell has not: what is unused at the top level.
func (src *source) ignorable(err types.Error) bool {
	if strings.HasSuffix(err.Msg, "imported and not used") || strings.Contains(err.Msg, "imported as") && strings.HasSuffix(err.Msg, "and not used") {
		return true
	}
	if src.run == nil {
		return false
	}
	unused := strings.HasPrefix(err.Msg, "declared and not used") || src.loop && strings.HasSuffix(err.Msg, "is not used")
	return unused && src.run.Pos() <= err.Pos && err.Pos <= src.run.End()
}

// initCycle: go/types finds that a variable's initial value depends on the
// variable. In a cell the values are assigned in the order of the statements.
func initCycle(err types.Error) bool { return strings.HasPrefix(err.Msg, "initialization cycle") }

// recursive: types contain each other. go/types says so at one of them, which may
// be of an earlier cell.
func recursive(err types.Error) bool { return strings.HasPrefix(err.Msg, "invalid recursive type") }

// place is where an error of the cell is.
func (p *plan) place(err types.Error) token.Pos {
	if recursive(err) && slices.ContainsFunc(p.again, func(u *unit) bool { return u.within(err.Pos) }) {
		for _, u := range p.units {
			if g, ok := u.decl.(*ast.GenDecl); ok && g.Tok == token.TYPE {
				return g.Specs[0].Pos()
			}
		}
	}
	return err.Pos
}
