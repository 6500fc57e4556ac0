package magic

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/history"
	"github.com/nascent-go/nascent/kernel/wire"
)

func rerunCommand() Command {
	return Command{
		Name: "rerun", Usage: "[RANGE]... | -l N | -g PATTERN", Form: Line, Most: -1,
		Short: "run cells again: the last one, those in ranges, the last N, or the last with a text",
		Long: "They run one after the other, commands included, and are printed before; the first failure ends it.\n" +
			"The result is that of the last.\n\n" + history.RangeHelp,
		Setup: func(options *pflag.FlagSet) Runner {
			last := options.IntP("last", "l", 0, "the last `N` cells")
			grep := options.StringP("grep", "g", "", "the last cell that contains `PATTERN`, with * and ?")
			return func(ctx context.Context, c *Call) error {
				given := 0
				for _, is := range []bool{options.Changed("last"), options.Changed("grep"), len(c.Args) > 0} {
					if is {
						given++
					}
				}
				if given > 1 {
					return errors.New("-l, -g and ranges are different ways to choose cells: give one of them")
				}
				var cells []wire.HistoryEntry
				var err error
				switch {
				case options.Changed("last"):
					cells, err = lastCells(ctx, *last)
				case len(c.Args) > 0:
					cells, err = inRanges(ctx, c.Args, false)
				default:
					var one wire.HistoryEntry
					one, err = latest(ctx, *grep)
					cells = []wire.HistoryEntry{one}
				}
				if err != nil {
					return err
				}
				return c.rerun(ctx, cells)
			}
		},
	}
}

// lastCells are the last n before this one.
func lastCells(ctx context.Context, n int) ([]wire.HistoryEntry, error) {
	if n <= 0 {
		return nil, fmt.Errorf("-l %d: how many cells must be a number from 1 on", n)
	}
	book, err := past(ctx)
	if err != nil {
		return nil, err
	}
	n++ // this one
	cells, err := book.Find(ctx, wire.HistoryRequest{Access: wire.HistoryTail, N: &n})
	if err != nil {
		return nil, err
	}
	cells = before(ctx, cells)
	if len(cells) == 0 {
		return nil, errors.New("no cell has been run before this one")
	}
	return cells[max(0, len(cells)-n+1):], nil
}

// rerun runs cells again.
func (c *Call) rerun(ctx context.Context, cells []wire.HistoryEntry) error {
	if err := c.Printf("=== Executing: ===\n%s=== Output: ===\n", cellsText(cells)); err != nil {
		return err
	}
	for _, e := range cells {
		name := fmt.Sprintf("line %d/%d of the history", e.Session, e.Line)
		if isThis(ctx, e) {
			return fmt.Errorf("%s is this cell: it would run itself for ever", name)
		}
		if err := c.runOnce(ctx, name, c.Input(name, e.Input)); err != nil {
			return err
		}
	}
	return nil
}

// runningKey is the context's key for what runs, by name, the outermost last.
type runningKey struct{}

type running struct {
	name string
	in   *running
}

// runOnce runs a text with its commands, but not inside itself. The outcome is
// added to the call's.
func (c *Call) runOnce(ctx context.Context, name string, in cell.Input) error {
	outer, _ := ctx.Value(runningKey{}).(*running)
	for r := outer; r != nil; r = r.in {
		if r.name == name {
			return fmt.Errorf("%s runs itself: it would do so for ever", name)
		}
	}
	out, err := c.env.Run(context.WithValue(ctx, runningKey{}, &running{name, outer}), in)
	c.out.Values = out.Values
	c.out.Warnings = append(c.out.Warnings, out.Warnings...)
	c.out.Payloads = append(c.out.Payloads, out.Payloads...)
	return err
}

func recallCommand() Command {
	return Command{
		Name: "recall", Aliases: []string{"rep"}, Usage: "[RANGE... | TEXT]", Form: Line, Most: -1,
		Short: "put cells that ran into a new cell below: those in ranges, the last with a text, or the last result",
		Long:  "The text may be a pattern with * and ?. In a console it comes with the next prompt.\n\n" + history.RangeHelp,
		Setup: func(*pflag.FlagSet) Runner {
			return func(ctx context.Context, c *Call) error {
				text, err := recalled(ctx, c.Args)
				if err == nil {
					c.Ask(cell.NextInput{Text: text})
				}
				return err
			}
		},
	}
}

// recalled is the text that the words of %recall stand for.
func recalled(ctx context.Context, words []string) (string, error) {
	if len(words) == 0 {
		return lastResult(ctx)
	}
	for _, w := range words {
		if !history.IsRange(w) {
			e, err := latest(ctx, strings.Join(words, " "))
			return e.Input, err
		}
	}
	cells, err := inRanges(ctx, words, false)
	return strings.TrimSuffix(cellsText(cells), "\n"), err
}

// lastResult is the text of the last result of this session.
func lastResult(ctx context.Context) (string, error) {
	cells, err := inRanges(ctx, nil, true)
	if err != nil {
		return "", err
	}
	for i := len(cells) - 1; i >= 0; i-- {
		if cells[i].Output != nil {
			return *cells[i].Output, nil
		}
	}
	return "", fmt.Errorf("no cell of this session has had a result; %%recall 3 takes the text of cell 3")
}
