package modules

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// MissingError says that a package, or a module that has to be read for one, is not there, and what would get it.
type MissingError struct {
	Package  string         // "" if a module is missing
	Module   module.Version // zero if a package is missing
	Where    string         // where it was looked for
	Cached   module.Version // a module in the cache that may have the package, the newest one
	Vendored bool           // packages come from a vendor folder
}

func (e *MissingError) Error() string {
	if e.Package == "" {
		return fmt.Sprintf("module %s@%s is missing: %s; %%get %[1]s@%[2]s fetches it", e.Module.Path, e.Module.Version, e.Where)
	}
	what := fmt.Sprintf("package %s is not available: it is not compiled into the kernel, and %s; ", e.Package, e.Where)
	switch {
	case e.Vendored:
		return what + "go mod vendor copies what go.mod requires"
	case e.Cached.Path != "":
		return what + fmt.Sprintf("%%get %s@%s takes it from the module cache", e.Cached.Path, e.Cached.Version)
	}
	return what + fmt.Sprintf("%%get %s@latest fetches it", guessModule(e.Package))
}

// guessModule is the module that a package most likely belongs to.
func guessModule(pkg string) string {
	parts := strings.Split(pkg, "/")
	n := len(parts)
	switch parts[0] {
	case "github.com", "gitlab.com", "bitbucket.org", "codeberg.org":
		n = 3
	case "golang.org", "gonum.org", "google.golang.org", "gopkg.in", "gorgonia.org", "modernc.org", "k8s.io":
		n = 2
		if parts[0] == "golang.org" || parts[0] == "gonum.org" {
			n = 3
		}
	}
	n = min(n, len(parts))
	if n < len(parts) && majorVersion(parts[n]) {
		n++
	}
	return strings.Join(parts[:n], "/")
}

// majorVersion: the end of a module's path that says so, such as v2.
func majorVersion(s string) bool {
	_, major, ok := module.SplitPathVersion("x/" + s)
	return ok && major != ""
}

// newestCached is the newest release in the module cache that has a package, zero if there is none.
func newestCached(pkg string, s settings) (best module.Version) {
	for _, path := range above(pkg) {
		escaped, err := module.EscapePath(path)
		if err != nil {
			continue
		}
		rest, _ := within(pkg, path)
		found, _ := filepath.Glob(filepath.Join(s.cache, filepath.FromSlash(escaped)+"@*")) // the pattern is right
		for _, dir := range found {
			_, v, _ := strings.Cut(filepath.Base(dir), "@")
			version, err := module.UnescapeVersion(v)
			if err != nil || semver.Prerelease(version) != "" || semver.Compare(version, best.Version) <= 0 {
				continue
			}
			if info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(rest))); err == nil && info.IsDir() {
				best = module.Version{Path: path, Version: version}
			}
		}
		if best.Path != "" {
			return best
		}
	}
	return best
}
