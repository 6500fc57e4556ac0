// Package worker is the process that a session runs in, seen from both ends: the
// host starts it, watches over it and can say how it has ended; the session finds
// in it the pipes to its host and the text that is written past it.
//
// Nothing that a worker starts outlives it, and no worker outlives its host, in
// whichever way they end.
package worker

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/kernel/limit"
)

// Environment variables of a worker.
const (
	startEnv = "NASCENT_WORKER" // what the worker is told: session id, next execution count, limit of memory
	markEnv  = "NASCENT_KERNEL" // by this the host knows what cells have started
)

// Files that a worker is given besides the standard ones.
const (
	inFD     = 3 + iota // messages from the host
	outFD               // messages to the host
	wordsFD             // last words
	stdoutFD            // the reading end of its standard output
	stderrFD            // and of its standard error
	endFD
)

// start is what a worker is told.
type start struct {
	session   string
	nextCount int
	limit     limit.Bytes
}

func (s start) env() string {
	return fmt.Sprintf("%s=%s:%d:%d", startEnv, s.session, s.nextCount, uint64(s.limit))
}

func readStart() (s start, err error) {
	parts := strings.Split(os.Getenv(startEnv), ":")
	if len(parts) == 3 {
		s.session = parts[0]
		var bound uint64
		if s.nextCount, err = strconv.Atoi(parts[1]); err == nil {
			bound, err = strconv.ParseUint(parts[2], 10, 64)
		}
		s.limit = limit.Bytes(bound)
	}
	if s.session == "" || err != nil {
		return s, errors.New("a session is started by the kernel's host only: use nascent kernel -f FILE")
	}
	if err := os.Unsetenv(startEnv); err != nil {
		return s, fmt.Errorf("hiding %s from cells: %w", startEnv, err)
	}
	return s, nil
}
