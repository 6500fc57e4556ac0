package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/kernel/cell/library/archive"
)

// output collects the files of a run, so that nothing is written until all is well.
type output struct {
	dir, name string            // name is that of the folder and the Go package
	files     map[string][]byte // by name in dir
}

// write generates everything into dir and removes what an earlier run left there.
func write(dir string, conf *config, pkgs []*pkg) error {
	o := &output{dir: dir, name: filepath.Base(dir), files: map[string][]byte{}}
	var contents []archive.Contents
	for _, p := range pkgs {
		c, err := content(conf, p)
		if err != nil {
			return err
		}
		contents = append(contents, c)
		if p.types == nil {
			continue
		}
		src, err := tableFile(o.name, p)
		if err != nil {
			return err
		}
		o.files[o.tableFileName(conf, p)] = src
	}
	data, err := archive.Encode(contents)
	if err != nil {
		return err
	}
	o.files[sumsFile] = []byte(sums(pkgs))
	if conf.platformBound() {
		err = o.platformFiles(conf, pkgs, data)
	} else {
		o.files[o.name+".bin"] = data
		err = o.goFile("index.go", indexText(o.name, conf, pkgs)+fmt.Sprintf(dataText, o.name+".bin"))
	}
	if err != nil {
		return err
	}
	return o.flush()
}

// content gathers what the archive holds about one package.
func content(conf *config, p *pkg) (archive.Contents, error) {
	c := archive.Contents{Info: archive.Info{Path: p.path, Name: p.name}, Export: p.export, Needs: p.needs}
	if p.types != nil {
		for _, n := range p.types.Scope().Names() {
			if p.types.Scope().Lookup(n).Exported() {
				c.Names = append(c.Names, n)
			}
		}
	}
	if slices.Contains(conf.hidden, p.path) {
		var err error
		c.Source, err = sourceOf(p)
		return c, err
	}
	entries, err := p.docs()
	if err != nil {
		return c, err
	}
	c.Docs = entries
	switch {
	case slices.Contains(conf.source, p.path):
		c.Source, err = sourceOf(p)
	case slices.Contains(conf.generic, p.path):
		c.Source, err = overlayFiles(p.path)
		c.Part = true
		if err == nil && len(c.Source) == 0 {
			err = fmt.Errorf("%s: no overlay with its generic functions", p.path)
		}
	}
	return c, err
}

// ourModule is the module that this command belongs to; its path is left out of file names.
const ourModule = "github.com/nascent-go/nascent"

// tableFileName avoids names that mean something to the go command.
func (o *output) tableFileName(conf *config, p *pkg) string {
	name := o.name + "_" + identifier(strings.TrimPrefix(p.path, ourModule+"/"))
	if slices.Contains(conf.platform, p.path) {
		return name + "_" + platform() + ".go"
	}
	if last := name[strings.LastIndexByte(name, '_')+1:]; last == "test" || knownPlatform[last] {
		name += "_"
	}
	return name + ".go"
}

var knownPlatform = func() map[string]bool {
	m := map[string]bool{}
	for _, s := range strings.Fields(`aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows
		386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm`) {
		m[s] = true
	}
	return m
}()

const symbolText = `
// Symbol is one row of a table. Kind says how Value stands for the symbol:
//
//	0  a function, a typed constant, or a nil pointer to the type
//	1  a pointer to the variable
//	2  the literal of an untyped integer or rune constant, a string
//	3  the literal of an untyped floating-point constant, a string
//	4  the quoted literal of an untyped string constant, a string
type Symbol = struct {
	Name  string
	Value any
	Kind  uint8
}

const (
	value uint8 = iota
	variable
	untypedInt
	untypedFloat
	untypedString
)

// Table returns the exported symbols of a package, nil if there is no table for
// it. The name of an interface type with "_" before it is the type that carries
// an interpreted value as that interface. The caller must not change the slice.
func Table(path string) []Symbol {
	switch path {
`

const dataText = `
//go:embed %s
var data string

// Data is the archive with the export data and the documentation of the packages.
func Data() string { return data }
`

func indexText(dest string, conf *config, pkgs []*pkg) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%spackage %s\n", header, dest)
	if !conf.platformBound() {
		b.WriteString("\nimport _ \"embed\"\n")
	}
	b.WriteString(symbolText)
	for _, p := range pkgs {
		if p.types != nil && !slices.Contains(conf.platform, p.path) {
			fmt.Fprintf(&b, "case %q:\nreturn %s\n", p.path, tableName(p.path))
		}
	}
	if conf.platformBound() {
		b.WriteString("}\nreturn platformTable(path)\n}\n")
	} else {
		b.WriteString("}\nreturn nil\n}\n")
	}
	return b.String()
}

// platformFiles writes the index, the part of it that holds for this platform
// only, and what stands in for it on platforms without tables.
func (o *output) platformFiles(conf *config, pkgs []*pkg, data []byte) error {
	bin := o.name + "_" + platform() + ".bin"
	o.files[bin] = data
	if err := o.goFile("index.go", indexText(o.name, conf, pkgs)); err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%spackage %s\n\nimport _ \"embed\"\n", header, o.name)
	fmt.Fprintf(&b, dataText, bin)
	b.WriteString("\nfunc platformTable(path string) []Symbol {\nswitch path {\n")
	for _, p := range pkgs {
		if slices.Contains(conf.platform, p.path) {
			fmt.Fprintf(&b, "case %q:\nreturn %s\n", p.path, tableName(p.path))
		}
	}
	b.WriteString("}\nreturn nil\n}\n")
	if err := o.goFile("index_"+platform()+".go", b.String()); err != nil {
		return err
	}
	var not []string
	platforms := append(conf.platforms(o.dir), platform())
	slices.Sort(platforms)
	for _, p := range slices.Compact(platforms) {
		not = append(not, "!("+strings.Replace(p, "_", " && ", 1)+")")
	}
	return o.goFile("index_other.go", fmt.Sprintf(`%s//go:build %s

package %s

// Data returns nothing: no tables have been generated for this platform.
func Data() string { return "" }

func platformTable(path string) []Symbol { return nil }
`, header, strings.Join(not, " && "), o.name))
}

func (o *output) goFile(name, text string) error {
	src, err := format.Source([]byte(text))
	if err != nil {
		return fmt.Errorf("formatting %s: %w", name, err)
	}
	o.files[name] = src
	return nil
}

// flush writes the files that have changed and removes generated files that
// are no longer made, those of other platforms excepted.
func (o *output) flush() error {
	old, err := filepath.Glob(filepath.Join(o.dir, o.name+"_*.go"))
	if err != nil {
		return err
	}
	for _, f := range old {
		b, err := os.ReadFile(f)
		if err != nil {
			return fmt.Errorf("looking for files of an earlier run: %w", err)
		}
		if o.files[filepath.Base(f)] == nil && bytes.HasPrefix(b, []byte(header)) && !otherPlatform(f) {
			if err := os.Remove(f); err != nil {
				return fmt.Errorf("removing a file of an earlier run: %w", err)
			}
		}
	}
	for name, b := range o.files {
		file := filepath.Join(o.dir, name)
		if was, err := os.ReadFile(file); err == nil && bytes.Equal(was, b) {
			continue
		} else if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		if err := os.WriteFile(file, b, 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

// otherPlatform says whether a file name ends in _GOOS_GOARCH.go of another platform.
func otherPlatform(file string) bool {
	parts := strings.Split(strings.TrimSuffix(filepath.Base(file), ".go"), "_")
	n := len(parts)
	return n > 2 && knownPlatform[parts[n-1]] && knownPlatform[parts[n-2]] && parts[n-2]+"_"+parts[n-1] != platform()
}
