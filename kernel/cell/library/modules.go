package library

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/nascent-go/nascent/kernel/modules"
)

// Modules finds packages that are not compiled into the program, as source; from is
// the path of the package that imports one, "" for a cell.
type Modules interface {
	Find(path, from string) (*modules.Package, error)
	// Packages are the paths with a prefix that cells can import.
	Packages(prefix string) []string
}

// SetModules says where packages come from that no set has. It is called before anything is imported.
func (l *Library) SetModules(m Modules) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.modules = m
}

// ModulePackages are the paths of packages of modules that begin with a prefix, whether they are loaded or not.
func (l *Library) ModulePackages(prefix string) []string {
	l.mu.Lock()
	m := l.modules
	l.mu.Unlock()
	if m == nil {
		return nil
	}
	return slices.DeleteFunc(m.Packages(prefix), l.Has)
}

// ErrUnknown says that a package is not compiled in, and that no modules are known or that it can't be one of a module.
var ErrUnknown = errors.New("package is not in the library of compiled packages")

// Importable says why cells can't import a package; nil if they can. It loads a package of a module, and
// what that imports, of which only whole packages stay if the context ends.
func (l *Library) Importable(ctx context.Context, path string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.index(path); ok || path == "unsafe" {
		return nil
	}
	if l.find(path) != nil { // for other packages of the library only
		return fmt.Errorf("%s: %w", path, ErrUnknown)
	}
	_, err := l.loadFrom(ctx, path, "")
	return err
}

// loadModule checks a package of a module from source, with the lock held. A package is
// loaded once, and with it the version of its module is settled.
func (l *Library) loadModule(ctx context.Context, path, from string) (*types.Package, error) {
	if i := slices.Index(l.loading, path); i >= 0 {
		return nil, fmt.Errorf("import cycle: %s", strings.Join(append(slices.Clone(l.loading[i:]), path), " imports "))
	}
	if l.modules == nil {
		return nil, fmt.Errorf("%s: %w", path, ErrUnknown)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p, err := l.modules.Find(path, from)
	if err != nil {
		return nil, err
	}
	if v, ok := l.versions[p.Module.Path]; ok && v != p.Module && p.Module.Path != "" {
		return nil, fmt.Errorf("package %s is now of %s, but the session has loaded other packages of that module in version %s: restart the kernel",
			path, strings.TrimSuffix(p.Module.String(), "@"), v.Version)
	}
	l.loading = append(l.loading, path)
	defer func() { l.loading = l.loading[:len(l.loading)-1] }()
	c, err := l.checkModule(ctx, p)
	if err != nil {
		return nil, err
	}
	l.checked[path] = c
	l.versions[p.Module.Path] = p.Module
	return c.Package, nil
}

// checkModule type-checks a package of a module.
func (l *Library) checkModule(ctx context.Context, p *modules.Package) (*Checked, error) {
	c := &Checked{Info: newInfo()}
	for _, name := range p.Cgo {
		c.Cgo = append(c.Cgo, p.Title+"/"+name)
	}
	for _, name := range p.Files {
		title, text, err := p.Read(name)
		if err != nil {
			return nil, err
		}
		l.titles[title] = filepath.Join(p.Dir, name)
		f, err := parser.ParseFile(l.fset, title, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("package %s does not parse: %w", p.Path, err)
		}
		if err := l.addBodies(p.Path, title, f); err != nil {
			return nil, err
		}
		c.Files = append(c.Files, f)
	}
	var wrong []types.Error
	var missing error // an import's own error says more than that of the importing line
	conf := types.Config{
		Importer: importerFunc(func(path string) (*types.Package, error) {
			imported, err := l.loadFrom(ctx, path, p.Path)
			if err != nil && missing == nil {
				missing = err
			}
			return imported, err
		}),
		GoVersion: "go" + p.Lang, Sizes: types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			var te types.Error
			if errors.As(err, &te) {
				wrong = append(wrong, te)
			}
		},
	}
	c.Package, _ = conf.Check(p.Path, l.fset, c.Files, c.Info) // what is wrong has gone to conf.Error
	switch {
	case missing != nil:
		return nil, fmt.Errorf("package %s: %w", p.Path, missing)
	case len(wrong) > 0 && len(p.Cgo) > 0:
		return nil, &modules.ForeignError{Package: p.Path, File: c.Cgo[0], Needs: "cgo and a C compiler"}
	case len(wrong) > 0:
		slices.SortStableFunc(wrong, func(a, b types.Error) int { return int(a.Pos - b.Pos) })
		return nil, &BrokenError{Package: p.Path, Errors: wrong}
	}
	var err error
	if c.Embeds, err = l.embeds(p, c); err != nil {
		return nil, fmt.Errorf("package %s: %w", p.Path, err)
	}
	return c, nil
}

// addBodies gives functions that have none the bodies that are known for them.
func (l *Library) addBodies(path, title string, f *ast.File) error {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body != nil || fn.Recv != nil {
			continue
		}
		text := modules.Body(path, fn.Name.Name)
		if text == "" {
			continue
		}
		body, err := parser.ParseFile(l.fset, title, "package p; func _() { "+text+" }", parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("giving %s.%s a body: %w", path, fn.Name.Name, err)
		}
		fn.Body = body.Decls[0].(*ast.FuncDecl).Body
	}
	return nil
}

// BrokenError says that a package of a module does not compile.
type BrokenError struct {
	Package string
	Errors  []types.Error
}

func (e *BrokenError) Error() string {
	const most = 3
	var b strings.Builder
	fmt.Fprintf(&b, "package %s does not compile:", e.Package)
	for i, err := range e.Errors {
		if i == most {
			fmt.Fprintf(&b, "\n\tand %d more errors", len(e.Errors)-most)
			break
		}
		fmt.Fprintf(&b, "\n\t%s: %s", err.Fset.Position(err.Pos), strings.TrimSpace(err.Msg))
	}
	return b.String()
}

// Name is the name of a package that was imported or is compiled in: "rand" for math/rand/v2. It is
// the last part of the path if the package is unknown.
func (l *Library) Name(path string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i, ok := l.index(path); ok {
		return l.infos[i].Name
	}
	if c := l.checked[path]; c != nil {
		return c.Package.Name()
	}
	return path[strings.LastIndexByte(path, '/')+1:]
}

// Loaded is the version in which packages of a module are loaded, if they are.
func (l *Library) Loaded(path string) (module.Version, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v, ok := l.versions[path]
	return v, ok
}

// ModuleFile is the text of a file of a module that was loaded, by the name that positions have for it.
func (l *Library) ModuleFile(title string) (text string, ok bool) {
	l.mu.Lock()
	file, ok := l.titles[title]
	l.mu.Unlock()
	if !ok {
		return "", false
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", true // it was there
	}
	return string(b), true
}

func newInfo() *types.Info {
	return &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Instances:    map[*ast.Ident]types.Instance{},
		Scopes:       map[ast.Node]*types.Scope{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		FileVersions: map[*ast.File]string{},
	}
}
