package magic

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/history"
)

func saveCommand() Command {
	return Command{
		Name: "save", Usage: "[-f|-a] FILE [RANGE]...", Form: Line, Least: 1, Most: -1,
		Short: "write cells that ran into a file: those in ranges, or all of this session",
		Long: "A name without an ending gets .go. In a .go file commands are commented out, so that nascent exec and %run\n" +
			"take it; other files have the text as it was.\n\n" + history.RangeHelp,
		Setup: func(options *pflag.FlagSet) Runner {
			force := options.BoolP("force", "f", false, "overwrite FILE without asking")
			add := options.BoolP("append", "a", false, "add to what FILE has")
			return func(ctx context.Context, c *Call) error {
				name, err := homely(c.Args[0])
				if err != nil {
					return fmt.Errorf("finding the home folder: %w", err)
				}
				if filepath.Ext(name) == "" {
					name += ".go"
				}
				if *force && *add {
					return errors.New("-f overwrites the file and -a adds to it: give one of them")
				}
				return c.save(ctx, name, c.Args[1:], *force, *add)
			}
		},
		Complete: Files,
	}
}

// save writes cells into a file.
func (c *Call) save(ctx context.Context, name string, ranges []string, force, add bool) error {
	cells, err := inRanges(ctx, ranges, false)
	if err != nil {
		return err
	}
	if len(ranges) == 0 {
		if cells = before(ctx, cells); len(cells) == 0 {
			return errors.New("no cell of this session has been run before this one; name others by a range, such as ~1/")
		}
	}
	if filepath.Ext(name) == ".go" {
		for i := range cells {
			cells[i].Input = c.env.withoutCommands(cells[i].Input)
		}
	}
	text, what, flag := cellsText(cells), "wrote", os.O_TRUNC
	if add {
		flag = os.O_APPEND
		switch info, err := os.Stat(name); {
		case err == nil && info.Size() > 0:
			text, what = "\n"+text, "added"
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		}
	} else if !force {
		if err := c.mayWrite(name, "-f"); err != nil {
			return fmt.Errorf("%w; -a adds to it", err)
		}
	}
	if err := write(name, text, flag); err != nil {
		return err
	}
	return c.Printf("%s %s to %s\n", what, plural(len(cells), "cell"), name)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// withoutCommands is a cell in which lines that are no Go are comments.
func (e *Env) withoutCommands(source string) string {
	var b strings.Builder
	for _, p := range e.splitter(source).split(0, len(source)) {
		text := source[p.start:p.end]
		if p.kind == goCode {
			b.WriteString(text)
			continue
		}
		for line := range strings.Lines(text) {
			b.WriteString("// " + line)
		}
	}
	return b.String()
}
