package kernels_test

import (
	"os"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/fake"
)

// TestPTXBelongsToSource tells of PTX that has to be made again, without compiler and driver.
func TestPTXBelongsToSource(t *testing.T) {
	source, err := fake.Hash(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"base.ptx", "tc.ptx"} {
		ptx, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(ptx), "// source sha256 "+source+"\n") {
			t.Errorf("%s is not of the *.cu and *.cuh beside it: run make ptx", name)
		}
	}
}
