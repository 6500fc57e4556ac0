//go:build unix

package worker

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/limit"
)

const trace = "\ngoroutine 7 [running]:\nmain.f()\n\t/main.go:3 +0x1\n"

func TestJoinFindsTheReason(t *testing.T) {
	const reason = "fatal error: concurrent map writes\n"
	tests := []struct {
		name, text, left string
		died             bool
		crash, shown     string
	}{
		{"nothing", "", "", false, "", ""},
		{"only output", "", "a\nfatal error: of another program\n", false, "", "a\nfatal error: of another program\n"},
		{"all on the standard error", "", "a\n" + reason + trace, true, reason + trace, "a\n"},
		{"reason on the standard error", trace, "a\n" + reason + trace, true, reason + trace, "a\n"},
		{"reason of two lines", trace, "a\nunexpected fault address 0x1\nfatal error: fault\n" + trace, true, "unexpected fault address 0x1\nfatal error: fault\n" + trace, "a\n"},
		{"reason that goes on", trace, "a\nfatal error: one\n\ttwo\n" + trace, true, "fatal error: one\n\ttwo\n" + trace, "a\n"},
		{"panic", "panic: oh\n" + trace, "a\npanic: oh\n" + trace, true, "panic: oh\n" + trace, "a\n"},
		{"line that is not finished", trace, "a: " + reason + trace, true, trace, "a: " + reason},
	}
	for _, tt := range tests {
		if crash, shown := join(tt.text, tt.left, tt.died); crash != tt.crash || shown != tt.shown {
			t.Errorf("%s: crash %q, shown %q; want %q, %q", tt.name, crash, shown, tt.crash, tt.shown)
		}
	}
}

func TestWordsAreRead(t *testing.T) {
	read := func(text string) (w *words, began int) {
		w = &words{}
		w.read(strings.NewReader(text), func() { began++ })
		return w, began
	}
	if w, began := read(trace); w.said() != trace || began != 1 || !w.dumping() {
		t.Errorf("words %q, began %d times", w.said(), began)
	}
	if w, _ := read("panic: " + strings.Repeat("x", 2*keepWords)); len(w.said()) != keepWords || w.dumping() {
		t.Errorf("%d bytes are kept, want %d", len(w.said()), keepWords)
	}
	if w, began := read(""); w.said() != "" || began != 0 {
		t.Errorf("nothing: %q", w.said())
	}
}

func TestCrashBegins(t *testing.T) {
	for text, want := range map[string]int{
		"": -1, "a\n": -1, "fatal error: x": 0, "a\nruntime: out of memory": 2, "a fatal error: x\n": -1, "a\n\nunexpected fault address 0x1\n": 3,
		"panic: x\n": -1, // the runtime tells the host of these
	} {
		if got := crashBegins([]byte(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestRemainsAreBounded(t *testing.T) {
	var p pipe
	var err error
	if p.r, p.w, err = os.Pipe(); err != nil {
		t.Fatal(err)
	}
	defer p.r.Close()
	defer p.w.Close()
	var r remains
	r.open(p)
	r.read() // nothing, without waiting
	for range 3 {
		if _, err := p.w.Write(bytes.Repeat([]byte("x"), 40_000)); err != nil {
			t.Fatal(err)
		}
		r.read()
	}
	if got := len(r.String()); got != keepWords {
		t.Errorf("%d bytes are kept, want %d", got, keepWords)
	}
}

func TestFullPipeIsFound(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	var f fullness
	if f.stuck(int(r.Fd()), 0) {
		t.Error("an empty pipe is stuck")
	}
	if _, err := w.Write(make([]byte, nearlyFull)); err != nil {
		t.Fatal(err)
	}
	if f.stuck(int(r.Fd()), 0) {
		t.Error("a pipe that has just become full is stuck")
	}
	f.since = f.since.Add(-2 * stuckTime)
	if f.stuck(int(r.Fd()), 1) {
		t.Error("it is stuck although a message has come")
	}
	f.since = f.since.Add(-2 * stuckTime)
	if !f.stuck(int(r.Fd()), 1) {
		t.Error("a pipe that stays full is not found")
	}
	if _, err := io.ReadFull(r, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if f.stuck(int(r.Fd()), 1) {
		t.Error("it is stuck although something was read")
	}
}

func TestTooMuchMemory(t *testing.T) {
	const gib = 1 << 30
	for _, tt := range []struct {
		used, bound, machine limit.Bytes
		ends                 bool
	}{
		{3 * gib, limit.None, limit.None, false},
		{gib, gib, limit.None, false},
		{gib + 500<<20, gib, limit.None, false}, // its session has the time to stop the cell
		{gib + 600<<20, gib, limit.None, true},
		{14 * gib, 12 * gib, 16 * gib, false},
		{15 * gib, 12 * gib, 16 * gib, true}, // before the machine has none left
	} {
		if got := tooMuch(tt.used, tt.bound, tt.machine); (got != "") != tt.ends {
			t.Errorf("%v of %v on a machine of %v: %q", tt.used, tt.bound, tt.machine, got)
		}
	}
}

func TestStartIsPassedOn(t *testing.T) {
	want := start{"id", 7, 4 << 30}
	name, value, _ := strings.Cut(want.env(), "=")
	t.Setenv(name, value)
	if got, err := readStart(); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	if _, left := os.LookupEnv(name); left {
		t.Error("cells see it")
	}
	for _, bad := range []string{"", "id", "id:x:0", ":1:0", "id:1:-1"} {
		t.Setenv(name, bad)
		if got, err := readStart(); err == nil || !strings.Contains(err.Error(), "by the kernel's host only") {
			t.Errorf("%q: %+v, %v", bad, got, err)
		}
	}
	if got := fmt.Sprint(start{"a", 1, limit.None}.env()); got != "NASCENT_WORKER=a:1:0" {
		t.Errorf("written as %s", got)
	}
}
