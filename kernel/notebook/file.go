package notebook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/nascent-go/nascent/kernel/session"
)

// RunFile runs the notebook in the file in, and writes it with its outputs to the
// file out and as a page to the file htmlOut, where they are not empty. Both are
// written also if a cell fails, so that one can see where it stopped; the error
// is then a *CellError.
func RunFile(ctx context.Context, in, out, htmlOut string, opts Options) error {
	nb, err := ReadFile(in)
	if err != nil {
		return err
	}
	runErr := Run(ctx, nb, opts)
	var failed *CellError
	if runErr != nil && !errors.As(runErr, &failed) {
		return fmt.Errorf("%s: %w", in, runErr)
	}
	var errs []error
	if runErr != nil {
		errs = append(errs, fmt.Errorf("%s: %w", in, runErr))
	}
	if out != "" {
		errs = append(errs, WriteFile(out, nb))
	}
	if htmlOut != "" {
		page, err := page(nb, strings.TrimSuffix(filepath.Base(in), ".ipynb"))
		if err == nil {
			err = replaceFile(htmlOut, page)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// ProgressLines tells of progress on w, a line for each cell: its number, how long
// it took, its first line. On a terminal the line is there while the cell runs.
func ProgressLines(w io.Writer) func(Progress) {
	live := session.IsTerminal(w)
	return func(p Progress) {
		width := len(fmt.Sprint(p.Total))
		head := fmt.Sprintf("[%*d/%d]", width, p.Number, p.Total)
		first := shorten(p.Cell.FirstLine(), 60)
		switch {
		case p.Done:
			note := ""
			if p.Err != nil {
				note = "  (failed)"
			}
			if live {
				head = "\r" + head
			}
			fmt.Fprintf(w, "%s %s  %s%s\n", head, seconds(p.Elapsed), first, note)
		case live:
			fmt.Fprintf(w, "%s %8s  %s", head, "", first)
		}
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%7.2fs", d.Seconds()) }
