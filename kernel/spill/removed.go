package spill

import (
	"fmt"
	"os"
)

// removed makes a file and takes its name away.
func removed(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "nascent-output-*")
	if err != nil {
		return nil, fmt.Errorf("keeping output in %s: %w", dir, err)
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, fmt.Errorf("keeping output in %s: %w", dir, err)
	}
	return f, nil
}
