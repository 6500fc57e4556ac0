// Package spill keeps what cells have written beyond what front ends are shown, in
// temporary files that have no name: however the process ends, nothing is left of them.
package spill

import (
	"errors"
	"io"
	"os"
	"sync"
)

// DefaultLimit is how much a store keeps.
const DefaultLimit = 1 << 30

// Store keeps what cells have written. Its methods are safe for concurrent use.
type Store struct {
	limit int64

	mu    sync.Mutex
	files []*File // the oldest first
	total int64
}

// New makes a store that keeps up to limit bytes. When there are more, the oldest
// cells' go first.
func New(limit int64) *Store { return &Store{limit: limit} }

// File is what one cell has written.
type File struct {
	store *Store
	cell  int

	// Guarded by the store:
	file    *os.File // nil: nothing has been written, or it could not be kept
	pending []byte   // not in the file yet
	size    int64    // with pending
	dropped int64    // bytes that are not kept
	err     error    // why, if not for the limit
	gone    bool     // others have needed the room
}

// pendingSize is how much is gathered before it is written.
const pendingSize = 64 << 10

// Create begins the file of a cell, in the place of an earlier one.
func (s *Store) Create(cell int) *File {
	f := &File{store: s, cell: cell}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, old := range s.files {
		if old.cell == cell {
			s.remove(old)
			break
		}
	}
	s.files = append(s.files, f)
	return f
}

// Write appends text. What there is no room for is counted.
func (f *File) Write(p []byte) {
	s := f.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.err == nil && !f.gone && !s.room(f, len(p)) {
		f.err = errFull
	}
	if f.err != nil || f.gone { // nothing after a gap: a file with holes would mislead
		f.dropped += int64(len(p))
		return
	}
	f.pending = append(f.pending, p...)
	f.size += int64(len(p))
	s.total += int64(len(p))
	if len(f.pending) >= pendingSize {
		f.flush()
	}
}

var errFull = errors.New("there is no more room for it")

// room makes room for so much more of f: older files go for it.
func (s *Store) room(f *File, wanted int) bool {
	for s.total+int64(wanted) > s.limit && s.files[0] != f {
		s.remove(s.files[0])
	}
	return s.total+int64(wanted) <= s.limit
}

// remove forgets a file. Who reads it can go on: it is closed by the garbage
// collector, and has no name that would have to be removed.
func (s *Store) remove(f *File) {
	for i := range s.files {
		if s.files[i] == f {
			s.files = append(s.files[:i], s.files[i+1:]...)
			break
		}
	}
	s.total -= f.size
	f.dropped += f.size
	f.size, f.file, f.pending, f.gone = 0, nil, nil, true
}

// flush writes what is pending.
func (f *File) flush() {
	var err error
	if f.file == nil {
		f.file, err = unnamed(os.TempDir())
	}
	lost := int64(len(f.pending))
	if err == nil {
		_, err = f.file.WriteAt(f.pending, f.size-lost)
	}
	f.pending = f.pending[:0]
	if err == nil {
		return
	}
	f.err = err
	f.size -= lost
	f.dropped += lost
	f.store.total -= lost
}

// Reset forgets what has been written.
func (f *File) Reset() {
	s := f.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.gone {
		return
	}
	s.total -= f.size
	f.size, f.dropped, f.file, f.pending, f.err = 0, 0, nil, nil, nil
}

// Kept is how many bytes are kept, how many are not, and why.
func (f *File) Kept() (kept, dropped int64, why error) {
	f.store.mu.Lock()
	defer f.store.mu.Unlock()
	return f.size, f.dropped, f.err
}

// Rest is what a cell has written beyond what was shown, in the order in which it
// was written, standard output and standard error together.
type Rest struct {
	*io.SectionReader       // what is kept: the beginning
	Dropped           int64 // bytes after that which are not
}

// Open returns what is kept of a cell; false if nothing is.
func (s *Store) Open(cell int) (*Rest, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if f.cell != cell || f.size == 0 {
			continue
		}
		if len(f.pending) > 0 {
			f.flush()
		}
		return &Rest{io.NewSectionReader(f.file, 0, f.size), f.dropped}, f.size > 0
	}
	return nil, false
}
