// Package svg makes SVG documents fit to stand as elements in one HTML page:
// their ids and style rules touch nothing but themselves.
package svg

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Inline turns an SVG document into an <svg> element for an HTML page. Every id
// gets the prefix, which must be different for every document of the page and be
// an id itself; the rules of <style> elements are bound to the element of the
// page whose id is the prefix, in which the result must stand. Prolog, comments,
// scripts and event handlers are left out.
//
// The error says that the text is no SVG that can be inlined; it can still be
// shown as an image.
func Inline(document, prefix string) (string, error) {
	in := inliner{prefix: prefix}
	dec := xml.NewDecoder(strings.NewReader(document))
	dec.Strict = true
	for {
		token, err := dec.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", fmt.Errorf("reading an SVG: %w", err)
		}
		if err := in.take(token); err != nil {
			return "", fmt.Errorf("reading an SVG: %w", err)
		}
	}
	switch {
	case !in.begun:
		return "", errors.New("reading an SVG: it has no svg element")
	case len(in.open) > 0:
		return "", fmt.Errorf("reading an SVG: it ends inside the element %s", in.open[len(in.open)-1])
	}
	return in.out.String(), nil
}

// inliner writes an SVG again, element by element.
type inliner struct {
	prefix  string
	out     strings.Builder
	open    []string // names of the elements that are open
	begun   bool     // the svg element has been seen
	skipped int      // how many of the open elements are left out
	style   strings.Builder
}

func (in *inliner) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return in.start(t)
	case xml.EndElement:
		return in.end(name(t.Name))
	case xml.CharData:
		switch {
		case len(in.open) == 0 || in.skipped > 0:
		case in.open[len(in.open)-1] == "style":
			in.style.Write(t)
		default:
			in.out.WriteString(escapeText(string(t)))
		}
	}
	return nil
}

func (in *inliner) start(t xml.StartElement) error {
	tag := name(t.Name)
	if len(in.open) == 0 {
		if in.begun || tag != "svg" {
			return fmt.Errorf("the outermost element is %s, want one svg", tag)
		}
		in.begun = true
	}
	in.open = append(in.open, tag)
	if in.skipped > 0 || tag == "script" {
		in.skipped++
		return nil
	}
	in.out.WriteString("<" + tag)
	for _, a := range t.Attr {
		key := name(a.Name)
		if strings.HasPrefix(strings.ToLower(key), "on") || scripted(key, a.Value) {
			continue
		}
		fmt.Fprintf(&in.out, ` %s="%s"`, key, escapeAttr(in.attribute(key, a.Value)))
	}
	in.out.WriteByte('>')
	return nil
}

// scripted reports whether an attribute is a link that runs a script.
func scripted(key, value string) bool {
	return (key == "href" || key == "xlink:href") &&
		strings.HasPrefix(strings.ToLower(strings.TrimSpace(value)), "javascript:")
}

func (in *inliner) end(tag string) error {
	if len(in.open) == 0 || in.open[len(in.open)-1] != tag {
		return fmt.Errorf("</%s> ends an element that is not open", tag)
	}
	in.open = in.open[:len(in.open)-1]
	if in.skipped > 0 {
		in.skipped--
		return nil
	}
	if tag == "style" {
		in.out.WriteString(escapeText(scope(in.style.String(), "#"+in.prefix, in.rename)))
		in.style.Reset()
	}
	in.out.WriteString("</" + tag + ">")
	return nil
}

func (in *inliner) rename(id string) string { return in.prefix + "-" + id }

var urlRef = regexp.MustCompile(`url\(\s*(["']?)#([^"')\s]+)(["']?)\s*\)`)

// renameURLs changes the ids in references such as url(#id).
func renameURLs(text string, rename func(string) string) string {
	return urlRef.ReplaceAllStringFunc(text, func(ref string) string {
		parts := urlRef.FindStringSubmatch(ref)
		return "url(#" + rename(parts[2]) + ")"
	})
}

// attribute changes the ids in the value of an attribute.
func (in *inliner) attribute(key, value string) string {
	switch key {
	case "id":
		return in.rename(value)
	case "href", "xlink:href":
		if id, ok := strings.CutPrefix(value, "#"); ok {
			return "#" + in.rename(id)
		}
		return value
	case "aria-labelledby", "aria-describedby":
		ids := strings.Fields(value)
		for i := range ids {
			ids[i] = in.rename(ids[i])
		}
		return strings.Join(ids, " ")
	}
	return renameURLs(value, in.rename)
}

// name is a name as it was written, with its prefix.
func name(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

var (
	textEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	attrEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;")
)

func escapeText(s string) string { return textEscaper.Replace(s) }
func escapeAttr(s string) string { return attrEscaper.Replace(s) }
