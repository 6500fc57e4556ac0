package worker

import (
	"os"
	"testing"
)

// What waits in a pipe is seen and stays there.
func TestWindow(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	win, err := newWindow()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteString("fatal error: not yet"); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 11)
	for range 2 {
		if got := string(win.look(int(r.Fd()), p)); got != "fatal error" {
			t.Errorf("seen: %q", got)
		}
	}
	if n, err := r.Read(p); string(p[:n]) != "fatal error" || err != nil {
		t.Errorf("then read: %q, %v", p[:n], err)
	}
}
