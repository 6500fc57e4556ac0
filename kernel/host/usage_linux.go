package host

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

// ticks is how many units of CPU time the files of /proc count in a second.
const ticks = 100

// probe looks at what the kernel and its machine use. One goroutine looks at a time.
type probe struct {
	root string // default: /proc

	at        time.Time       // when it looked last
	processes map[int]process // what it saw then
	machine   struct{ busy, all uint64 }
}

// process is what /proc tells about a process.
type process struct {
	parent int
	used   uint64 // CPU time in ticks
	began  uint64 // in ticks after the machine's start
}

// look says what the processes of this kernel, from the host down, use now. CPU
// is a mean since the last look, or since a process began if it was not seen before.
func (p *probe) look() wire.UsageReply {
	u := basicUsage()
	now := time.Now()
	all := p.readProcesses()
	tree := descendants(all, os.Getpid())
	if uptime, ok := p.uptime(); ok && len(tree) > 0 {
		percent := 0.0
		for pid := range tree {
			now, before := all[pid], p.processes[pid]
			since := uptime - float64(now.began)/ticks
			if before.began == now.began && before.began != 0 {
				since = min(since, time.Since(p.at).Seconds())
			} else {
				before.used = 0
			}
			if since > 0 && now.used >= before.used {
				percent += 100 * float64(now.used-before.used) / ticks / since
			}
			u.Memory += p.memory(pid)
		}
		percent = math.Round(percent*10) / 10
		u.CPU = &percent
	}
	p.at, p.processes = now, all
	u.HostCPU = p.hostCPU()
	u.HostMemory = p.hostMemory()
	return u
}

func (p *probe) path(names ...string) string {
	root := p.root
	if root == "" {
		root = "/proc"
	}
	return filepath.Join(append([]string{root}, names...)...)
}

// readProcesses reads of every process who started it and how much it has used.
// Those that end meanwhile are left out.
func (p *probe) readProcesses() map[int]process {
	entries, err := os.ReadDir(p.path())
	if err != nil {
		return nil
	}
	all := make(map[int]process)
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile(p.path(e.Name(), "stat"))
		if err != nil {
			continue
		}
		if proc, ok := parseStat(text); ok {
			all[pid] = proc
		}
	}
	return all
}

// parseStat reads /proc/PID/stat. The program's name, in brackets, may hold anything.
func parseStat(text []byte) (p process, ok bool) {
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return p, false
	}
	var user, system uint64
	for _, f := range []struct {
		at   int // field number in proc(5) less 3
		into any
	}{{1, &p.parent}, {11, &user}, {12, &system}, {19, &p.began}} {
		if _, err := fmt.Sscan(string(fields[f.at]), f.into); err != nil {
			return p, false
		}
	}
	p.used = user + system
	return p, true
}

// descendants are the processes that root has started, directly or not, and root itself.
func descendants(all map[int]process, root int) map[int]bool {
	children := make(map[int][]int)
	for pid, p := range all {
		children[p.parent] = append(children[p.parent], pid)
	}
	tree := map[int]bool{}
	todo := []int{root}
	for len(todo) > 0 {
		pid := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if _, there := all[pid]; there && !tree[pid] {
			tree[pid] = true
			todo = append(todo, children[pid]...)
		}
	}
	return tree
}

func (p *probe) uptime() (seconds float64, ok bool) {
	text, err := os.ReadFile(p.path("uptime"))
	if err != nil {
		return 0, false
	}
	_, err = fmt.Sscan(string(text), &seconds)
	return seconds, err == nil
}

// memory is how many bytes a process holds: its share of what it shares with
// others, or where the system doesn't tell that, all that is resident.
func (p *probe) memory(pid int) uint64 {
	name := strconv.Itoa(pid)
	if text, err := os.ReadFile(p.path(name, "smaps_rollup")); err == nil {
		if pss, there := kilobytes(text)["Pss"]; there {
			return pss
		}
	}
	text, err := os.ReadFile(p.path(name, "status"))
	if err != nil {
		return 0
	}
	return kilobytes(text)["VmRSS"]
}

// hostCPU is how busy the machine was since the last look, in percent; nil at the first.
func (p *probe) hostCPU() *float64 {
	text, err := os.ReadFile(p.path("stat"))
	if err != nil {
		return nil
	}
	line, _, _ := strings.Cut(string(text), "\n")
	var busy, all uint64
	for i, f := range strings.Fields(line) {
		n, err := strconv.ParseUint(f, 10, 64)
		if err != nil || i > 8 { // the line's name; guests are counted in user time already
			continue
		}
		all += n
		if i != 4 && i != 5 { // idle, and waiting for disks
			busy += n
		}
	}
	before := p.machine
	p.machine.busy, p.machine.all = busy, all
	if before.all == 0 || all <= before.all || busy < before.busy {
		return nil
	}
	percent := math.Round(1000*float64(busy-before.busy)/float64(all-before.all)) / 10
	return &percent
}

func (p *probe) hostMemory() *wire.VirtualMemory {
	text, err := os.ReadFile(p.path("meminfo"))
	if err != nil {
		return nil
	}
	kb := kilobytes(text)
	total, available := kb["MemTotal"], kb["MemAvailable"]
	if total == 0 || available > total {
		return nil
	}
	return &wire.VirtualMemory{
		Total: total, Available: available, Percent: math.Round(1000*float64(total-available)/float64(total)) / 10,
		Used: total - available, Free: kb["MemFree"], Active: kb["Active"], Inactive: kb["Inactive"],
	}
}

// kilobytes reads lines such as "MemTotal: 16 kB", into bytes.
func kilobytes(text []byte) map[string]uint64 {
	m := make(map[string]uint64)
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		number, isKB := strings.CutSuffix(strings.TrimSpace(value), " kB")
		if n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 64); err == nil && isKB {
			m[name] = n << 10
		}
	}
	return m
}
