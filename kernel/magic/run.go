package magic

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
)

func runCommand() Command {
	return Command{
		Name: "run", Usage: "FILE [ARGUMENT]...", Form: Line, Least: 1, Most: -1,
		Short: "run a Go file or the code of a notebook in this session",
		Long: "What it defines is there afterwards. A file with a package clause has its main called, with the words as os.Args.\n" +
			"The cells of a notebook (.ipynb) run in their order, commands included, and the first failure ends it; their results are not shown.\n" +
			"-- ends the options, so that what follows is the file's: %run -- FILE -x.",
		Setup: func(*pflag.FlagSet) Runner {
			return func(ctx context.Context, c *Call) error {
				name, err := homely(c.Args[0])
				if err != nil {
					return fmt.Errorf("finding the home folder: %w", err)
				}
				return c.runFile(ctx, name, c.Args[1:])
			}
		},
		Complete: runnable,
	}
}

// runFile runs a file in the session.
func (c *Call) runFile(ctx context.Context, name string, args []string) error {
	switch filepath.Ext(name) {
	case ".go":
		text, err := readText(name)
		if err != nil {
			return err
		}
		before := os.Args
		os.Args = append([]string{name}, args...)
		defer func() { os.Args = before }()
		return c.runText(ctx, name, name, text)
	case ".ipynb":
		if len(args) > 0 {
			return fmt.Errorf("a notebook takes no arguments, and %q are given", args)
		}
		if _, err := readText(name); err != nil {
			return err
		}
		cells, err := codeCells(name)
		if err != nil {
			return err
		}
		for i, source := range cells {
			if err := c.runText(ctx, name, fmt.Sprintf("%s, code cell %d", filepath.Base(name), i+1), source); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%%run takes Go files (.go) and notebooks (.ipynb), and %s is neither; !%s runs a program", name, name)
}

// runText runs a part of a file, whose values are not shown.
func (c *Call) runText(ctx context.Context, file, title, text string) error {
	whole, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	err = c.runOnce(ctx, whole, c.Input(title, text))
	c.out.Values = nil
	var exit *cell.Exit
	if errors.As(err, &exit) && exit.Code == 0 {
		return nil // as a program would have ended
	}
	return err
}

// runnable completes the name of a file that %run takes.
func runnable(ctx context.Context, env Go, before []string, word string) []cell.CompletionItem {
	all := Files(ctx, env, before, word)
	var items []cell.CompletionItem
	for _, i := range all {
		if ext := filepath.Ext(i.Text); i.Type == "folder" || ext == ".go" || ext == ".ipynb" || len(before) > 0 {
			items = append(items, i)
		}
	}
	return items
}
