package modules

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// graph writes go.mod files: "a@v1.0.0: b@v1.1.0 c@v1.2.0", with the version of Go behind the
// module if it is not 1.16, as in "a@v1.0.0 go1.17: …".
func graph(t *testing.T, text string) (*modfile.File, goMods) {
	t.Helper()
	files := map[string]*modfile.File{}
	for line := range strings.Lines(text) {
		head, rest, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		name, lang, _ := strings.Cut(head, " ")
		path, _, _ := strings.Cut(name, "@")
		mod := "module " + path + "\n"
		if lang != "" {
			mod += "go " + strings.TrimPrefix(lang, "go") + "\n"
		}
		for _, r := range strings.Fields(rest) {
			mod += "require " + strings.Replace(r, "@", " ", 1) + "\n"
		}
		f, err := modfile.Parse(name, []byte(mod), nil)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = f
	}
	return files["main"], func(m module.Version) (*modfile.File, error) {
		if f := files[m.Path+"@"+m.Version]; f != nil {
			return f, nil
		}
		return nil, fmt.Errorf("%s is not to be asked for", m)
	}
}

func TestBuildList(t *testing.T) {
	for name, c := range map[string]struct{ graph, want string }{
		// R. Cox, "Minimal Version Selection", 2018: the figure of Algorithm 1.
		"the paper's": {`
			main: b@v1.2.0 c@v1.2.0
			b@v1.2.0: d@v1.3.0
			c@v1.2.0: d@v1.4.0
			d@v1.3.0: e@v1.2.0
			d@v1.4.0: e@v1.2.0
			e@v1.2.0:`, "b@v1.2.0 c@v1.2.0 d@v1.4.0 e@v1.2.0"},
		"a lower version's requirements count": {`
			main: b@v1.2.0 d@v1.4.0
			b@v1.2.0: d@v1.3.0
			d@v1.3.0: e@v1.2.0
			d@v1.4.0:
			e@v1.2.0:`, "b@v1.2.0 d@v1.4.0 e@v1.2.0"},
		"a cycle": {`
			main: a@v1.1.0
			a@v1.1.0: b@v1.0.0
			b@v1.0.0: a@v1.2.0 main@v1.0.0
			a@v1.2.0: b@v1.0.0`, "a@v1.2.0 b@v1.0.0"},
		// go.dev/ref/mod#graph-pruning: what a module at Go 1.17 requires, but not what that requires.
		"pruned": {`
			main go1.17: a@v1.0.0
			a@v1.0.0 go1.17: b@v1.0.0`, "a@v1.0.0 b@v1.0.0"},
		"below a module before 1.17 nothing is pruned": {`
			main go1.17: a@v1.0.0
			a@v1.0.0 go1.16: b@v1.0.0
			b@v1.0.0 go1.17: c@v1.0.0
			c@v1.0.0 go1.17: d@v1.0.0
			d@v1.0.0 go1.17:`, "a@v1.0.0 b@v1.0.0 c@v1.0.0 d@v1.0.0"},
		"met pruned, and then not": {`
			main go1.17: a@v1.0.0 z@v1.0.0
			a@v1.0.0 go1.17: b@v1.0.0
			z@v1.0.0 go1.16: a@v1.0.0
			b@v1.0.0 go1.17: c@v1.0.0
			c@v1.0.0 go1.17:`, "a@v1.0.0 b@v1.0.0 c@v1.0.0 z@v1.0.0"},
	} {
		t.Run(name, func(t *testing.T) {
			main, find := graph(t, c.graph)
			got, err := buildList(main, find)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			for _, m := range strings.Fields(c.want) {
				path, version, _ := strings.Cut(m, "@")
				want[path] = version
			}
			if !maps.Equal(got, want) {
				t.Errorf("it is %v; want %v", got, want)
			}
		})
	}
}

func TestExcludedVersionsDoNotCount(t *testing.T) {
	main, find := graph(t, `
		main: a@v1.0.0
		a@v1.0.0: b@v1.1.0 c@v1.0.0
		c@v1.0.0: b@v1.0.0
		b@v1.0.0:`)
	if err := main.AddExclude("b", "v1.1.0"); err != nil {
		t.Fatal(err)
	}
	got, err := buildList(main, find)
	if err != nil || got["b"] != "v1.0.0" {
		t.Errorf("b is %s, %v; want v1.0.0", got["b"], err)
	}
}
