package magic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/session"
	"github.com/nascent-go/nascent/kernel/spill"
)

// tailSize is how much of a cell's output is shown, in bytes.
const tailSize = 4 << 10

func outputCommand() Command {
	return Command{
		Name: "output", Usage: "[-f] N [FILE]", Form: Line, Least: 1, Most: 2,
		Short: "show the end of what was cut of the output of cell N, or write all of it into FILE",
		Long: "What a cell prints beyond the limit of its output is not sent to the front end, but kept while there is room for it:\n" +
			"standard output and standard error together, in their order.",
		Setup: func(options *pflag.FlagSet) Runner {
			force := options.BoolP("force", "f", false, "overwrite FILE without asking")
			return func(ctx context.Context, c *Call) error {
				number, err := strconv.Atoi(c.Args[0])
				if err != nil || number < 1 {
					return fmt.Errorf("%q is no cell's number: it is 3 for the cell In [3]", c.Args[0])
				}
				rest, err := spilled(ctx, number)
				if err != nil {
					return err
				}
				if len(c.Args) == 1 {
					return c.showTail(number, rest)
				}
				return c.writeRest(number, rest, c.Args[1], *force)
			}
		},
		Complete: Files,
	}
}

// spilled is what was cut of a cell's output.
func spilled(ctx context.Context, number int) (*spill.Rest, error) {
	r, ok := session.RecordsOf(ctx)
	if !ok || r.Spilled == nil {
		return nil, errors.New("nothing is cut of the output of a program that is run by itself")
	}
	rest, ok := r.Spilled(number)
	if !ok {
		return nil, fmt.Errorf("of cell %d nothing is kept: its output was shown whole, or others have needed the room since", number)
	}
	return rest, nil
}

// showTail prints how much there is, and the end of it.
func (c *Call) showTail(number int, rest *spill.Rest) error {
	size := rest.Size()
	tail := make([]byte, min(size, tailSize))
	if _, err := rest.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return fmt.Errorf("reading the output of cell %d: %w", number, err)
	}
	if size > tailSize { // begin with a line, or at least a character
		if i := bytes.IndexByte(tail, '\n'); i >= 0 && i+1 < len(tail) {
			tail = tail[i+1:]
		}
		for len(tail) > 0 && !utf8.RuneStart(tail[0]) {
			tail = tail[1:]
		}
	}
	if err := c.Printf("[cell %d: %d bytes of text were not shown%s]\n", number, size+rest.Dropped, lost(rest)); err != nil {
		return err
	}
	if int64(len(tail)) < size {
		if err := c.Printf("[the last %d; %%output %d FILE writes all]\n", len(tail), number); err != nil {
			return err
		}
	}
	_, err := c.In.Stdout.Write(tail)
	return err
}

// lost says how much is not kept.
func lost(rest *spill.Rest) string {
	if rest.Dropped == 0 {
		return ""
	}
	return fmt.Sprintf("; the last %d of them are not kept, for want of room", rest.Dropped)
}

// writeRest writes what was cut into a file.
func (c *Call) writeRest(number int, rest *spill.Rest, file string, force bool) error {
	name, err := homely(file)
	if err != nil {
		return fmt.Errorf("finding the home folder: %w", err)
	}
	if !force {
		if err := c.mayWrite(name, "-f"); err != nil {
			return err
		}
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, rest)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing the output of cell %d: %w", number, err)
	}
	return c.Printf("wrote %d bytes of cell %d to %s%s\n", rest.Size(), number, name, lost(rest))
}
