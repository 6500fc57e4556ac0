package session

import (
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

// lateTime is how long after a failure a request that was made before it may come.
const lateTime = 10 * time.Second

// clocks tells when requests were made, in the time of this process, though the
// clocks of front ends may be wrong. A notebook's "run all" sends all cells at
// once, but they come one by one: when a cell fails after a millisecond, those
// that have to be aborted with it are still on their way.
type clocks struct {
	behind map[string]time.Duration // of each client session: the least that a message seemed to take
}

// maxClocks bounds the number of client sessions that are known.
const maxClocks = 64

// made is when a message was made that came at a time. A clock that is wrong
// makes all messages seem faster or slower by the same time, so what the fastest
// one took is taken off: the result is too late by that one's true time, never too
// early. It is the zero time if the message doesn't say.
func (c *clocks) made(m *wire.Message, came time.Time) time.Time {
	date, err := time.Parse(time.RFC3339Nano, m.Header.Date)
	if err != nil {
		return time.Time{}
	}
	took := came.Sub(date)
	least, known := c.behind[m.Header.Session]
	if !known || took < least {
		if c.behind == nil || len(c.behind) >= maxClocks {
			c.behind = map[string]time.Duration{}
		}
		c.behind[m.Header.Session], least = took, took
	}
	return date.Add(least)
}
