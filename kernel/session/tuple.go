package session

import (
	"fmt"
	"html"
	"strings"

	"github.com/nascent-go/nascent/display"
)

// render says what the values of a cell's last expression look like: one as
// itself, several as a tuple.
func render(values []any) display.Bundle {
	bundles := make([]display.Bundle, len(values))
	for i, v := range values {
		bundles[i] = display.Render(v)
	}
	if len(bundles) == 1 {
		return bundles[0]
	}
	return tuple(bundles)
}

// tuple puts several values into one bundle: their texts in brackets, or one
// below the other if they have several lines; and an HTML form if one of them is
// more than text.
func tuple(parts []display.Bundle) display.Bundle {
	texts := make([]string, len(parts))
	multiline, rich := false, false
	for i, p := range parts {
		texts[i], _ = p.Data[display.MIMEPlain].(string)
		multiline = multiline || strings.Contains(texts[i], "\n")
		rich = rich || htmlForm(p) != ""
	}
	b := display.Bundle{Data: map[string]any{}}
	if multiline {
		for i := range texts {
			texts[i] = fmt.Sprintf("[%d] %s", i+1, strings.ReplaceAll(texts[i], "\n", "\n    "))
		}
		b.Data[display.MIMEPlain] = strings.Join(texts, "\n")
	} else {
		b.Data[display.MIMEPlain] = "(" + strings.Join(texts, ", ") + ")"
	}
	if !rich {
		return b
	}
	var page strings.Builder
	for _, p := range parts {
		form := htmlForm(p)
		if form == "" {
			text, _ := p.Data[display.MIMEPlain].(string)
			form = "<pre>" + html.EscapeString(text) + "</pre>"
		}
		page.WriteString("<div>" + form + "</div>\n")
	}
	b.Data[display.MIMEHTML] = page.String()
	return b
}

// htmlForm is the richest form of a bundle that can be a part of an HTML page; ""
// if it has only text.
func htmlForm(b display.Bundle) string {
	if page, ok := b.Data[display.MIMEHTML].(string); ok {
		return page
	}
	if svg, ok := b.Data[display.MIMESVG].(string); ok {
		return svg[max(0, strings.Index(svg, "<svg")):]
	}
	for _, mime := range []string{display.MIMEPNG, display.MIMEJPEG} {
		if data, ok := b.Data[mime].(string); ok {
			return fmt.Sprintf(`<img src="data:%s;base64,%s">`, mime, data)
		}
	}
	return ""
}
