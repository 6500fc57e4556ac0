package rand

import (
	"testing"
	"time"
)

func TestN(t *testing.T) {
	seen := map[int]bool{}
	for range 1000 {
		seen[N(4)] = true
		if d := N(time.Second); d < 0 || d >= time.Second {
			t.Fatalf("N(1s) = %v", d)
		}
	}
	if len(seen) != 4 || seen[4] || seen[-1] {
		t.Errorf("N(4) draws %v", seen)
	}
	defer func() {
		if recover() == nil {
			t.Error("N(0) does not panic")
		}
	}()
	N(0)
}
