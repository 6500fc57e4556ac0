package magic

import (
	"context"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/display"
)

func html() Command {
	return rich("html", nil, "HTML", "Scripts in it run where the front end trusts the notebook.", display.HTML)
}

func markdown() Command { return rich("markdown", []string{"md"}, "Markdown", "", display.Markdown) }

func latex() Command {
	return rich("latex", nil, "LaTeX", "Formulas stand in $…$ or $$…$$, or in an environment such as equation.", display.LaTeX)
}

func svg() Command { return rich("svg", []string{"SVG"}, "an SVG picture", "", display.SVG) }

// rich is a command that shows a text as what it is.
func rich(name string, aliases []string, what, long string, show func(string) display.Bundle) Command {
	return Command{
		Name: name, Aliases: aliases, Usage: "TEXT", Form: Line | Whole, Rest: Text, Least: 1,
		Short: "show the text as " + what, Long: long,
		Setup: func(*pflag.FlagSet) Runner {
			return func(_ context.Context, c *Call) error {
				return c.Show(show(strings.TrimSpace(c.Rest + "\n" + c.Body)))
			}
		},
	}
}
