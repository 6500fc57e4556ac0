package magic

import (
	"context"
	"fmt"
	"strings"
)

// question reads NAME?, ?NAME and NAME??.
func (p *program) question(at int, text string) (*parsed, error) {
	m := asked.FindStringSubmatch(firstLine(text))
	if m == nil {
		return nil, &problem{"? is followed by a name", "such as ?strings.Cut, ?x or ?%time"}
	}
	name, detail := m[2], 0
	if len(m[1])+len(m[3]) > 1 {
		detail = 1
	}
	out := &parsed{at: at}
	if strings.HasPrefix(name, "%") || name == "!" {
		help, ok := p.env.help(name)
		if !ok {
			return nil, p.env.unknown(name, strings.TrimLeft(name, "%"), strings.HasPrefix(name, "%%"))
		}
		out.run = func(_ context.Context, c *Call) error {
			c.Page(help, "")
			return nil
		}
		return out, nil
	}
	out.run = func(ctx context.Context, c *Call) error { return c.document(ctx, name, detail) }
	return out, nil
}

// help is the documentation of a command, which is named with or without its signs.
func (e *Env) help(name string) (string, bool) {
	if name == "!" {
		return shellHelp, true
	}
	c, ok := e.table.names[strings.TrimLeft(name, "%")]
	if !ok {
		return "", false
	}
	return c.Help(), true
}

// document shows the documentation of a Go name in the pager.
func (c *Call) document(ctx context.Context, name string, detail int) error {
	found := c.Go.Inspect(ctx, name, len(name), detail)
	if found.Plain == "" {
		if help, ok := c.env.help(name); ok {
			c.Page(help, "")
			return nil
		}
		_, err := fmt.Fprintf(c.In.Stderr, "nothing is known of %s\n", name)
		return err
	}
	c.Page(found.Plain, found.Markdown)
	return nil
}

const shellHelp = `!COMMAND

Run a command in the shell.

Output is shown while it is written, standard input is closed. An exit status other than
0 fails the cell; an interrupt ends the command and what it has started. A backslash
at the end of the line continues it.

$name and {expression} stand for values of Go, where they mean something in Go; $$name is
left to the shell, and so is everything else. !x is Go if it is an expression of known names.
`
