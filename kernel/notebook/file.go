package notebook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nascent-go/nascent/kernel/session"
)

// RunFile runs the notebook in the file in, and writes it with its outputs to the
// file out and as a page to the file htmlOut, where they are not empty. Both are
// written also if a cell fails, so that one can see where it stopped; the error
// is then a *CellError. That they can be written is seen to before anything runs.
func RunFile(ctx context.Context, in, out, htmlOut string, opts Options) error {
	nb, err := ReadFile(in)
	if err != nil {
		return err
	}
	if err := checkOutputs(in, out, htmlOut); err != nil {
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
	wrote := func(file string, err error) {
		if err == nil && opts.Wrote != nil {
			opts.Wrote(file)
		}
		errs = append(errs, err)
	}
	if out != "" {
		wrote(out, WriteFile(out, nb))
	}
	if htmlOut != "" {
		page, err := HTML(nb, strings.TrimSuffix(filepath.Base(in), ".ipynb"))
		if err == nil {
			err = replaceFile(htmlOut, page)
		}
		wrote(htmlOut, err)
	}
	return errors.Join(errs...)
}

// checkOutputs says what stands against writing the results: a long run should
// not fail at its end for that.
func checkOutputs(in, out, htmlOut string) error {
	switch {
	case htmlOut != "" && sameFile(htmlOut, in):
		return fmt.Errorf("the page would replace the notebook %s: give the page another name, such as %s.html",
			in, strings.TrimSuffix(in, filepath.Ext(in)))
	case htmlOut != "" && sameFile(htmlOut, out):
		return fmt.Errorf("the notebook and the page can't both be written to %s: give each a name of its own", out)
	}
	for _, name := range []string{out, htmlOut} {
		if name == "" {
			continue
		}
		if err := checkOutput(name); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

// checkOutput makes the folder of a file, and a file in it for a moment.
func checkOutput(name string) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return errors.New("it is a folder; the name of a file is wanted")
	}
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("its folder can't be made: %w", err)
	}
	probe, err := os.CreateTemp(dir, "."+filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("no file can be made in that folder: %w", err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func sameFile(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
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
