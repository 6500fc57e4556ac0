package host

import (
	"os"
	"runtime"

	"github.com/nascent-go/nascent/kernel/wire"
)

// usages answers usage_request. Looking takes milliseconds, so it is done beside
// the loop, once for all that ask meanwhile.
type usages struct {
	probe   probe
	looking bool
	asking  []*wire.Message
}

// answerUsage answers usage_request without the worker, whatever that does. On
// shell too it waits for nobody: it asks about this moment.
func (h *host) answerUsage(m *wire.Message) {
	h.status(m, wire.Busy)
	u := &h.usages
	u.asking = append(u.asking, m)
	if u.looking {
		return
	}
	u.looking = true
	go func() {
		used := u.probe.look()
		if h.opts.GPUs != nil {
			used.GPUs = h.opts.GPUs()
		}
		h.post(func() {
			asking := u.asking
			u.looking, u.asking = false, nil
			for _, m := range asking {
				h.reply(m, wire.TypeUsageReply, used)
				h.idle(m)
			}
		})
	}()
}

// basicUsage is what is known on every system.
func basicUsage() wire.UsageReply {
	u := wire.UsageReply{PID: os.Getpid(), CPUCount: runtime.NumCPU()}
	if name, err := os.Hostname(); err == nil {
		u.Hostname = name
	}
	return u
}
