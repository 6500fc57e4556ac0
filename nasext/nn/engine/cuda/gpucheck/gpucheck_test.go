//go:build cuda && cgo && linux && amd64

package gpucheck

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/fake"
	"github.com/nascent-go/nascent/nasext/nn/engine/enginetest"
)

func TestMain(m *testing.M) {
	files := os.DirFS("../internal/kernels")
	hash, err := fake.Hash(files)
	if err == nil {
		err = os.Setenv("FAKECUDA_NOGUARD", "1")
	}
	if err != nil {
		panic(err)
	}
	os.Exit(fake.Start(m, fake.Source{Files: files, Roots: []string{"base.cu", "tc.cu"}, Hash: hash, Unwatched: true}))
}

// python is a program that answers as peer.py does.
func python(t *testing.T, answer string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(name, []byte("#!/bin/sh\nwhile read -r line; do echo '"+answer+"'; done\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

// check runs cases and one workload.
func check(t *testing.T, answer string, cases ...enginetest.Case) (string, error) {
	t.Helper()
	e, err := cuda.New(cuda.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err = Run(context.Background(), &out, Config{
		Engine: e, Cases: cases, Steps: 1, Epochs: 1, Sizes: []int{8}, Only: []string{"W3"}, Python: python(t, answer),
	})
	return out.String(), err
}

func TestRun(t *testing.T) {
	const answer = `{"version": "PyTorch 0, a device", "eager": 10, "compiled": 4}`
	right := enginetest.Operations()[0]
	wrong := enginetest.Case{Name: "nothing", Check: func(engine.Engine) error { return errors.New("a | is wrong") }}
	out, err := check(t, answer, right, wrong)
	var failed *Failed
	if !errors.As(err, &failed) || err.Error() != "the engine fails 1 cases: nothing" {
		t.Errorf("got %v", err)
	}
	for _, want := range []string{
		"# nascent gpu-check\n", "| operation conv | passed |", `| nothing | **a \| is wrong** |`, "1 of 2 cases passed.", "| 8×8×8 |",
		"| W3, NAS-Bench-201, C=8 N=1, on 1×8×8 | 64 |", "| 10000.000 | 4000.000 |", "PyTorch 0, a device on the same device.",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("there is no %q in\n%s", want, out)
		}
	}
	if out, err = check(t, answer, right); err != nil {
		t.Errorf("%v in\n%s", err, out)
	}
	if _, err := check(t, `{"error": "RuntimeError: no device"}`, right); err == nil || err.Error() != "workload W3: PyTorch: RuntimeError: no device" {
		t.Errorf("got %v", err)
	}
	if _, err := check(t, "help", right); err == nil || !strings.Contains(err.Error(), `its answer "help"`) {
		t.Errorf("got %v", err)
	}
}
