package magic

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"

	"github.com/nascent-go/nascent/display"
)

func parseExpr(text string) (ast.Expr, error) { return parser.ParseExpr(text) }

// values are those of a Go expression.
func (c *Call) values(ctx context.Context, expr string) ([]any, error) {
	out, err := c.Go.Run(ctx, c.Input("expression "+expr, expr))
	if err != nil {
		return nil, err
	}
	if len(out.Values) == 0 {
		return nil, fmt.Errorf("%s has no value", expr)
	}
	return out.Values, nil
}

// eval is the value of a Go expression as fmt.Print writes it.
func (c *Call) eval(ctx context.Context, expr string) (string, error) {
	values, err := c.values(ctx, expr)
	if err != nil {
		return "", err
	}
	return printed(values[0]), nil
}

// printed is a cell's value as fmt.Print writes it.
func printed(v any) string {
	if d, ok := v.(display.Valuer); ok {
		plain, text := d.DisplayValue()
		if text != "" {
			return text
		}
		v = plain
	}
	return fmt.Sprint(v)
}
