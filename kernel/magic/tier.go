package magic

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
)

func tier() Command {
	return Command{
		Name: "tier", Usage: "[on|off|all]", Form: Line, Most: 1,
		Short: "list which functions run as machine code, and why others do not; or say which should",
		Long: "Functions that work with numbers, strings that they only read, and structs, arrays and slices of numbers, call\n" +
			"nothing else, and have loops or call themselves, are compiled when they are first called, and run a hundred\n" +
			"times as fast. With all, those without loops are compiled, too; off, nothing is. What is set holds for functions\n" +
			"that are defined from then on; off, for all.",
		Setup: func(*pflag.FlagSet) Runner {
			return func(_ context.Context, c *Call) error {
				if len(c.Args) > 0 {
					var mode cell.TierMode
					if err := mode.Set(c.Args[0]); err != nil {
						return &problem{"%tier is not " + c.Args[0], err.Error()}
					}
					c.Go.SetTier(mode)
				}
				mode, list := c.Go.Tier()
				if err := c.Printf("tier is %s: %s\n", mode, tierMeans[mode]); err != nil {
					return err
				}
				for _, f := range list {
					how, why := "interpreted", ""
					if f.Compiled {
						how = "machine code"
					}
					if f.Why != "" {
						why = ": " + f.Why
					}
					if f.Line > 0 {
						why += fmt.Sprintf(" (line %d)", f.Line)
					}
					if err := c.Printf("%-12s  %s, %s%s\n", how, f.Name, f.Cell, why); err != nil {
						return err
					}
				}
				return nil
			}
		},
		Complete: func(_ context.Context, _ Go, _ []string, word string) []cell.CompletionItem {
			return matching(items("value", "all", "off", "on"), word)
		},
	}
}

var tierMeans = map[cell.TierMode]string{
	cell.TierOn:  "functions that can, and have loops or call themselves, run as machine code",
	cell.TierAll: "functions that can run as machine code",
	cell.TierOff: "all functions are interpreted",
}
