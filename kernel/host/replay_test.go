package host

import "testing"

func TestReplays(t *testing.T) {
	r := newReplays(3)
	for _, s := range []string{"a", "b", "c"} {
		if r.again([]byte(s)) {
			t.Errorf("%s is new", s)
		}
	}
	if !r.again([]byte("a")) {
		t.Error("a came before")
	}
	if r.again([]byte("d")) || r.again([]byte("a")) {
		t.Error("d is new, and a has been forgotten for it")
	}
	if !r.again([]byte("c")) || !r.again([]byte("d")) || len(r.seen) != 3 {
		t.Errorf("remembered: %v", r.seen)
	}
	for range 2 {
		if r.again(nil) {
			t.Error("messages without signature are all new")
		}
	}
}
