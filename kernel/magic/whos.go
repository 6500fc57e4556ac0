package magic

import (
	"context"
	"fmt"
	"image"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"gonum.org/v1/plot"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
)

// valueWidth is how many characters of a value %whos shows.
const valueWidth = 60

func whos() Command {
	return Command{
		Name: "whos", Usage: "[-a] [NAME]...", Form: Line, Most: -1,
		Short: "show the variables, with types, sizes and values, as a table",
		Setup: func(options *pflag.FlagSet) Runner {
			all := options.BoolP("all", "a", false, "functions, types and constants too")
			return func(ctx context.Context, c *Call) error {
				defined := c.Go.Definitions()
				for _, name := range c.Args {
					if !slices.ContainsFunc(defined, func(d cell.Definition) bool { return d.Name == name }) {
						return fmt.Errorf("%s is not defined by any cell; %%who lists what is", name)
					}
				}
				defined = slices.DeleteFunc(defined, func(d cell.Definition) bool {
					if len(c.Args) > 0 {
						return !slices.Contains(c.Args, d.Name)
					}
					return d.Kind != "var" && !*all
				})
				if len(defined) == 0 {
					return c.Printf("no variables are defined\n")
				}
				values, err := c.valuesOf(ctx, defined)
				if err != nil {
					return err
				}
				t := display.NewTable("Name", "Type", "Size", "Value", "Defined in")
				for _, d := range defined {
					if v, ok := values[d.Name]; ok {
						t.Add(d.Name, d.Type, extent(v), abbreviated(v), d.Cell)
					} else {
						t.Add(d.Name, d.Type, nil, nil, d.Cell)
					}
				}
				return c.Show(t)
			}
		},
		Complete: definitions,
	}
}

func (c *Call) valuesOf(ctx context.Context, defined []cell.Definition) (map[string]any, error) {
	var names []string
	for _, d := range defined {
		if d.Kind == "var" {
			names = append(names, d.Name)
		}
	}
	values, err := c.Go.Values(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("reading the variables: %w", err)
	}
	out := map[string]any{}
	for i, n := range names {
		out[n] = values[i]
	}
	return out, nil
}

// extent is the length of a value that has one.
func extent(v any) any {
	if d, ok := v.(display.Valuer); ok {
		v, _ = d.DisplayValue()
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.String:
		return counted(uint64(rv.Len()), "byte")
	case reflect.Slice, reflect.Map, reflect.Array, reflect.Chan:
		return counted(uint64(rv.Len()), "element")
	}
	return nil
}

// abbreviated is a value in one short line. Of pictures there is no short form.
func abbreviated(v any) any {
	switch v.(type) {
	case nil:
		return "nil"
	case display.Displayer, image.Image, *plot.Plot:
		return "…"
	}
	runes := []rune(strings.Join(strings.Fields(display.Plain(v)), " "))
	if len(runes) > valueWidth {
		return string(runes[:valueWidth-1]) + "…"
	}
	return string(runes)
}
