//go:build cuda && cgo && linux && amd64

package cuda

import (
	"os"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/fake"
	"github.com/nascent-go/nascent/nasext/nn/engine/enginetest"
)

// The suite has thousands of calls, and none of it touches device memory from Go.
func TestMain(m *testing.M) {
	if err := os.Setenv("FAKECUDA_NOGUARD", "1"); err != nil {
		panic(err)
	}
	files := os.DirFS("internal/kernels")
	hash, err := fake.Hash(files)
	if err != nil {
		panic(err)
	}
	os.Exit(fake.Start(m, fake.Source{Files: files, Roots: []string{"base.cu", "tc.cu"}, Hash: hash, Unwatched: true}))
}

func newEngine(t testing.TB) engine.Engine {
	t.Helper()
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestSuite is what every engine has to pass.
func TestSuite(t *testing.T) {
	e := newEngine(t)
	for _, c := range enginetest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			if err := c.Check(e); err != nil {
				t.Error(err)
			}
		})
	}
}
