package display

import (
	"fmt"
	"regexp"
	"strings"
)

// Inline shows a picture as a part of the page and not as an image, so that what lies
// under the pointer can say what it is: the points of a plot with tips, those of a
// descent with the way by which they came, which a click holds. The page's colour scheme
// chooses between light and dark. What is no picture is shown as it is.
//
// In notebooks of others, which are not trusted, JupyterLab shows nothing but the texts in
// the picture: one that is stored for readers is better not inline.
func Inline(v Displayer) Bundle {
	if v == nil {
		return Text("nil")
	}
	b := v.Display()
	svg, ok := b.Data[MIMESVG].(string)
	if !ok {
		return b
	}
	delete(b.Data, MIMESVG)
	b.Data[MIMEHTML] = schemed(svg)
	return b
}

var (
	darkRules = regexp.MustCompile(`\n@media \(prefers-color-scheme: dark\)\{((?:#\w+ \.\w+\{\w+:#\w+\})*)\}`)
	colorRule = regexp.MustCompile(`(#\w+ \.\w+\{\w+:)(#\w+)\}`)
)

// schemed rewrites the rules of one of our pictures: a media query asks what the reader's
// system prefers, light-dark what the page has. A browser that doesn't know light-dark
// keeps the light form.
func schemed(svg string) string {
	found := darkRules.FindStringSubmatchIndex(svg)
	if found == nil {
		return svg
	}
	dark := map[string]string{}
	for _, rule := range colorRule.FindAllStringSubmatch(svg[found[2]:found[3]], -1) {
		dark[rule[1]] = rule[2]
	}
	light := colorRule.ReplaceAllStringFunc(svg[:found[0]], func(rule string) string {
		part := colorRule.FindStringSubmatch(rule)
		head, property := part[1], part[1][strings.IndexByte(part[1], '{')+1:]
		if dark[head] == "" {
			return rule
		}
		return fmt.Sprintf("%s%s;%slight-dark(%s,%s)}", head, part[2], property, part[2], dark[head])
	})
	return light + svg[found[1]:]
}
