package install

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// write makes the folder of a kernelspec under a name that Jupyter passes over
// (it has a ~) and moves it to its place when it is complete.
func write(dir string, spec kernelJSON) (err error) {
	kernels, name := filepath.Split(dir)
	if err := os.MkdirAll(kernels, 0o755); err != nil {
		return fmt.Errorf("making the folder for kernelspecs: %w", err)
	}
	fresh, err := os.MkdirTemp(kernels, name+"~new")
	if err != nil {
		return fmt.Errorf("writing into the folder for kernelspecs: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(fresh))
		}
	}()
	if err := os.Chmod(fresh, 0o755); err != nil { // Jupyter may run as another user
		return err
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(spec); err != nil {
		return fmt.Errorf("writing kernel.json: %w", err)
	}
	if err := os.WriteFile(filepath.Join(fresh, "kernel.json"), text.Bytes(), 0o644); err != nil {
		return err
	}
	entries, err := logos.ReadDir(".")
	if err != nil {
		return fmt.Errorf("reading the logos: %w", err)
	}
	for _, entry := range entries {
		logo, err := logos.ReadFile(entry.Name())
		if err != nil {
			return fmt.Errorf("reading the logos: %w", err)
		}
		if err := os.WriteFile(filepath.Join(fresh, entry.Name()), logo, 0o644); err != nil {
			return err
		}
	}
	return replace(dir, fresh)
}

// replace puts the folder fresh where dir is. If that fails, what was there stays.
func replace(dir, fresh string) error {
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(fresh, dir)
	}
	old, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+"~old")
	if err != nil {
		return err
	}
	aside := filepath.Join(old, "spec")
	if err := os.Rename(dir, aside); err != nil {
		return errors.Join(err, os.RemoveAll(old))
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(err, os.Rename(aside, dir), os.RemoveAll(old))
	}
	return os.RemoveAll(old)
}
