package host

import (
	"bytes"
	"fmt"
	"log"
	"strings"
	"testing"
	"time"
)

func TestLogIsBounded(t *testing.T) {
	var out bytes.Buffer
	l := newLogbook(log.New(&out, "", 0))
	now := time.Unix(0, 0)
	l.now = func() time.Time { return now }
	const n = 100_000
	for i := range n {
		l.printf("dropped %d", i)
	}
	if size := out.Len(); size > 2*logBurst || !strings.HasPrefix(out.String(), "dropped 0\n") {
		t.Errorf("%d bytes of %d entries", size, n)
	}
	written := strings.Count(out.String(), "\n")
	now = now.Add(time.Minute)
	out.Reset()
	l.printf("later")
	if want := fmt.Sprintf("(%d more were too many to be logged)\nlater\n", n-written); out.String() != want {
		t.Errorf("then %q, want %q", out.String(), want)
	}
	out.Reset()
	l.printf("%s", strings.Repeat("x", 10*logLine))
	if out.Len() > logLine+10 {
		t.Errorf("one entry of %d bytes", out.Len())
	}
	for range n {
		l.printf("dropped")
	}
	out.Reset()
	l.close()
	if l.close(); strings.Count(out.String(), "more were too many") != 1 {
		t.Errorf("in the end %q", out.String())
	}
}
