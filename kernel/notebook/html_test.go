package notebook

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

// shows makes a notebook of one code cell with outputs.
func shows(outputs ...*Output) *Notebook {
	nb := book("plot(x)")
	nb.Cells[0].Outputs, nb.Cells[0].ExecutionCount = outputs, 7
	return nb
}

// data makes an output of MIME types and texts.
func data(pairs ...string) *Output {
	o := &Output{Type: DisplayData, Data: Bundle{}}
	for i := 0; i < len(pairs); i += 2 {
		raw, err := encode(pairs[i+1])
		if err != nil {
			panic(err)
		}
		o.Data[pairs[i]] = raw
	}
	return o
}

func TestHTMLOfOutputs(t *testing.T) {
	const svg = `<?xml version="1.0"?><svg id="a"><style>.x{fill:red}</style><rect class="x"/></svg>`
	jpegWithSize := data("image/jpeg", "AA\nBB\n", "text/plain", "a \"photo\"")
	jpegWithSize.Metadata = Object{"image/jpeg": json.RawMessage(`{"width": 320, "height": 200.5}`)}
	tests := []struct {
		name   string
		output *Output
		want   string
		not    string
	}{
		{"svg before png", data("image/png", "AAAA", "image/svg+xml", svg, "text/plain", "x"),
			"<figure id=\"out-1-1\"><svg id=\"out-1-1-a\"><style>#out-1-1 .x{fill:red}\n</style><rect class=\"x\"></rect></svg></figure>", "AAAA"},
		{"broken svg, png", data("image/png", "AAAA", "image/svg+xml", "<svg"), `<img src="data:image/png;base64,AAAA" alt="">`, "svg+xml"},
		{"broken svg alone", data("image/svg+xml", "<svg", "text/plain", "p<"), `<img src="data:image/svg+xml;base64,PHN2Zw==" alt="p&lt;">`, ""},
		{"image with its size", jpegWithSize, `<img src="data:image/jpeg;base64,AABB" alt="a &#34;photo&#34;" width="320" height="200.5">`, ""},
		{"html", data("text/html", "<table><tr><td>1</td></tr></table>", "text/plain", "one"), "<table><tr><td>1</td></tr></table>", ">one<"},
		{"markdown", data("text/markdown", "**bold**"), "<strong>bold</strong>", ""},
		{"latex", data("text/latex", "$$x < y$$"), `<math display="block" alttext="x &lt; y">`, "$$"},
		{"plain", data("text/plain", "a < \x1b[31mb\x1b[0m"), `<pre>a &lt; <span class="ansi-red-fg">b</span></pre>`, ""},
		{"nothing that a page can show", data("application/x-unknown", "x"), "forms that a page cannot show", ""},
		{"json", &Output{Type: DisplayData, Data: Bundle{"application/json": json.RawMessage(`{"a":[1]}`)}}, `<span class="nt">&#34;a&#34;</span>`, ""},
		{"stdout", &Output{Type: Stream, Name: "stdout", Text: "1%\r2%\n"}, `<div class="output stream stdout"><pre>2%</pre></div>`, ""},
		{"stderr", &Output{Type: Stream, Name: "stderr", Text: "x"}, `<div class="output stream stderr">`, ""},
		{"error", &Output{Type: ErrorOutput, EName: "panic", EValue: "<x>", Traceback: []string{"line 1", "\x1b[31mpanic\x1b[0m"}},
			"<div class=\"output error\"><pre>line 1\n<span class=\"ansi-red-fg\">panic</span></pre>", ""},
		{"error without traceback", &Output{Type: ErrorOutput, EName: "panic", EValue: "<x>"}, "<pre>panic: &lt;x&gt;</pre>", ""},
		{"result", &Output{Type: ExecuteResult, Data: Bundle{"text/plain": json.RawMessage(`"3"`)}}, `<div class="output plain result"><pre>3</pre></div>`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, err := HTML(shows(tt.output), "Notebook")
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(page), tt.want) {
				_, body, _ := strings.Cut(string(page), "<main>")
				t.Errorf("got\n%s\nwant in it\n%s", body, tt.want)
			}
			if tt.not != "" && strings.Contains(string(page), tt.not) {
				t.Errorf("the page holds %q", tt.not)
			}
		})
	}
}

func TestHTMLPage(t *testing.T) {
	nb, err := ReadFile("testdata/roundtrip.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	nb.Cells[0].Source += "\n## One & two\n### Three\n\n| a |\n|---|\n| 1 |\n\n```go\nfunc f() {}\n```\n"
	bytes, err := HTML(nb, "Notebook")
	if err != nil {
		t.Fatal(err)
	}
	page := string(bytes)
	for _, want := range []string{
		"<title>Title</title>",
		`<img src="data:image/png;base64,iVBORw0KGgo=" alt="p">`,
		"<td>1</td>",
		`<span class="kd">func</span>`,             // in Markdown
		`<span class="prompt">[3]</span>`,          //
		`<span class="o">:=</span>`,                // in a cell
		`<a href="#one-two">One &amp; two</a>`,     // contents
		"@media (prefers-color-scheme: dark)",      //
		"go go1.26 · made with Nascent",            //
		`<section class="cell raw"><pre>raw</pre>`, //
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %s", want)
		}
	}
	if strings.Contains(page, "<script") || regexp.MustCompile(`(?:src|href)="https?:`).MatchString(page) || strings.Contains(page, "@import") {
		t.Error("the page needs a script or the network")
	}
	again, err := HTML(nb, "Notebook")
	if err != nil || string(again) != page {
		t.Errorf("the second page differs (%v)", err)
	}
	balanced(t, page)
}

func TestHTMLHidesWhatTheAuthorHid(t *testing.T) {
	nb := shows(data("text/plain", "x"))
	nb.Cells[0].Metadata["jupyter"] = json.RawMessage(`{"source_hidden": true, "outputs_hidden": true}`)
	page, err := HTML(nb, "Notebook")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<details><summary>Code</summary>", `<details class="hidden"><summary>Outputs</summary>`} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not hold %s", want)
		}
	}
	balanced(t, string(page))
}

// balanced checks that every element of the page is closed where it should be.
func balanced(t *testing.T, page string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(page))
	dec.Strict = false
	dec.AutoClose = xml.HTMLAutoClose
	dec.Entity = xml.HTMLEntity
	for {
		_, err := dec.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
	}
}

// Two pictures with the same ids and classes don't meet.
func TestHTMLKeepsPicturesApart(t *testing.T) {
	svg := `<svg><defs><linearGradient id="g"/></defs><style>.a{fill:url(#g)}</style><path class="a"/></svg>`
	page, err := HTML(shows(data("image/svg+xml", svg), data("image/svg+xml", svg)), "Notebook")
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(`\bid="([^"]*)"`).FindAllStringSubmatch(string(page), -1) {
		ids[m[1]]++
	}
	if len(ids) != 4 {
		t.Errorf("ids = %v, want 4 different ones", ids)
	}
	for id, n := range ids {
		if n != 1 {
			t.Errorf("id %q is there %d times", id, n)
		}
	}
	if n := strings.Count(string(page), "<svg"); n != 2 {
		t.Errorf("%d svg elements, want 2", n)
	}
}

func TestStyleSheetIsWhole(t *testing.T) {
	css, err := os.ReadFile("page.css")
	if err != nil {
		t.Fatal(err)
	}
	if open, closed := strings.Count(string(css), "{"), strings.Count(string(css), "}"); open != closed {
		t.Errorf("page.css has %d { and %d }", open, closed)
	}
}
