package magic

import (
	"context"
	"strings"

	"github.com/spf13/pflag"
)

func anyScript() Command {
	return Command{
		Name: "script", Usage: "PROGRAM [ARGUMENT]...", Form: Whole, Least: 1, Most: -1,
		Short: "run the cell in a program that reads it from standard input, such as python3",
		Long: "Output is shown while it is written. An exit status other than 0 fails the cell; an interrupt ends the program and\n" +
			"what it has started. Options of the program stand behind --: %%script -- python3 -u",
		Setup: func(options *pflag.FlagSet) Runner {
			options.SetInterspersed(false)
			return func(ctx context.Context, c *Call) error {
				return c.spawn(ctx, strings.NewReader(c.Body), c.In.Stdout, c.In.Stderr, c.Args[0], c.Args[1:]...)
			}
		},
	}
}
