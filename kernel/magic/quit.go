package magic

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
)

func quit() Command {
	return Command{
		Name: "quit", Usage: "[-k]", Aliases: []string{"exit"}, Form: Line,
		Short: "ask a console to leave; a notebook stays",
		Setup: func(options *pflag.FlagSet) Runner {
			keep := options.BoolP("keep-kernel", "k", false, "let the kernel go on")
			return func(_ context.Context, c *Call) error {
				c.Ask(cell.ExitFrontEnd{KeepKernel: *keep})
				return nil
			}
		},
	}
}
