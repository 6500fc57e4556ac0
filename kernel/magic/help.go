package magic

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
)

func help() Command {
	return Command{
		Name: "help", Aliases: []string{"lsmagic", "quickref", "magic"}, Form: Line, Usage: "[COMMAND|NAME]", Most: 1,
		Short: "show the commands, or the documentation of one or of a Go name, in the pager",
		Setup: func(*pflag.FlagSet) Runner {
			return func(ctx context.Context, c *Call) error {
				if len(c.Args) == 0 {
					c.Page(overview(c.Commands()), "")
					return nil
				}
				name := c.Args[0]
				if text, ok := c.env.help(name); ok {
					c.Page(text, "")
					return nil
				}
				if strings.HasPrefix(name, "%") {
					return c.env.unknown(name, strings.TrimLeft(name, "%"), strings.HasPrefix(name, "%%"))
				}
				return c.document(ctx, name, 0)
			}
		},
		Complete: func(ctx context.Context, env Go, _ []string, word string) []cell.CompletionItem {
			return env.Complete(ctx, word, len(word)).Items
		},
	}
}

// overview lists all commands.
func overview(all []*Command) string {
	var b strings.Builder
	b.WriteString("A cell is Go. Besides, on lines of their own:\n\n")
	row := func(head, short string) {
		if len(head) > 40 {
			fmt.Fprintf(&b, "  %s\n  %-40s  %s\n", head, "", short)
			return
		}
		fmt.Fprintf(&b, "  %-40s  %s\n", head, short)
	}
	for _, c := range all {
		for head := range strings.Lines(c.usage()) {
			row(strings.TrimSpace(head), c.Short)
		}
	}
	row("!COMMAND", "run a command in the shell; $name and {expression} are values of Go")
	row("?NAME, NAME?, NAME??", "show documentation; with two question marks the source too")
	b.WriteString("\nEach has -h. %% commands are the first line of a cell, and the rest is their body.\n")
	return b.String()
}
