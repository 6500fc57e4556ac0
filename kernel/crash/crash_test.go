package crash

import (
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
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
		{"fault", "unexpected fault address 0x1\nfatal error: fault\n[signal SIGSEGV: segmentation violation]", "fatal error", "fault: unexpected fault address 0x1"},
		{"C", "SIGSEGV: segmentation violation\nPC=0x0 m=0", "fatal error", "SIGSEGV: segmentation violation"},
		{"C++", "terminate called after throwing an instance of 'int'\n", "fatal error", "terminate called after throwing an instance of 'int'"},
	}
	for _, tt := range tests {
		if kind, value := Words(tt.crash); kind != tt.kind || value != tt.value {
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
	if got := strings.Join(Stack(crash), "\n"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	deep := "fatal error: x\n\ngoroutine 1 [running]:\n" + strings.Repeat("a.b(0x1)\n\t/a.go:1 +0x1\n", 100) + "...9 frames elided...\n"
	if got := Stack(deep); len(got) > maxFrames+3 || !strings.Contains(got[len(got)-1], "more") {
		t.Errorf("%d lines, the last %q", len(got), got[len(got)-1])
	}
	if got := Stack("fatal error: x\n\ngoroutine 1 [select]:\nmain.main()\n\t/main.go:1 +0x1\n"); got != nil {
		t.Errorf("a stack that has not crashed: %v", got)
	}
	if got := Stack("fatal error: x\n"); got != nil {
		t.Errorf("a stack without goroutines: %v", got)
	}
}
