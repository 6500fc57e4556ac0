package modules

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// sums are the lines of a go.sum: checksums of modules and, with the version
// "v1.2.3/go.mod", of their go.mod alone.
type sums map[module.Version][]string

// readSums reads a go.sum; one that does not exist is empty.
func readSums(file string) (sums, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return sums{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading checksums: %w", err)
	}
	return parseSums(file, string(text))
}

// parseSums reads the text of a go.sum.
func parseSums(file, text string) (sums, error) {
	s := sums{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 3 {
			return nil, fmt.Errorf("%s:%d: a line has a module, a version and a checksum, this one has %d words", file, n, len(words))
		}
		s.add(module.Version{Path: words[0], Version: words[1]}, words[2])
	}
	return s, nil
}

func (s sums) add(m module.Version, sum string) {
	if !slices.Contains(s[m], sum) {
		s[m] = append(s[m], sum)
	}
}

// String is the text of a go.sum.
func (s sums) String() string {
	var all []module.Version
	for m := range s {
		all = append(all, m)
	}
	module.Sort(all)
	var b strings.Builder
	for _, m := range all {
		list := slices.Clone(s[m])
		slices.Sort(list)
		for _, sum := range list {
			fmt.Fprintf(&b, "%s %s %s\n", m.Path, m.Version, sum)
		}
	}
	return b.String()
}

// goModOf is how a go.sum calls the go.mod of a module.
func goModOf(m module.Version) module.Version {
	return module.Version{Path: m.Path, Version: m.Version + "/go.mod"}
}

// checksum is the only kind of checksums that there is so far.
const checksum = "h1:"

// has says whether there is a checksum of a module; it is an error if there is, and it is another one.
func (s sums) has(m module.Version, sum string) (bool, error) {
	known := false
	for _, h := range s[m] {
		if h == sum {
			return true, nil
		}
		known = known || strings.HasPrefix(h, checksum)
	}
	if known {
		return false, &MismatchError{Module: m, Got: sum, Want: strings.Join(s[m], " or "), By: "go.sum"}
	}
	return false, nil
}

// MismatchError says that a module is not what it was, or not what others got.
type MismatchError struct {
	Module    module.Version // the version ends in /go.mod if it is of that file alone
	Got, Want string
	By        string // who wants it
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("%s@%s has the checksum %s, but %s says %s: it may have been changed by its author or on the way, and it is not used",
		e.Module.Path, e.Module.Version, e.Got, e.By, e.Want)
}
