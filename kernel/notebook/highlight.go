package notebook

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"github.com/alecthomas/chroma/v2"
	chtml "github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
)

// Styles of highlighted code.
const (
	lightStyle = "github"
	darkStyle  = "github-dark"
)

func formatter() *chtml.Formatter {
	return chtml.New(chtml.WithClasses(true), chtml.PreventSurroundingPre(true), chtml.WithCSSComments(false))
}

// highlight is code as HTML with classes for its colours; code in a language
// that is not known is only escaped.
func highlight(code, language string) string {
	lexer := lexers.Get(language)
	if language == "" || lexer == nil {
		return html.EscapeString(code)
	}
	tokens, err := chroma.Coalesce(lexer).Tokenise(&chroma.TokeniseOptions{State: "root", EnsureLF: false}, code)
	if err != nil {
		return html.EscapeString(code)
	}
	var b strings.Builder
	if err := formatter().Format(&b, styles.Get(lightStyle), tokens); err != nil {
		return html.EscapeString(code)
	}
	return b.String()
}

// highlightCSS is the style sheet for highlighted code, light and dark.
func highlightCSS() (string, error) {
	var b bytes.Buffer
	for _, s := range []struct{ before, style, after string }{
		// Each by itself: what one of them leaves out must not come from the other.
		{"@media not all and (prefers-color-scheme: dark) {\n", lightStyle, "}\n"},
		{"@media (prefers-color-scheme: dark) {\n", darkStyle, "}\n"},
	} {
		b.WriteString(s.before)
		if err := formatter().WriteCSS(&b, styles.Get(s.style)); err != nil {
			return "", fmt.Errorf("writing the style sheet for code: %w", err)
		}
		b.WriteString(s.after)
	}
	return b.String(), nil
}
