package cell

import (
	_ "embed"
	"strings"
)

// Each keyword has an entry: the keyword, how it is used, and its documentation on indented lines.
//
//go:embed keywords.txt
var keywordsText string

// keyword is how a keyword is used, and its documentation.
func keyword(name string) (usage, doc string, ok bool) {
	for entry := range strings.SplitSeq(keywordsText, "\n\n") {
		head, doc, _ := strings.Cut(entry, "\n\t")
		if word, usage, _ := strings.Cut(head, " "); word == name {
			return strings.TrimSpace(usage), strings.TrimSpace(strings.ReplaceAll(doc, "\n\t", "\n")), true
		}
	}
	return "", "", false
}
