// Package crash reads what a Go process wrote when it gave up, and finds what in it
// tells the writer of a cell why.
package crash

import (
	"fmt"
	"strings"
)

const maxFrames = 12 // calls of a goroutine's stack that are shown

// Words finds what the runtime said, as the name and value of an error.
func Words(crash string) (name, value string) {
	var limit string // of the stack
	var fault string // the address
	for line := range strings.Lines(crash) {
		line = strings.TrimRight(line, "\n")
		if rest, ok := strings.CutPrefix(line, "runtime: goroutine stack exceeds "); ok {
			limit = rest
		}
		if rest, ok := strings.CutPrefix(line, "unexpected fault address "); ok {
			fault = rest
		}
		if rest, ok := strings.CutPrefix(line, "fatal error: "); ok {
			if fault != "" {
				rest += ": unexpected fault address " + fault
			}
			if limit != "" {
				rest += ": goroutine stack exceeds " + limit + " (a function that calls itself without end?)"
			}
			return "fatal error", rest
		}
		if rest, ok := strings.CutPrefix(line, "panic: "); ok {
			return "panic", strings.TrimSuffix(rest, " [recovered]")
		}
	}
	first, _, _ := strings.Cut(crash, "\n")
	return "fatal error", first
}

// Stack finds what helps of the stack of the goroutine that crashed: the frames
// that are neither the runtime's nor the interpreter's.
func Stack(crash string) []string {
	lines := strings.Split(crash, "\n")
	for len(lines) > 0 && (!strings.HasPrefix(lines[0], "goroutine ") || !strings.Contains(lines[0], "[running")) {
		lines = lines[1:]
	}
	if len(lines) == 0 {
		return nil
	}
	frames := lines[1:]
	var shown []string
	hidden := 0
	for i := 0; i < len(frames) && frames[i] != ""; i++ {
		if strings.HasPrefix(frames[i], "\t") {
			continue
		}
		if internalFrame(frames[i]) {
			continue
		}
		if len(shown) >= maxFrames {
			hidden++
			continue
		}
		shown = append(shown, cutArguments(frames[i]))
		if i+1 < len(frames) && strings.HasPrefix(frames[i+1], "\t") {
			place, _, _ := strings.Cut(strings.TrimSpace(frames[i+1]), " +0x")
			shown = append(shown, "    "+place)
		}
	}
	if shown == nil {
		return nil
	}
	if hidden > 0 {
		shown = append(shown, fmt.Sprintf("… and %d more", hidden))
	}
	return append([]string{strings.TrimSuffix(lines[0], ":")}, shown...)
}

// internalFrame says whether a line of a stack names a function that tells
// nothing about a cell.
func internalFrame(line string) bool {
	const ours = "github.com/nascent-go/nascent/kernel/"
	line = strings.TrimPrefix(line, "created by ")
	for _, prefix := range [...]string{
		"runtime.", "runtime/", "internal/", "reflect.", "panic(", "main.main(", "...additional frames elided...", "...",
		"github.com/traefik/yaegi/", ours + "cell.", ours + "cell/", ours + "session.", ours + "host.", ours + "wire.",
	} {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return false
}

// cutArguments removes the arguments of a frame, which are numbers in hexadecimal.
func cutArguments(frame string) string {
	if at := strings.LastIndexByte(frame, '('); at > 0 && strings.HasSuffix(frame, ")") {
		return frame[:at]
	}
	return frame
}
