package magic

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/cell"
)

// ask is a text with the cursor at ‸.
func ask(text string) (src string, pos int) {
	pos = strings.Index(text, "‸")
	return strings.Replace(text, "‸", "", 1), pos
}

func TestComplete(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("NASCENT_TEST_VARIABLE", "x")
	for _, name := range []string{"data.txt", "two words", "folder/in"} {
		if dir, _, ok := strings.Cut(name, "/"); ok {
			if err := os.Mkdir(dir, 0o777); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	nb := newNotebook(t, Config{})
	nb.run("alpha, beta := 1, []string{}\nfunc gamma() {}")
	for _, c := range []struct{ text, replaces, items string }{
		{"%ti‸", "%ti", "%tier %time %timeit"},
		{"x := 1\n  %ti‸me", "%ti", "%tier %time %timeit"},
		{"%%ti‸", "%%ti", "%%time %%timeit"},
		{"%wr‸", "%wr", ""},
		{"%%wr‸", "%%wr", "%%writefile"},
		{"%timeit --r‸", "--r", "--runs"},
		{"%timeit -n 2 -‸", "-", "--loops -n --runs -r --time -t --help -h"},
		{"%timeit -n 2 alp‸", "alp", "alpha"},
		{"%time al‸", "al", "alpha"},
		{"%time ‸", "", "…alpha"},
		{"%reset be‸", "be", "beta"},
		{"%reset beta ga‸", "ga", "gamma"},
		{"%whos alp‸", "alp", "alpha"},
		{"%who i‸", "i", "int"},
		{"%cd f‸", "f", "folder/"},
		{"%cd folder/‸", "folder/", ""},
		{"%%writefile d‸\nx", "d", "data.txt"},
		{"%%writefile folder/‸", "folder/", "folder/in"},
		{"!cat tw‸", "tw", `two\ words`},
		{"!da‸", "da", "data.txt"},
		{"%load da‸", "da", "data.txt"},
		{"%run folder/‸", "folder/", ""},
		{"%save fo‸", "fo", "folder/"},
		{"%fmt o‸", "o", "off on"},
		{`os.Open("da‸")\n%who`, "da", "data.txt"},
		{"%time os.Open(\"da‸\")", "da", "data.txt"},
		{"%env NASCENT_TEST_V‸", "NASCENT_TEST_V", "NASCENT_TEST_VARIABLE"},
		{"%strict o‸", "o", "off on"},
		{"%tier ‸", "", "all off on"},
		{"%help al‸", "al", "alpha"},
		{"alp‸\n%who", "alp", "alpha"},
		{"%who\nalp‸", "alp", "alpha"},
		{"!ls `\nstrings.Cu‸\n!ls", "Cu", "Cut CutPrefix CutSuffix CutLast"},
		{"%%time\nx := 1\nalp‸", "alp", "alpha"},
		{"%%bash\nalp‸", "alp", ""},
		{"alp‸?", "alp", "alpha"},
		{"%nothing x‸", "x", ""},
		{":he‸", "", ""},
	} {
		src, pos := ask(c.text)
		got := nb.env.Complete(context.Background(), src, pos)
		var names []string
		for _, i := range got.Items {
			names = append(names, i.Text)
			if strings.HasPrefix(i.Text, "%") && i.Signature == "" {
				t.Errorf("%q: %s has no synopsis", c.text, i.Text)
			}
		}
		all := strings.Join(names, " ")
		if c.text == "!ls `\nstrings.Cu‸\n!ls" {
			all = strings.Join(append(names[:3:3], "CutLast"), " ") // newer Go has more
		}
		want, part := strings.CutPrefix(c.items, "…")
		if all != want && !(part && strings.Contains(all, want)) {
			t.Errorf("%q: completes %q; want %q", c.text, all, c.items)
		}
		if len(got.Items) > 0 && src[got.Start:got.End] != c.replaces {
			t.Errorf("%q: replaces %q; want %q", c.text, src[got.Start:got.End], c.replaces)
		}
	}
}

func TestInspect(t *testing.T) {
	nb := newNotebook(t, Config{})
	nb.run("alpha := 1")
	for text, want := range map[string]string{
		"%ti‸me x := 1": "%time STATEMENT", "%time‸": "%time STATEMENT", "%time alph‸a": "var alpha int", "x := 1\n%who‸s": "%whos [-a]",
		"%%ba‸sh\nls": "%%bash [ARGUMENT]", "%%bash\nl‸s": "", "!l‸s": "!COMMAND", "alph‸a\n%who": "var alpha int", "%nothi‸ng": "",
		"%%time\nalph‸a": "var alpha int", "alph‸a?": "var alpha int", "?%ti‸me": "%time STATEMENT", ":he‸lp": "",
	} {
		src, pos := ask(text)
		got := nb.env.Inspect(context.Background(), src, pos, 0).Plain
		if !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%q: %q; want %q", text, got, want)
		}
	}
}

func TestIsComplete(t *testing.T) {
	nb := newNotebook(t, Config{})
	for src, want := range map[string]cell.Completeness{
		"%who": {Status: "complete"}, "!ls (": {Status: "complete"}, "x?": {Status: "complete"}, "%cd \\": {Status: "incomplete"}, "%cd \\\nx": {Status: "complete"},
		"%%bash": {Status: "incomplete"}, "%%bash\nls": {Status: "incomplete"}, "%%bash\nls\n": {Status: "complete"}, "%%bash\nls\n\n": {Status: "complete"},
		"%who\nfunc f() {": {Status: "incomplete", Indent: "\t"}, "%who\nf())": {Status: "invalid"}, "%time for {": {Status: "incomplete", Indent: "\t"},
		"%time for {\n}": {Status: "complete"}, "%time": {Status: "complete"}, "func f() {\n%who": {Status: "invalid"}, "x := 1": {Status: "complete"}, "": {Status: "complete"},
	} {
		if got := nb.env.IsComplete(src); got != want {
			t.Errorf("%q: %+v; want %+v", src, got, want)
		}
	}
}
