package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"github.com/nascent-go/nascent/kernel/history"
	"github.com/nascent-go/nascent/kernel/wire"
)

// Find chooses cells from the file, or from those in memory if the file can't be
// read.
func (b *book) Find(ctx context.Context, req wire.HistoryRequest) ([]wire.HistoryEntry, error) {
	if db := b.store.written(ctx); db != nil {
		found, err := (&reader{ctx: ctx, db: db, session: b.number.Load()}).find(req)
		if err == nil {
			return found, nil
		}
		b.store.couldNotRead(ctx, db, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("looking into the history: %w", err)
	}
	return b.fromMemory(ctx, req)
}

// written waits until what was handed in so far is written, but not for ever. It
// returns the database, or nil if it can't be used.
func (s *Store) written(ctx context.Context) *sql.DB {
	ctx, cancel := context.WithTimeout(ctx, s.limits.find)
	defer cancel()
	s.mu.Lock()
	last := s.last
	if last == nil {
		last = &batch{done: make(chan struct{})} // when it is done, the file is open
		if s.broken {
			close(last.done)
		} else {
			s.pending, s.last = last, last
			s.rouse()
		}
	}
	s.mu.Unlock()
	select {
	case <-last.done:
	case <-ctx.Done():
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.db
}

// couldNotRead sees to it that the user is told of a file that can't be read, and
// the writer of one that is corrupt.
func (s *Store) couldNotRead(ctx context.Context, db *sql.DB, err error) {
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	replaced := s.db != db // meanwhile, and the user knows
	if !replaced && isCorrupt(err) {
		s.corrupt = err
		s.rouse()
	}
	s.mu.Unlock()
	if !replaced && !isCorrupt(err) {
		s.warn(fmt.Errorf("history: reading %s: %w; only cells of this session are found", s.path, err))
	}
}

// fromMemory chooses cells of this session.
func (b *book) fromMemory(ctx context.Context, req wire.HistoryRequest) ([]wire.HistoryEntry, error) {
	number := b.Session()
	switch { // in memory the number is always 1
	case req.Session == number:
		req.Session = 0
	case req.Session == 1 && number != 0:
		req.Session = -1 // another session
	}
	found, err := b.recent.Find(ctx, req)
	for i := range found {
		found[i].Session = max(number, 1)
	}
	return found, err
}

// reader answers one question.
type reader struct {
	ctx     context.Context
	db      *sql.DB
	session int64 // the current one, 0: it has no number yet
	err     error // of a query
}

func (r *reader) find(req wire.HistoryRequest) ([]wire.HistoryEntry, error) {
	var found []wire.HistoryEntry
	if req.Access == wire.HistoryRange {
		found = history.Range(r.inRange(req), req)
	} else {
		found = history.Choose(r.newest(), req)
	}
	return found, r.err
}

const columns = "SELECT session, line, input, output FROM cell "

// newest yields all cells: those of this session, the newest first, then those of
// the others.
func (r *reader) newest() iter.Seq[wire.HistoryEntry] {
	return func(yield func(wire.HistoryEntry) bool) {
		if r.rows(yield, columns+"WHERE session = ? ORDER BY line DESC", r.session) {
			r.rows(yield, columns+"WHERE session <> ? ORDER BY session DESC, line DESC", r.session)
		}
	}
}

// inRange yields the cells of a range, the oldest first.
func (r *reader) inRange(req wire.HistoryRequest) iter.Seq[wire.HistoryEntry] {
	return func(yield func(wire.HistoryEntry) bool) {
		session := int64(req.Session)
		if session <= 0 {
			current := r.session
			if current == 0 {
				current = 1 + r.number("SELECT max(number) FROM session")
			}
			session += current
		}
		start, stop := history.Bounds(req, int(r.number("SELECT max(line) FROM cell WHERE session = ?", session)))
		if r.err == nil {
			r.rows(yield, columns+"WHERE session = ? AND line >= ? AND (? = 0 OR line < ?) ORDER BY line", session, start, stop, stop)
		}
	}
}

// rows yields what a query finds. It is true if more is wanted.
func (r *reader) rows(yield func(wire.HistoryEntry) bool, query string, args ...any) (more bool) {
	rows, err := r.db.QueryContext(r.ctx, query, args...)
	if err != nil {
		r.err = err
		return false
	}
	defer func() { r.err = errors.Join(r.err, rows.Close()) }()
	for rows.Next() {
		var e wire.HistoryEntry
		if err := rows.Scan(&e.Session, &e.Line, &e.Input, &e.Output); err != nil {
			r.err = err
			return false
		}
		if !yield(e) {
			return false
		}
	}
	r.err = rows.Err()
	return r.err == nil
}

// number is what a query for one number finds; 0 if it finds none.
func (r *reader) number(query string, args ...any) int64 {
	var n sql.NullInt64
	if err := r.db.QueryRowContext(r.ctx, query, args...).Scan(&n); err != nil {
		r.err = errors.Join(r.err, err)
	}
	return n.Int64
}
