package library

import (
	"testing"
)

func open(t testing.TB) *Library {
	t.Helper()
	l, err := Std()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEveryPackageLoads(t *testing.T) {
	l := open(t)
	if n := len(l.Packages()); n < 180 {
		t.Errorf("%d packages can be imported, want at least 180", n)
	}
	for _, info := range l.Packages() {
		p, err := l.Import(info.Path)
		if err != nil {
			t.Error(err)
			continue
		}
		if p.Name() != info.Name || p.Path() != info.Path || !p.Complete() {
			t.Errorf("Import(%q) = %v (complete: %t), want package %s", info.Path, p, p.Complete(), info.Name)
		}
		if l.Values(info.Path) == nil {
			t.Errorf("Values(%q) = nil", info.Path)
		}
	}
}
