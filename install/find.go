package install

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Find is the folder of the kernelspec, of any kernel, that Jupyter knows by a name.
func Find(name string) (dir string, err error) { return systemEnvironment().find(name) }

func (e environment) find(name string) (string, error) {
	dirs := e.searchDirs()
	for _, kernels := range dirs {
		// names are the same in upper and lower case, folders may be not
		for _, folder := range []string{name, strings.ToLower(name)} {
			dir := filepath.Join(kernels, folder)
			if _, err := os.Stat(filepath.Join(dir, "kernel.json")); err == nil {
				return dir, nil
			}
		}
	}
	return "", fmt.Errorf("there is no kernelspec %s in %s", name, strings.Join(dirs, ", "))
}
