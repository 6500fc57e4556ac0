package magic

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// What packages embed is what the go command embeds.
func TestEmbeddedFiles(t *testing.T) {
	nb := moduleNotebook(t, t.TempDir())
	files(t, map[string]string{
		"go.mod": "module m\n\ngo 1.26\n",
		"e/e.go": `package e

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed "a text.txt"
var Text string

var Length = len(Text)

type bytes []byte

var (
	//go:embed web/index.html

	// Page is bytes of a type of its own.
	Page bytes

	//go:embed web *.txt
	//go:embed all:more
	Files embed.FS
	none  int
)

//go:embed web/[c-i]* web/_left
var Web embed.FS

// Names are the files and folders of a file system, with their texts.
func Names(fsys fs.FS) string {
	var b strings.Builder
	fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		b.WriteString(name)
		if !d.IsDir() {
			text, err := fs.ReadFile(fsys, name)
			if err != nil {
				panic(err)
			}
			b.WriteString("=" + string(text))
		}
		b.WriteString(" ")
		return err
	})
	return b.String()
}
`,
		"e/a text.txt": "hello", "e/z.txt": "z", "e/web/index.html": "<p>", "e/web/_left": "", "e/web/.git/x": "", "e/web/css/a.css": "a{}", "e/web-2/x": "", "e/web/other/go.mod": "module other\n", "e/web/other/x": "",
		"e/more/.dot": "dot", "e/more/_b/c": "c",
		"use/use.go": "package use\nimport \"m/e\"\nvar Upper = e.Text + \"!\"\n",
	})
	nb.play([]scene{
		{`import "m/use"; use.Upper`, `=> "hello!"`},
		{`import "m/e"; e.Text, e.Length, string(e.Page)`, "=> \"hello\"\n=> 5\n=> \"<p>\""},
		{`e.Names(e.Files)`, `=> ". a text.txt=hello more more/.dot=dot more/_b more/_b/c=c web web/css web/css/a.css=a{} web/index.html=<p> z.txt=z "`},
		{`e.Page[0] = 'P'; sub := fs.Sub(e.Files, "web"); e.Names(sub), string(e.Page)`, "=> \". css css/a.css=a{} index.html=<p> \"\n=> \"P" + "p>\""},
		{`_, err := e.Web.ReadFile("web/none"); err`, "=> error: open web/none: file does not exist"},
		{`e.Names(e.Web)`, `=> ". web web/_left= web/css web/css/a.css=a{} web/index.html=<p> "`},
		{"?e.Text", "…var Text string"},
	})
}

// A //go:embed that is wrong is told with its place, and nothing is loaded.
func TestBadEmbeds(t *testing.T) {
	nb := moduleNotebook(t, t.TempDir())
	list := map[string]string{"go.mod": "module m\n\ngo 1.26\n"}
	var scenes []scene
	for name, c := range map[string]struct{ text, says string }{
		"none":     {"import _ \"embed\"\n\n//go:embed none.txt\nvar S string", ":4:12: pattern none.txt: no matching files found"},
		"out":      {"import _ \"embed\"\n\n//go:embed ../out/out.go\nvar S string", ":4:12: pattern ../out/out.go: invalid pattern syntax"},
		"other":    {"import _ \"embed\"\n\n//go:embed other.go  more*\nvar S string", ":4:22: pattern more*: cannot embed directory more: in different module"},
		"hidden":   {"import _ \"embed\"\n\n//go:embed .git/x\nvar S string", ":4:12: pattern .git/x: cannot embed file .git/x: invalid name .git"},
		"typed":    {"import _ \"embed\"\n\n//go:embed *.go\nvar S int", ":5:5: go:embed cannot apply to var of type int"},
		"two":      {"import _ \"embed\"\n\n//go:embed *.go\nvar S, T string", ":4:1: go:embed cannot apply to multiple vars"},
		"valued":   {"import _ \"embed\"\n\n//go:embed *.go\nvar S = \"x\"", ":4:1: go:embed cannot apply to var with initializer"},
		"inside":   {"import _ \"embed\"\n\nfunc f() {\n\t//go:embed *.go\n\tvar s string\n\t_ = s\n}", ":5:2: go:embed cannot apply to var inside func"},
		"fn":       {"import _ \"embed\"\n\n//go:embed *.go\nfunc f() {}", ":4:1: misplaced go:embed directive"},
		"last":     {"import _ \"embed\"\n\n//go:embed *.go", ":4:1: misplaced go:embed directive"},
		"unnamed":  {"//go:embed *.go\nvar S string", `:2:1: go:embed only allowed in Go files that import "embed"`},
		"empty":    {"import _ \"embed\"\n\n//go:embed\nvar S string", ":4:1: //go:embed without a pattern"},
		"quoted":   {"import _ \"embed\"\n\n//go:embed \"a\nvar S string", ":4:1: invalid quoted string in //go:embed: \"a"},
		"multiple": {"import _ \"embed\"\n\n//go:embed multiple.go more.txt\nvar S string", ":5:5: invalid go:embed: multiple files for type string"},
	} {
		list[name+"/"+name+".go"] = "package " + name + "\n" + c.text + "\n"
		scenes = append(scenes, scene{`import "m/` + name + `"`, "…package m/" + name + ": " + name + "/" + name + ".go" + c.says})
	}
	for _, name := range []string{"multiple/more.txt", "other/more/go.mod", "hidden/.git/x"} {
		list[name] = ""
	}
	files(t, list)
	nb.play(scenes)
}

// A table of arrays takes memory for itself when its package is initialised, not for each of its elements.
func TestTableOfArrays(t *testing.T) {
	nb := moduleNotebook(t, t.TempDir())
	const rows = 4000
	var b strings.Builder
	b.WriteString("package a\n\nvar Table = [][3]int{\n")
	for i := range rows {
		fmt.Fprintf(&b, "\t{%d, %d, %d},\n", i, 2*i, 3*i)
	}
	b.WriteString("}\n")
	files(t, map[string]string{"go.mod": "module m\n\ngo 1.26\n", "a/a.go": b.String()})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	nb.play([]scene{{`import "m/a"; sum := 0; for _, x := range a.Table { sum += x[0] + x[1] + x[2] }; sum`, fmt.Sprint("=> ", 6*rows*(rows-1)/2)}})
	runtime.ReadMemStats(&after)
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 400 { // an array for each row makes it 580
		t.Errorf("%d MB were allocated", mb)
	}
}
