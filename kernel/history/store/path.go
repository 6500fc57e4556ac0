package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Variable is the environment variable that names the file, or is [Off].
const Variable = "NASCENT_HISTORY"

// Off stands for no file.
const Off = "off"

// Path is the file that a user's kernels keep their history in: what chosen or
// else the variable says, or history.sqlite in the user's folder for the data of
// programs. It is "" if there is to be none.
func Path(chosen string) (string, error) {
	if chosen == "" {
		chosen = os.Getenv(Variable)
	}
	if chosen == Off {
		return "", nil
	}
	if chosen != "" {
		return filepath.Abs(chosen)
	}
	dir, err := dataDir(runtime.GOOS, os.Getenv)
	if err != nil {
		return "", fmt.Errorf("finding a place for the history: %w; %s=FILE names one, and %s=%s is without", err, Variable, Variable, Off)
	}
	return filepath.Join(dir, "nascent", "history.sqlite"), nil
}

// dataDir is where programs keep a user's data.
func dataDir(system string, env func(string) string) (string, error) {
	if dir := env("XDG_DATA_HOME"); filepath.IsAbs(dir) { // its specification has others ignored
		return dir, nil
	}
	if dir := env("LOCALAPPDATA"); system == "windows" && dir != "" {
		return dir, nil
	}
	home := env("HOME")
	switch {
	case home == "":
		return "", errors.New("HOME is not set")
	case system == "darwin":
		return filepath.Join(home, "Library", "Application Support"), nil
	}
	return filepath.Join(home, ".local", "share"), nil
}
