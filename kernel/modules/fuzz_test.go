package modules

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"
)

// A go.sum that is read and written again says the same.
func FuzzSums(f *testing.F) {
	f.Add("example.com/a v1.0.0 h1:AA=\nexample.com/a v1.0.0/go.mod h1:BB=\n")
	f.Add("a b\n\n")
	f.Add("a b c d")
	f.Add("\xff \x00 \u2028\r\na\tb\tc")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSums("go.sum", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "go.sum:") {
				t.Errorf("the error %q has no place", err)
			}
			return
		}
		again, err := parseSums("go.sum", s.String())
		if err != nil {
			t.Fatal(err)
		}
		sorted := func(s sums) sums {
			out := sums{}
			for m, list := range s {
				out[m] = slices.Sorted(slices.Values(list))
			}
			return out
		}
		if !maps.EqualFunc(sorted(s), sorted(again), slices.Equal[[]string]) {
			t.Errorf("%q becomes %q", s, again)
		}
	})
}

func FuzzVendored(f *testing.F) {
	f.Add("# example.com/a v1.0.0\n## explicit; go 1.19\nexample.com/a/b\n")
	f.Add(" #")
	f.Add("# \n## go\n##\nx")
	f.Add("# a => ./b\n## go 1.99rc1\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		for path, v := range parseVendored(text) {
			if path == "" || strings.HasPrefix(path, "#") {
				t.Errorf("%q is a package, of %v", path, v)
			}
		}
	})
}

// Whatever a proxy sends for a module's zip file, nothing is written but below its folder.
func FuzzZip(f *testing.F) {
	m := module.Version{Path: "example.com/a", Version: "v1.0.0"}
	f.Add(pack(f, m, map[string]string{"a.go": "package a"}, "module example.com/a"))
	f.Add(pack(f, m, map[string]string{"../../a.go": "package a", "/etc/x": "", "A.go": "", "a.go": ""}, ""))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, packed []byte) {
		base := t.TempDir()
		file, dir := filepath.Join(base, "a.zip"), filepath.Join(base, "cache", "example.com", "a@v1.0.0")
		write(t, file, string(packed))
		err := unpack(dir, m, file)
		if _, serr := os.Stat(dir); (serr == nil) != (err == nil) {
			t.Errorf("the error is %v, and the folder is there: %v", err, serr == nil)
		}
		entries, _ := os.ReadDir(base)            // it is there
		below, _ := os.ReadDir(filepath.Dir(dir)) // as above
		if len(entries) > 2 || len(below) > 1 {
			t.Errorf("there are %v and %v", entries, below)
		}
	})
}
