package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// config is a packages.txt: one directive a line, # begins a comment.
//
//	PATTERN...            packages by import path, or patterns as go list knows them
//	- PATH...             packages that a pattern matches and that are to be left out
//	source PATH...        packages whose source is kept as well
//	hidden PATH...        internal packages of which only the source is kept, because other source needs it
//	generic PATH...       packages whose generic functions and types are kept as source, from the overlay
//	doc PATH...           packages of which only the documentation is kept
//	platform PATH...      the export data holds for this platform only, and so do the tables of PATH
//
// Main, internal and vendored packages, packages for tests, and DIR itself, are left out of
// what a pattern matches.
type config struct {
	patterns, except, source, hidden, generic, doc, platform []string
}

func readConfig(file string) (*config, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the list of packages: %w", err)
	}
	c := &config{}
	for line := range strings.Lines(string(b)) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		to := map[string]*[]string{"-": &c.except, "source": &c.source, "hidden": &c.hidden, "generic": &c.generic, "doc": &c.doc, "platform": &c.platform}[f[0]]
		if to == nil {
			c.patterns = append(c.patterns, f...)
			continue
		}
		if len(f) == 1 {
			return nil, fmt.Errorf("%s: %q wants import paths after it", file, f[0])
		}
		*to = append(*to, f[1:]...)
	}
	if len(c.patterns) == 0 {
		return nil, fmt.Errorf("%s names no package", file)
	}
	return c, nil
}

func (c *config) platformBound() bool { return len(c.platform) > 0 }

// generatedHere says whether dir has platform-bound tables for this platform.
func (c *config) generatedHere(dir string) bool {
	return slices.Contains(c.platforms(dir), platform())
}

// platforms lists the GOOS_GOARCH of the archives in dir.
func (c *config) platforms(dir string) []string {
	found, err := filepath.Glob(filepath.Join(dir, filepath.Base(dir)+"_*_*.bin"))
	if err != nil {
		return nil
	}
	for i, f := range found {
		found[i] = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), filepath.Base(dir)+"_"), ".bin")
	}
	return found
}

func platform() string { return runtime.GOOS + "_" + runtime.GOARCH }
