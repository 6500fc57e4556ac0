package session

import (
	"encoding/json"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

// A notebook's "run all" sends all cells at once, but they come one by one. When a
// cell fails after a millisecond, most of those that have to be aborted with it
// are still on their way, or being written by a front end that is too busy to look
// at answers. The dates of requests tell them from those that somebody has sent
// because of the failure.
const (
	lateTime = 10 * time.Second       // how long after a failure a request that was made before it may come
	burstGap = 200 * time.Millisecond // how long a front end that sends many cells takes for one
)

// maxClients bounds the number of client sessions that are known.
const maxClients = 64

// clocks tells when requests were made, in the time of this process, though the
// clocks of front ends may be wrong.
type clocks struct {
	behind map[string]time.Duration // of each client session: the least that a message seemed to take
}

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
		least = took
		c.behind = put(c.behind, m.Header.Session, least)
	}
	return date.Add(least)
}

// bursts knows of each client session whether it sends cells without waiting for
// answers.
type bursts struct{ last map[string]burst }

// burst is where a client stands with its last cell.
type burst struct {
	cell           string // the front end's name for it, if it has told
	made, answered time.Time
	ahead          bool // it was sent without waiting for the answer to the one before
	broken         bool // it has failed or was aborted, so that what follows is aborted
}

// ahead says whether a client has sent a cell that was made at a time without
// waiting for the answer to its last one, and whether that one's failure aborts it.
// A notebook that sends two different cells at once does so for one command: its
// user can't have seen an answer. A program, which doesn't name cells, can: what it
// makes after it has all its answers is meant.
func (b *bursts) ahead(client, cell string, made time.Time) (ahead, abort bool) {
	last, ok := b.last[client]
	if !ok || made.IsZero() || made.Sub(last.made) > burstGap {
		return false, false
	}
	named := cell != "" && last.cell != ""
	ahead = made.Before(last.answered) || named && (last.ahead || cell != last.cell)
	return ahead, ahead && last.broken
}

// cellID is what JupyterLab calls the cell of a request, or "".
func cellID(m *wire.Message) string {
	var metadata struct {
		CellID string `json:"cellId"`
	}
	if json.Unmarshal(m.Metadata, &metadata) != nil {
		return ""
	}
	return metadata.CellID
}

// answer notes what has become of a client's cell.
func (b *bursts) answer(client string, cell burst) { b.last = put(b.last, client, cell) }

// put sets a value of a map that is emptied when it has become large.
func put[V any](m map[string]V, key string, v V) map[string]V {
	if _, ok := m[key]; m == nil || !ok && len(m) >= maxClients {
		m = map[string]V{}
	}
	m[key] = v
	return m
}
