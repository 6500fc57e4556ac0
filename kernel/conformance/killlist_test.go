package conformance_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/wire"
)

// killList is ways to end a process, or to keep it from ever ending. None ends the
// kernel: each is told on its cell, and the next cell is answered.
var killList = []struct {
	name, code  string
	interrupt   bool   // when the cell has printed something
	error, says string // name of the error, and a part of its value; no name: there is none
	lost        bool   // the session is lost, and that is said
}{
	{name: "os.Exit", code: `os.Exit(3)`, error: "exit", says: "exit status 3"},
	{name: "log.Fatal", code: `log.Fatal("the end")`, error: "exit", says: "exit status 1"},
	{name: "runtime.Goexit", code: `runtime.Goexit()`, error: "fatal error", says: "no goroutines"},
	{name: "syscall.Exit", code: `syscall.Exit(4)`, error: "WorkerDied", says: "exit status 4", lost: true},
	{name: "panic", code: `panic("oh")`, error: "panic", says: "oh"},
	{name: "panic of a goroutine", code: "go func() { panic(\"there\") }()\nselect {}", error: "panic", says: "there"},
	{name: "fault of a compiled goroutine", code: "time.AfterFunc(0, nil)\nselect {}", error: "fatal error", says: "go of nil func value", lost: true},
	{name: "stack overflow", code: "func f(n int) int { return f(n+1) + 1 }\nf(0)", error: "panic", says: "stack overflow"},
	{name: "map race", code: "m := map[int]int{}\nfor range 4 { go func() { for i := 0; ; i++ { m[i%7] = i } }() }\nselect {}",
		error: "fatal error", says: "concurrent map", lost: true},
	{name: "map race of goroutines that print", code: "m := map[int]int{}\nfor range 4 { go func() { for i := 0; ; i++ { m[i%7] = i; fmt.Println(i) } }() }\nselect {}",
		error: "fatal error", says: "concurrent map", lost: true},
	{name: "unlock of an unlocked mutex", code: `new(sync.Mutex).Unlock()`, error: "fatal error", says: "unlock of unlocked mutex", lost: true},
	{name: "bad pointer", code: "p := (*int)(unsafe.Pointer(uintptr(0xdead000)))\n*p", error: "fatal error", says: "unexpected fault address 0xdead000", lost: true},
	{name: "SIGKILL", code: "syscall.Kill(os.Getpid(), syscall.SIGKILL)\nselect {}", error: "WorkerDied", says: "killed by signal: killed", lost: true},
	{name: "SIGTERM", code: "syscall.Kill(os.Getpid(), syscall.SIGTERM)\nselect {}", error: "WorkerDied", says: "killed by signal: terminated", lost: true},
	{name: "SIGQUIT", code: "syscall.Kill(os.Getpid(), syscall.SIGQUIT)\nselect {}", error: "fatal error", says: "SIGQUIT", lost: true},
	{name: "closed pipes", code: `for fd := 3; fd < 8; fd++ { _ = syscall.Close(fd) }`},
	{name: "closed standard files", code: "os.Stdout.Close()\nos.Stderr.Close()\nfor fd := 0; fd < 3; fd++ { _ = syscall.Close(fd) }"},
	{name: "all files closed", code: `for fd := 0; fd < 1024; fd++ { _ = syscall.Close(fd) }; time.Sleep(time.Minute)`, error: "WorkerDied", says: "exit status 2", lost: true},
	{name: "no more files", code: `syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 3, Max: 3})`},
	{name: "impossible make", code: "b := make([]byte, 1<<40)\nlen(b)", error: "panic", says: "out of memory: 1024 GiB"},
	{name: "impossible compiled make", code: `len(strings.Repeat("x", 1<<42))`, error: "fatal error", says: "out of memory", lost: true},
	{name: "growing slice", code: "var all [][]byte\nfor { all = append(all, bytes.Repeat([]byte{1}, 1<<20)) }", error: "out of memory", says: "its limit of 512 MiB"},
	{name: "its memory is free again", code: `all = nil`},
	{name: "growing map", code: "func grow() { m := map[int]string{}; for i := 0; ; i++ { m[i] = strings.Repeat(\"x\", 10_000) } }\ngrow()", error: "out of memory", says: "its limit of 512 MiB"},
	{name: "mapped memory", code: "for { b, err := syscall.Mmap(-1, 0, 1<<24, syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE); if err != nil { panic(err) }; for i := 0; i < len(b); i += 4096 { b[i] = 1 } }",
		error: "out of memory", says: "512 MiB"},
	{name: "a fresh start", code: `syscall.Exit(0)`, error: "WorkerDied", says: "exit status 0", lost: true},
	{name: "compiled code that takes it all", code: `len(bytes.Repeat(make([]byte, 1<<20), 1<<14))`, error: "out of memory", says: "512 MiB", lost: true},
	{name: "a million goroutines", code: "mu := new(sync.Mutex)\nmu.Lock()\nfor range 1_000_000 { go mu.Lock() }", error: "out of memory", says: "512 MiB"},
	{name: "another fresh start", code: `syscall.Exit(0)`, error: "WorkerDied", says: "exit status 0", lost: true},
	{name: "empty loop", code: "fmt.Println(1)\nfor {}", interrupt: true, error: "interrupt", says: "stopped"},
	{name: "deadlock", code: "fmt.Println(1)\nvar mu sync.Mutex\nmu.Lock()\nmu.Lock()", interrupt: true, error: "interrupt", says: "stopped"},
	{name: "goroutines that wait", code: "for range 100 { go func() { select {} }() }\nfmt.Println(1)\nselect {}", interrupt: true, error: "interrupt", says: "stopped"},
	{name: "compiled computation", code: "fmt.Println(1)\nx := new(big.Int).Exp(big.NewInt(3), big.NewInt(1<<25), nil)\nx.BitLen()", interrupt: true, error: "interrupt", says: "stopped"},
	{name: "endless output", code: `for { fmt.Println("more and more of it") }`, interrupt: true, error: "interrupt", says: "stopped"},
	{name: "child process", code: "c := exec.Command(\"sh\", \"-c\", \"echo 1; sleep 1000\")\nc.Stdout = os.Stdout\nc.Run()", interrupt: true, error: "interrupt", says: "stopped"},
}

func TestKillList(t *testing.T) {
	k := startWith(t, "--memory", "512MiB")
	const kept = "kept := \"still here\""
	k.run(kept, wire.StatusOK)
	for _, tt := range killList {
		t.Run(tt.name, func(t *testing.T) {
			k.TB = t
			begun := time.Now()
			a := k.kill(tt.code, tt.interrupt)
			r, err := a.ExecuteReply()
			if err != nil {
				t.Fatal(err)
			}
			if r.Error.Name != tt.error || !strings.Contains(r.Error.Value, tt.says) {
				t.Errorf("%s: %s; want %s: …%s…", r.Error.Name, r.Error.Value, tt.error, tt.says)
			}
			if got := len(a.Errors()); (tt.error != "") != (got == 1) {
				t.Errorf("%d errors were published", got)
			}
			if said := strings.Contains(a.Text(wire.Stderr), "variables, functions and imports are lost"); said != tt.lost {
				t.Errorf("that the session is lost was said: %v, want %v; stderr: %q", said, tt.lost, a.Text(wire.Stderr))
			}
			if tt.lost {
				k.run(kept, wire.StatusOK)
			}
			if got := k.result("kept"); got != `"still here"` {
				t.Errorf("the next cell shows %s", got)
			}
			if a, _ := k.run("syscall.Write(1, []byte(\"raw\"))\nsyscall.Write(2, []byte(\"raw\"))\nfmt.Print(\"own\")", wire.StatusOK); a.Text(wire.Stdout) != "rawown" || a.Text(wire.Stderr) != "raw" {
				t.Errorf("the next cell writes %q and %q", a.Text(wire.Stdout), a.Text(wire.Stderr))
			}
			t.Logf("%.1f s", time.Since(begun).Seconds())
		})
	}
	k.TB = t
}

// kill runs a cell, and interrupts it when it has printed something, if it is to be.
func (k *kernel) kill(code string, interrupt bool) *conformance.Answer {
	k.Helper()
	m, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: code, StoreHistory: true, StopOnError: true})
	if err != nil {
		k.Fatal(err)
	}
	if interrupt {
		k.awaitStream(m)
		if _, err := k.Send(wire.Control, wire.TypeInterruptRequest, wire.Empty{}); err != nil {
			k.Fatal(err)
		}
	}
	a, err := k.Collect(k.ctx, m)
	if err != nil {
		k.Fatal(err)
	}
	return a
}

// A limit that a cell has set is that of the next session too.
func TestMemoryLimitOutlivesTheSession(t *testing.T) {
	k := startWith(t, "--memory", "600MiB")
	k.run("%memory 700MiB", wire.StatusOK)
	k.run("syscall.Exit(0)", wire.StatusError)
	a, _ := k.run("%memory", wire.StatusOK)
	if got := outputs(t, a); !strings.Contains(got, "700 MiB") {
		t.Errorf("the memory of the next session: %s", got)
	}
}

// A worker that is stopped, as a debugger or a shell does it, can't be interrupted.
func TestStoppedWorker(t *testing.T) {
	k := startWith(t)
	stat := "/proc/" + k.result("os.Getpid()") + "/stat"
	if _, err := os.Stat(stat); err != nil {
		t.Skip("this system doesn't tell the state of a process")
	}
	m, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "syscall.Kill(os.Getpid(), syscall.SIGSTOP)\nselect {}"})
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the worker is stopped", func() bool {
		text, err := os.ReadFile(stat)
		return err == nil && strings.Contains(string(text), ") T ")
	})
	if _, err := k.Send(wire.Control, wire.TypeInterruptRequest, wire.Empty{}); err != nil {
		t.Fatal(err)
	}
	a, err := k.Collect(k.ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := a.ExecuteReply(); err != nil || r.Error.Name != "interrupt" || !strings.Contains(r.Error.Value, "did not stop within") {
		t.Errorf("%+v, %v", r, err)
	}
	if got := k.result("6 * 7"); got != "42" {
		t.Errorf("the next cell shows %s", got)
	}
}

// A worker that is stopped while nothing runs takes no cell. An interrupt ends it then.
func TestWorkerStoppedBetweenCells(t *testing.T) {
	k := startWith(t)
	stat := "/proc/" + k.result("os.Getpid()") + "/stat"
	if _, err := os.Stat(stat); err != nil {
		t.Skip("this system doesn't tell the state of a process")
	}
	open := filepath.Join(t.TempDir(), "open")
	k.run(fmt.Sprintf("go func() {\n\tfor {\n\t\tif _, err := os.Stat(%q); err == nil {\n\t\t\tbreak\n\t\t}\n\t}\n\tsyscall.Kill(os.Getpid(), syscall.SIGSTOP)\n}()", open), wire.StatusOK)
	if err := os.WriteFile(open, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the worker is stopped", func() bool {
		text, err := os.ReadFile(stat)
		return err == nil && strings.Contains(string(text), ") T ")
	})
	m, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "1"})
	if err != nil {
		t.Fatal(err)
	}
	// it has come to the host when what was sent behind it is answered
	if _, err := k.Ask(k.ctx, wire.Control, wire.TypeKernelInfoRequest, wire.Empty{}); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Ask(k.ctx, wire.Control, wire.TypeInterruptRequest, wire.Empty{}); err != nil {
		t.Fatal(err)
	}
	a, err := k.Collect(k.ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := a.ExecuteReply(); err != nil || r.Status != wire.StatusAborted {
		t.Errorf("%+v, %v", r, err)
	}
	a, _ = k.run("6 * 7", wire.StatusOK)
	if text := a.Text(wire.Stderr); !strings.Contains(text, "did nothing within") || !strings.Contains(text, "lost") {
		t.Errorf("the user is told %q", text)
	}
}

// waitFor waits until something is the case.
func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not true: %s", what)
		}
	}
}

// startWith starts the kernel with arguments; what it logs is dropped.
func startWith(t *testing.T, args ...string) *kernel {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(cancel)
	file, conn, err := conformance.WriteConnection(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &kernel{TB: t, ctx: ctx, cmd: exec.Command(path, append([]string{"kernel", "-f", file}, args...)...)}
	k.cmd.Stderr = io.Discard
	if err := k.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if k.Client, err = conformance.Connect(ctx, conn); err != nil {
		k.cmd.Process.Kill()
		k.cmd.Wait()
		t.Fatal(err)
	}
	t.Cleanup(k.close)
	return k
}
