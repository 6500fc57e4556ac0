package modules

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// Embedded are the files of the package's folder that a pattern of //go:embed means, with slashes.
// They are those that the go command takes: no files of other modules, none of version
// control, and of folders nothing that begins with . or _, unless the pattern begins with all:.
func (p *Package) Embedded(pattern string) (files []string, err error) {
	files, err = embedded(os.DirFS(p.Dir), pattern)
	if err != nil {
		return nil, fmt.Errorf("pattern %s: %w", pattern, err)
	}
	return files, nil
}

// embedded are the files that one pattern means.
func embedded(root fs.FS, pattern string) (files []string, err error) {
	glob, all := strings.CutPrefix(pattern, "all:")
	if glob == "." || !fs.ValidPath(glob) {
		return nil, errors.New("invalid pattern syntax")
	}
	found, err := fs.Glob(root, glob)
	if err != nil {
		return nil, err
	}
	for _, name := range found {
		if err := embeddable(root, name); err != nil {
			return nil, err
		}
		info, err := fs.Lstat(root, name)
		switch {
		case err != nil:
			return nil, err
		case info.Mode().IsRegular():
			files = append(files, name)
			continue
		case !info.IsDir():
			return nil, fmt.Errorf("cannot embed irregular file %s", name)
		}
		below, err := embeddedBelow(root, name, all)
		if err != nil {
			return nil, err
		}
		if len(below) == 0 {
			return nil, fmt.Errorf("cannot embed directory %s: contains no embeddable files", name)
		}
		files = append(files, below...)
	}
	if len(found) == 0 {
		return nil, errors.New("no matching files found")
	}
	return files, nil
}

// embeddable says why what a pattern matches can't be embedded; nil if it can.
func embeddable(root fs.FS, name string) error {
	what := "file "
	if info, err := fs.Lstat(root, name); err == nil && info.IsDir() {
		what = "directory "
	}
	what += name
	for dir := name; dir != "."; dir = path.Dir(dir) {
		if _, err := fs.Stat(root, path.Join(dir, "go.mod")); err == nil {
			return fmt.Errorf("cannot embed %s: in different module", what)
		}
		if info, err := fs.Lstat(root, dir); dir != name && (err != nil || !info.IsDir()) {
			return fmt.Errorf("cannot embed %s: in non-directory %s", what, dir)
		}
		if hiddenName(path.Base(dir)) {
			return fmt.Errorf("cannot embed %s: invalid name %s", what, path.Base(dir))
		}
	}
	return nil
}

// hiddenName: files and folders of that name are never embedded.
func hiddenName(name string) bool {
	return module.CheckFilePath(name) != nil || slices.Contains([]string{".bzr", ".hg", ".git", ".svn"}, name)
}

// embeddedBelow are the files of a folder that are embedded with it.
func embeddedBelow(root fs.FS, dir string, all bool) (files []string, err error) {
	err = fs.WalkDir(root, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		left := hiddenName(base) || !all && (base[0] == '.' || base[0] == '_')
		switch {
		case name != dir && left && d.IsDir():
			return fs.SkipDir
		case name != dir && left:
		case d.IsDir():
			if _, err := fs.Stat(root, path.Join(name, "go.mod")); err == nil && name != dir {
				return fs.SkipDir
			}
		case d.Type().IsRegular():
			files = append(files, name)
		}
		return nil
	})
	return files, err
}

// ReadEmbedded reads one of the files that Embedded has named.
func (p *Package) ReadEmbedded(file string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(p.Dir, filepath.FromSlash(file)))
	if err != nil {
		return nil, fmt.Errorf("reading %s, which package %s embeds: %w", path.Join(p.Title, file), p.Path, err)
	}
	return b, nil
}
