package magic

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
)

func native() Command {
	return Command{
		Name: "native", Form: Whole, Rest: Program,
		Short: "compile the cell's declarations with an installed Go tool chain",
		Long: "The cell has declarations only: imports, types, constants, variables, functions. Later cells use its types and constants, and call its\n" +
			"functions, as those of any cell; a call runs as compiled Go in a process of its own, and takes some microseconds.\n" +
			"Arguments and results can be numbers, strings, booleans, times, errors, and slices, arrays, maps, structs of them and pointers to\n" +
			"them; they are copied. What the function changes in the memory that its arguments refer to is written back when\n" +
			"it ends; an error keeps its text, and errors.Is knows it if it is one of the standard library's common ones.\n" +
			"Functions with other parameters are interpreted where other cells call them.\n" +
			"Variables belong to the process: only functions of the cell see them. Types, constants and functions of\n" +
			"earlier cells are compiled with it where it uses them. Calls may run at the same time. If one is interrupted, or the process\n" +
			"ends, the next call starts it anew. Its standard input is empty. Packages are those of the standard library and of the module of the folder\n" +
			"that cells run in (go.mod). Nothing is downloaded.",
		Setup: func(*pflag.FlagSet) Runner {
			return func(ctx context.Context, c *Call) error {
				in, ok := c.Statement()
				if !ok {
					return &problem{"%%native is followed by declarations of Go, and by no commands", "such as func Double(x int) int { return 2 * x }"}
				}
				out, err := c.Go.Native(ctx, in)
				c.out = cell.Outcome{Warnings: out.Warnings}
				return err
			}
		},
	}
}
