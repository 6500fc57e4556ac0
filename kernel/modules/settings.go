package modules

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
)

// settings are the variables that the go command reads.
type settings struct {
	cache   string // GOMODCACHE
	config  string // where checksum databases keep what they have said last
	proxy   string // GOPROXY
	noProxy string // patterns of modules that are not asked of a proxy
	sumDB   string // GOSUMDB
	noSumDB string // patterns of modules that are not checked against it
	mod     string // -mod of GOFLAGS
	work    string // GOWORK: off, the file of the workspace, or "" for the nearest one
}

// readSettings reads the environment, and what go env -w has written.
func readSettings() (settings, error) {
	stored := storedSettings()
	get := func(name, otherwise string) string {
		if v := os.Getenv(name); v != "" {
			return v
		}
		if v := stored[name]; v != "" {
			return v
		}
		return otherwise
	}
	path := get("GOPATH", "")
	if path == "" {
		home, err := os.UserHomeDir()
		if err != nil && get("GOMODCACHE", "") == "" {
			return settings{}, fmt.Errorf("finding the module cache: %w; the variables GOMODCACHE and GOPATH can name it", err)
		}
		path = filepath.Join(home, "go")
	}
	path = filepath.SplitList(path)[0]
	s := settings{
		cache:  get("GOMODCACHE", filepath.Join(path, "pkg", "mod")),
		config: filepath.Join(path, "pkg", "sumdb"),
		proxy:  get("GOPROXY", "https://proxy.golang.org,direct"),
		sumDB:  get("GOSUMDB", "sum.golang.org"),
		work:   get("GOWORK", ""),
	}
	private := get("GOPRIVATE", "")
	s.noProxy, s.noSumDB = get("GONOPROXY", private), get("GONOSUMDB", private)
	for _, flag := range strings.Fields(get("GOFLAGS", "")) {
		if v, ok := strings.CutPrefix(strings.TrimPrefix(flag, "-"), "-mod="); ok {
			s.mod = v
		} else if v, ok := strings.CutPrefix(flag, "-mod="); ok {
			s.mod = v
		}
	}
	if !filepath.IsAbs(s.cache) {
		return settings{}, fmt.Errorf("GOMODCACHE is %q, which is no absolute path", s.cache)
	}
	return s, nil
}

// storedSettings are those that go env -w has written.
func storedSettings() map[string]string {
	file := os.Getenv("GOENV")
	if file == "off" {
		return nil
	}
	if file == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return nil
		}
		file = filepath.Join(dir, "go", "env")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil // as the go command, which needs no such file
	}
	stored := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(name, "#") {
			stored[name] = value
		}
	}
	return stored
}

// moduleDir is the folder in the cache where a module's files are; exists says whether
// all of them are there.
func (s settings) moduleDir(m module.Version) (dir string, exists bool, err error) {
	path, version, err := escaped(m)
	if err != nil {
		return "", false, err
	}
	dir = filepath.Join(s.cache, filepath.FromSlash(path)+"@"+version)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return dir, false, nil
	}
	partial, err := s.cached(m, "partial") // the go command marks what it has not unpacked whole
	if err != nil {
		return dir, false, err
	}
	_, err = os.Stat(partial)
	return dir, errors.Is(err, os.ErrNotExist), nil
}

// cached is a file that the cache has of a module: info, mod, zip or ziphash.
func (s settings) cached(m module.Version, kind string) (string, error) {
	path, version, err := escaped(m)
	if err != nil {
		return "", err
	}
	return filepath.Join(s.cache, "cache", "download", filepath.FromSlash(path), "@v", version+"."+kind), nil
}

// escaped writes a module as the names of files do: capital letters as !a.
func escaped(m module.Version) (path, version string, err error) {
	if path, err = module.EscapePath(m.Path); err != nil {
		return "", "", err
	}
	if version, err = module.EscapeVersion(m.Version); err != nil {
		return "", "", err
	}
	return path, version, nil
}
