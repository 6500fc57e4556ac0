package markdown

import (
	"html"
	"strings"
	"testing"
)

func TestRender(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"table", "| a | b |\n|---|--:|\n| 1 | 2 |", "<td style=\"text-align:right\">2</td>"},
		{"strikethrough", "~~no~~", "<del>no</del>"},
		{"html", "a<br>b", "a<br>b"},
		{"heading id", "# Größe & Maß", `<h1 id="größe-maß">Größe &amp; Maß</h1>`},
		{"code", "```go\nx := 1 < 2\n```", "<pre class=\"code\"><code class=\"chroma\">[go]x := 1 &lt; 2\n</code></pre>"},
		{"code without language", "```\nx\n```", "<code class=\"chroma\">[]x\n</code>"},
		{"attachment", "![p](attachment:a.png)", `<img src="data:image/png;base64,AA==" alt="p">`},
		{"attachment that is missing", "![p](attachment:b.png)", `<img src="attachment:b.png" alt="p">`},
		{"formula", "so $a_1 * b_2 * c < d$ holds", `so <span class="math"><math alttext="a_1 * b_2 * c &lt; d">`},
		{"formula over lines", "> so $a +\n> b$ holds", "so <span class=\"math\"><math alttext=\"a +\nb\">"},
		{"formula that is not known", `so $\odd * \odd$ holds`, `so <span class="math tex">\odd * \odd</span> holds`},
		{"prices", "from $5 to $10 each", "from $5 to $10 each"},
		{"spaces", "a $ b $ c", "a $ b $ c"},
		{"escaped dollar", `costs \$5 and \$6`, "costs $5 and $6"},
		{"dollar alone", "a $", "a $"},
		{"display in text", "so $$x_1$$ then", `so <span class="math display"><math display="block" alttext="x_1">`},
		{"display block", "text\n$$\n\\odd_i x_i\n+ y\n$$\nmore", "<p>text</p>\n<div><span class=\"math display tex\">\\odd_i x_i\n+ y</span></div>\n<p>more</p>"},
		{"display on one line", "$$x$$", `<div><span class="math display"><math display="block" alttext="x"><mrow><mi>x</mi></mrow></math></span></div>`},
		{"environment", "\\begin{align}\na &= b \\\\\nc &= d \\\\\n\\end{align}", "<mtable displaystyle=\"true\" class=\"align\"><mtr><mtd><mrow><mi>a</mi></mrow></mtd>"},
		{"display without end", "$$\nx", "<p>$$\nx</p>"},
		{"environment without end", "\\begin{align", "<p>\\begin{align</p>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := New(func(code, language string) string { return "[" + language + "]" + html.EscapeString(code) })
			got, _, err := r.Render(tt.source, map[string]string{"a.png": "data:image/png;base64,AA=="})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(got, tt.want) {
				t.Errorf("got  %q\nwant %q in it", got, tt.want)
			}
		})
	}
}

func TestHeadingsOfAPageDiffer(t *testing.T) {
	r := New(func(code, _ string) string { return code })
	var ids []string
	for _, source := range []string{"# Data\n## The `x` of $y$\n# Data", "# Data", "# !"} {
		_, headings, err := r.Render(source, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range headings {
			ids = append(ids, h.ID)
			if h.ID == "the-x-of-y" && (h.Level != 2 || h.Text != "The x of y") {
				t.Errorf("heading = %+v, want level 2, The x of y", h)
			}
		}
	}
	if got, want := strings.Join(ids, " "), "data the-x-of-y data-2 data-3 section"; got != want {
		t.Errorf("ids = %s, want %s", got, want)
	}
}

func FuzzRender(f *testing.F) {
	for _, s := range []string{"$$\n$", "$a$$b$", "\\begin{x}\n\\end{x}", "> $a\n> b$", "- $$\n  x\n  $$", "$\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		r := New(func(code, _ string) string { return code })
		if _, _, err := r.Render(source, nil); err != nil {
			t.Errorf("%q: %v", source, err)
		}
	})
}
