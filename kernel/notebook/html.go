package notebook

import (
	"bytes"
	_ "embed" // the page's template and style sheet
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"strings"

	"github.com/nascent-go/nascent/kernel/notebook/internal/markdown"
)

//go:embed page.html
var pageTemplate string

//go:embed page.css
var pageCSS string

// HTML makes one page of a notebook that needs nothing else: no network, no
// scripts, light and dark as the reader's system is. Pictures that are SVG stand
// in it as elements. HTML of the notebook's own Markdown and outputs is taken
// over as it is, so a page is as trustworthy as its notebook. The title is for
// notebooks that have no heading.
func HTML(nb *Notebook, title string) ([]byte, error) {
	b := pageBuilder{markdown: markdown.New(highlight), language: nb.Language(), widgets: nb.widgets()}
	if b.language == "" {
		b.language = "go"
	}
	data := pageData{Title: title}
	for i, c := range nb.Cells {
		view, err := b.cell(i+1, c)
		if err != nil {
			return nil, fmt.Errorf("making a page: cell %d: %w", i+1, err)
		}
		if view != nil {
			data.Cells = append(data.Cells, *view)
		}
	}
	nb.Metadata.Get("title", &data.Title)
	for _, h := range b.headings {
		if h.Level == 1 {
			data.Title = h.Text
			break
		}
	}
	data.Contents = contents(b.headings)
	code, err := highlightCSS()
	if err != nil {
		return nil, err
	}
	data.CSS = template.CSS(code + pageCSS)
	var info struct{ Name, Version string }
	if nb.Metadata.Get("language_info", &info) && info.Name != "" {
		data.Footer = strings.TrimSpace(info.Name + " " + info.Version)
	}

	tmpl, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return nil, fmt.Errorf("making a page: %w", err)
	}
	var out bytes.Buffer
	if err := tmpl.Execute(&out, data); err != nil {
		return nil, fmt.Errorf("making a page: %w", err)
	}
	return out.Bytes(), nil
}

// pageData is what page.html shows.
type pageData struct {
	Title    string
	CSS      template.CSS
	Contents []markdown.Heading
	Cells    []cellView
	Footer   string
}

// cellView is one cell.
type cellView struct {
	Kind    CellType
	Prompt  string // execution count, a blank if there is none
	Source  template.HTML
	Folded  bool // the source is hidden until asked for
	Outputs []outputView
	Hidden  bool // the outputs are
}

// outputView is one output.
type outputView struct {
	Class  string
	Result bool
	Body   template.HTML
}

// pageBuilder makes the parts of one page.
type pageBuilder struct {
	markdown *markdown.Renderer
	language string
	headings []markdown.Heading
	widgets  map[string]*widgetModel
	nested   int // how deep a widget stands in others
}

// contentsFrom is how many headings make a table of contents worth its place.
const contentsFrom = 3

// contents is the headings of the first three levels below the title.
func contents(headings []markdown.Heading) []markdown.Heading {
	var list []markdown.Heading
	for _, h := range headings {
		if h.Level <= 3 && h.ID != "" {
			list = append(list, h)
		}
	}
	if len(list) < contentsFrom {
		return nil
	}
	return list
}

// cell is the view of a cell; nil if it shows nothing.
func (b *pageBuilder) cell(number int, c *Cell) (*cellView, error) {
	if strings.TrimSpace(c.Source) == "" && len(c.Outputs) == 0 {
		return nil, nil
	}
	view := &cellView{Kind: c.Type}
	switch c.Type {
	case Markdown:
		page, headings, err := b.markdown.Render(c.Source, attachments(c.Attachments))
		if err != nil {
			return nil, err
		}
		b.headings = append(b.headings, headings...)
		view.Source = template.HTML(page)
	case Code:
		view.Source = template.HTML(highlight(strings.TrimRight(c.Source, "\n"), b.language))
		if c.ExecutionCount > 0 {
			view.Prompt = fmt.Sprint(c.ExecutionCount)
		}
		var jupyter struct {
			SourceHidden  bool `json:"source_hidden"`
			OutputsHidden bool `json:"outputs_hidden"`
		}
		c.Metadata.Get("jupyter", &jupyter)
		view.Folded, view.Hidden = jupyter.SourceHidden, jupyter.OutputsHidden
		for i, o := range c.Outputs {
			v, err := b.output(fmt.Sprintf("out-%d-%d", number, i+1), o)
			if err != nil {
				return nil, fmt.Errorf("output %d: %w", i+1, err)
			}
			view.Outputs = append(view.Outputs, v)
		}
	default:
		view.Source = template.HTML(html.EscapeString(c.Source))
	}
	return view, nil
}

// attachments is the images of a cell as data URIs.
func attachments(raw json.RawMessage) map[string]string {
	if raw == nil {
		return nil
	}
	bundles := map[string]map[string]json.RawMessage{}
	if json.Unmarshal(raw, &bundles) != nil {
		return nil
	}
	uris := map[string]string{}
	for name, bundle := range bundles {
		for mime, data := range bundle {
			if text, err := multiline(data); err == nil {
				uris[name] = dataURI(mime, text)
			}
		}
	}
	return uris
}
