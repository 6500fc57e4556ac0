package nasext

import (
	"strings"
	"testing"
)

// TestGPU: there is one, or a sentence that says why not.
func TestGPU(t *testing.T) {
	want, err := GPU()
	e, note := GPUOrCPU()
	switch {
	case err != nil && (want != nil || strings.Contains(err.Error(), "\n") || !strings.Contains(note, err.Error())):
		t.Errorf("engine %v, error %q, note %q", want, err, note)
	case err == nil && want.Name() != e.Name():
		t.Errorf("the GPU is %q, or else %q", want.Name(), e.Name())
	}
	if !strings.Contains(note, "training on "+e.Name()) {
		t.Errorf("the note %q does not name %s", note, e.Name())
	}
}
