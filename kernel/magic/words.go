package magic

import (
	"errors"
	"strings"
)

// word is one argument of a command, with where it stands in the command's text.
type word struct {
	text       string
	start, end int
}

// errQuote is what is wrong with arguments whose quotes don't match.
var errQuote = errors.New("a quote is not closed; write \\' or \\\" for one that stands for itself")

// words divides the arguments of a command as a POSIX shell would: blanks divide;
// what stands in single quotes is taken as it is; in double quotes \" \\ and \$ are
// escapes; elsewhere a backslash takes the next letter as it is, and one at the end of a line
// continues it.
func words(text string) ([]word, error) {
	var list []word
	var b strings.Builder
	begun := -1
	end := func(i int) {
		if begun >= 0 {
			list = append(list, word{b.String(), begun, i})
		}
		b.Reset()
		begun = -1
	}
	var quote byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && quote != '\'':
			if i+1 == len(text) {
				break
			}
			next := text[i+1]
			i++
			if next == '\r' && i+1 < len(text) && text[i+1] == '\n' {
				next = '\n'
				i++
			}
			switch {
			case next == '\n':
				if quote == 0 && begun >= 0 {
					end(i - 1)
				}
				continue
			case quote == '"' && next != '"' && next != '\\' && next != '$':
				b.WriteByte(c)
			}
			if begun < 0 {
				begun = i - 1
			}
			b.WriteByte(next)
			continue
		case quote != 0:
			b.WriteByte(c)
		case c == '\'' || c == '"':
			quote = c
			if begun < 0 {
				begun = i
			}
			continue
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			end(i)
			continue
		default:
			b.WriteByte(c)
		}
		if begun < 0 {
			begun = i
		}
	}
	end(len(text))
	if quote != 0 {
		return list, errQuote
	}
	return list, nil
}

// texts are the words without their places.
func texts(list []word) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = w.text
	}
	return out
}
