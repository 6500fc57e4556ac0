package magic

import (
	"context"

	"github.com/spf13/pflag"
)

func reset() Command {
	return Command{
		Name: "reset", Usage: "[NAME]...", Aliases: []string{"remove", "rm", "xdel"}, Form: Line, Most: -1,
		Short: "forget what cells have defined: all, or what is named",
		Long: "Values are let go. A package that a variable has shadowed is back: after fmt := 1, %reset fmt. What no longer\n" +
			"compiles without the names is named in a warning.",
		Setup: func(options *pflag.FlagSet) Runner {
			options.BoolP("force", "f", false, "as IPython has it: don't ask. Nothing is asked without it either")
			return func(ctx context.Context, c *Call) error {
				if len(c.Args) == 0 {
					return c.Go.Reset(ctx)
				}
				warnings, err := c.Go.Forget(ctx, c.Args...)
				c.Warn(warnings...)
				return err
			}
		},
		Complete: definitions,
	}
}
