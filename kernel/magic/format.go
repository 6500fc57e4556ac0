package magic

import (
	"context"
	"go/format"
	"go/token"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
)

func formatting() Command {
	return Command{
		Name: "fmt", Usage: "[on|off]", Form: Line | Whole, Most: 1,
		Short: "put the cell, formatted as gofmt does it and without this line, into its place",
		Long: "With %%fmt the cell is not run. Commands in it stay as they are. A front end that can't replace a cell makes one below.\n" +
			"%fmt on does it for every cell that runs from then on, as long as it is Go.",
		Setup: func(*pflag.FlagSet) Runner {
			return func(_ context.Context, c *Call) error {
				start, whole := 0, strings.HasPrefix(strings.TrimSpace(c.In.Source), "%%")
				if whole {
					start = len(c.In.Source) - len(c.Body)
				}
				if len(c.Args) > 0 {
					if err := c.formatAll(c.Args[0]); err != nil || !whole {
						return err
					}
				}
				text, err := c.env.format(c.In, start)
				if err != nil {
					return err
				}
				c.Ask(cell.NextInput{Text: text, Replace: true})
				return nil
			}
		},
		Complete: func(_ context.Context, _ Go, _ []string, word string) []cell.CompletionItem {
			return matching(items("value", "off", "on"), word)
		},
	}
}

// formatAll says whether cells that run are formatted.
func (c *Call) formatAll(word string) error {
	switch word {
	case "on":
		c.env.formats.Store(true)
		return c.Printf("cells are formatted when they run\n")
	case "off":
		c.env.formats.Store(false)
		return c.Printf("cells stay as they are when they run\n")
	}
	return &problem{"%fmt is not " + word, "it is on or off, or without a word formats this cell"}
}

// formatted asks for a cell that ran to be formatted, if it isn't and nothing else asks
// for its place.
func (e *Env) formatted(in cell.Input, out *cell.Outcome) {
	for _, p := range out.Payloads {
		if next, ok := p.(cell.NextInput); ok && next.Replace {
			return
		}
	}
	text, err := e.format(in, 0)
	if err == nil && text != strings.TrimRight(in.Source, "\n") {
		out.Payloads = append(out.Payloads, cell.NextInput{Text: text, Replace: true})
	}
}

// format formats the Go of a cell from an offset on. There may be commands in it; of
// those, %fmt itself is left out.
func (e *Env) format(in cell.Input, start int) (string, error) {
	text := in.Source
	var b strings.Builder
	for _, p := range e.splitter(text).split(start, len(text)) {
		part := text[p.start:p.end]
		if p.kind == line && strings.TrimSpace(part) == "%fmt" {
			continue
		}
		if p.kind == goCode {
			if err := e.Parse(step{source: blank(text, p.start, p.end)}.input(in)); err != nil {
				return "", err
			}
			var err error
			if part, err = formatGo(part); err != nil {
				return "", err
			}
		}
		b.WriteString(part)
	}
	return strings.TrimRight(b.String(), "\n"), nil
}

// formatGo formats declarations and statements, which Go's formatter knows only apart.
func formatGo(text string) (string, error) {
	if out, err := format.Source([]byte(text)); err == nil {
		return string(out), nil
	}
	var b strings.Builder
	from, kindBefore := 0, token.ILLEGAL
	flush := func(to int) error {
		out, err := format.Source([]byte(text[from:to]))
		b.Write(out)
		from = to
		return err
	}
	for at := 0; at < len(text); {
		s := scan(text, at, len(text))
		kind := token.FUNC // declarations
		if s.first != token.FUNC && s.first != token.TYPE && s.first != token.CONST && s.first != token.IMPORT {
			kind = token.VAR // statements
		}
		if kind != kindBefore && at > from {
			if err := flush(at); err != nil {
				return "", err
			}
		}
		at, kindBefore = s.end, kind
	}
	err := flush(len(text))
	return b.String(), err
}
