package study

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// lock keeps other writers from a study: a file beside it, which the system has locked
// for as long as the process lives that holds it, however it ends. What is written in
// it is for people.
type lock struct{ f *os.File }

// take locks the study in a file. If another writer has it, the error wraps ErrLocked
// and says which.
func take(study string) (*lock, error) {
	path := study + ".lock"
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
		if err != nil {
			return nil, fmt.Errorf("locking it: %w", err)
		}
		got, err := tryLock(f)
		switch {
		case err != nil:
			f.Close()
			return nil, fmt.Errorf("locking %s: %w", path, err)
		case !got:
			text := make([]byte, 200)
			n, _ := f.Read(text)
			f.Close()
			by := strings.TrimSpace(string(text[:n]))
			if by == "" {
				by = "another program"
			}
			return nil, fmt.Errorf("%w: %s writes to it; wait for its end, or stop it (to look at it, use study.Read)", ErrLocked, by)
		}
		// Who had it may have removed the file between the two steps.
		held, err := f.Stat()
		if there, e := os.Stat(path); err == nil && e == nil && os.SameFile(held, there) {
			l := &lock{f}
			return l, l.sign()
		}
		f.Close()
	}
}

// sign writes who holds the lock.
func (l *lock) sign() error {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	text := fmt.Sprintf("process %d on %s (since %s)\n", os.Getpid(), host, time.Now().UTC().Format(time.RFC3339))
	if err := l.f.Truncate(0); err != nil {
		return err
	}
	_, err = l.f.WriteAt([]byte(text), 0)
	return err
}

// release ends the lock and takes the file away.
func (l *lock) release() error {
	if l == nil {
		return nil
	}
	err := os.Remove(l.f.Name())
	if e := l.f.Close(); err == nil {
		err = e
	}
	return err
}
