package modules

import (
	"fmt"
	"go/version"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// goMods finds the go.mod of modules.
type goMods func(module.Version) (*modfile.File, error)

// pruned: since Go 1.17 a go.mod lists all modules that its packages need, and what those
// require besides is not asked for.
func pruned(f *modfile.File) bool {
	return version.Compare("go"+languageVersion(f), "go1.17") >= 0
}

// languageVersion is the version of Go that a module is written in: "1.21".
func languageVersion(f *modfile.File) string {
	if f == nil || f.Go == nil {
		return "1.16" // what the go command takes where nothing is said
	}
	return strings.TrimPrefix(version.Lang("go"+f.Go.Version), "go")
}

// buildList is the version of each module that Go's minimal version selection
// chooses: the highest that anything required asks for.
func buildList(main *modfile.File, find goMods) (map[string]string, error) {
	selected := map[string]string{}
	loaded := map[module.Version]bool{} // → with all that they require, pruned or not
	var visit func(m module.Version, whole bool, by string) error
	visit = func(m module.Version, whole bool, by string) error {
		if main.Module != nil && m.Path == main.Module.Mod.Path {
			return nil
		}
		if semver.Compare(m.Version, selected[m.Path]) > 0 {
			selected[m.Path] = m.Version
		}
		if was, ok := loaded[m]; ok && (was || !whole) {
			return nil
		}
		loaded[m] = whole
		f, err := find(m)
		if err != nil {
			return fmt.Errorf("%s@%s, which %s requires: %w", m.Path, m.Version, by, err)
		}
		whole = whole || !pruned(f)
		for _, r := range f.Require {
			if excluded(main, r.Mod) {
				continue
			}
			if whole {
				err = visit(r.Mod, whole, m.Path+"@"+m.Version)
			} else if main.Module == nil || r.Mod.Path != main.Module.Mod.Path {
				if semver.Compare(r.Mod.Version, selected[r.Mod.Path]) > 0 {
					selected[r.Mod.Path] = r.Mod.Version
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	for _, r := range main.Require {
		if excluded(main, r.Mod) {
			continue
		}
		if err := visit(r.Mod, !pruned(main), "go.mod"); err != nil {
			return nil, err
		}
	}
	return selected, nil
}

func excluded(main *modfile.File, m module.Version) bool {
	return slices.ContainsFunc(main.Exclude, func(x *modfile.Exclude) bool { return x.Mod == m })
}

// replacement is what stands for a module, if something does. Without a version it is a folder.
func replacement(main *modfile.File, m module.Version) (module.Version, bool) {
	for _, r := range main.Replace {
		if r.Old == m {
			return r.New, true
		}
	}
	for _, r := range main.Replace { // for all versions
		if r.Old.Path == m.Path && r.Old.Version == "" {
			return r.New, true
		}
	}
	return module.Version{}, false
}

// above are a path and the paths above it, the longest first.
func above(path string) (list []string) {
	for {
		list = append(list, path)
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			return list
		}
		path = path[:i]
	}
}
