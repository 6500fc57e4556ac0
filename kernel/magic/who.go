package magic

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
)

func who() Command {
	return Command{
		Name: "who", Usage: "[TYPE|KIND]...", Aliases: []string{"ls", "list"}, Form: Line, Most: -1,
		Short: "list what cells have defined",
		Long:  "With words, only what is of one of these types (int, []string, …) or kinds (var, const, func, type).",
		Setup: func(*pflag.FlagSet) Runner {
			return func(_ context.Context, c *Call) error {
				found := map[string][]string{}
				for _, d := range c.Go.Definitions() {
					if len(c.Args) == 0 || slices.Contains(c.Args, d.Type) || slices.Contains(c.Args, d.Kind) || slices.Contains(c.Args, groupOf(d.Kind)) {
						found[groupOf(d.Kind)] = append(found[groupOf(d.Kind)], d.Name)
					}
				}
				if len(found) == 0 {
					return c.Printf("nothing is defined%s\n", map[bool]string{true: " of that kind"}[len(c.Args) > 0])
				}
				for _, g := range [][2]string{{"var", "variables"}, {"const", "constants"}, {"func", "functions"}, {"type", "types"}} {
					if names := found[g[0]]; names != nil {
						if err := c.Printf("%-10s %s\n", g[1], strings.Join(names, ", ")); err != nil {
							return err
						}
					}
				}
				return nil
			}
		},
		Complete: func(_ context.Context, env Go, _ []string, word string) []cell.CompletionItem {
			names := []string{"var", "const", "func", "type"}
			for _, d := range env.Definitions() {
				if d.Kind == "var" {
					names = append(names, strings.ReplaceAll(d.Type, " ", `\ `))
				}
			}
			slices.Sort(names)
			return matching(items("type", slices.Compact(names)...), word)
		},
	}
}

// groupOf is the keyword that defines what is of a kind.
func groupOf(kind string) string {
	switch kind {
	case "struct", "interface":
		return "type"
	case "function":
		return "func"
	}
	return kind
}

func matching(all []cell.CompletionItem, word string) []cell.CompletionItem {
	return slices.DeleteFunc(all, func(i cell.CompletionItem) bool { return !strings.HasPrefix(i.Text, word) })
}

// definitions completes the name of something that cells have defined.
func definitions(_ context.Context, env Go, _ []string, word string) []cell.CompletionItem {
	var found []cell.CompletionItem
	for _, d := range env.Definitions() {
		found = append(found, cell.CompletionItem{Text: d.Name, Type: d.Kind, Signature: fmt.Sprintf("%s %s", d.Name, d.Type)})
	}
	return matching(found, word)
}
