//go:build cuda && linux && amd64

package cuda

import (
	"os"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/fake"
	"github.com/nascent-go/nascent/nasext/nn/engine/enginetest"
)

func TestMain(m *testing.M) {
	files := os.DirFS("internal/kernels")
	hash, err := fake.Hash(files)
	if err != nil {
		panic(err)
	}
	os.Exit(fake.Start(m, fake.Source{Files: files, Roots: []string{"base.cu"}, Hash: hash, Unwatched: true}))
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
