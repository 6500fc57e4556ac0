package modules

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// goWorkFile is the workspace that a folder belongs to, "" if there is none.
func goWorkFile(dir string, s settings) string {
	switch s.work {
	case "":
		return nearest(dir, "go.work")
	case "off":
		return ""
	}
	return s.work
}

// joinWorkspace has the modules of a workspace stand beside the notebook's, as if its go.mod required them
// and had their folders in their place. If the workspace does not use the notebook's module, it does
// not count.
func (m *mainModule) joinWorkspace(s settings) error {
	file := goWorkFile(m.work, s)
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading the workspace that the notebook belongs to: %w", err)
	}
	work, err := modfile.ParseWork(file, text, nil)
	if err != nil {
		return fmt.Errorf("reading the workspace that the notebook belongs to: %w", err)
	}
	w := workspace{file: new(modfile.File), read: []string{file, file + ".sum"}, sums: maps.Clone(m.sums)}
	if err := w.addSums(file + ".sum"); err != nil {
		return err
	}
	for _, r := range work.Replace {
		w.replace(filepath.Dir(file), r)
	}
	w.own = len(w.file.Replace)
	joined := m.file == nil
	for _, use := range work.Use {
		dir := use.Path
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(file), dir)
		}
		if m.file != nil && filepath.Clean(dir) == m.dir {
			joined = true
			err = w.add(m.dir, m.file)
		} else {
			err = w.use(dir)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	if !joined {
		return nil
	}
	if m.file != nil {
		w.file.Module, w.file.Go = m.file.Module, m.file.Go
	} else {
		m.dir = filepath.Dir(file)
	}
	if w.whole { // each go.mod has to be read
		w.file.Go = nil
	} else if w.file.Go == nil {
		w.file.Go = &modfile.Go{Version: goVersion}
	}
	m.all, m.known, m.vendored, m.read = w.file, w.sums, nil, append(m.read, w.read...)
	return nil
}

// workspace is what counts of a go.work and the modules that it uses.
type workspace struct {
	file  *modfile.File // what all of them require and replace
	own   int           // how many of its replacements are those of go.work, which go before the modules'
	sums  sums
	whole bool     // a module is from before Go 1.17
	read  []string // the files that this was read from
}

// use adds a module.
func (w *workspace) use(dir string) error {
	file := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("it uses %s: %w", dir, err)
	}
	f, err := modfile.Parse(file, text, nil)
	if err != nil {
		return err
	}
	if f.Module == nil {
		return fmt.Errorf("%s has no module line", file)
	}
	w.read = append(w.read, file, filepath.Join(dir, "go.sum"))
	w.file.Require = append(w.file.Require, &modfile.Require{Mod: module.Version{Path: f.Module.Mod.Path, Version: "v0.0.0"}})
	w.file.Replace = slices.Insert(w.file.Replace, 0, &modfile.Replace{Old: module.Version{Path: f.Module.Mod.Path}, New: module.Version{Path: dir}})
	w.own++
	if err := w.addSums(filepath.Join(dir, "go.sum")); err != nil {
		return err
	}
	return w.add(dir, f)
}

// add adds what a module, in a folder, requires, excludes and replaces.
func (w *workspace) add(dir string, f *modfile.File) error {
	w.file.Require = append(w.file.Require, f.Require...)
	w.file.Exclude = append(w.file.Exclude, f.Exclude...)
	w.whole = w.whole || !pruned(f)
	for _, r := range f.Replace {
		if same := func(x *modfile.Replace) bool { return x.Old == r.Old }; slices.ContainsFunc(w.file.Replace[:w.own], same) {
			continue
		}
		if other := w.replace(dir, r); other != nil {
			return fmt.Errorf("conflicting replacements of %s, by %s and %s: a replace in go.work settles it", r.Old.Path, other.New.Path, r.New.Path)
		}
	}
	return nil
}

// replace adds a replacement of a file in a folder, if there is none. It returns one that differs.
func (w *workspace) replace(dir string, r *modfile.Replace) (other *modfile.Replace) {
	added := &modfile.Replace{Old: r.Old, New: r.New}
	if r.New.Version == "" && !filepath.IsAbs(r.New.Path) {
		added.New.Path = filepath.Join(dir, r.New.Path)
	}
	for _, x := range w.file.Replace {
		if x.Old == added.Old {
			if x.New != added.New {
				return x
			}
			return nil
		}
	}
	w.file.Replace = append(w.file.Replace, added)
	return nil
}

// addSums adds the checksums of a file.
func (w *workspace) addSums(file string) error {
	more, err := readSums(file)
	if err != nil {
		return err
	}
	for m, list := range more {
		for _, sum := range list {
			w.sums.add(m, sum)
		}
	}
	return nil
}
