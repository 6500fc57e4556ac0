package modules

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// mainModule is the module of a notebook, as it is on disk.
type mainModule struct {
	work     string        // the working directory
	dir      string        // the folder of go.mod, or of the vendor folder without one; "" if there is neither
	file     *modfile.File // nil: there is no go.mod
	all      *modfile.File // what counts: file, or what a workspace makes of it; nil if there is neither
	read     []string      // files that this was read from
	sums     sums
	known    sums                // those that count: with a workspace's
	vendored map[string]vendored // by import path; nil: vendor is not used
	list     map[string]string   // the build list; nil: not asked for yet
}

// vendored is a package below vendor.
type vendored struct {
	module module.Version
	lang   string // the version of Go that it is written in
}

// goModFile is the go.mod that a folder belongs to, "" if there is none.
func goModFile(dir string) string { return nearest(dir, "go.mod") }

// nearest is the file of a name in a folder or in the nearest one above it, "" if there is none.
func nearest(dir, name string) string {
	for {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// readMain reads the module, and the workspace, that a folder belongs to.
func readMain(work string, s settings) (*mainModule, error) {
	m, err := readModule(work, s)
	if err != nil {
		return nil, err
	}
	return m, m.joinWorkspace(s)
}

// readModule reads the module that a folder belongs to.
func readModule(work string, s settings) (*mainModule, error) {
	m := &mainModule{work: work, sums: sums{}}
	file := goModFile(work)
	dir := work
	if file != "" {
		dir = filepath.Dir(file)
	}
	for _, name := range []string{"go.mod", "go.sum", "vendor", filepath.Join("vendor", "modules.txt")} {
		m.read = append(m.read, filepath.Join(dir, name))
	}
	if file == "" {
		if info, err := os.Stat(filepath.Join(work, "vendor")); err == nil && info.IsDir() {
			m.dir, m.vendored = work, map[string]vendored{}
		}
		return m, nil
	}
	m.dir = filepath.Dir(file)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the notebook's go.mod: %w", err)
	}
	if m.file, err = modfile.Parse(file, text, nil); err != nil {
		return nil, fmt.Errorf("reading the notebook's go.mod: %w", err)
	}
	if m.file.Module == nil {
		return nil, fmt.Errorf("reading the notebook's go.mod: %s has no module line, such as: module notebook", file)
	}
	m.all = m.file
	if m.sums, err = readSums(filepath.Join(m.dir, "go.sum")); err != nil {
		return nil, err
	}
	m.known = m.sums
	if s.mod != "mod" {
		m.vendored, err = readVendored(filepath.Join(m.dir, "vendor", "modules.txt"))
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

// path is the module's, "" without a go.mod.
func (m *mainModule) path() string {
	if m.file == nil {
		return ""
	}
	return m.file.Module.Mod.Path
}

// here is the import path of the working directory, "" without a go.mod.
func (m *mainModule) here() string {
	rel, err := filepath.Rel(m.dir, m.work)
	if m.file == nil || err != nil {
		return m.path()
	}
	return path.Join(m.path(), filepath.ToSlash(rel))
}

// readVendored reads vendor/modules.txt, which go mod vendor writes; nil if there is none.
func readVendored(file string) (map[string]vendored, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading which packages are vendored: %w", err)
	}
	return parseVendored(string(text)), nil
}

// parseVendored reads the text of a modules.txt.
func parseVendored(text string) map[string]vendored {
	packages := map[string]vendored{}
	now := vendored{lang: languageVersion(nil)}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch words := strings.Fields(line); {
		case strings.HasPrefix(line, "# ") && len(words) >= 3:
			now = vendored{module: module.Version{Path: words[1], Version: words[2]}, lang: languageVersion(nil)}
		case strings.HasPrefix(line, "## "):
			if _, v, ok := strings.Cut(line, "go "); ok {
				now.lang = languageVersion(&modfile.File{Go: &modfile.Go{Version: strings.TrimSpace(v)}})
			}
		case len(words) == 1 && !strings.HasPrefix(words[0], "#"):
			packages[words[0]] = now
		}
	}
	return packages
}

// place is where a package of a module is.
type place struct {
	module module.Version
	dir    string
	title  string // what messages call dir
	lang   string
}

// locate finds the folder of a package. What it does not find is a [MissingError].
func (m *mainModule) locate(pkg string, s settings) (place, error) {
	if m.vendored != nil {
		if p, ok, err := m.inVendor(pkg); ok || err != nil {
			return p, err
		}
	}
	if m.all == nil {
		return place{}, &MissingError{Package: pkg, Cached: newestCached(pkg, s), Where: fmt.Sprintf("%s has no go.mod that requires it", m.work)}
	}
	rest, own := within(pkg, m.path())
	dir := filepath.Join(m.dir, filepath.FromSlash(rest))
	if own && hasGo(dir) {
		return place{module.Version{Path: m.path()}, dir, m.shown(dir), languageVersion(m.file)}, nil
	}
	if m.vendored != nil {
		return place{}, &MissingError{Package: pkg, Vendored: true, Where: fmt.Sprintf("%s lists no such package", filepath.Join(m.dir, "vendor", "modules.txt"))}
	}
	// Since Go 1.17 a go.mod lists what its packages need, so that most often nothing else has to be read.
	if pruned(m.all) {
		listed := map[string]string{}
		for _, r := range m.all.Require {
			if !excluded(m.all, r.Mod) && semver.Compare(r.Mod.Version, listed[r.Mod.Path]) > 0 {
				listed[r.Mod.Path] = r.Mod.Version
			}
		}
		if p, ok, err := m.among(listed, pkg, s); ok || err != nil {
			return p, err
		}
	}
	if m.list == nil {
		list, err := buildList(m.all, func(v module.Version) (*modfile.File, error) { return m.goMod(v, s) })
		if err != nil {
			return place{}, err
		}
		m.list = list
	}
	p, ok, err := m.among(m.list, pkg, s)
	switch {
	case ok || err != nil:
	case own:
		err = fmt.Errorf("package %s is not there: the notebook's own module, %s, has no Go files in %s", pkg, m.path(), dir)
	default:
		err = &MissingError{Package: pkg, Cached: newestCached(pkg, s), Where: fmt.Sprintf("no module that %s requires has it", filepath.Join(m.dir, "go.mod"))}
	}
	return p, err
}

func (m *mainModule) inVendor(pkg string) (place, bool, error) {
	dir := filepath.Join(m.dir, "vendor", filepath.FromSlash(pkg))
	v, listed := m.vendored[pkg]
	if !listed && m.file != nil || !hasGo(dir) {
		return place{}, false, nil
	}
	if !listed {
		v.lang = goVersion // without a go.mod there is nobody to say
	}
	return place{v.module, dir, m.shown(dir), v.lang}, true, nil
}

// among finds the package in the modules of a list.
func (m *mainModule) among(list map[string]string, pkg string, s settings) (found place, ok bool, err error) {
	for _, path := range above(pkg) {
		version, listed := list[path]
		if !listed {
			continue
		}
		v := module.Version{Path: path, Version: version}
		dir, title, err := m.moduleDir(v, s)
		if err != nil {
			return place{}, false, err
		}
		rest, _ := within(pkg, path)
		p := place{v, filepath.Join(dir, filepath.FromSlash(rest)), filepath.ToSlash(filepath.Join(title, rest)), ""}
		if !hasGo(p.dir) {
			continue
		}
		if ok {
			return place{}, false, fmt.Errorf("package %s is in two modules, %s@%s and %s@%s", pkg, found.module.Path, found.module.Version, v.Path, v.Version)
		}
		f, err := m.goMod(v, s)
		if err != nil {
			return place{}, false, err
		}
		p.lang = languageVersion(f)
		found, ok = p, true
	}
	return found, ok, nil
}

// moduleDir is the folder of a required module, and what messages call it.
func (m *mainModule) moduleDir(v module.Version, s settings) (dir, title string, err error) {
	in := v
	if r, ok := replacement(m.all, v); ok {
		if r.Version == "" {
			dir := r.Path
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(m.dir, dir)
			}
			if info, err := os.Stat(dir); err != nil || !info.IsDir() {
				return "", "", fmt.Errorf("module %s: %s has a folder in its place that does not exist: %s", v.Path, filepath.Join(m.dir, "go.mod"), r.Path)
			}
			return dir, m.shown(dir), nil
		}
		in = r
	}
	dir, exists, err := s.moduleDir(in)
	if err != nil {
		return "", "", err
	}
	if !exists {
		return "", "", &MissingError{Module: in, Where: "it is not in the module cache, " + s.cache}
	}
	return dir, in.Path + "@" + in.Version, m.verify(in, s)
}

// verify compares what the cache says of a module with go.sum.
func (m *mainModule) verify(v module.Version, s settings) error {
	file, err := s.cached(v, "ziphash")
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(file)
	if err != nil {
		return &MissingError{Module: v, Where: "the module cache has no checksum of it"}
	}
	known, err := m.known.has(v, strings.TrimSpace(string(sum)))
	if err == nil && !known {
		err = &MissingError{Module: v, Where: filepath.Join(m.dir, "go.sum") + " has no checksum of it"}
	}
	return err
}

// goMod is the go.mod of a required module.
func (m *mainModule) goMod(v module.Version, s settings) (*modfile.File, error) {
	in := v
	var file string
	if r, ok := replacement(m.all, v); ok {
		in = r
		if r.Version == "" {
			dir, _, err := m.moduleDir(v, s)
			if err != nil {
				return nil, err
			}
			file = filepath.Join(dir, "go.mod")
		}
	}
	if file == "" {
		var err error
		if file, err = s.cached(in, "mod"); err != nil {
			return nil, err
		}
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &MissingError{Module: in, Where: "its go.mod is not in the module cache, " + s.cache}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the go.mod of %s@%s: %w", in.Path, in.Version, err)
	}
	f, err := modfile.ParseLax(file, text, nil)
	if err != nil {
		return nil, fmt.Errorf("reading the go.mod of %s@%s: %w", in.Path, in.Version, err)
	}
	return f, nil
}

// shown is how messages call a folder: seen from the working directory, if it lies below it.
func (m *mainModule) shown(dir string) string {
	if rel, err := filepath.Rel(m.work, dir); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(dir)
}

// within is what follows a module's path in that of a package.
func within(pkg, mod string) (rest string, ok bool) {
	if pkg == mod {
		return "", true
	}
	rest, ok = strings.CutPrefix(pkg, mod+"/")
	return rest, ok && mod != ""
}

// hasGo: a folder has Go files.
func hasGo(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if n := e.Name(); strings.HasSuffix(n, ".go") && !strings.HasSuffix(n, "_test.go") && !e.IsDir() {
			return true
		}
	}
	return false
}
