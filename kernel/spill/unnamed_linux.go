package spill

import (
	"os"

	"golang.org/x/sys/unix"
)

// unnamed makes a file that never has a name, or, where the file system can't do
// that, not for longer than a moment.
func unnamed(dir string) (*os.File, error) {
	if f, err := os.OpenFile(dir, os.O_RDWR|unix.O_TMPFILE, 0o600); err == nil {
		return f, nil
	}
	return removed(dir)
}
