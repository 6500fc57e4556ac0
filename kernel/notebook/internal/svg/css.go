package svg

import (
	"regexp"
	"strings"
)

// scope binds the rules of a style sheet to what lies inside the element that
// the selector names, and changes the ids that they speak of.
func scope(css, within string, rename func(string) string) string {
	var b strings.Builder
	scopeRules(&b, comments.ReplaceAllString(css, ""), within, rename)
	return b.String()
}

var (
	comments = regexp.MustCompile(`(?s)/\*.*?(\*/|\z)`)
	idInRule = regexp.MustCompile(`#(-?[A-Za-z_][\w-]*)`)
	root     = regexp.MustCompile(`^(svg)?:root\b`)
)

func scopeRules(b *strings.Builder, css, within string, rename func(string) string) {
	for css = strings.TrimSpace(css); css != ""; css = strings.TrimSpace(css) {
		stop := strings.IndexAny(css, "{;")
		if stop < 0 { // no rule: nothing that a browser would read
			return
		}
		head := strings.TrimSpace(css[:stop])
		if css[stop] == ';' { // @import, @charset, @namespace: a page that needs no network has none
			css = css[stop+1:]
			continue
		}
		body, rest := block(css[stop+1:])
		css = rest
		switch {
		case strings.HasPrefix(head, "@media"), strings.HasPrefix(head, "@supports"), strings.HasPrefix(head, "@layer"):
			b.WriteString(head + "{")
			scopeRules(b, body, within, rename)
			b.WriteString("}\n")
		case strings.HasPrefix(head, "@"): // @keyframes, @font-face: they select nothing
			b.WriteString(head + "{" + body + "}\n")
		default:
			b.WriteString(selectors(head, within, rename) + "{" + renameURLs(strings.TrimSpace(body), rename) + "}\n")
		}
	}
}

// block splits a text after a { into what stands before the } that belongs to it
// and what comes after.
func block(css string) (body, rest string) {
	depth := 1
	var quote byte
	for i := 0; i < len(css); i++ {
		switch c := css[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return css[:i], css[i+1:]
			}
		}
	}
	return css, ""
}

// selectors puts the scope before each selector of a list.
func selectors(list, within string, rename func(string) string) string {
	var out []string
	for _, s := range split(list) {
		s = idInRule.ReplaceAllStringFunc(strings.TrimSpace(s), func(id string) string { return "#" + rename(id[1:]) })
		s = root.ReplaceAllString(s, "svg")
		out = append(out, within+" "+s)
	}
	return strings.Join(out, ",")
}

// split splits a list of selectors at its commas, but not inside brackets.
func split(list string) []string {
	var out []string
	depth, from := 0, 0
	for i := range len(list) {
		switch list[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, list[from:i])
				from = i + 1
			}
		}
	}
	return append(out, list[from:])
}
