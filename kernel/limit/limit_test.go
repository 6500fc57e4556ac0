package limit

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/session"
)

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]Bytes{
		"4GiB": 4 << 30, "4G": 4 << 30, " 512 mib ": 512 << 20, "1.5G": 3 << 29, "2GB": 2e9, "1k": 1024, "7": 7, "none": None, "1T": 1 << 40,
	} {
		if got, err := ParseBytes(text); err != nil || got != want {
			t.Errorf("%q: %d (%v), want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "no amount", "much": "no amount", "4X": "no amount", "-1G": "more than nothing", "0": "more than nothing",
		"9999999999T": "any machine", "NaN": "no amount", "4GiB8": "no amount",
	} {
		if got, err := ParseBytes(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %d, error %v; want one that says %q", text, got, err, want)
		}
	}
	if total := Machine(); total != None {
		if half, err := ParseBytes("50%"); err != nil || half < total/2-1 || half > total/2+1 {
			t.Errorf("50%% of %v is %v (%v)", total, half, err)
		}
	}
	b := Bytes(5)
	if err := b.Set("1GiB"); err != nil || b != 1<<30 {
		t.Errorf("a flag of 1 GiB: %v, %v", b, err)
	}
	for _, bad := range []string{"lots", "1MiB"} {
		if err := b.Set(bad); err == nil || b != 1<<30 {
			t.Errorf("a flag of %s: %v, %v", bad, b, err)
		}
	}
	for b, want := range map[Bytes]string{0: "none", 100: "100 bytes", 1536: "1.5 KiB", 4 << 30: "4 GiB", 1 << 40: "1 TiB"} {
		if got := b.String(); got != want {
			t.Errorf("%d is written %q, want %q", uint64(b), got, want)
		}
	}
}

func TestMeterSeesWhatIsUsed(t *testing.T) {
	m, err := NewMeter(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	before := m.Read()
	block := make([]byte, 64<<20)
	for i := range block {
		block[i] = 1
	}
	if after := m.Read(); before == 0 || after < before+60<<20 {
		t.Errorf("%v before, %v after 64 MiB were written (%d)", before, after, block[5])
	}
}

// fake is an environment whose cell waits until it is stopped or released.
type fake struct {
	session.Environment
	begun, release chan struct{}
}

func (f *fake) Run(ctx context.Context, _ cell.Input) (cell.Outcome, error) {
	f.begun <- struct{}{}
	select {
	case <-ctx.Done():
		return cell.Outcome{}, ctx.Err()
	case <-f.release:
		return cell.Outcome{}, nil
	}
}

func TestGuardStopsTheCellThatWantsTooMuch(t *testing.T) {
	var used atomic.Uint64
	m, err := New(1 << 30)
	if err != nil {
		t.Fatal(err)
	}
	m.read = func() Bytes { return Bytes(used.Load()) }
	env := &fake{begun: make(chan struct{}), release: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	left := make(chan error, 1)
	guarded := Guard(ctx, env, m, func(why error) {
		used.Store(0)
		left <- why
	})
	run := func(ctx context.Context) <-chan error {
		ended := make(chan error, 1)
		go func() {
			_, err := guarded.Run(ctx, cell.Input{})
			ended <- err
		}()
		<-env.begun
		return ended
	}
	wait := func(ended <-chan error) error {
		select {
		case err := <-ended:
			return err
		case <-time.After(10 * time.Second):
			t.Fatal("the cell goes on")
			return nil
		}
	}

	used.Store(1 << 29)
	ended := run(ctx)
	used.Store(2 << 30)
	var over *Exceeded
	if err := wait(ended); !errors.As(err, &over) || over.Limit != 1<<30 || !strings.Contains(err.Error(), "its limit of 1 GiB") {
		t.Errorf("the cell that grew: %v", err)
	}
	var failure cell.Failure
	if !errors.As(error(over), &failure) || failure.Name() != "out of memory" || len(failure.Traceback(true)) != 1 {
		t.Errorf("no failure of a cell: %v", over)
	}

	// The memory is full, but not by the next cell: it may free some.
	ended = run(ctx)
	used.Store(2<<30 - 1)
	env.release <- struct{}{}
	if err := wait(ended); err != nil {
		t.Errorf("a cell that made nothing: %v", err)
	}

	used.Store(3 << 30) // nothing runs
	if err := wait(left); err == nil || !strings.Contains(err.Error(), "its limit of 1 GiB") {
		t.Errorf("what was left running: %v", err)
	}
	inner, stop := context.WithCancel(ctx)
	ended = run(inner)
	stop()
	if err := wait(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupt is told as %v", err)
	}
}

func TestSetLimit(t *testing.T) {
	m, err := New(None)
	if err != nil {
		t.Fatal(err)
	}
	var told Bytes
	m.Changed = func(b Bytes) error { told = b; return nil }
	m.read = func() Bytes { return 300 << 20 }
	if err := m.SetLimit(1 << 30); err != nil || m.Limit() != 1<<30 || told != 1<<30 {
		t.Errorf("%v; limit %v, told %v", err, m.Limit(), told)
	}
	for b, want := range map[Bytes]string{1 << 20: "too small", 200 << 20: "300 MiB"} {
		if err := m.SetLimit(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want one that says %q", b, err, want)
		}
	}
	if err := m.SetLimit(None); err != nil || m.Limit() != None {
		t.Errorf("%v; limit %v", err, m.Limit())
	}
	if _, err := New(1 << 20); err == nil {
		t.Error("a session was given 1 MiB")
	}
}
