//go:build linux

package conformance_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/wire"
)

// children is a cell that starts processes, of which each gets away from its parent
// in another way. Their argument is how they are found.
const children = `
start := func(env []string, attr *syscall.SysProcAttr, name string, args ...string) {
	c := exec.Command(name, args...)
	c.Env, c.SysProcAttr = env, attr
	if err := c.Start(); err != nil { panic(err) }
}
start(nil, nil, "sleep", "%[1]s")
start(nil, nil, "sh", "-c", "sleep %[1]s & sleep %[1]s")
start(nil, &syscall.SysProcAttr{Setsid: true}, "sleep", "%[1]s")
start(nil, nil, "sh", "-c", "setsid sh -c 'sleep %[1]s & exec sleep %[1]s' & exit 0")
`

// hermit starts a process that has nothing of its parent's any more.
const hermit = `start([]string{"PATH=" + os.Getenv("PATH")}, &syscall.SysProcAttr{Setsid: true}, "sh", "-c", "trap '' HUP INT TERM; sleep %[1]s")
`

const sleepers = 6 // processes with the argument that children starts

// processes finds those whose command line has a text, and those that ps would show
// below a process.
func processes(t *testing.T, text string, below int) (pids []int) {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	parents := map[int]int{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		line, err1 := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		stat, err2 := os.ReadFile(filepath.Join("/proc", e.Name(), "stat"))
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if err1 != nil || err2 != nil || len(fields) < 2 || fields[0] == "Z" || fields[0] == "X" {
			continue
		}
		if parents[pid], err = strconv.Atoi(fields[1]); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(line), text) {
			pids = append(pids, pid)
		}
	}
	for changed := below > 0; changed; {
		changed = false
		for pid, parent := range parents {
			if (parent == below || slices.Contains(pids, parent)) && !slices.Contains(pids, pid) {
				pids, changed = append(pids, pid), true
			}
		}
	}
	return pids
}

// However a kernel ends, no process is left of it and of what its cells have
// started, and no file.
func TestNothingIsLeft(t *testing.T) {
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	signal := func(s syscall.Signal, who ...string) func(*testing.T, *kernel, map[string]int) {
		return func(t *testing.T, _ *kernel, pids map[string]int) {
			for _, w := range who {
				if err := syscall.Kill(pids[w], s); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for i, tt := range []struct {
		name   string
		hermit bool
		end    func(*testing.T, *kernel, map[string]int)
	}{
		{"shutdown", true, func(t *testing.T, k *kernel, _ map[string]int) {
			if _, err := k.Send(wire.Control, wire.TypeShutdownRequest, wire.ShutdownRequest{}); err != nil {
				t.Fatal(err)
			}
		}},
		{"kill -9 of the host", true, signal(syscall.SIGKILL, "host")},
		{"kill -9 of both", false, signal(syscall.SIGKILL, "host", "worker")},
		{"kill -9 of both, the worker first", false, signal(syscall.SIGKILL, "worker", "host")},
		{"SIGTERM", true, signal(syscall.SIGTERM, "host")},
		{"SIGHUP", true, signal(syscall.SIGHUP, "host")},
		{"SIGHUP of all", true, signal(syscall.SIGHUP, "host", "worker")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			conn := host.Connection{Transport: "ipc", IP: filepath.Join(dir, "k"), ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4, HBPort: 5, Key: "key"}
			text, err := json.Marshal(conn)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "connection.json")
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(path, "kernel", "-f", file)
			cmd.Env = append(os.Environ(), "TMPDIR="+dir)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			k := &kernel{TB: t, ctx: t.Context(), cmd: cmd}
			if k.Client, err = conformance.Connect(k.ctx, conn); err != nil {
				t.Fatal(err)
			}
			defer k.Client.Close()
			argument := fmt.Sprintf("1000.%d%04d", os.Getpid(), i)
			cell := children
			if tt.hermit {
				cell += hermit
			}
			k.run(fmt.Sprintf(cell, argument)+"\nfmt.Print(strings.Repeat(\"much output\", 2<<20))", wire.StatusOK)
			waitFor(t, "the processes have started", func() bool { return len(processes(t, argument, 0)) >= sleepers })
			worker, err := strconv.Atoi(k.result("os.Getpid()"))
			if err != nil {
				t.Fatal(err)
			}
			family := append(processes(t, argument, cmd.Process.Pid), cmd.Process.Pid)
			if !slices.Contains(family, worker) {
				t.Fatalf("the worker %d is not among %v", worker, family)
			}
			tt.end(t, k, map[string]int{"host": cmd.Process.Pid, "worker": worker})
			cmd.Wait() // how it ends is not the question
			waitFor(t, "all processes have ended", func() bool {
				return !slices.ContainsFunc(family, func(pid int) bool { return alive(pid) }) && len(processes(t, argument, 0)) == 0
			})
			waitFor(t, "all files are removed", func() bool {
				left, err := filepath.Glob(filepath.Join(dir, "*"))
				return err == nil && slices.Equal(left, []string{file})
			})
		})
	}
}

// alive says whether a process lives; one that nobody has waited for does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// What a worker has started ends with it, and the kernel goes on. What ends before
// it leaves no zombie.
func TestNothingIsLeftOfAWorker(t *testing.T) {
	k := startWith(t)
	argument := fmt.Sprintf("1000.%d9999", os.Getpid())
	k.run(fmt.Sprintf(children+hermit, argument), wire.StatusOK)
	waitFor(t, "the processes have started", func() bool { return len(processes(t, argument, 0)) >= sleepers })
	k.run("syscall.Kill(os.Getpid(), syscall.SIGKILL)\nselect {}", wire.StatusError)
	waitFor(t, "all processes have ended", func() bool { return len(processes(t, argument, 0)) == 0 })
	k.run(`exec.Command("sh", "-c", "for i in 1 2 3; do setsid sleep 0.1 & done").Run()`, wire.StatusOK)
	waitFor(t, "no zombie is left", func() bool {
		out, err := exec.Command("ps", "-o", "stat=", "--ppid", strconv.Itoa(k.cmd.Process.Pid)).Output()
		return err == nil && !strings.Contains(string(out), "Z") && strings.Count(string(out), "\n") == 2
	})
}
