package magic

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

func cd() Command {
	return Command{
		Name: "cd", Usage: "[-q] [DIR|-]", Form: Line, Most: -1,
		Short: "go to a folder and print it: DIR, the home folder, or with - the one before",
		Long:  "~ is the home folder, $NAME a variable of the environment. The folder is that of the whole session.",
		Setup: func(options *pflag.FlagSet) Runner {
			quiet := options.BoolP("quiet", "q", false, "print nothing")
			return func(_ context.Context, c *Call) error {
				dir := strings.Join(c.Args, " ") // a name with a blank, as IPython takes it
				if err := c.env.place.change(dir); err != nil || *quiet {
					return err
				}
				return printFolder(c)
			}
		},
		Complete: folders,
	}
}

func pwd() Command {
	return Command{
		Name: "pwd", Form: Line,
		Short: "print the folder that cells run in",
		Setup: func(*pflag.FlagSet) Runner {
			return func(_ context.Context, c *Call) error { return printFolder(c) }
		},
	}
}

func printFolder(c *Call) error {
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("finding the folder: %w", err)
	}
	return c.Printf("%s\n", dir)
}

// change goes to a folder.
func (p *place) change(dir string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	here, herr := os.Getwd() // it may have been removed
	switch dir {
	case "":
		dir = "~"
	case "-":
		if p.before == "" {
			return errors.New("there is no folder before this one")
		}
		dir = p.before
	}
	dir, err := homely(dir)
	if err != nil {
		return fmt.Errorf("finding the home folder: %w", err)
	}
	if err := os.Chdir(dir); err != nil {
		return fmt.Errorf("going to %s: %w", dir, errors.Unwrap(err))
	}
	if herr == nil {
		p.before = here
	}
	return nil
}
