package magic

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
)

func strict() Command {
	return Command{
		Name: "strict", Usage: "[on|off]", Form: Line, Most: 1,
		Short: "say whether errors that nothing takes are left alone, as in Go, or raised",
		Long: "Off, as it is at first, img := png.Decode(r) compiles, and an error of it fails the cell; so does that of a call\n" +
			"that is a statement. This is so in loops and other blocks, too, but not inside of functions. On, Go's own rules\n" +
			"hold: img, err := png.Decode(r).",
		Setup: func(*pflag.FlagSet) Runner {
			return func(_ context.Context, c *Call) error {
				if len(c.Args) > 0 {
					switch c.Args[0] {
					case "on":
						c.Go.SetStrict(true)
					case "off":
						c.Go.SetStrict(false)
					default:
						return &problem{"%strict is not " + c.Args[0], "it is on or off"}
					}
				}
				if c.Go.Strict() {
					return c.Printf("strict is on: an error that nothing takes is left alone\n")
				}
				return c.Printf("strict is off: an error that nothing takes fails the cell\n")
			}
		},
		Complete: func(_ context.Context, _ Go, _ []string, word string) []cell.CompletionItem {
			return matching(items("value", "off", "on"), word)
		},
	}
}
