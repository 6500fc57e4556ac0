package library

import (
	"cmp"
	"embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/nascent-go/nascent/kernel/modules"
)

// A variable that a package of a module embeds files into gets its value, before all others, from a call of
// a function that has no body: it has the name of the variable and is of a package of its own. The
// lowering is told of that package, and has lowered code call [Library.Embedded].

// directive is a //go:embed.
type directive struct {
	pos      token.Pos
	patterns []pattern
}

// pattern is one of its patterns.
type pattern struct {
	pos  token.Pos
	text string
}

const embedWord = "//go:embed"

// embeds gives the variables of a checked package that embed files their values. It returns the
// package of the functions for that; nil if nothing is embedded.
func (l *Library) embeds(p *modules.Package, c *Checked) (*types.Package, error) {
	var from *types.Package
	var inits []*types.Initializer
	for _, f := range c.Files {
		list, err := directives(f)
		if err != nil {
			return nil, l.misplaced(err)
		}
		if len(list) == 0 {
			continue
		}
		if from == nil {
			from = types.NewPackage("embedded/"+p.Path, "embedded")
		}
		vars, err := embedVars(f, list)
		if err != nil {
			return nil, l.misplaced(err)
		}
		for spec, patterns := range vars {
			v, ok := c.Info.Defs[spec.Names[0]].(*types.Var)
			if !ok || v.Name() == "_" {
				continue
			}
			kind := embedKind(v.Type())
			if kind == noEmbed {
				return nil, l.misplaced(&embedError{spec.Pos(), fmt.Sprintf("go:embed cannot apply to var of type %s", v.Type())})
			}
			var files []string
			for _, pattern := range patterns {
				found, err := p.Embedded(pattern.text)
				if err != nil {
					return nil, l.misplaced(&embedError{pattern.pos, err.Error()})
				}
				files = append(files, found...)
			}
			slices.Sort(files)
			files = slices.Compact(files)
			if kind != embedFiles && len(files) != 1 {
				return nil, l.misplaced(&embedError{spec.Pos(), fmt.Sprintf("invalid go:embed: multiple files for type %s", v.Type())})
			}
			l.embedded[p.Path+"."+v.Name()] = &embedding{p, kind, files}
			inits = append(inits, embedCall(from, v, c.Info))
		}
	}
	if from != nil {
		from.MarkComplete()
		c.Info.InitOrder = append(inits, c.Info.InitOrder...)
	}
	return from, nil
}

// embedCall is the initial value of a variable that embeds files.
func embedCall(from *types.Package, v *types.Var, info *types.Info) *types.Initializer {
	f := types.NewFunc(v.Pos(), from, v.Name(), types.NewSignatureType(nil, nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, from, "", v.Type())), false))
	from.Scope().Insert(f)
	id := &ast.Ident{NamePos: v.Pos(), Name: v.Name()}
	call := &ast.CallExpr{Fun: id, Lparen: v.Pos(), Rparen: v.Pos()}
	info.Uses[id] = f
	info.Types[id] = types.TypeAndValue{Type: f.Type()}
	info.Types[call] = types.TypeAndValue{Type: v.Type()}
	return &types.Initializer{Lhs: []*types.Var{v}, Rhs: call}
}

// embedError is what is wrong with a //go:embed.
type embedError struct {
	pos token.Pos
	msg string
}

func (e *embedError) Error() string { return e.msg }

// misplaced writes an embedError with its place.
func (l *Library) misplaced(err error) error {
	if e, ok := err.(*embedError); ok {
		return fmt.Errorf("%s: %s", l.fset.Position(e.pos), e.msg)
	}
	return err
}

// directives are those of a file.
func directives(f *ast.File) (list []directive, err error) {
	for _, group := range f.Comments {
		for _, c := range group.List {
			rest, ok := strings.CutPrefix(c.Text, embedWord)
			if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
				continue
			}
			patterns, err := embedPatterns(c.End()-token.Pos(len(rest)), rest)
			if err != nil {
				return nil, &embedError{c.Pos(), err.Error()}
			}
			list = append(list, directive{c.Pos(), patterns})
		}
	}
	imported := slices.ContainsFunc(f.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"embed"` })
	if len(list) > 0 && !imported {
		return nil, &embedError{list[0].pos, `go:embed only allowed in Go files that import "embed"`}
	}
	return list, nil
}

// embedPatterns reads what stands behind //go:embed, at a position: patterns, which may be quoted, with spaces between them.
func embedPatterns(at token.Pos, text string) (list []pattern, err error) {
	end := at + token.Pos(len(text))
	for text = strings.TrimLeft(text, " \t"); text != ""; text = strings.TrimLeft(text, " \t") {
		word := text
		if i := strings.IndexAny(text, " \t"); i >= 0 {
			word = text[:i]
		}
		meant := word
		if text[0] == '"' || text[0] == '`' {
			if word, err = strconv.QuotedPrefix(text); err == nil {
				meant, err = strconv.Unquote(word)
			}
			if rest := text[len(word):]; err != nil || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
				return nil, fmt.Errorf("invalid quoted string in %s: %s", embedWord, text)
			}
		}
		list = append(list, pattern{end - token.Pos(len(text)), meant})
		text = text[len(word):]
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s without a pattern", embedWord)
	}
	return list, nil
}

// embedVars finds which variables directives are for, and the patterns of each.
func embedVars(f *ast.File, list []directive) (map[*ast.ValueSpec][]pattern, error) {
	vars := map[*ast.ValueSpec][]pattern{}
	for _, d := range list {
		spec, err := embedVar(f, d.pos)
		if err != nil {
			return nil, err
		}
		vars[spec] = append(vars[spec], d.patterns...)
	}
	return vars, nil
}

// embedVar is the variable whose declaration a directive stands before.
func embedVar(f *ast.File, at token.Pos) (*ast.ValueSpec, error) {
	wrong := func(msg string) (*ast.ValueSpec, error) { return nil, &embedError{at, msg} }
	var next ast.Node // the first declaration that begins behind the directive
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Pos() < at && at < fn.End() {
			return wrong("go:embed cannot apply to var inside func")
		}
		g, ok := d.(*ast.GenDecl)
		switch {
		case next != nil || d.End() < at:
		case ok && g.Tok == token.VAR && (g.Lparen.IsValid() || g.Pos() > at):
			i := slices.IndexFunc(g.Specs, func(s ast.Spec) bool { return s.Pos() > at })
			if i >= 0 && (g.Pos() < at || !g.Lparen.IsValid()) {
				next = g.Specs[i]
				continue
			}
			next = g
		case d.Pos() > at:
			next = d
		}
	}
	spec, ok := next.(*ast.ValueSpec)
	switch {
	case !ok:
		return wrong("misplaced go:embed directive")
	case len(spec.Names) > 1:
		return wrong("go:embed cannot apply to multiple vars")
	case len(spec.Values) > 0:
		return wrong("go:embed cannot apply to var with initializer")
	}
	return spec, nil
}

// kindOfEmbed is what files are embedded as.
type kindOfEmbed int

const (
	noEmbed kindOfEmbed = iota
	embedString
	embedBytes
	embedFiles
)

func embedKind(t types.Type) kindOfEmbed {
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "embed" && n.Obj().Name() == "FS" {
		return embedFiles
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Kind() == types.String {
			return embedString
		}
	case *types.Slice:
		if b, ok := u.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Byte {
			return embedBytes
		}
	}
	return noEmbed
}

// embedding is what a variable embeds.
type embedding struct {
	from  *modules.Package
	kind  kindOfEmbed
	files []string
}

// Embedded is what a variable of a package of a module embeds: a string, bytes or an [embed.FS]. It
// panics if a file that was there when the package was loaded can't be read.
func (l *Library) Embedded(pkg, name string) any {
	l.mu.Lock()
	e := l.embedded[pkg+"."+name]
	l.mu.Unlock()
	data := map[string]string{}
	for _, file := range e.files {
		text, err := e.from.ReadEmbedded(file)
		if err != nil {
			panic(err)
		}
		switch e.kind {
		case embedString:
			return string(text)
		case embedBytes:
			return text
		}
		data[file] = string(text)
	}
	return embedFS(data)
}

// fsFile is what embed keeps of a file: its fields are those of embed.file.
type fsFile struct {
	name string
	data string
	_    [16]byte // its hash, which nothing asks for
}

// embedFS is an embed.FS of files, made as the linker makes one: with the folders that they are
// in, sorted by folder and name.
func embedFS(data map[string]string) (out embed.FS) {
	var files []fsFile
	known := map[string]bool{}
	for name, text := range data {
		files = append(files, fsFile{name: name, data: text})
		for dir := path.Dir(name); dir != "." && !known[dir]; dir = path.Dir(dir) {
			known[dir] = true
			files = append(files, fsFile{name: dir + "/"})
		}
	}
	slices.SortFunc(files, func(a, b fsFile) int {
		x, y := strings.TrimSuffix(a.name, "/"), strings.TrimSuffix(b.name, "/")
		return cmp.Or(cmp.Compare(path.Dir(x), path.Dir(y)), cmp.Compare(path.Base(x), path.Base(y)))
	})
	*(**[]fsFile)(unsafe.Pointer(&out)) = &files
	return out
}
