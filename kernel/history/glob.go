package history

import (
	"strings"
	"unicode/utf8"
)

// Glob is a pattern for whole texts: * stands for any text, also over several
// lines, ? for one character, [abc] and [a-z] for one of those characters, [^abc]
// and [!abc] for one that is none of them. In brackets a ] that comes first stands
// for itself, and so does a [ that is never closed, as in "*[]int*". A pattern
// takes no backslashes: [*] is a star.
type Glob struct{ parts []part }

// part is what stands for one character, or, if star, for any text.
type part struct {
	star, any bool
	char      rune
	class     []span // nil: char
	not       bool
}

// span is a range of characters in brackets.
type span struct{ from, to rune }

// Compile reads a pattern. Every text is one.
func Compile(pattern string) Glob {
	var g Glob
	for pattern != "" {
		r, size := utf8.DecodeRuneInString(pattern)
		p := part{char: r}
		switch r {
		case '*':
			p = part{star: true}
		case '?':
			p = part{any: true}
		case '[':
			if class, n := readClass(pattern); n > 0 {
				p, size = class, n
			}
		}
		g.parts, pattern = append(g.parts, p), pattern[size:]
	}
	return g
}

// readClass reads brackets and says how long they are; 0 if they are not closed.
func readClass(pattern string) (class part, size int) {
	rest := pattern[1:]
	if rest != "" && (rest[0] == '^' || rest[0] == '!') {
		class.not, rest = true, rest[1:]
	}
	if rest == "" {
		return part{}, 0
	}
	end := strings.IndexByte(rest[1:], ']') + 1 // a ] that comes first is a member
	if end == 0 {
		return part{}, 0
	}
	members := []rune(rest[:end])
	class.class = []span{}
	for len(members) > 0 {
		s, n := span{members[0], members[0]}, 1
		if len(members) > 2 && members[1] == '-' {
			s.to, n = members[2], 3
		}
		class.class, members = append(class.class, s), members[n:]
	}
	return class, len(pattern) - len(rest) + end + 1
}

// Match reports whether the pattern stands for the whole text.
func (g Glob) Match(text string) bool {
	parts := g.parts
	var afterStar []part // what follows the last star that was met, nil: none
	var retry string     // where that may begin to match next
	for {
		switch {
		case len(parts) > 0 && parts[0].star:
			parts = parts[1:]
			afterStar, retry = parts, text
			if len(parts) == 0 {
				return true
			}
			continue
		case text == "" && len(parts) == 0:
			return true
		case text != "" && len(parts) > 0:
			if r, size := utf8.DecodeRuneInString(text); parts[0].match(r) {
				parts, text = parts[1:], text[size:]
				continue
			}
		}
		if afterStar == nil || retry == "" {
			return false
		}
		_, size := utf8.DecodeRuneInString(retry)
		retry = retry[size:]
		parts, text = afterStar, retry
	}
}

func (p part) match(r rune) bool {
	switch {
	case p.any:
		return true
	case p.class == nil:
		return r == p.char
	}
	for _, s := range p.class {
		if s.from <= r && r <= s.to {
			return !p.not
		}
	}
	return p.not
}
