package progen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// outcome is what can be seen of a program that ran.
type outcome struct {
	out, err string // what it wrote; of the standard error all but the traceback
	status   int
	refused  bool // it does not compile, or takes too long
}

// String is the outcome as differences show it.
func (o outcome) String() string {
	return fmt.Sprintf("%s--- standard error\n%s\n--- status %d", o.out, o.err, o.status)
}

// batch is how many programs are built at once.
const batch = 32

// toolchain runs programs through the Go tool chain.
type toolchain struct {
	dir string
}

// newToolchain makes a place for programs, or skips the test.
func newToolchain(t *testing.T) *toolchain {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("SKIPPED: there is no Go tool chain to compare with")
	}
	return &toolchain{t.TempDir()}
}

// run runs programs. They are packages of one binary, so that they are linked once.
func (tc *toolchain) run(programs [][]Part) ([]outcome, error) {
	if err := os.RemoveAll(tc.dir); err != nil {
		return nil, err
	}
	outcomes := make([]outcome, len(programs))
	for i, p := range programs {
		if err := tc.write(fmt.Sprintf("p%04d/p.go", i), asPackage(Source(p))); err != nil {
			return nil, err
		}
	}
	if err := tc.write("go.mod", "module prog\n\ngo 1.26\n"); err != nil {
		return nil, err
	}
	for {
		refused, err := tc.build(outcomes)
		if err != nil {
			return nil, err
		}
		if len(refused) == 0 {
			break
		}
		for i, text := range refused {
			outcomes[i] = outcome{err: text, refused: true}
		}
	}
	for i := range outcomes {
		if !outcomes[i].refused {
			outcomes[i] = tc.exec(i)
		}
	}
	return outcomes, nil
}

func (tc *toolchain) write(name, text string) error {
	file := filepath.Join(tc.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

func asPackage(src string) string {
	src = strings.Replace(src, "package main\n", "package prog\n", 1)
	return strings.Replace(src, "func main() {", "func Main() {", 1)
}

var refusal = regexp.MustCompile(`(?m)^p(\d{4})/p\.go:.*$`)

// build builds those that were not refused before, and tells which of them are refused.
func (tc *toolchain) build(before []outcome) (map[int]string, error) {
	var imports, table strings.Builder
	for i, o := range before {
		if !o.refused {
			fmt.Fprintf(&imports, "\tp%04d \"prog/p%04d\"\n", i, i)
			fmt.Fprintf(&table, "\t\"%d\": p%04d.Main,\n", i, i)
		}
	}
	text := fmt.Sprintf("package main\n\nimport (\n\t\"os\"\n%s)\n\nvar programs = map[string]func(){\n%s}\n\nfunc main() { programs[os.Args[1]]() }\n", imports.String(), table.String())
	if err := tc.write("main.go", text); err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", "programs", ".")
	cmd.Dir = tc.dir
	said, err := cmd.CombinedOutput()
	if err == nil {
		return nil, nil
	}
	refused := map[int]string{}
	for _, m := range refusal.FindAllStringSubmatch(string(said), -1) {
		var i int
		if _, err := fmt.Sscanf(m[1], "%d", &i); err != nil {
			return nil, err
		}
		refused[i] += m[0] + "\n"
	}
	if len(refused) == 0 {
		return nil, fmt.Errorf("building programs: %w\n%s", err, said)
	}
	return refused, nil
}

func (tc *toolchain) exec(i int) outcome {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(tc.dir, "programs"), fmt.Sprint(i))
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	o := outcome{out: out.String(), err: saidBeforeTrace(stderr.String())}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		o.status = exit.ExitCode()
	} else if err != nil {
		o.refused, o.err = true, err.Error()
	}
	if ctx.Err() != nil {
		o.refused, o.err = true, "it takes too long"
	}
	names := strings.NewReplacer("prog.", "main.", fmt.Sprintf("prog/p%04d.", i), "main.")
	o.out, o.err = names.Replace(o.out), names.Replace(o.err)
	return o
}

// saidBeforeTrace is what a program wrote on its standard error, and its last words.
func saidBeforeTrace(s string) string {
	s, _, _ = strings.Cut(s, "\n\n")
	s, _, _ = strings.Cut(s, "\n[signal ")
	return strings.TrimRight(s, "\n")
}
