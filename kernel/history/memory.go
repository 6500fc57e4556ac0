package history

import (
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/nascent-go/nascent/kernel/wire"
)

const (
	memoryLimit = 16 << 20 // bytes that a Memory keeps; the oldest cells go first
	entryCost   = 100      // bytes of an entry besides its text
)

// Memory is a history that ends with the process. It is a session with the
// number 1, the only one that it knows.
type Memory struct {
	mu      sync.Mutex
	entries []wire.HistoryEntry // the oldest first
	size    int                 // bytes that they take
}

// NewMemory makes an empty history.
func NewMemory() *Memory { return &Memory{} }

// Session is 1.
func (m *Memory) Session() int { return 1 }

// Subshell is a history of its own.
func (m *Memory) Subshell(string) Book { return NewMemory() }

// Begin records a cell. There is nothing to wait for, and no error.
func (m *Memory) Begin(line int, input string) (kept func() error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries = append(m.entries, wire.HistoryEntry{Session: 1, Line: line, Input: input})
	m.grow(len(input) + entryCost)
	return func() error { return nil }
}

// Output records the result of a cell.
func (m *Memory) Output(line int, text string) {
	text = Shorten(text)
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := len(m.entries) - 1; i >= 0; i-- {
		if m.entries[i].Line == line {
			m.entries[i].Output = &text
			m.grow(len(text))
			return
		}
	}
}

// grow counts what has come, and drops the oldest quarter if it is too much.
func (m *Memory) grow(size int) {
	if m.size += size; m.size <= memoryLimit {
		return
	}
	old := 0
	for ; m.size > memoryLimit/4*3 && old < len(m.entries)-1; old++ {
		m.size -= sizeOf(m.entries[old], true) + entryCost
	}
	m.entries = slices.Delete(m.entries, 0, old)
}

// Find chooses cells as a request asks.
func (m *Memory) Find(ctx context.Context, req wire.HistoryRequest) ([]wire.HistoryEntry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if req.Access == wire.HistoryRange {
		if req.Session != 0 && req.Session != 1 {
			return nil, nil
		}
		return Range(m.inRange(req), req), nil
	}
	return Choose(m.newest(), req), nil
}

func (m *Memory) newest() iter.Seq[wire.HistoryEntry] {
	return func(yield func(wire.HistoryEntry) bool) {
		for _, e := range slices.Backward(m.entries) {
			if !yield(e) {
				return
			}
		}
	}
}

func (m *Memory) inRange(req wire.HistoryRequest) iter.Seq[wire.HistoryEntry] {
	last := 0
	if n := len(m.entries); n > 0 {
		last = m.entries[n-1].Line
	}
	start, stop := Bounds(req, last)
	return func(yield func(wire.HistoryEntry) bool) {
		for _, e := range m.entries {
			if e.Line >= start && (stop == 0 || e.Line < stop) && !yield(e) {
				return
			}
		}
	}
}
