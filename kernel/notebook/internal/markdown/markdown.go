// Package markdown turns the Markdown of notebook cells into HTML: CommonMark
// with tables, strikethrough, task lists and links as GitHub has them, and with
// formulas between dollars, which Markdown must not touch.
package markdown

import (
	"bytes"
	"fmt"
	"html"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/nascent-go/nascent/kernel/notebook/internal/tex"
)

// Heading is a heading of a cell.
type Heading struct {
	Level    int // 1 to 6
	ID, Text string
}

// Renderer renders the cells of one page: the ids of their headings differ. It is
// not safe for concurrent use.
type Renderer struct {
	md  goldmark.Markdown
	ids slugs
}

// New makes a renderer. highlight turns the code of a fenced block in the
// language that the fence names ("" if it names none) into HTML.
func New(highlight func(code, language string) string) *Renderer {
	return &Renderer{
		ids: slugs{},
		md: goldmark.New(
			goldmark.WithExtensions(extension.GFM),
			goldmark.WithParserOptions(
				parser.WithAutoHeadingID(),
				parser.WithBlockParsers(util.Prioritized(mathBlocks{}, 90)),
				parser.WithInlineParsers(util.Prioritized(mathInline{}, 90)),
			),
			goldmark.WithRendererOptions(
				ghtml.WithUnsafe(), // notebooks use HTML where Markdown has no word for it
				renderer.WithNodeRenderers(util.Prioritized(nodes{highlight}, 90)),
			),
		),
	}
}

// Render renders a cell. attachments are images that belong to it: the name in
// ![](attachment:name) → what to put there, such as a data URI.
func (r *Renderer) Render(source string, attachments map[string]string) (page string, headings []Heading, err error) {
	src := []byte(source)
	doc := r.md.Parser().Parse(text.NewReader(src), parser.WithContext(parser.NewContext(parser.WithIDs(r.ids))))
	err = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			id, _ := n.AttributeString("id")
			slug, _ := id.([]byte)
			headings = append(headings, Heading{Level: n.Level, ID: string(slug), Text: plain(n, src)})
		case *ast.Image:
			if name, ok := strings.CutPrefix(string(n.Destination), "attachment:"); ok {
				if uri, ok := attachments[name]; ok {
					n.Destination = []byte(uri)
				}
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return "", nil, fmt.Errorf("reading Markdown: %w", err)
	}
	var b bytes.Buffer
	if err := r.md.Renderer().Render(&b, src, doc); err != nil {
		return "", nil, fmt.Errorf("rendering Markdown: %w", err)
	}
	return b.String(), headings, nil
}

// plain is the text of a node without its markup.
func plain(n ast.Node, src []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.Write(c.Value(src))
			if c.SoftLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(c.Value)
		case *math:
			b.WriteString(c.tex)
		default:
			b.WriteString(plain(c, src))
		}
	}
	return b.String()
}

// slugs are the heading ids of a page that are taken.
type slugs map[string]bool

// Generate makes an id of a heading's text.
func (s slugs) Generate(value []byte, _ ast.NodeKind) []byte {
	var b strings.Builder
	for _, r := range strings.ToLower(string(bytes.TrimSpace(value))) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	base := strings.TrimSuffix(b.String(), "-")
	if base == "" {
		base = "section"
	}
	id := base
	for n := 2; s[id]; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	s[id] = true
	return []byte(id)
}

// Put takes an id that a heading has of its own.
func (s slugs) Put(value []byte) { s[string(value)] = true }

// nodes renders formulas and fenced code.
type nodes struct {
	highlight func(code, language string) string
}

// RegisterFuncs implements renderer.NodeRenderer.
func (r nodes) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindFencedCodeBlock, r.code)
	reg.Register(kindMath, renderMath)
	reg.Register(kindMathBlock, renderMathBlock)
}

func (r nodes) code(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	language := string(n.(*ast.FencedCodeBlock).Language(src))
	fmt.Fprintf(w, "<pre class=\"code\"><code class=\"chroma\">%s</code></pre>\n", r.highlight(string(n.Lines().Value(src)), language))
	return ast.WalkSkipChildren, nil
}

// Math is a formula as HTML: MathML, or the formula as it was written if it holds
// what MathML cannot be made of here.
func Math(formula string, display bool) string {
	class := "math"
	if display {
		class = "math display"
	}
	body, err := tex.MathML(formula, display)
	if err != nil {
		class += " tex"
		body = html.EscapeString(formula)
	}
	return fmt.Sprintf(`<span class="%s">%s</span>`, class, body)
}

func renderMath(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		m := n.(*math)
		w.WriteString(Math(m.tex, m.display))
	}
	return ast.WalkSkipChildren, nil
}

func renderMathBlock(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		formula := strings.TrimSpace(string(n.Lines().Value(src)))
		formula = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(formula, "$$"), "$$"))
		fmt.Fprintf(w, "<div>%s</div>\n", Math(formula, true))
	}
	return ast.WalkSkipChildren, nil
}
