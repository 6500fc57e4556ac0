package magic

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
)

func environment() Command {
	return Command{
		Name: "env", Usage: "[NAME | NAME=VALUE | -u NAME]", Aliases: []string{"set_env"}, Form: Line, Most: -1,
		Short: "show the environment, print a variable of it or set one",
		Long: "NAME VALUE sets, too. $NAME in a value is another variable. Go cells see it by os.Getenv, shell commands as it is.\n" +
			"In the list, values of names that speak of secrets are hidden.",
		Setup: func(options *pflag.FlagSet) Runner {
			unset := options.BoolP("unset", "u", false, "remove the variable")
			return func(_ context.Context, c *Call) error {
				if *unset {
					if len(c.Args) != 1 {
						return errors.New("%env -u needs the name of one variable")
					}
					return os.Unsetenv(c.Args[0])
				}
				if len(c.Args) == 0 {
					return c.Show(environmentTable())
				}
				name, value, set := strings.Cut(strings.Join(c.Args, " "), "=")
				if first, rest, two := strings.Cut(name, " "); two && !set {
					name, value, set = first, rest, true
				}
				if !set {
					value, ok := os.LookupEnv(name)
					if !ok {
						return fmt.Errorf("the environment has no variable %s; %%env %s=VALUE sets it", name, name)
					}
					return c.Printf("%s\n", value)
				}
				name, value = strings.TrimSpace(name), os.ExpandEnv(value)
				if err := os.Setenv(name, value); err != nil {
					return fmt.Errorf("setting %q: %w", name, errors.Unwrap(err))
				}
				return c.Printf("%s=%s\n", name, value)
			}
		},
		Complete: func(_ context.Context, _ Go, before []string, word string) []cell.CompletionItem {
			return matching(items("variable", environmentNames()...), word)
		},
	}
}

func environmentNames() []string {
	var names []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func environmentTable() *display.Table {
	t := display.NewTable("Name", "Value")
	for _, name := range environmentNames() {
		value := os.Getenv(name)
		for _, word := range []string{"KEY", "TOKEN", "SECRET", "PASSWORD"} {
			if strings.Contains(strings.ToUpper(name), word) {
				value = "(hidden)"
			}
		}
		t.Add(name, value)
	}
	return t
}
