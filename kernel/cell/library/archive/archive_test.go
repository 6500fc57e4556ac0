package archive

import (
	"reflect"
	"strings"
	"testing"
)

var sample = []Contents{
	{
		Info:   Info{Path: "z/last", Name: "last"},
		Export: []byte("iexport data"),
		Needs:  []string{"a/first", "iter"},
		Names:  []string{"A", "B"},
		Docs:   []Entry{{"", "package last", "Package last is last."}, {"A", "const A = 1", ""}, {"B", "func B()", "B does it.\n\nWell."}},
		Source: map[string]string{"b.go": "package last\n", "a.go": "package last\n\nfunc B() {}\n"},
	},
	{Info: Info{Path: "a/first", Name: "first"}, Docs: []Entry{{"", "package first", ""}}},
	{Info: Info{Path: "m", Name: "m"}, Export: []byte("i"), Source: map[string]string{"m.go": "package m\n"}, Part: true},
	{Info: Info{Path: "unsafe", Name: "unsafe"}},
}

func encode(t *testing.T) string {
	t.Helper()
	b, err := Encode(sample)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRoundTrip(t *testing.T) {
	a, err := Open(encode(t))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.Packages(), []Info{{"m", "m"}, {"unsafe", "unsafe"}, {"z/last", "last"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("Packages() = %v, want %v", got, want)
	}
	for _, p := range sample {
		export, needs, err := a.Export(p.Path)
		if string(export) != string(p.Export) || !reflect.DeepEqual(needs, p.Needs) || err != nil {
			t.Errorf("Export(%q) = %q, %q, %v", p.Path, export, needs, err)
		}
		names, docs, err := a.Docs(p.Path)
		if !reflect.DeepEqual(names, p.Names) || !reflect.DeepEqual(docs, p.Docs) || err != nil {
			t.Errorf("Docs(%q) = %q, %q, %v", p.Path, names, docs, err)
		}
		source, err := a.Source(p.Path)
		kind := NoSource
		if p.Part {
			kind = PartSource
		} else if p.Source != nil {
			kind = WholeSource
		}
		if !reflect.DeepEqual(source, p.Source) || a.SourceKind(p.Path) != kind || err != nil {
			t.Errorf("Source(%q) = %q, %v", p.Path, source, err)
		}
		if !a.Has(p.Path) {
			t.Errorf("Has(%q) = false", p.Path)
		}
	}
	if export, needs, err := a.Export("b"); export != nil || needs != nil || err != nil {
		t.Errorf("Export of an unknown package = %q, %q, %v", export, needs, err)
	}
	if a.Has("b") {
		t.Error("Has of an unknown package = true")
	}
}

func TestEncodeIsDeterministic(t *testing.T) {
	first := encode(t)
	for range 5 {
		if encode(t) != first {
			t.Fatal("two archives of the same packages differ")
		}
	}
}

// A damaged archive must give an error, wherever it is damaged, and never a panic.
func TestDamage(t *testing.T) {
	whole := encode(t)
	if _, err := Open("PK\x03\x04"); err == nil || !strings.Contains(err.Error(), magic) {
		t.Errorf("opening what is no archive: %v, want an error that names %q", err, magic)
	}
	readAll := func(data string) error {
		a, err := Open(data)
		if err != nil {
			return err
		}
		for _, p := range sample {
			if _, _, err := a.Export(p.Path); err != nil {
				return err
			}
			if _, _, err := a.Docs(p.Path); err != nil {
				return err
			}
			if _, err := a.Source(p.Path); err != nil {
				return err
			}
		}
		return nil
	}
	if err := readAll(whole); err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) {
		if readAll(whole[:n]) == nil {
			t.Errorf("the first %d of %d bytes read without an error", n, len(whole))
		}
	}
	for i := len(magic); i < len(whole); i++ {
		_ = readAll(whole[:i] + string(whole[i]^0x81) + whole[i+1:]) // a changed byte may still read: it must not panic
	}
}
