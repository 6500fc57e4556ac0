//go:build unix

package worker

import (
	"fmt"
	"time"

	"github.com/nascent-go/nascent/kernel/limit"
	"github.com/nascent-go/nascent/kernel/wire"
)

// What a worker and its host tell each other besides Jupyter's messages.
const (
	internal  = wire.Channel("worker")
	typeLimit = "memory_limit"
)

type limitContent struct {
	Limit limit.Bytes `json:"limit"`
}

// How often a worker is looked at: often while its memory changes.
const (
	watchTick = 100 * time.Millisecond
	idleTick  = 500 * time.Millisecond
)

// watch ends the worker if it takes far more memory than it may, which its session
// hasn't been able to prevent, and sees to it that a full pipe doesn't keep it from
// dying.
func (w *Process) watch() {
	meter, err := limit.NewMeter(w.PID())
	if err == nil {
		defer meter.Close()
	}
	tick := time.NewTimer(watchTick)
	defer tick.Stop()
	machine := limit.Machine()
	var last limit.Bytes
	var full fullness
	for {
		select {
		case <-w.done:
			return
		case <-tick.C:
		}
		if meter != nil {
			used := meter.Read()
			if text := tooMuch(used, w.family.Limit(), machine); text != "" {
				w.Kill(Reason{"out of memory", text})
			}
			if used == last {
				tick.Reset(idleTick)
			} else {
				tick.Reset(watchTick)
			}
			last = used
		} else {
			tick.Reset(idleTick)
		}
		if w.receiving.Load() && full.stuck(w.stderr.fd, w.received.Load()) {
			w.stderr.read()
		}
	}
}

// tooMuch says why a worker that uses so much memory has to be ended; "" if it may live.
func tooMuch(used, bound, machine limit.Bytes) string {
	if bound != limit.None && used > limit.Hard(bound, machine) {
		return fmt.Sprintf("the session's process had %v, where the limit is %v, and did not stop, so it was ended", used, bound)
	}
	if limit.Gone(used) {
		return fmt.Sprintf("the machine has no memory left, so the session's process, which had %v, was ended", used)
	}
	return ""
}

// fullness finds a pipe that stays full while nothing else comes from a worker: its
// Go runtime waits for room, in a moment in which no goroutine can make any.
type fullness struct {
	size     int
	received int64
	since    time.Time
}

const (
	nearlyFull = 60 << 10    // bytes in a pipe of the usual size
	stuckTime  = time.Second // how long a pipe must stay full
)

func (f *fullness) stuck(fd int, received int64) bool {
	size, err := unread(fd)
	if err != nil || size < nearlyFull || size != f.size || received != f.received {
		f.size, f.received, f.since = size, received, time.Now()
		return false
	}
	return time.Since(f.since) >= stuckTime
}
