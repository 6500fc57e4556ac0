package magic

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/history"
	ipynb "github.com/nascent-go/nascent/kernel/notebook"
)

// loadLimit is how large a file may be that becomes a cell.
const loadLimit = 1 << 20

func loadCommand() Command {
	return Command{
		Name: "load", Usage: "[-r LINES] FILE | RANGE...", Form: Line, Least: 1, Most: -1,
		Short: "put the text of a file, or cells that ran, into this cell, to be read and run",
		Long: "Of a notebook (.ipynb) it is the code. In a console the text comes with the next prompt.\n" +
			"What is both a file and a range is the file.\n\n" + history.RangeHelp,
		Setup: func(options *pflag.FlagSet) Runner {
			lines := options.StringP("lines", "r", "", "only `LINES` of it, such as 5, 10-20, 30- or several with commas")
			return func(ctx context.Context, c *Call) error {
				text, err := c.loaded(ctx)
				if err != nil {
					return err
				}
				if *lines != "" {
					if text, err = someLines(text, *lines); err != nil {
						return err
					}
				}
				c.Ask(cell.NextInput{Text: "// %load " + strings.Join(c.Args, " ") + "\n" + text, Replace: true})
				return nil
			}
		},
		Complete: Files,
	}
}

// loaded is the text that the words of a call name.
func (c *Call) loaded(ctx context.Context) (string, error) {
	name, err := homely(c.Args[0])
	if err != nil {
		return "", fmt.Errorf("finding the home folder: %w", err)
	}
	if _, err := os.Stat(name); err == nil && len(c.Args) == 1 {
		return readText(name)
	}
	ranges := true
	for _, w := range c.Args {
		ranges = ranges && history.IsRange(w)
	}
	switch {
	case ranges:
		cells, err := inRanges(ctx, c.Args, false)
		return cellsText(cells), err
	case strings.Contains(name, "://"):
		return "", fmt.Errorf("%%load takes files and ranges of the history, no addresses; get it first: !curl -sSO %s", name)
	case len(c.Args) > 1:
		return "", fmt.Errorf("%%load takes one file, or ranges of the history such as 3 5-7; %q is none", strings.Join(c.Args, " "))
	}
	return "", fmt.Errorf("there is no file %s, and as a range of the history it would be written such as 3, 2-5 or ~1/3-7", name)
}

// readText reads a file that is to be a cell.
func readText(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is no file %s", name)
	case err != nil:
		return "", err
	case info.IsDir():
		return "", fmt.Errorf("%s is a folder; name a file in it", name)
	case filepath.Ext(name) == ".ipynb":
		cells, err := codeCells(name)
		return strings.Join(cells, "\n\n") + "\n", err
	case info.Size() > loadLimit:
		return "", fmt.Errorf("%s has %d bytes; a cell can be made of %d at most", name, info.Size(), loadLimit)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(b) {
		return "", fmt.Errorf("%s is no text: it is not UTF-8", name)
	}
	return string(b), nil
}

// codeCells are the code cells of a notebook that are not empty.
func codeCells(name string) ([]string, error) {
	nb, err := ipynb.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var language struct{ Language, Name string }
	if nb.Metadata.Get("kernelspec", &language) && language.Language != "" && language.Language != "go" {
		return nil, fmt.Errorf("%s is a notebook in %s, not in Go", name, language.Language)
	}
	var cells []string
	for _, c := range nb.Cells {
		if c.Type == ipynb.Code && strings.TrimSpace(c.Source) != "" {
			cells = append(cells, c.Source)
		}
	}
	return cells, nil
}

var lineRange = regexp.MustCompile(`^(\d+)(?:(-)(\d*))?$`)

// someLines are the lines of a text that ranges with commas between them name.
func someLines(text, ranges string) (string, error) {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	var b strings.Builder
	for _, r := range strings.Split(ranges, ",") {
		m := lineRange.FindStringSubmatch(strings.TrimSpace(r))
		if m == nil {
			return "", fmt.Errorf("-r %s: lines are such as 5, 10-20 or 30-", ranges)
		}
		first, ferr := strconv.Atoi(m[1])
		last, lerr := first, error(nil)
		if m[2] != "" {
			last = len(lines)
		}
		if m[3] != "" {
			last, lerr = strconv.Atoi(m[3])
		}
		if ferr != nil || lerr != nil || first < 1 || first > len(lines) || last < first {
			return "", fmt.Errorf("-r %s: the text has the lines 1 to %d", r, len(lines))
		}
		b.WriteString(strings.Join(lines[first-1:min(last, len(lines))], ""))
	}
	return b.String(), nil
}
