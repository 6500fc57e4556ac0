package magic

import (
	"context"
	"errors"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
)

func page() Command {
	return Command{
		Name: "page", Usage: "EXPRESSION", Form: Line, Rest: Program, Least: 1,
		Short: "show the value of a Go expression in the pager",
		Setup: func(*pflag.FlagSet) Runner {
			return func(ctx context.Context, c *Call) error {
				if err := c.Program(ctx, c.In); err != nil {
					return err
				}
				values := c.out.Values
				c.out.Values = nil
				if len(values) == 0 {
					return errors.New("there is nothing to show: %page is followed by an expression")
				}
				for _, v := range values {
					c.Ask(cell.Page{Bundle: display.Render(v)})
				}
				return nil
			}
		},
	}
}
