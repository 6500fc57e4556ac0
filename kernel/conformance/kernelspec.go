package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/install"
)

// Spec is a kernelspec: how Jupyter starts a kernel.
type Spec struct {
	Argv            []string          `json:"argv"`
	DisplayName     string            `json:"display_name"`
	Language        string            `json:"language"`
	InterruptMode   string            `json:"interrupt_mode"` // signal, which is the default, or message
	Env             map[string]string `json:"env"`
	ProtocolVersion string            `json:"kernel_protocol_version"`
	Metadata        map[string]any    `json:"metadata"`

	Dir string `json:"-"` // folder of the kernelspec
}

// ReadSpec reads a kernelspec: a kernel.json, the folder of one, or the name of
// one that Jupyter would find.
func ReadSpec(nameOrPath string) (*Spec, error) {
	path := nameOrPath
	if info, err := os.Stat(path); err != nil && !strings.ContainsAny(path, `/\`) {
		dir, err := install.Find(path)
		if err != nil {
			return nil, err
		}
		path = filepath.Join(dir, "kernel.json")
	} else if err == nil && info.IsDir() {
		path = filepath.Join(path, "kernel.json")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("reading a kernelspec: %w", err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading a kernelspec: %w", err)
	}
	s := &Spec{Dir: filepath.Dir(path), InterruptMode: "signal"}
	if err := json.Unmarshal(raw, s); err != nil {
		return nil, fmt.Errorf("reading the kernelspec %s: %w", path, err)
	}
	if len(s.Argv) == 0 {
		return nil, fmt.Errorf("the kernelspec %s has no argv: nothing can be started", path)
	}
	return s, nil
}

// command is what starts the kernel with a connection file, and its environment.
func (s *Spec) command(connection string) (argv, env []string) {
	fill := strings.NewReplacer("{connection_file}", connection, "{resource_dir}", s.Dir)
	for _, a := range s.Argv {
		argv = append(argv, fill.Replace(a))
	}
	env = os.Environ()
	for _, n := range slices.Sorted(maps.Keys(s.Env)) {
		env = append(env, n+"="+os.Expand(s.Env[n], os.Getenv))
	}
	return argv, env
}
