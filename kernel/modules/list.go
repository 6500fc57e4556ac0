package modules

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// Packages are the paths that begin with a prefix of packages that cells can import: the notebook's
// own and those of the modules that its go.mod requires, as far as they are there.
func (r *Resolver) Packages(prefix string) (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, m, err := r.read()
	if err != nil {
		return nil
	}
	add := func(pkg, _ string) {
		if strings.HasPrefix(pkg, prefix) {
			list = append(list, pkg)
		}
	}
	for pkg := range m.vendored {
		add(pkg, "")
	}
	if m.file != nil && related(m.path(), prefix) {
		eachPackage(m.dir, m.path(), add) //nolint:errcheck // what can't be read is not offered
	}
	if m.all != nil && m.vendored == nil {
		for _, q := range m.all.Require {
			if !related(q.Mod.Path, prefix) {
				continue
			}
			version := q.Mod.Version
			if v := m.list[q.Mod.Path]; v != "" {
				version = v
			}
			if dir, _, err := m.moduleDir(module.Version{Path: q.Mod.Path, Version: version}, s); err == nil {
				eachPackage(dir, q.Mod.Path, add) //nolint:errcheck // as above
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// related: packages of a module may have paths with a prefix.
func related(mod, prefix string) bool {
	return strings.HasPrefix(mod, prefix) || strings.HasPrefix(prefix, mod)
}

// eachPackage visits the folders of a module that have Go files which others can import.
func eachPackage(dir, mod string, visit func(pkg, dir string)) error {
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		name := d.Name()
		if file != dir {
			_, err := os.Stat(filepath.Join(file, "go.mod"))
			if err == nil || name == "testdata" || name == "vendor" || name == "internal" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
				return filepath.SkipDir
			}
		}
		rel, err := filepath.Rel(dir, file)
		if err == nil && hasGo(file) {
			visit(strings.TrimSuffix(mod+"/"+filepath.ToSlash(rel), "/."), file)
		}
		return err
	})
}
