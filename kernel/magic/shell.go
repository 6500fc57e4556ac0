package magic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// grace is how long a child that is interrupted may take to leave, and how long one
// that has left is waited for that still holds the output, in the background.
const grace = time.Second

// runShell runs !cmd.
func runShell(ctx context.Context, c *Call) error {
	command, err := c.expand(ctx, c.Rest)
	if err != nil {
		return err
	}
	err = c.spawn(ctx, nil, c.In.Stdout, c.In.Stderr, shellName, "-c", command)
	if err != nil && ctx.Err() == nil && strings.HasPrefix(strings.TrimSpace(command), "go get ") {
		err = fmt.Errorf("%w; %%get MODULE fetches a module for cells, without a Go installation, and makes the go.mod", err)
	}
	return err
}

func sh() Command   { return script("sh", nil, "sh") }
func bash() Command { return script("bash", nil, "bash") }

// script is a command that gives its body to a shell.
func script(name string, aliases []string, program string) Command {
	return Command{
		Name: name, Aliases: aliases, Form: Whole, Usage: "[ARGUMENT]...", Most: -1,
		Short: "run the cell in " + program,
		Long: "Output is shown while it is written, standard input is closed, the words are the script's arguments $1, $2, …\n" +
			"An exit status other than 0 fails the cell; an interrupt ends the script and what it has started.",
		Setup: func(*pflag.FlagSet) Runner {
			return func(ctx context.Context, c *Call) error {
				return c.spawn(ctx, nil, c.In.Stdout, c.In.Stderr, program, append([]string{"-c", c.Body, program}, c.Args...)...)
			}
		},
	}
}

// spawn runs a program with the cell's output until it ends or the cell is
// interrupted.
func (c *Call) spawn(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
	group := newGroup(cmd)
	cmd.Cancel = group.interrupt
	cmd.WaitDelay = grace
	runtime.LockOSThread() // on Linux the child is told when the thread that started it ends
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return fmt.Errorf("%s is not installed here", name)
		}
		return fmt.Errorf("starting %s: %w", name, err)
	}
	err := cmd.Wait()
	if ctx.Err() != nil {
		group.kill() // what the child has left behind
		return fmt.Errorf("%s: %w", name, ctx.Err())
	}
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrWaitDelay):
		_, err = io.WriteString(stderr, "[a process in the background still holds the output; what it writes from now on is not shown]\n")
		return err
	case errors.As(err, &exit):
		return errors.New(exit.String())
	case err != nil:
		return fmt.Errorf("running %s: %w", name, err)
	}
	return nil
}

// expand puts values of Go into a shell command: {expr} and $name, if they are Go
// that has a meaning here. Everything else is the shell's; $$name is always.
func (c *Call) expand(ctx context.Context, command string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(command); {
		switch rest := command[i:]; {
		case strings.HasPrefix(rest, "$$") && nameLength(rest[2:]) > 0:
			out.WriteByte('$')
			i += 2
			n := nameLength(command[i:])
			out.WriteString(command[i : i+n])
			i += n
		case strings.HasPrefix(rest, "${"):
			out.WriteString("${")
			i += 2
		case rest[0] == '$' && c.variable(rest[1:1+nameLength(rest[1:])]):
			n := nameLength(rest[1:])
			text, err := c.eval(ctx, rest[1:1+n])
			if err != nil {
				return "", err
			}
			out.WriteString(text)
			i += 1 + n
		case rest[0] == '{':
			n := c.expression(rest)
			if n == 0 {
				out.WriteByte('{')
				i++
				continue
			}
			text, err := c.eval(ctx, rest[1:n-1])
			if err != nil {
				return "", err
			}
			out.WriteString(text)
			i += n
		default:
			out.WriteByte(rest[0])
			i++
		}
	}
	return out.String(), nil
}

func nameLength(text string) int {
	for i, r := range text {
		if !isName(r) || i == 0 && r >= '0' && r <= '9' {
			return i
		}
	}
	return len(text)
}

func (c *Call) variable(name string) bool {
	kind := c.Go.KindOf(name)
	return name != "" && name != "nil" && (kind == "var" || kind == "const")
}

// expression is the length of a {expr} that text begins with, 0 if it is no Go that
// has a meaning here.
func (c *Call) expression(text string) int {
	for i, r := range text {
		if r != '}' {
			continue
		}
		x, err := parseExpr(text[1:i])
		if err != nil {
			continue // a brace in the expression
		}
		id, next := leading(x)
		if id == nil {
			return 0
		}
		switch c.Go.KindOf(id.Name) {
		case "":
			return 0
		case "package":
			if next == nil {
				return 0
			}
		case "function", "builtin", "type", "struct", "interface":
			if next == nil {
				return 0
			}
		}
		return i + 1
	}
	return 0
}
