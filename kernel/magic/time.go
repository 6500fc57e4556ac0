package magic

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"
)

func timing() Command {
	return Command{
		Name: "time", Usage: "STATEMENT", Form: Line | Whole, Rest: Program, Least: 1,
		Short: "run Go and print what time and memory it took, and which functions ran as machine code",
		Long: "The time is that of the run, without that of compiling it. Processor time and memory are those of the whole\n" +
			"session meanwhile, with the garbage collector's and, of shell commands, the children's share. Of functions of\n" +
			"cells that are named in it, it says whether they run as machine code (%tier).",
		Setup: func(*pflag.FlagSet) Runner { return runTime },
	}
}

func runTime(ctx context.Context, c *Call) error {
	m := &meter{}
	in := c.In
	if _, ok := c.Statement(); ok {
		in.Around = m.around
		if outer := c.In.Around; outer != nil { // what has to be done first is not measured
			in.Around = func(run func()) { outer(func() { m.around(run) }) }
		}
	} else {
		m.begin()
	}
	err := c.Program(ctx, in)
	took := m.end()
	if took.wall == 0 && err != nil { // it has not run
		return err
	}
	if perr := c.Printf("%s%s", took, tiersOf(c)); perr != nil && err == nil {
		err = perr
	}
	return err
}

// usage is what something took.
type usage struct {
	wall, user, system time.Duration
	bytes, objects     uint64
}

func (u usage) String() string {
	return fmt.Sprintf("CPU time:   user %v, system %v, total %v\nWall time:  %v\nAllocated:  %s in %s\n",
		short(u.user), short(u.system), short(u.user+u.system), short(u.wall), size(u.bytes), counted(u.objects, "object"))
}

// meter measures what runs between begin and end.
type meter struct {
	mu      sync.Mutex
	started time.Time // zero: not running
	before  usage
	sum     usage
}

func (m *meter) around(run func()) {
	m.begin()
	defer m.end()
	run()
}

func (m *meter) begin() {
	before := now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before, m.started = before, time.Now()
}

// end stops measuring, unless that has happened, and returns what was measured.
func (m *meter) end() usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.started.IsZero() {
		wall := time.Since(m.started)
		after := now()
		m.sum = usage{
			wall: wall, user: after.user - m.before.user, system: after.system - m.before.system,
			bytes: after.bytes - m.before.bytes, objects: after.objects - m.before.objects,
		}
		m.started = time.Time{}
	}
	return m.sum
}

// now is what the session has used so far, but for the wall time.
func now() usage {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	u := usage{bytes: stats.TotalAlloc, objects: stats.Mallocs}
	u.user, u.system = processorTime()
	return u
}

// short writes a duration with three digits, and without the zeros that say nothing.
func short(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}} {
		if d >= u.unit && d < time.Minute {
			return fmt.Sprintf("%.3g %s", float64(d)/float64(u.unit), u.name)
		}
	}
	if d >= time.Minute {
		return d.Round(time.Second).String()
	}
	return fmt.Sprintf("%d ns", d.Nanoseconds())
}

// size writes a number of bytes for people.
func size(n uint64) string {
	for _, u := range []struct {
		unit uint64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.unit {
			return fmt.Sprintf("%.4g %s", float64(n)/float64(u.unit), u.name)
		}
	}
	return counted(n, "byte")
}

// counted writes a number and what it counts: 1 object, 12 345 objects.
func counted(n uint64, what string) string {
	if n != 1 {
		what += "s"
	}
	return grouped(n) + " " + what
}

func grouped(n uint64) string {
	s := fmt.Sprint(n)
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, parts...), " ")
}
