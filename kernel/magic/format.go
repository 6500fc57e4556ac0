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
		Name: "fmt", Form: Whole,
		Short: "put the cell, formatted as gofmt does it and without this line, into its place",
		Long:  "The cell is not run. Commands in it stay as they are. A front end that can't replace a cell makes one below.",
		Setup: func(*pflag.FlagSet) Runner {
			return func(_ context.Context, c *Call) error {
				text, err := c.env.format(c.In, len(c.In.Source)-len(c.Body))
				if err != nil {
					return err
				}
				c.Ask(cell.NextInput{Text: text, Replace: true})
				return nil
			}
		},
	}
}

// format formats the Go of a cell from an offset on. There may be commands in it.
func (e *Env) format(in cell.Input, start int) (string, error) {
	text := in.Source
	var b strings.Builder
	for _, p := range e.splitter(text).split(start, len(text)) {
		part := text[p.start:p.end]
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
