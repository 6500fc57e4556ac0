package limit

import (
	"fmt"
	"os"
	"runtime/debug"
	"sync"
)

// Memory is the limit on the memory of this process, and what it uses. Its methods
// are safe for concurrent use.
type Memory struct {
	// Changed is told of a new limit, if it is set before the first use.
	Changed func(Bytes) error

	read func() Bytes // how much this process uses

	mu    sync.Mutex
	limit Bytes
}

// Share of the limit at which Go begins to collect garbage for all it is worth.
const collectAt = 0.9

// Least is the smallest limit that a session can be given.
const Least Bytes = 128 << 20

// Default is the limit that nobody has asked for: four fifths of what the machine
// has, so that it need not swap.
func Default() Bytes { return Machine() / 5 * 4 }

// Hard is the amount at which a process is ended whose session hasn't kept to its
// limit, on a machine that has so much. It leaves the session the time to stop a cell.
func Hard(limit, machine Bytes) Bytes {
	hard := limit + max(limit/2, 512<<20)
	if machine != None {
		hard = min(hard, max(limit+limit/20, machine/100*93))
	}
	return hard
}

// Shares of the machine's memory.
const (
	muchOf   = 4  // a quarter of all is much for a process
	scarceOf = 40 // with a fortieth left, a process that has much is stopped
	goneOf   = 80 // and with an eightieth ended
)

// scarce says whether the machine has hardly any memory left and a process that uses
// so much is a reason for it.
func scarce(used Bytes) bool {
	total, available, ok := left()
	return ok && used > total/muchOf && available < total/scarceOf
}

// Gone says whether the machine has so little memory left that a process that uses
// so much should be ended.
func Gone(used Bytes) bool {
	total, available, ok := left()
	return ok && used > total/muchOf && available < total/goneOf
}

// New makes a limit; None is no limit.
func New(limit Bytes) (*Memory, error) {
	if err := check(limit); err != nil {
		return nil, err
	}
	meter, err := NewMeter(os.Getpid())
	if err != nil {
		return nil, fmt.Errorf("measuring memory: %w", err)
	}
	m := &Memory{read: meter.Read, limit: limit}
	m.collect()
	return m, nil
}

func check(limit Bytes) error {
	if limit != None && limit < Least {
		return fmt.Errorf("a limit of %v is too small: a session takes some memory itself; give %v at least, or none", limit, Least)
	}
	return nil
}

// Limit is how much memory the session may use; None is no limit.
func (m *Memory) Limit() Bytes {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.limit
}

// SetLimit changes the limit. It must be more than what is in use.
func (m *Memory) SetLimit(limit Bytes) error {
	if err := check(limit); err != nil {
		return err
	}
	if used := m.Used(); limit != None && limit < used {
		debug.FreeOSMemory()
		if used = m.Used(); limit < used {
			return fmt.Errorf("a limit of %v is less than the %v that are in use; free variables first, or give more", limit, used)
		}
	}
	m.mu.Lock()
	m.limit = limit
	m.collect()
	m.mu.Unlock()
	if m.Changed == nil {
		return nil
	}
	return m.Changed(limit)
}

// collect tells Go when garbage is to be collected at any price.
func (m *Memory) collect() {
	limit := int64(1<<63 - 1)
	if m.limit != None {
		limit = int64(float64(m.limit) * collectAt)
	}
	debug.SetMemoryLimit(limit)
}

// Used is the memory that the process has for itself now, garbage that has not
// been given back included.
func (m *Memory) Used() Bytes {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.read()
}

// Free collects garbage and gives the memory back, and returns what is in use then.
func (m *Memory) Free() Bytes {
	debug.FreeOSMemory()
	return m.Used()
}
