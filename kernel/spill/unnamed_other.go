//go:build !linux

package spill

import "os"

// unnamed makes a file that has a name for no longer than a moment.
func unnamed(dir string) (*os.File, error) { return removed(dir) }
