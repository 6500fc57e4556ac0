package space

import (
	"fmt"
	"slices"
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
		words[i] = c.Option
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

// parseWords reads one option a decision, with commas between. full gives the
// option that a word stands for.
func parseWords(s Space, text string, full func(word string) string) (Genotype, error) {
	var words []string
	if strings.TrimSpace(text) != "" {
		words = strings.Split(text, ",")
	}
	var g Genotype
	at := 0 // of the next word in text
	for {
		d, more, err := next(s, g)
		if err != nil {
			return nil, err
		}
		if !more {
			if len(words) > len(g) {
				return nil, fmt.Errorf("space %s: %q has %d choices, but the architecture is complete after %d", s.Name(), text, len(words), len(g))
			}
			return g, nil
		}
		if len(g) == len(words) {
			return nil, fmt.Errorf("space %s: %q ends before %q is decided; the options are %s", s.Name(), text, d.Name, strings.Join(d.Options, ", "))
		}
		field := words[len(g)]
		word := strings.TrimSpace(field)
		o := slices.Index(d.Options, full(word))
		if o < 0 {
			column := utf8.RuneCountInString(text[:at+strings.Index(field, word)]) + 1
			why := ""
			if e, ok := s.(explainer); ok {
				why = e.explainMissing(g, word)
			}
			return nil, fmt.Errorf("space %s: column %d (%s) of %q: there is no option %q%s; the options are %s", s.Name(), column, d.Name, text, word, why, strings.Join(d.Options, ", "))
		}
		g = append(g, o)
		at += len(field) + len(",")
	}
}
