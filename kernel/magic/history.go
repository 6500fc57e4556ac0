package magic

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/history"
	"github.com/nascent-go/nascent/kernel/wire"
)

// listing are the options of %history.
type listing struct {
	numbers, outputs, unique, yes bool
	grep, file                    string
	last                          int
	isLast                        bool
}

func historyCommand() Command {
	return Command{
		Name: "history", Aliases: []string{"hist"}, Usage: "[-n] [-o] [-f FILE] [RANGE]... | -l N | -g PATTERN [-u]", Form: Line, Most: -1,
		Short: "print cells that ran: of this session, in ranges, the last of all sessions, or those with a text",
		Long: history.RangeHelp + "\n\nThe pattern of -g stands for a part of a cell: * is any text, ? one character, [abc] one of these.\n" +
			"Cells of other sessions are numbered SESSION/LINE, as a range is written.",
		Setup: func(options *pflag.FlagSet) Runner {
			var l listing
			options.BoolVarP(&l.numbers, "numbers", "n", false, "number the cells")
			options.BoolVarP(&l.outputs, "outputs", "o", false, "print results too")
			options.StringVarP(&l.grep, "grep", "g", "", "search all sessions for cells that contain `PATTERN`")
			options.BoolVarP(&l.unique, "unique", "u", false, "with -g: each text once, the latest")
			options.IntVarP(&l.last, "last", "l", 0, "the last `N` cells of all sessions; with -g the last N that match")
			options.StringVarP(&l.file, "file", "f", "", "write to `FILE` instead")
			options.BoolVarP(&l.yes, "yes", "y", false, "with -f: overwrite FILE without asking")
			return func(ctx context.Context, c *Call) error {
				l.isLast = options.Changed("last")
				text, err := l.text(ctx, c.Args, options.Changed("grep"))
				if err != nil {
					return err
				}
				if l.file == "" {
					return c.Printf("%s", text)
				}
				return l.writeTo(c, text)
			}
		},
	}
}

// text is the list of cells.
func (l *listing) text(ctx context.Context, words []string, search bool) (string, error) {
	book, err := past(ctx)
	if err != nil {
		return "", err
	}
	if l.isLast && l.last <= 0 {
		return "", fmt.Errorf("-l %d: how many cells must be a number from 1 on", l.last)
	}
	var found []wire.HistoryEntry
	switch {
	case search:
		req := wire.HistoryRequest{Access: wire.HistorySearch, Output: l.outputs, Unique: l.unique}
		req.Pattern = "*" + strings.Join(append([]string{l.grep}, words...), " ") + "*"
		if l.isLast {
			req.N = &l.last
		}
		l.numbers = true
		found, err = book.Find(ctx, req)
	case l.unique:
		return "", fmt.Errorf("-u goes with a search: %%history -u -g PATTERN")
	case l.isLast && len(words) > 0:
		return "", fmt.Errorf("-l %d is the last cells of all, and %s a range: give one of them", l.last, strings.Join(words, " "))
	case l.isLast:
		l.numbers = true
		found, err = book.Find(ctx, wire.HistoryRequest{Access: wire.HistoryTail, Output: l.outputs, N: &l.last})
	default:
		found, err = inRanges(ctx, words, l.outputs)
	}
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fmt.Errorf("no cell in the history contains %q; a pattern may have * and ?", strings.Join(append([]string{l.grep}, words...), " "))
	}
	var b strings.Builder
	for _, e := range found {
		l.entry(&b, e, e.Session == book.Session())
	}
	return b.String(), nil
}

// entry writes one cell.
func (l *listing) entry(b *strings.Builder, e wire.HistoryEntry, current bool) {
	source := strings.TrimRight(e.Input, " \t\r\n")
	if l.numbers {
		number := fmt.Sprint(e.Line)
		if !current {
			number = fmt.Sprintf("%d/%d", e.Session, e.Line)
		}
		fmt.Fprintf(b, "%4s:", number)
		if strings.Contains(source, "\n") {
			b.WriteString("\n")
		} else {
			b.WriteString(" ")
		}
	}
	b.WriteString(source + "\n")
	if l.outputs && e.Output != nil {
		b.WriteString(strings.TrimRight(*e.Output, "\n") + "\n")
	}
}

// writeTo writes the list to the file.
func (l *listing) writeTo(c *Call, text string) error {
	name, err := homely(l.file)
	if err != nil {
		return fmt.Errorf("finding the home folder: %w", err)
	}
	if !l.yes {
		if err := c.mayWrite(name, "-y"); err != nil {
			return err
		}
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		return err
	}
	return c.Printf("wrote %s\n", name)
}
