package limit

import (
	"bytes"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
)

// Machine is how much memory there is for this process: that of the machine, or
// what its control group may have, if that is less. It is None if that is not known.
func Machine() Bytes {
	total := Bytes(math.MaxUint64)
	if n, _, ok := left(); ok {
		total = n
	}
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err == nil {
		for line := range strings.Lines(string(groups)) {
			total = min(total, groupLimit(strings.TrimSpace(line)))
		}
	}
	if total == math.MaxUint64 {
		return None
	}
	return total
}

// groupLimit is the smallest limit of a line of /proc/self/cgroup, number:controllers:path,
// and of the groups around that one. In a container only the outermost may be there to be seen.
func groupLimit(line string) Bytes {
	limit := Bytes(math.MaxUint64)
	parts := strings.SplitN(line, ":", 3)
	if len(parts) < 3 {
		return limit
	}
	root, file := "/sys/fs/cgroup", "memory.max" // version 2
	if parts[1] != "" {
		root, file = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
		if parts[1] != "memory" {
			return limit
		}
	}
	for dir := path.Clean("/" + parts[2]); ; dir = path.Dir(dir) {
		if text, err := os.ReadFile(path.Join(root, dir, file)); err == nil {
			if n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil { // else it is "max"
				limit = min(limit, Bytes(n))
			}
		}
		if dir == "/" {
			return limit
		}
	}
}

// left is how much memory the machine has, and how much of it is left, whoever has
// the rest.
func left() (total, available Bytes, ok bool) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, 0, false
	}
	total, ok1 := kilobytes(text, "MemTotal:")
	available, ok2 := kilobytes(text, "MemAvailable:")
	return total, available, ok1 && ok2
}

// kilobytes reads a line that gives an amount in kB.
func kilobytes(text []byte, name string) (Bytes, bool) {
	at := bytes.Index(text, []byte(name))
	if at < 0 || at > 0 && text[at-1] != '\n' {
		return 0, false
	}
	line, _, _ := bytes.Cut(text[at+len(name):], []byte("\n"))
	number, _, _ := bytes.Cut(bytes.TrimSpace(line), []byte(" "))
	n, err := strconv.ParseUint(string(number), 10, 64)
	return Bytes(n << 10), err == nil
}

// Meter reads how much memory a process uses.
type Meter struct {
	status *os.File
	buf    []byte
}

// NewMeter makes a meter for a process.
func NewMeter(pid int) (*Meter, error) {
	f, err := os.Open("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return nil, err
	}
	return &Meter{f, make([]byte, 4<<10)}, nil
}

// Read is the memory that the process has for itself, in the machine or swapped
// out; 0 if it has ended. Files that it has mapped don't count: the system takes
// their memory back when it needs it.
func (m *Meter) Read() Bytes {
	n, err := m.status.ReadAt(m.buf, 0)
	if n == 0 && err != nil {
		return 0
	}
	var sum Bytes
	for _, name := range [...]string{"RssAnon:", "RssShmem:", "VmSwap:"} {
		k, _ := kilobytes(m.buf[:n], name)
		sum += k
	}
	return sum
}

// Close ends the use of the meter.
func (m *Meter) Close() error { return m.status.Close() }
