package worker

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// orphans are processes that a worker has started, whose parent has ended before
// them. They become children of the host, which has to end them when their worker
// ends, and to bury those that end by themselves.
type orphans struct {
	dead chan os.Signal

	mu  sync.Mutex
	own map[int]bool // the worker and the guard
}

// adopt makes this process the parent of its descendants' orphans.
func (o *orphans) adopt() {
	o.own = map[int]bool{}
	if unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != nil {
		return // an old system: they are found by their mark alone
	}
	o.dead = make(chan os.Signal, 1)
	signal.Notify(o.dead, syscall.SIGCHLD)
	go o.buryTheDead()
}

// mourning is how long a dead child is left to somebody who may wait for it. Who
// does has it in a moment.
const mourning = 2 * time.Second

// buryTheDead takes the exit status of children that nobody else waits for, so that
// the system forgets them.
func (o *orphans) buryTheDead() {
	var seen map[int]bool
	var later <-chan time.Time
	for {
		select {
		case _, more := <-o.dead:
			if !more {
				return
			}
			if later == nil {
				later = time.After(mourning)
			}
			continue
		case <-later:
			later = nil
		}
		dead := map[int]bool{}
		eachProcess(func(p process) {
			if !p.zombie || p.parent != os.Getpid() || o.owns(p.pid) {
				return
			}
			if dead[p.pid] = true; seen[p.pid] {
				var status unix.WaitStatus
				// An error says that somebody has waited for it after all.
				_, _ = unix.Wait4(p.pid, &status, unix.WNOHANG, nil)
			}
		})
		if seen = dead; len(dead) > 0 {
			later = time.After(mourning)
		}
	}
}

// start starts a command that its starter waits for.
func (o *orphans) start(cmd *exec.Cmd) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	err := cmd.Start()
	if err == nil {
		o.own[cmd.Process.Pid] = true
	}
	return err
}

// forget notes that somebody has waited for a child.
func (o *orphans) forget(pid int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.own, pid)
}

// close ends the care for orphans.
func (o *orphans) close() {
	if o.dead != nil {
		signal.Stop(o.dead)
		close(o.dead)
	}
}

// maxRounds bounds the search for processes that start others while they are ended.
const maxRounds = 50

// kill ends all processes that have a mark in their environment, and all orphans
// that have none: nothing that a worker starts is in the process group of the host.
func (o *orphans) kill(mark string) {
	ours, any := []byte(markEnv+"="+mark), []byte(markEnv+"=")
	for range maxRounds {
		left := false
		eachProcess(func(p process) {
			if p.zombie || o.owns(p.pid) {
				return
			}
			env := p.environment()
			adopted := p.parent == os.Getpid() && p.group != syscall.Getpgrp() && !bytes.Contains(env, any)
			if adopted || bytes.Contains(env, ours) {
				// An error says that it has ended meanwhile.
				left = syscall.Kill(p.pid, syscall.SIGKILL) == nil || left
			}
		})
		if !left {
			return
		}
	}
}

// killDescendants ends what this process has started, and what that has.
func killDescendants() {
	for range maxRounds {
		children := map[int][]int{}
		eachProcess(func(p process) {
			if !p.zombie {
				children[p.parent] = append(children[p.parent], p.pid)
			}
		})
		left := children[os.Getpid()]
		for i := 0; i < len(left); i++ {
			left = append(left, children[left[i]]...)
		}
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL) // an error says that it has ended meanwhile
		}
	}
}

func (o *orphans) owns(pid int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.own[pid]
}

// process is what the system knows of a process.
type process struct {
	pid, parent, group int
	zombie             bool
}

// eachProcess calls f for all processes.
func eachProcess(f func(process)) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue // it has ended
		}
		// The name, in brackets, may hold anything.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) < 3 {
			continue
		}
		p := process{pid: pid, zombie: string(fields[0]) == "Z"}
		if p.parent, err = strconv.Atoi(string(fields[1])); err != nil {
			continue
		}
		if p.group, err = strconv.Atoi(string(fields[2])); err != nil {
			continue
		}
		f(p)
	}
}

// environment is what a process was started with; nothing if it belongs to somebody else.
func (p process) environment() []byte {
	env, err := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/environ")
	if err != nil {
		return nil
	}
	return env
}
