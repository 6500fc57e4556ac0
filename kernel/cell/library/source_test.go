package library

import (
	"bytes"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/ssa"
)

var withSource = []string{
	"cmp", "iter", "maps", "slices",
	"crypto/hkdf", "crypto/pbkdf2", "database/sql", "errors", "hash/maphash", "math/rand/v2",
	"reflect", "runtime", "sync", "sync/atomic", "unique", "weak",
}

// signature is an object as those see it who use it: of a type, the type
// parameters and the exported methods.
func signature(obj types.Object) string {
	n, ok := obj.Type().(*types.Named)
	if _, isType := obj.(*types.TypeName); !isType || !ok || types.IsInterface(n) || n.TypeParams().Len() == 0 {
		return obj.String()
	}
	text := n.String()
	for sel := range types.NewMethodSet(types.NewPointer(n)).Methods() {
		if sel.Obj().Exported() {
			text += "\n" + sel.String()
		}
	}
	return text
}

// What is interpreted in place of the standard library must look the same.
func TestSourceHasTheSameAPI(t *testing.T) {
	l := open(t)
	for _, path := range withSource {
		c, err := l.Checked(path)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := l.Import(path); p != c.Package || err != nil {
			t.Errorf("Import(%q) is not the package that Checked returns: %v", path, err)
		}
		data, _, err := l.find(path).archive.Export(path)
		if err != nil {
			t.Fatal(err)
		}
		compiled, err := gcexportdata.Read(bytes.NewReader(data), token.NewFileSet(), map[string]*types.Package{}, path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range compiled.Scope().Names() {
			want := compiled.Scope().Lookup(name)
			if got := c.Package.Scope().Lookup(name); want.Exported() && (got == nil || signature(got) != signature(want)) {
				t.Errorf("%v comes from source as %v\n%s", want, got, signature(want))
			}
		}
		for _, name := range c.Package.Scope().Names() {
			if token.IsExported(name) && compiled.Scope().Lookup(name) == nil {
				t.Errorf("%s.%s comes from source only", path, name)
			}
		}
	}
}

func TestSource(t *testing.T) {
	l := open(t)
	files, err := l.Source("iter")
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, []string{"iter.go", "overlay_pull.go"}) {
		t.Errorf("iter consists of %q", got)
	}
	if strings.Contains(files["iter.go"], "internal/race") || strings.Contains(files["iter.go"], "func coroswitch") {
		t.Error("iter still asks the run time for coroutines")
	}
	if files, err := l.Source("fmt"); files != nil || err != nil {
		t.Errorf("Source(fmt) = %d files, %v; want none", len(files), err)
	}
	if c, err := l.Checked("fmt"); c != nil || err != nil {
		t.Errorf("Checked(fmt) = %v, %v; want nil", c, err)
	}
}

// Every function of these packages must have a body when go/ssa builds it.
func TestSourceBuilds(t *testing.T) {
	l := open(t)
	prog := ssa.NewProgram(l.FileSet(), ssa.InstantiateGenerics|ssa.SanityCheckFunctions)
	created := map[*types.Package]bool{}
	var create func(p *types.Package)
	create = func(p *types.Package) {
		if created[p] {
			return
		}
		created[p] = true
		for _, q := range p.Imports() {
			create(q)
		}
		c, err := l.Checked(p.Path())
		if err != nil {
			t.Fatal(err)
		}
		if c == nil || c.Package != p {
			prog.CreatePackage(p, nil, nil, true)
			return
		}
		prog.CreatePackage(p, c.Files, c.Info, true)
	}
	for _, path := range withSource {
		p, err := l.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		create(p)
	}
	prog.Build()
	functions := 0
	for _, path := range withSource {
		c, err := l.Checked(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range prog.Package(c.Package).Members {
			if f, ok := m.(*ssa.Function); ok {
				functions++
				if f.Syntax() == nil && f.Name() != "init" {
					t.Errorf("%v has no syntax", f)
				}
			}
		}
	}
	if functions < 75 {
		t.Errorf("%d functions, want at least 75", functions)
	}
}
