package space

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Choice is one decision and the option taken, in words.
type Choice struct {
	Decision string
	Option   string
}

// Describe puts a complete genotype in words.
func Describe(s Space, g Genotype) ([]Choice, error) {
	list, err := named(s, g)
	if err != nil {
		return nil, err
	}
	choices := make([]Choice, len(list))
	for i, d := range list {
		choices[i] = Choice{Decision: d.Name, Option: d.Options[g[i]]}
	}
	return choices, nil
}

// Codec is a space with a notation of its own for architectures.
type Codec interface {
	Space
	// Format writes a complete genotype.
	Format(g Genotype) (string, error)
	// Parse reads what Format wrote.
	Parse(text string) (Genotype, error)
}

// Format writes a genotype as text that Parse reads: in the space's own notation
// if it is a Codec, otherwise the option taken at each decision, with commas between.
// An option that could be misread, such as one with a comma, stands in quotes.
func Format(s Space, g Genotype) (string, error) {
	if missing(s) {
		return "", errMissing
	}
	if c, ok := s.(Codec); ok {
		return c.Format(g)
	}
	choices, err := Describe(s, g)
	if err != nil {
		return "", err
	}
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = quoted(c.Option)
	}
	return strings.Join(words, ", "), nil
}

// Parse reads what Format wrote.
func Parse(s Space, text string) (Genotype, error) {
	if missing(s) {
		return nil, errMissing
	}
	if c, ok := s.(Codec); ok {
		return c.Parse(text)
	}
	return parseWords(s, text, func(word string) string { return word })
}

// explainer is a space that can say why an option is not offered after some choices.
type explainer interface {
	// explainMissing is nothing, or ": " and the reason.
	explainMissing(chosen Genotype, option string) string
}

// quoted is an option as a word of a text.
func quoted(option string) string {
	if option == "" || option != strings.TrimSpace(option) || strings.ContainsAny(option, `,"`) {
		return strconv.Quote(option)
	}
	return option
}

// field is a word of a text, and where it begins.
type field struct {
	word string
	at   int // byte
}

// fields splits a text at its commas, those in quotes aside.
func fields(text string) ([]field, error) {
	var list []field
	p := &scanner{text: text}
	if p.skip() == len(text) {
		return nil, nil
	}
	for {
		at := p.skip()
		if quote, err := strconv.QuotedPrefix(text[at:]); err == nil && quote[0] == '"' {
			word, _ := strconv.Unquote(quote) // which a quoted prefix can be
			list = append(list, field{word, at})
			p.at += len(quote)
		} else {
			word, _, _ := strings.Cut(text[at:], ",")
			list = append(list, field{strings.TrimSpace(word), at})
			p.at += len(word)
		}
		if p.skip() == len(text) {
			return list, nil
		}
		if !p.take(',') {
			return nil, p.wrong(p.at, "a comma or the end")
		}
	}
}

// parseWords reads one option a decision, with commas between. full gives the
// option that a word stands for.
func parseWords(s Space, text string, full func(word string) string) (Genotype, error) {
	words, err := fields(text)
	if err != nil {
		return nil, fmt.Errorf("space %s: %.100q: %w", s.Name(), text, err)
	}
	var g Genotype
	for {
		d, more, err := next(s, g)
		if err != nil {
			return nil, err
		}
		if !more {
			if len(words) > len(g) {
				return nil, fmt.Errorf("space %s: %.100q has %d choices, but the architecture is complete after %d", s.Name(), text, len(words), len(g))
			}
			return g, nil
		}
		if len(g) == len(words) {
			return nil, fmt.Errorf("space %s: %.100q ends before %q is decided; the options are %s", s.Name(), text, d.Name, strings.Join(d.Options, ", "))
		}
		w := words[len(g)]
		o := slices.Index(d.Options, full(w.word))
		if o < 0 {
			why := ""
			if e, ok := s.(explainer); ok {
				why = e.explainMissing(g, w.word)
			}
			column := utf8.RuneCountInString(text[:w.at]) + 1
			return nil, fmt.Errorf("space %s: column %d (%s) of %.100q: there is no option %.100q%s; the options are %s", s.Name(), column, d.Name, text, w.word, why, strings.Join(d.Options, ", "))
		}
		g = append(g, o)
	}
}
