package space

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// scanner reads a notation from left to right.
type scanner struct {
	text string
	at   int // next byte
}

// skip leaves out white space and is the place of what follows.
func (p *scanner) skip() int {
	p.at = len(p.text) - len(strings.TrimLeft(p.text[p.at:], " \t\r\n"))
	return p.at
}

// take leaves out the character c; false if it is not there.
func (p *scanner) take(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// word reads letters, digits, hyphens and underscores.
func (p *scanner) word() string {
	rest := p.text[p.at:]
	n := strings.IndexFunc(rest, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if n < 0 {
		n = len(rest)
	}
	p.at += n
	return rest[:n]
}

// wrong is the error of something unexpected at a byte.
func (p *scanner) wrong(at int, expected string) error {
	found := "the end"
	if rest := p.text[at:]; rest != "" {
		end := strings.IndexAny(rest, " \t\r\n(),|~+")
		switch end {
		case -1:
			end = len(rest)
		case 0:
			_, end = utf8.DecodeRuneInString(rest)
		}
		found = fmt.Sprintf("%.100q", rest[:end])
	}
	return fmt.Errorf("column %d: found %s; expected %s", utf8.RuneCountInString(p.text[:at])+1, found, expected)
}
