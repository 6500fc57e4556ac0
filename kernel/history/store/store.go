// Package store keeps the history of cells in a SQLite file, which any number of
// kernels may use at the same time.
//
// Nothing that is wrong with the file concerns a cell: it is opened and written in
// the background, and if that cannot be done the history goes on in memory. A
// cell is in the file, as far as the process is concerned, before it runs, unless
// the file is slow: a cell waits 50 ms at most. A power failure may cost the last
// cells, but never the file.
package store

import (
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nascent-go/nascent/kernel/history"
)

// limits are how long things may take.
type limits struct {
	begin    time.Duration // for a cell to wait until it is in the file
	find     time.Duration // for a question to wait until what was before it is there
	end      time.Duration // for Close
	patience time.Duration // for another program to lock the file
}

func usualLimits() limits {
	return limits{begin: 50 * time.Millisecond, find: time.Second, end: 300 * time.Millisecond, patience: 10 * time.Second}
}

// Store is an open file. Its Book is the history of a session's main shell.
type Store struct {
	path   string
	main   *book
	limits limits

	mu      sync.Mutex
	pending *batch  // what is to be written next, nil: nothing
	last    *batch  // the last that was handed in, nil: none yet
	db      *sql.DB // nil: not open yet, or never again
	broken  bool    // never again
	corrupt error   // what a question has met
	warning error   // to be told with the next cell

	wake    chan struct{} // there is something to do
	closing chan struct{}
	close   func()
	ended   chan struct{} // the writer has ended
}

// batch is what is written in one transaction.
type batch struct {
	entries []entry
	done    chan struct{} // closed when it is written, or never will be
}

// entry is a cell that begins, or the output of one.
type entry struct {
	book          *book
	line          int
	input, output string
	begins        bool
}

// Open begins to open the file, which is made if it is not there, in the
// background: what is wrong is told when a cell begins. The key names the
// session: whoever comes with it again continues the session.
func Open(path, key string) *Store {
	return open(path, key, usualLimits())
}

func open(path, key string, l limits) *Store {
	s := &Store{path: path, limits: l, wake: make(chan struct{}, 1), closing: make(chan struct{}), ended: make(chan struct{})}
	s.close = sync.OnceFunc(func() { close(s.closing) })
	s.main = &book{store: s, key: key, recent: history.NewMemory()}
	go s.write()
	return s
}

// Book is the history of the session's main shell.
func (s *Store) Book() history.Book { return s.main }

// Close writes what there is to write and closes the file. The error is a warning
// as that of Book.Begin.
func (s *Store) Close() error {
	s.close()
	select {
	case <-s.ended:
	case <-time.After(s.limits.end):
		return fmt.Errorf("history: the last cells may be missing in %s: it could not be written within %v", s.path, s.limits.end)
	}
	return s.told()
}

// book is the history of one shell.
type book struct {
	store  *Store
	key    string
	number atomic.Int64    // of the session, 0: it has none yet
	recent *history.Memory // for when the file can't be used
}

func (b *book) Session() int { return int(b.number.Load()) }

func (b *book) Subshell(id string) history.Book {
	return &book{store: b.store, key: b.key + "/" + id, recent: history.NewMemory()}
}

// Begin waits for the file for a short time only: it may be locked.
func (b *book) Begin(line int, input string) (kept func() error) {
	b.recent.Begin(line, input)
	written := b.store.put(entry{book: b, line: line, input: input, begins: true})
	return func() error {
		timer := time.NewTimer(b.store.limits.begin)
		defer timer.Stop()
		select {
		case <-written:
		case <-timer.C:
		}
		return b.store.told()
	}
}

func (b *book) Output(line int, text string) {
	text = history.Shorten(text)
	b.recent.Output(line, text)
	b.store.put(entry{book: b, line: line, output: text})
}

// put hands the writer something to write. The channel that it returns is closed
// when it is written, or never will be.
func (s *Store) put(e entry) (written <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		over := make(chan struct{})
		close(over)
		return over
	}
	if s.pending == nil {
		s.pending = &batch{done: make(chan struct{})}
		s.last = s.pending
	}
	s.pending.entries = append(s.pending.entries, e)
	s.rouse()
	return s.pending.done
}

func (s *Store) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// told is the warning that is to be told, once.
func (s *Store) told() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	warning := s.warning
	s.warning = nil
	return warning
}
