package rt

import (
	"context"
	"fmt"
	"go/types"
	"reflect"
)

func (r *Runtime) contextOverrides(m map[symbol]override) {
	m[symbol{"context", "Background"}] = func([]any) []any { return []any{r.root("context.Background")} }
	m[symbol{"context", "TODO"}] = func([]any) []any { return []any{r.root("context.TODO")} }
	m[symbol{"context", "WithValue"}] = func(a []any) []any { return []any{r.withValue(a[0], a[1], a[2])} }
}

// rootContext is the root of a cell's contexts. It ends when the cell is interrupted,
// and with it what compiled code does in the cell's name.
type rootContext struct {
	context.Context
	name string
}

func (c rootContext) String() string { return c.name }

func (r *Runtime) root(name string) context.Context {
	if c := r.Current(); c != nil {
		return rootContext{c.life, name}
	}
	return context.Background()
}

// valueContext is context.WithValue for values that package context can't name.
type valueContext struct {
	context.Context
	key, val any
}

func (r *Runtime) withValue(parent, key, val any) context.Context {
	var ctx context.Context
	if parent != nil {
		ctx = r.as(parent, reflect.TypeFor[context.Context]()).(context.Context)
	}
	_, boxedKey := key.(Boxed)
	_, boxedVal := val.(Boxed)
	if ctx == nil || !boxedKey && !boxedVal {
		return context.WithValue(ctx, key, val)
	}
	if b, ok := key.(Boxed); ok && !types.Comparable(b.d.typ()) {
		panic("key is not comparable")
	}
	return &valueContext{ctx, key, val}
}

func (c *valueContext) Value(key any) any {
	if Eq(c.key, key) {
		return c.val
	}
	return c.Context.Value(key)
}

func (c *valueContext) String() string {
	name := dynString(c.Context)
	if s, ok := c.Context.(fmt.Stringer); ok {
		name = s.String()
	}
	return name + ".WithValue(" + contextText(c.key) + ", " + contextText(c.val) + ")"
}

// contextText is how package context writes keys and values.
func contextText(x any) string {
	switch x := x.(type) {
	case Boxed:
		if m, ok := x.d.method("String").(func(any) string); ok {
			return m(x.V)
		}
	case fmt.Stringer:
		return x.String()
	case string:
		return x
	}
	return dynString(x)
}
