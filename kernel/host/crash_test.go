package host

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nascent-go/nascent/kernel/wire"
)

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
