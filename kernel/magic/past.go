package magic

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/nascent-go/nascent/kernel/history"
	"github.com/nascent-go/nascent/kernel/session"
	"github.com/nascent-go/nascent/kernel/wire"
)

// past is the history of the session that runs the cell.
func past(ctx context.Context) (history.Book, error) {
	r, ok := session.RecordsOf(ctx)
	if !ok || r.History == nil {
		return nil, errors.New("a program that is run by itself has no history; cells of a notebook or a console have one")
	}
	return r.History, nil
}

// inRanges finds the cells in ranges; no words stand for all of this session. It
// is an error if there is none.
func inRanges(ctx context.Context, words []string, output bool) ([]wire.HistoryEntry, error) {
	book, err := past(ctx)
	if err != nil {
		return nil, err
	}
	requests, err := history.Ranges(words)
	if err != nil {
		return nil, err
	}
	var all []wire.HistoryEntry
	for _, req := range requests {
		req.Output = output
		found, err := book.Find(ctx, req)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is nothing in the history at %s; %%history -l 20 shows the last cells with their sessions and lines", strings.Join(words, " "))
	}
	return all, nil
}

// before leaves out the cell that runs.
func before(ctx context.Context, cells []wire.HistoryEntry) []wire.HistoryEntry {
	var earlier []wire.HistoryEntry
	for _, e := range cells {
		if !isThis(ctx, e) {
			earlier = append(earlier, e)
		}
	}
	return earlier
}

// isThis says whether an entry is the cell that runs.
func isThis(ctx context.Context, e wire.HistoryEntry) bool {
	r, ok := session.RecordsOf(ctx)
	return ok && r.History != nil && e.Session == r.History.Session() && e.Line == r.Line
}

// latest is the last cell before the one that runs whose text contains what a
// pattern stands for, or any if it is empty, and that is none of these commands
// itself: they would only find each other.
func latest(ctx context.Context, pattern string) (wire.HistoryEntry, error) {
	book, err := past(ctx)
	if err != nil {
		return wire.HistoryEntry{}, err
	}
	found, err := book.Find(ctx, wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "*" + pattern + "*", Output: true})
	if err != nil {
		return wire.HistoryEntry{}, err
	}
	for i := len(found) - 1; i >= 0; i-- {
		if !isThis(ctx, found[i]) && !repeats(found[i].Input) {
			return found[i], nil
		}
	}
	if pattern == "" {
		return wire.HistoryEntry{}, errors.New("no cell has been run before this one")
	}
	return wire.HistoryEntry{}, fmt.Errorf("no cell in the history contains %q; a pattern may have * and ?", pattern)
}

// repeats says whether a cell begins with a command that repeats others.
func repeats(source string) bool {
	switch commandName(strings.TrimSpace(source)) {
	case "rerun", "recall", "rep":
		return true
	}
	return false
}

// cellsText is the text of cells, one behind the other.
func cellsText(cells []wire.HistoryEntry) string {
	var texts []string
	for _, e := range cells {
		texts = append(texts, strings.TrimRight(e.Input, " \t\r\n"))
	}
	return strings.Join(texts, "\n\n") + "\n"
}

// mayWrite says whether a file may be written: it is not there yet, or the user
// wants to lose what it has.
func (c *Call) mayWrite(name, option string) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder; name a file", name)
	}
	exists := fmt.Errorf("%s exists; %s overwrites it", name, option)
	p, ok := c.In.Stdin.(session.Prompter)
	if !ok {
		return exists
	}
	answer, err := p.Prompt(fmt.Sprintf("%s exists. Overwrite it? (y/[n]) ", name), false)
	if errors.Is(err, context.Canceled) {
		return err
	}
	if err != nil { // nobody can be asked
		return exists
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return fmt.Errorf("%s is left as it is", name)
}
