package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

// again is how long the writer waits before it tries a locked file again, after
// SQLite has waited for it.
const again = 20 * time.Millisecond

// write is the one goroutine that opens the file and writes to it.
func (s *Store) write() {
	defer close(s.ended)
	f, err := s.open()
	if err != nil {
		s.giveUp(err)
		return
	}
	defer func() {
		if f == nil {
			return
		}
		if err := f.close(); err != nil {
			s.warn(fmt.Errorf("history: closing %s: %w", s.path, err))
		}
	}()
	for {
		b, corrupt, ok := s.next()
		if !ok {
			return
		}
		if corrupt != nil {
			f, err = s.replace(f, corrupt)
		}
		if err == nil && b != nil {
			f, err = s.writeBatch(f, b)
		}
		if err != nil {
			s.giveUp(err)
		}
		if b != nil {
			close(b.done)
		}
		if err != nil {
			return
		}
	}
}

// next waits for something to write, or for the news that a question has found
// the file corrupt. It is false when the store closes and all is done.
func (s *Store) next() (b *batch, corrupt error, ok bool) {
	for {
		s.mu.Lock()
		b, corrupt, s.pending, s.corrupt = s.pending, s.corrupt, nil, nil
		s.mu.Unlock()
		if b != nil || corrupt != nil {
			return b, corrupt, true
		}
		select {
		case <-s.wake:
		case <-s.closing:
			s.mu.Lock()
			empty := s.pending == nil
			s.broken = empty // what comes now comes too late
			s.mu.Unlock()
			if empty {
				return nil, nil, false
			}
		}
	}
}

// open opens the file. If it is corrupt, it is moved aside and a new one is made.
func (s *Store) open() (*file, error) {
	f, err := s.openPatiently()
	if isCorrupt(err) {
		return s.replace(nil, err)
	}
	return f, err
}

// openPatiently opens the file, and waits as long as another program locks it.
func (s *Store) openPatiently() (f *file, err error) {
	err = s.patiently(func() error {
		f, err = openFile(s.path, migrations)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", s.path, err)
	}
	if number, err := f.sessionOf(s.main.key); err == nil { // another process began it
		s.main.number.Store(number)
	} else if !errors.Is(err, sql.ErrNoRows) {
		f.close()
		return nil, fmt.Errorf("reading %s: %w", s.path, err)
	}
	s.mu.Lock()
	s.db = f.db
	s.mu.Unlock()
	return f, nil
}

// writeBatch writes a batch. It returns the file that is to be used from now on.
func (s *Store) writeBatch(f *file, b *batch) (*file, error) {
	write := func() error { return s.patiently(func() error { return f.write(b.entries) }) }
	err := write()
	if isCorrupt(err) {
		if f, err = s.replace(f, err); err != nil {
			return f, err
		}
		err = write()
	}
	if err != nil {
		return f, fmt.Errorf("writing to %s: %w", s.path, err)
	}
	return f, nil
}

// replace moves a corrupt file aside and makes a new one, with what this session
// remembers.
func (s *Store) replace(f *file, corrupt error) (*file, error) {
	s.mu.Lock()
	s.db = nil
	s.mu.Unlock()
	s.main.number.Store(0)
	var opened fileInfo
	if f != nil {
		opened = f.info
		// It is broken: how it takes its end does not matter.
		_ = f.close()
	}
	moved, err := moveAside(s.path, opened)
	if err != nil {
		return nil, fmt.Errorf("%w; and it could not be moved aside: %w", corrupt, err)
	}
	if f, err = s.openPatiently(); err != nil {
		return nil, err
	}
	if err := s.patiently(func() error { return f.write(s.main.remembered()) }); err != nil {
		_ = f.close() // the error that counts is the first
		return nil, fmt.Errorf("writing to %s: %w", s.path, err)
	}
	if moved != "" {
		s.warn(fmt.Errorf("history: %s is damaged (%w); it has been moved to %s, and a new history begins", s.path, corrupt, moved))
	}
	return f, nil
}

// remembered are the cells in memory, as what is to be written.
func (b *book) remembered() []entry {
	// The memory knows all that is asked, and the context does not end.
	cells, _ := b.recent.Find(context.Background(), wire.HistoryRequest{Access: wire.HistoryRange, Output: true})
	var entries []entry
	for _, c := range cells {
		entries = append(entries, entry{book: b, line: c.Line, input: c.Input, begins: true})
		if c.Output != nil {
			entries = append(entries, entry{book: b, line: c.Line, output: *c.Output})
		}
	}
	return entries
}

// patiently does something again for as long as it fails because another program
// locks the file; when the store closes, once.
func (s *Store) patiently(do func() error) error {
	closing := s.closing
	for begun := time.Now(); ; {
		err := do()
		switch {
		case !isLocked(err):
			return err
		case closing == nil:
			return fmt.Errorf("another program locks it: %w", err)
		case time.Since(begun) > s.limits.patience:
			return fmt.Errorf("another program has locked it for %v: %w", s.limits.patience, err)
		}
		select {
		case <-closing:
			closing = nil
		case <-time.After(again):
		}
	}
}

// giveUp goes on without the file.
func (s *Store) giveUp(why error) {
	s.warn(fmt.Errorf("history: from now on cells are kept in memory only: %w. The kernel's --history or the variable NASCENT_HISTORY can name another file, or off", why))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken, s.db = true, nil
	if s.pending != nil {
		close(s.pending.done)
		s.pending = nil
	}
}

// warn has something told with the next cell.
func (s *Store) warn(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.warning != nil {
		err = fmt.Errorf("%w\n%w", s.warning, err)
	}
	s.warning = err
}
