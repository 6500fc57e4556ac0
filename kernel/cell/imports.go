package cell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/module"

	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/modules"
)

// imported is what a file imports: local name → path. The name "." has its own list.
type imported struct {
	names map[string]string
	dots  []string
	// modules are packages of modules, under whatever name: they are initialised, used or not.
	modules []string
}

// explicit reads the imports that a cell writes.
func (e *Env) explicit(ctx context.Context, src *source, complain complaint) imported {
	im := imported{names: map[string]string{}}
	for _, spec := range src.imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil || path == "" {
			complain(spec.Path.Pos(), "invalid import path "+spec.Path.Value, "")
			continue
		}
		if i := strings.IndexFunc(path, noImportPath); i >= 0 {
			r, _ := utf8.DecodeRuneInString(path[i:])
			complain(spec.Path.Pos(), fmt.Sprintf("invalid import path (invalid character %#U)", r), "")
			continue
		}
		if path == "C" {
			complain(spec.Path.Pos(), `import "C": cells cannot use cgo`, "")
			continue
		}
		if msg := e.unavailable(ctx, path); msg != "" {
			complain(spec.Path.Pos(), msg, "")
			continue
		}
		if path != "unsafe" && !e.lib.Has(path) {
			im.modules = append(im.modules, path)
		}
		name, pos := e.lib.Name(path), spec.Path.Pos()
		if spec.Name != nil {
			name, pos = spec.Name.Name, spec.Name.Pos()
		}
		switch had := im.names[name]; {
		case name == ".":
			im.dots = append(im.dots, path)
		case name == "init":
			complain(pos, "cannot import package as init - init must be a func", "")
		case had != "" && had != path:
			complain(pos, name+" redeclared in this block", fmt.Sprintf("it is the name of %q already", had))
		case name != "_":
			im.names[name] = path
		}
	}
	return im
}

// guessName is the name that a package most likely has: the last part of its path, without what
// tells its major version or its language.
func guessName(path string) string {
	prefix, _, ok := module.SplitPathVersion(path)
	if ok {
		path = prefix
	}
	name := path[strings.LastIndexByte(path, '/')+1:]
	return strings.TrimPrefix(strings.TrimSuffix(name, "-go"), "go-")
}

// noImportPath finds characters that Go has in no import path.
func noImportPath(r rune) bool {
	return !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.ContainsRune("!\"#$%&'()*,:;<=>?[\\]^{|}`\uFFFD", r)
}

// unavailable says why a package can't be imported; "" if it can.
func (e *Env) unavailable(ctx context.Context, path string) string {
	err := e.lib.Importable(ctx, path)
	if err == nil {
		return ""
	}
	var missing *modules.MissingError
	unknown := errors.Is(err, library.ErrUnknown)
	if !unknown && (!errors.As(err, &missing) || missing.Package != path) {
		return err.Error()
	}
	if near := e.nearPackage(path); near != "" {
		return fmt.Sprintf("package %s is not available; did you mean %q?", path, near)
	}
	if unknown || !hasHost(path) {
		return fmt.Sprintf("package %s is not available", path)
	}
	return err.Error()
}

// hasHost: a path begins with the name of a host, from which modules can be fetched.
func hasHost(path string) bool { return strings.Contains(strings.Split(path, "/")[0], ".") }

func (e *Env) nearPackage(path string) string {
	base := path[strings.LastIndexByte(path, '/')+1:]
	best, score := "", 3
	for _, p := range e.lib.Packages() {
		d := Distance(path, p.Path)
		if p.Name == base && !hasHost(path) {
			d = min(d, 1)
		}
		if d < score {
			best, score = p.Path, d
		}
	}
	if best != "" || hasHost(path) {
		return best
	}
	for _, p := range e.lib.ModulePackages("") {
		if guessName(p) == base {
			return p
		}
	}
	return ""
}

// resolve finds the imports that a cell uses: those it writes, those that
// earlier cells wrote, and packages that are named but not imported.
func (e *Env) resolve(src *source, written imported, declared func(string) bool) map[string]string {
	use := map[string]string{}
	members := map[string][]string{} // names selected from a name that nothing declares
	ast.Inspect(src.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				members[id.Name] = append(members[id.Name], sel.Sel.Name)
			}
		}
		return true
	})
	for _, id := range src.free {
		name := id.Name
		if use[name] != "" || members[name] == nil {
			continue
		}
		if path := written.names[name]; path != "" {
			use[name] = path
			continue
		}
		if declared(name) || e.scope[name] != nil || types.Universe.Lookup(name) != nil {
			continue
		}
		if path := e.imports[name]; path != "" {
			use[name] = path
		} else if path := e.guess(name, members[name]); path != "" {
			use[name] = path
		}
	}
	return use
}

// preferred decides between packages of one name that both have what is selected.
var preferred = map[string]string{"rand": "math/rand", "template": "text/template", "scanner": "text/scanner", "pprof": "runtime/pprof"}

// guess is the package that a name most likely means, if all that is selected
// from it is there: if a type is, the one that it meant in an earlier cell, whose values
// may be of that type; otherwise the standard library goes before others, a short path
// before a long one.
func (e *Env) guess(name string, selected []string) string {
	var whole, part, none []string
	typed := false // a type is selected
	for _, p := range e.lib.Packages() {
		if p.Name != name || strings.Contains(p.Path, "internal") {
			continue
		}
		pkg, err := e.lib.Import(p.Path)
		if err != nil {
			continue
		}
		have := 0
		for _, s := range selected {
			if o := pkg.Scope().Lookup(s); o != nil && o.Exported() {
				have++
				_, isType := o.(*types.TypeName)
				typed = typed || isType
			}
		}
		switch {
		case have == len(selected):
			whole = append(whole, p.Path)
		case have > 0:
			part = append(part, p.Path)
		default:
			none = append(none, p.Path)
		}
	}
	if path := e.meant[name]; typed && slices.Contains(whole, path) {
		return path
	}
	// where something is missing, go/types will say what
	for _, found := range [][]string{whole, part, none} {
		if len(found) > 0 {
			return e.better(found)
		}
	}
	return ""
}

func (e *Env) better(paths []string) string {
	rank := func(p string) int {
		switch {
		case preferred[e.lib.Name(p)] == p:
			return 0
		case !strings.Contains(strings.Split(p, "/")[0], "."):
			return 1
		}
		return 2
	}
	return slices.MinFunc(paths, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
}

// dotted is what cells have imported into their own scope, or are about to. It lies
// behind what they define, so that they can take its names for something else.
func (e *Env) dotted(more []string) (objs []types.Object) {
	for _, path := range slices.Concat(e.dots, more) {
		pkg, err := e.lib.Import(path)
		if err != nil {
			continue // explicit has looked for it
		}
		for _, n := range pkg.Scope().Names() {
			if o := pkg.Scope().Lookup(n); o.Exported() {
				objs = append(objs, o)
			}
		}
	}
	return objs
}

// importDecl writes imports as a declaration, with those that have no name; go/types binds
// them to their file.
func importDecl(pos token.Pos, names map[string]string, blank ...string) *ast.GenDecl {
	d := &ast.GenDecl{TokPos: pos, Tok: token.IMPORT, Lparen: pos, Rparen: pos}
	add := func(name, path string) {
		d.Specs = append(d.Specs, &ast.ImportSpec{
			Name: &ast.Ident{NamePos: pos, Name: name}, Path: &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(path)}, EndPos: pos})
	}
	keys := make([]string, 0, len(names))
	for n := range names {
		keys = append(keys, n)
	}
	slices.Sort(keys)
	for _, n := range keys {
		add(n, names[n])
	}
	for _, path := range blank {
		add("_", path)
	}
	return d
}

// Distance is the number of single-letter changes between two words: letters put in,
// left out, changed or swapped with the next one; letter case is not counted.
func Distance(a, b string) int {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	rows := [3][]int{make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)}
	for i := range len(x) + 1 {
		before, last, row := rows[(i+1)%3], rows[(i+2)%3], rows[i%3]
		for j := range len(y) + 1 {
			switch {
			case i == 0 || j == 0:
				row[j] = i + j
			case x[i-1] == y[j-1]:
				row[j] = last[j-1]
			default:
				row[j] = 1 + min(last[j], row[j-1], last[j-1])
				if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
					row[j] = min(row[j], before[j-2]+1)
				}
			}
		}
	}
	return rows[len(x)%3][len(y)]
}

// ModuleVersion is the version of a module of which packages are loaded, "" if none is.
func (e *Env) ModuleVersion(path string) string {
	v, _ := e.lib.Loaded(path)
	return v.Version
}
