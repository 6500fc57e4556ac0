package modules

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/version"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// Get fetches a module, and those that it needs, into the module cache and records them in
// the go.mod and go.sum of the working directory's module; it makes them if there are none.
//
// What is needed is what the package imports, in turn; for a module's own path, what any of its packages
// imports that can be imported. What Get does is told to report, in lines. It returns the module,
// and all that go.mod requires now. On an error go.mod and go.sum are as before.
func Get(ctx context.Context, query Query, report func(format string, args ...any)) (got module.Version, required []module.Version, err error) {
	s, err := readSettings()
	if err != nil {
		return got, nil, err
	}
	work, err := os.Getwd()
	if err != nil {
		return got, nil, fmt.Errorf("finding the notebook's folder: %w", err)
	}
	m, err := readMain(work, s)
	if err != nil {
		return got, nil, err
	}
	switch {
	case m.file == nil && m.all != nil:
		return got, nil, fmt.Errorf("%s belongs to the workspace %s, but to no module of it that could require %s: %%cd goes to the folder of one", work, goWorkFile(work, s), query.Path)
	case m.file == nil:
		m.dir, m.vendored, m.file = work, nil, new(modfile.File)
		m.all = m.file
		if err := errors.Join(m.file.AddModuleStmt("notebook"), m.file.AddGoStmt(goVersion)); err != nil {
			return got, nil, err
		}
	}
	f := &fetcher{settings: s, client: &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}}, sums: maps.Clone(m.sums), report: report}
	defer f.client.CloseIdleConnections()
	g := &getter{f: f, main: m}
	if got, err = g.get(ctx, query.Path, query.Version); err != nil {
		return got, nil, err
	}
	for _, r := range m.file.Require {
		required = append(required, r.Mod)
	}
	return got, required, g.write()
}

// getter is one call of Get.
type getter struct {
	f    *fetcher
	main *mainModule
	list map[string]string // the build list
}

func (g *getter) get(ctx context.Context, path, query string) (module.Version, error) {
	if _, ok := within(path, g.main.path()); ok {
		return module.Version{}, fmt.Errorf("%s belongs to the notebook's own module, which is in %s", path, g.main.dir)
	}
	m, err := g.find(ctx, path, query)
	if err != nil {
		return m, err
	}
	g.require(m, false)
	rest, _ := within(path, m.Path)
	for before := -1; before != len(g.main.file.Require); { // what is added may require more
		before = len(g.main.file.Require)
		if err := g.choose(ctx); err != nil {
			return m, err
		}
		if v := g.list[m.Path]; v != m.Version {
			return m, fmt.Errorf("%s %s can't be used: another module of go.mod requires %s", m.Path, m.Version, v)
		}
		if err := g.fetchImports(ctx, m, rest); err != nil {
			return m, err
		}
	}
	return m, nil
}

// find finds the module that has a package, by the longest path first.
func (g *getter) find(ctx context.Context, path, query string) (found module.Version, err error) {
	var first error
	for _, mod := range above(path) {
		if !strings.Contains(mod, "/") && mod != path || module.CheckPath(mod) != nil {
			continue
		}
		v, err := g.f.version(ctx, mod, query)
		if err != nil {
			if first == nil {
				first = fmt.Errorf("looking for %s@%s: %w", mod, query, err)
			}
			if !errors.Is(err, errAbsent) || ctx.Err() != nil {
				return found, first
			}
			continue
		}
		m := module.Version{Path: mod, Version: v}
		file, err := g.f.goMod(ctx, m)
		if err != nil {
			return found, err
		}
		if file.Module != nil && file.Module.Mod.Path != mod {
			return found, fmt.Errorf("module %s@%s calls itself %s: %%get %[3]s", mod, v, file.Module.Mod.Path)
		}
		if lang := languageVersion(file); version.Compare("go"+lang, "go"+goVersion) > 0 {
			return found, fmt.Errorf("module %s@%s needs Go %s; this kernel knows Go up to %s", mod, v, lang, goVersion)
		}
		dir, err := g.f.module(ctx, m)
		if err != nil {
			return found, err
		}
		rest, _ := within(path, mod)
		if rest == "" || hasGo(filepath.Join(dir, filepath.FromSlash(rest))) {
			return m, nil
		}
		if first == nil || errors.Is(first, errAbsent) {
			first = fmt.Errorf("module %s@%s has no package %s", mod, v, path)
		}
	}
	return found, first
}

// choose finds the build list, fetches each go.mod that it depends on, and has the
// notebook's go.mod say what is chosen, and the version of Go that it needs.
func (g *getter) choose(ctx context.Context) (err error) {
	lang := ""
	g.list, err = buildList(g.main.file, func(m module.Version) (*modfile.File, error) {
		file, err := g.goMod(ctx, m)
		if err == nil && file.Go != nil && version.Compare("go"+file.Go.Version, "go"+lang) > 0 {
			lang = file.Go.Version
		}
		return file, err
	})
	if err != nil {
		return err
	}
	if now := g.main.file.Go; now == nil || version.Compare("go"+lang, "go"+now.Version) > 0 {
		if err := g.main.file.AddGoStmt(cmp.Or(lang, goVersion)); err != nil {
			return err
		}
	}
	for _, r := range slices.Clone(g.main.file.Require) {
		if v := g.list[r.Mod.Path]; v != r.Mod.Version && v != "" && !excluded(g.main.file, r.Mod) {
			g.require(module.Version{Path: r.Mod.Path, Version: v}, r.Indirect)
		}
	}
	return nil
}

// require has the notebook's go.mod require a module.
func (g *getter) require(m module.Version, indirect bool) {
	list := []*modfile.Require{}
	known := false
	for _, r := range g.main.file.Require {
		if r.Mod.Path == m.Path {
			r, known = &modfile.Require{Mod: m, Indirect: r.Indirect}, true
		}
		list = append(list, r)
	}
	if !known {
		list = append(list, &modfile.Require{Mod: m, Indirect: indirect})
	}
	g.main.file.SetRequireSeparateIndirect(list)
	g.main.file.Cleanup()
}

// goMod is the go.mod of a module that is required, which is fetched.
func (g *getter) goMod(ctx context.Context, m module.Version) (*modfile.File, error) {
	if r, ok := replacement(g.main.all, m); ok {
		if r.Version == "" {
			return g.main.goMod(m, g.f.settings)
		}
		m = r
	}
	return g.f.goMod(ctx, m)
}

// fetchImports fetches the modules of what a package of a module imports, and of what that
// imports. For the module's root it is all of its packages.
func (g *getter) fetchImports(ctx context.Context, m module.Version, rest string) error {
	dir, err := g.dir(ctx, m)
	if err != nil {
		return err
	}
	todo := []string{m.Path + "/" + rest}
	if rest == "" {
		if todo, err = packagesIn(dir, m.Path); err != nil {
			return err
		}
	}
	seen := map[string]bool{}
	for len(todo) > 0 {
		pkg := strings.TrimSuffix(todo[0], "/")
		todo = todo[1:]
		if seen[pkg] || !strings.Contains(strings.Split(pkg, "/")[0], ".") {
			continue
		}
		seen[pkg] = true
		if err := ctx.Err(); err != nil {
			return err
		}
		imports, err := g.importsOf(ctx, pkg)
		if err != nil {
			return err
		}
		todo = append(todo, imports...)
	}
	return nil
}

// importsOf are the imports of a package, whose module is fetched and, if it is not required yet, recorded. A
// package that no module has is not an error before it is imported.
func (g *getter) importsOf(ctx context.Context, pkg string) ([]string, error) {
	for _, path := range above(pkg) {
		v, ok := g.list[path]
		if !ok {
			continue
		}
		m := module.Version{Path: path, Version: v}
		dir, err := g.dir(ctx, m)
		if err != nil {
			return nil, err
		}
		rest, _ := within(pkg, path)
		dir = filepath.Join(dir, filepath.FromSlash(rest))
		if !hasGo(dir) {
			continue
		}
		if !slices.ContainsFunc(g.main.file.Require, func(r *modfile.Require) bool { return r.Mod.Path == path }) {
			g.require(m, true)
		}
		p, err := load(pkg, place{module: m, dir: dir, title: path + "@" + v})
		if err != nil {
			return nil, nil //nolint:nilerr // it is told when the package is imported
		}
		return p.Imports, nil
	}
	return nil, nil
}

// dir is the folder of a module of the build list, which is fetched.
func (g *getter) dir(ctx context.Context, m module.Version) (string, error) {
	if r, ok := replacement(g.main.all, m); ok {
		if r.Version == "" {
			dir, _, err := g.main.moduleDir(m, g.f.settings)
			return dir, err
		}
		m = r
	}
	return g.f.module(ctx, m)
}

// packagesIn are the packages of a module that others can import.
func packagesIn(dir, mod string) (list []string, err error) {
	err = eachPackage(dir, mod, func(pkg, dir string) {
		if _, err := load(pkg, place{dir: dir}); err == nil {
			list = append(list, pkg)
		}
	})
	return list, err
}

// write writes go.mod and go.sum.
func (g *getter) write() error {
	g.main.file.SortBlocks()
	text, err := g.main.file.Format()
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(g.main.dir, "go.sum"), []byte(g.f.sums.String())); err != nil {
		return fmt.Errorf("writing the notebook's go.sum: %w", err)
	}
	if err := writeFile(filepath.Join(g.main.dir, "go.mod"), text); err != nil {
		return fmt.Errorf("writing the notebook's go.mod: %w", err)
	}
	return nil
}
