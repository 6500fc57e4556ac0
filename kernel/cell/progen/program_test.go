package progen

import "testing"

// TestProgramsEnd makes programs whose types hold themselves in all ways that were met:
// the last by functions that return the interface that they implement.
func TestProgramsEnd(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3, 5119} {
		if n := len(Source(Program(seed))); n == 0 || n > 1<<20 {
			t.Errorf("program %d has %d bytes", seed, n)
		}
	}
}
