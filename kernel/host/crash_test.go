package host

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nascent-go/nascent/kernel/wire"
)

func TestCrashWords(t *testing.T) {
	tests := []struct {
		name, crash string
		kind, value string
	}{
		{"panic", "panic: oh\n\ngoroutine 5 [running]:\n", "panic", "oh"},
		{"panic again", "panic: one [recovered]\n\tpanic: two\n\ngoroutine 1", "panic", "one"},
		{"map", "fatal error: concurrent map writes\n\ngoroutine 7 [running]:", "fatal error", "concurrent map writes"},
		{"stack", "runtime: goroutine stack exceeds 1000-byte limit\nruntime: sp=0\nfatal error: stack overflow\n\nruntime stack:",
			"fatal error", "stack overflow: goroutine stack exceeds 1000-byte limit (a function that calls itself without end?)"},
		{"memory", "runtime: out of memory: cannot allocate 1-byte block\nfatal error: out of memory\n", "fatal error", "out of memory"},
		{"fault", "unexpected fault address 0x1\nfatal error: fault\n[signal SIGSEGV: segmentation violation]", "fatal error", "fault"},
		{"C", "SIGSEGV: segmentation violation\nPC=0x0 m=0", "fatal error", "SIGSEGV: segmentation violation"},
		{"C++", "terminate called after throwing an instance of 'int'\n", "fatal error", "terminate called after throwing an instance of 'int'"},
	}
	for _, tt := range tests {
		if kind, value := crashWordsOf(tt.crash); kind != tt.kind || value != tt.value {
			t.Errorf("%s: %q, %q; want %q, %q", tt.name, kind, value, tt.kind, tt.value)
		}
	}
}

func TestStackShowsWhatHelps(t *testing.T) {
	crash := `fatal error: concurrent map writes

goroutine 28 gp=0x1 [running]:
internal/runtime/maps.fatal({0x1, 0x2})
	runtime/panic.go:1181 +0x18
github.com/traefik/yaegi/interp.runCfg(0x1)
	github.com/traefik/yaegi@v0.16.1/interp/run.go:234 +0x265
example.com/lib.Update({0x1})
	/src/lib/update.go:12 +0x1d
created by github.com/nascent-go/nascent/kernel/cell/rt.(*Runtime).Go in goroutine 24
	/src/rt/goroutine.go:32 +0x289

goroutine 1 [select]:
main.other()
`
	want := "goroutine 28 gp=0x1 [running]\nexample.com/lib.Update\n    /src/lib/update.go:12"
	if got := strings.Join(stackOf(crash), "\n"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	deep := "fatal error: x\n\ngoroutine 1 [running]:\n" + strings.Repeat("a.b(0x1)\n\t/a.go:1 +0x1\n", 100) + "...9 frames elided...\n"
	if got := stackOf(deep); len(got) > maxFrames+3 || !strings.Contains(got[len(got)-1], "more") {
		t.Errorf("%d lines, the last %q", len(got), got[len(got)-1])
	}
	if got := stackOf("fatal error: x\n"); got != nil {
		t.Errorf("a stack without goroutines: %v", got)
	}
}

func TestRawHoldsBackLastWords(t *testing.T) {
	tests := []struct {
		name  string
		parts []string
		shown string
		crash string
	}{
		{"plain", []string{"one\n", "two"}, "one\ntwo", ""},
		{"crash", []string{"before\nfatal error: x\n", "goroutine 1"}, "before\n", "fatal error: x\ngoroutine 1"},
		{"in pieces", []string{"fatal error: ", "x", "\n"}, "", "fatal error: x\n"},
		{"not at the start of a line", []string{"log: panic: x\n"}, "log: panic: x\n", ""},
		{"line in two parts", []string{"no ", "panic: x\n"}, "no panic: x\n", ""},
		{"after a newline", []string{"a\n", "panic: x\n"}, "a\n", "panic: x\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRaw(wire.Stderr)
			shown, held := "", 0
			for _, p := range tt.parts {
				if r.feed([]byte(p)) {
					held++
				}
				shown += r.take(false)
			}
			if shown != tt.shown || r.crashText() != tt.crash || held > 1 || (held == 1) != (tt.crash != "") {
				t.Errorf("shown %q, held back %q %d times; want %q, %q", shown, r.crashText(), held, tt.shown, tt.crash)
			}
			r.release()
			if all := shown + r.take(true); all != strings.Join(tt.parts, "") {
				t.Errorf("in the end %q", all)
			}
		})
	}
	out := newRaw(wire.Stdout)
	if out.feed([]byte("panic: x\n")) || out.take(false) != "panic: x\n" {
		t.Error("stdout was held back")
	}
}

func TestRawKeepsCharactersWhole(t *testing.T) {
	r := newRaw(wire.Stdout)
	var shown string
	for _, b := range []byte("aé世𝛼") {
		r.feed([]byte{b})
		part := r.take(false)
		if !utf8.ValidString(part) || strings.Contains(part, "\uFFFD") {
			t.Fatalf("a part is %q", part)
		}
		shown += part
	}
	if shown != "aé世𝛼" {
		t.Errorf("shown %q", shown)
	}
	r.feed([]byte{0xe4, 0xb8})
	if got := r.take(false) + r.take(true); got != "\uFFFD" {
		t.Errorf("the rest of a character at the end: %q", got)
	}
}

func TestRawKeepsABoundedTail(t *testing.T) {
	r := newRaw(wire.Stderr)
	for range 100 {
		r.feed([]byte(strings.Repeat("x", 10_000)))
		r.take(false)
	}
	r.feed([]byte("fatal error: the end\n"))
	for range 100 {
		r.feed([]byte(strings.Repeat("y", 10_000)))
	}
	if len(r.tailText()) > keepText || len(r.crash) > keepText || cap(r.tail) > 8*keepText {
		t.Errorf("tail of %d bytes, crash of %d", len(r.tailText()), len(r.crash))
	}
}

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
