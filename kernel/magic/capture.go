package magic

import (
	"bytes"
	"context"
	"fmt"
	"go/token"
	"io"
	"sync"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/display"
)

func capture() Command {
	return Command{
		Name: "capture", Usage: "[NAME]", Form: Whole, GoBody: true, Most: 1,
		Short: "run the cell and keep what it prints and shows in a variable instead of showing it",
		Long: "NAME becomes a *display.Captured: NAME.Stdout and NAME.Stderr are texts, NAME.Shown is what was shown, the result\n" +
			"of the cell last. Without a name it is thrown away. If the cell fails, the variable has what there was until then.",
		Setup: func(options *pflag.FlagSet) Runner {
			noStdout := options.Bool("no-stdout", false, "don't capture standard output")
			noStderr := options.Bool("no-stderr", false, "don't capture standard error")
			noDisplay := options.Bool("no-display", false, "don't capture what is shown")
			return func(ctx context.Context, c *Call) error {
				if len(c.Args) > 0 && !token.IsIdentifier(c.Args[0]) {
					return &problem{fmt.Sprintf("%q is no name for a variable", c.Args[0]), "such as %%capture out"}
				}
				return c.capture(ctx, !*noStdout, !*noStderr, !*noDisplay)
			}
		},
	}
}

func (c *Call) capture(ctx context.Context, stdout, stderr, shown bool) error {
	k := &keeper{before: c.In.Display}
	in := c.In
	if stdout {
		in.Stdout = k.stream(&k.out)
	}
	if stderr {
		in.Stderr = k.stream(&k.err)
	}
	if shown {
		in.Display = k
	}
	err := c.Program(ctx, in)
	if shown {
		for _, v := range c.out.Values {
			k.show("", display.Render(v))
		}
		c.out.Values = nil
	}
	if len(c.Args) == 0 || ctx.Err() != nil {
		return err
	}
	name := c.Args[0]
	out, derr := c.Go.Run(ctx, c.Input("%%capture "+name, name+" := &display.Captured{}\n"+name))
	if derr != nil {
		return fmt.Errorf("declaring the variable %s: %w", name, derr)
	}
	into, ok := out.Values[0].(*display.Captured)
	if !ok {
		return fmt.Errorf("declaring the variable %s: it became a %T", name, out.Values[0])
	}
	*into = k.captured()
	return err
}

// keeper keeps what a cell prints and shows. It stays usable when the cell has
// ended, for goroutines that it has left behind.
type keeper struct {
	before display.Sink // where it would be shown otherwise

	mu       sync.Mutex
	out, err bytes.Buffer
	shown    []display.Bundle
	ids      []string // of what is shown, "" for what has none
}

func (k *keeper) captured() display.Captured {
	k.mu.Lock()
	defer k.mu.Unlock()
	return display.Captured{Stdout: k.out.String(), Stderr: k.err.String(), Shown: k.shown}
}

func (k *keeper) stream(b *bytes.Buffer) io.Writer { return kept{k, b} }

type kept struct {
	k *keeper
	b *bytes.Buffer
}

func (w kept) Write(p []byte) (int, error) {
	w.k.mu.Lock()
	defer w.k.mu.Unlock()
	return w.b.Write(p)
}

// Emit implements display.Sink.
func (k *keeper) Emit(e display.Event) error {
	switch e.Op {
	case display.OpShow:
		k.show(e.ID, e.Bundle)
	case display.OpUpdate:
		k.mu.Lock()
		defer k.mu.Unlock()
		for i, id := range k.ids {
			if id == e.ID {
				k.shown[i] = e.Bundle
			}
		}
	case display.OpClear:
		k.mu.Lock()
		defer k.mu.Unlock()
		k.out.Reset()
		k.err.Reset()
		k.shown, k.ids = nil, nil
	}
	return nil
}

// Unwrap lets comms through, which are no output: a widget that a captured cell makes
// lives on, and can be shown later.
func (k *keeper) Unwrap() display.Sink { return k.before }

func (k *keeper) show(id string, b display.Bundle) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.shown, k.ids = append(k.shown, b), append(k.ids, id)
}
