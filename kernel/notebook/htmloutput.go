package notebook

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"strings"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/notebook/internal/ansi"
	"github.com/nascent-go/nascent/kernel/notebook/internal/markdown"
	"github.com/nascent-go/nascent/kernel/notebook/internal/svg"
)

// output is the view of an output. id is an id that nothing else on the page has.
func (b *pageBuilder) output(id string, o *Output) (outputView, error) {
	switch o.Type {
	case Stream:
		return outputView{Class: "stream " + streamClass(o.Name), Body: pre(ansi.Settle(o.Text))}, nil
	case ErrorOutput:
		text := strings.Join(o.Traceback, "\n")
		if strings.TrimSpace(text) == "" {
			text = o.EName + ": " + o.EValue
		}
		return outputView{Class: "error", Body: pre(text)}, nil
	}
	class, body, err := b.bundle(id, o)
	return outputView{Class: class, Result: o.Type == ExecuteResult, Body: body}, err
}

func streamClass(name string) string {
	if name == "stderr" {
		return "stderr"
	}
	return "stdout"
}

// pre is text as a terminal shows it.
func pre(text string) template.HTML {
	return template.HTML("<pre>" + ansi.HTML(strings.TrimRight(text, "\n")) + "</pre>")
}

// rasters are the MIME types of images that a page can hold as data.
var rasters = [...]string{display.MIMEPNG, display.MIMEJPEG, "image/gif", "image/webp"}

// bundle shows the richest form of a bundle that a page without scripts can show,
// in the order that JupyterLab has.
func (b *pageBuilder) bundle(id string, o *Output) (class string, body template.HTML, err error) {
	if view, ok, err := b.widget(id, o); ok || err != nil {
		return "widgets", view, err
	}
	plain, hasPlain := o.Data.Text(display.MIMEPlain)
	if text, ok := o.Data.Text(display.MIMEHTML); ok {
		return "html", template.HTML(text), nil
	}
	if text, ok := o.Data.Text(display.MIMEMarkdown); ok {
		page, _, err := b.markdown.Render(text, nil)
		return "markdown", template.HTML(page), err
	}
	if text, ok := o.Data.Text(display.MIMESVG); ok {
		return "picture", picture(id, text, o, plain), nil
	}
	if img := raster(o, plain); img != "" {
		return "picture", img, nil
	}
	if text, ok := o.Data.Text(display.MIMELaTeX); ok {
		formula := strings.Trim(strings.TrimSpace(text), "$")
		return "latex", template.HTML("<div>" + markdown.Math(formula, true) + "</div>"), nil
	}
	if raw, ok := o.Data[display.MIMEJSON]; ok {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, raw, "", "  "); err != nil {
			return "", "", fmt.Errorf("%s: %w", display.MIMEJSON, err)
		}
		return "json", template.HTML(`<pre class="code"><code class="chroma">` + highlight(pretty.String(), "json") + "</code></pre>"), nil
	}
	if !hasPlain {
		plain = "(an output in forms that a page cannot show)"
	}
	return "plain", pre(plain), nil
}

// picture is an SVG as an element of the page; if it cannot be one, as an image.
func picture(id, text string, o *Output, alt string) template.HTML {
	inline, err := svg.Inline(text, id)
	if err == nil {
		return template.HTML(fmt.Sprintf(`<figure id="%s">%s</figure>`, id, inline))
	}
	if img := raster(o, alt); img != "" {
		return img
	}
	uri := dataURI(display.MIMESVG, base64.StdEncoding.EncodeToString([]byte(text)))
	return template.HTML(fmt.Sprintf(`<figure><img src="%s" alt="%s"></figure>`, uri, html.EscapeString(alt)))
}

// raster is the first image of pixels in a bundle; "" if there is none.
func raster(o *Output, alt string) template.HTML {
	for _, mime := range rasters {
		data, ok := o.Data.Text(mime)
		if !ok {
			continue
		}
		var size struct{ Width, Height float64 } // in CSS pixels
		o.Metadata.Get(mime, &size)
		attributes := ""
		if size.Width > 0 {
			attributes += fmt.Sprintf(` width="%g"`, size.Width)
		}
		if size.Height > 0 {
			attributes += fmt.Sprintf(` height="%g"`, size.Height)
		}
		return template.HTML(fmt.Sprintf(`<figure><img src="%s" alt="%s"%s></figure>`,
			html.EscapeString(dataURI(mime, data)), html.EscapeString(alt), attributes))
	}
	return ""
}

// dataURI is base64 data as the address of itself.
func dataURI(mime, data string) string {
	return "data:" + mime + ";base64," + strings.Join(strings.Fields(data), "")
}
