package host_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/wire"
)

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// kernel is a host that runs in the test, and a client of it.
type kernel struct {
	*testing.T
	*conformance.Client
	ctx  context.Context
	conn host.Connection
	log  *buffer
	end  context.CancelFunc
	run  chan error // what host.Run returned
}

func start(t *testing.T) *kernel {
	t.Helper()
	file, conn, err := conformance.WriteConnection(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &kernel{T: t, conn: conn, log: &buffer{}, run: make(chan error, 1)}
	var cancel context.CancelFunc
	k.ctx, cancel = context.WithTimeout(context.Background(), 30*time.Second)
	var life context.Context
	life, k.end = context.WithCancel(context.Background())
	opts := options(file)
	opts.Log = k.log
	go func() { k.run <- host.Run(life, opts) }()
	k.Client, err = conformance.Connect(k.ctx, conn)
	if err != nil {
		t.Fatalf("%v\n%s", err, k.log)
	}
	t.Cleanup(func() {
		k.Client.Close()
		k.end()
		k.ended()
		cancel()
		if t.Failed() {
			t.Logf("log of the host:\n%s", k.log)
		}
	})
	return k
}

// ended waits for host.Run to return.
func (k *kernel) ended() {
	k.Helper()
	select {
	case err := <-k.run:
		if err != nil {
			k.Errorf("host.Run: %v", err)
		}
		k.run <- nil
	case <-k.ctx.Done():
		k.Error("the host did not end")
	}
}

// cell runs a cell and checks its reply's status and what was published.
func (k *kernel) cell(code, status string, published ...string) (*conformance.Answer, wire.ExecuteReply) {
	k.Helper()
	a, err := k.Execute(k.ctx, code)
	if err != nil {
		k.Fatalf("%s: %v", code, err)
	}
	r, err := a.ExecuteReply()
	if err != nil {
		k.Fatal(err)
	}
	if r.Status != status {
		k.Errorf("%s: status %s, want %s", code, r.Status, status)
	}
	if published != nil && !reflect.DeepEqual(a.Types(), published) {
		k.Errorf("%s published %v, want %v", code, a.Types(), published)
	}
	return a, r
}

func TestKernelInfo(t *testing.T) {
	k := start(t)
	for _, c := range []wire.Channel{wire.Shell, wire.Control} {
		a, err := k.Ask(k.ctx, c, wire.TypeKernelInfoRequest, wire.Empty{})
		if err != nil {
			t.Fatal(err)
		}
		var info wire.KernelInfoReply
		if err := a.Reply.DecodeContent(&info); err != nil {
			t.Fatal(err)
		}
		if info.LanguageInfo.Name != "go" || info.ProtocolVersion != wire.ProtocolVersion || info.Status != wire.StatusOK || info.LanguageInfo.FileExtension != ".go" {
			t.Errorf("%s: %+v", c, info)
		}
		if want := []string{"busy", "idle"}; !reflect.DeepEqual(a.Types(), want) {
			t.Errorf("%s: published %v, want %v", c, a.Types(), want)
		}
	}
}

func TestOneSessionForHostAndWorker(t *testing.T) {
	k := start(t)
	info, err := k.Ask(k.ctx, wire.Shell, wire.TypeKernelInfoRequest, wire.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := k.cell("print hello", wire.StatusOK, "busy", "execute_input", "stream", "idle")
	if a.Text(wire.Stdout) != "hello" {
		t.Errorf("stdout %q", a.Text(wire.Stdout))
	}
	for _, m := range append(a.Published, a.Reply) {
		if m.Header.Session != info.Reply.Header.Session || m.Header.Session == k.Sender.Session {
			t.Errorf("%s is of session %s; the kernel's is %s", m.Header.MsgType, m.Header.Session, info.Reply.Header.Session)
		}
	}
	env, _ := k.cell("env NASCENT_WORKER", wire.StatusOK)
	if env.Text(wire.Stdout) != "" {
		t.Errorf("cells see %q of the worker's environment", env.Text(wire.Stdout))
	}
}

func TestKernelInfoWaitsForItsTurnOnShell(t *testing.T) {
	k := start(t)
	cell, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "wait"})
	if err != nil {
		t.Fatal(err)
	}
	info, err := k.Send(wire.Shell, wire.TypeKernelInfoRequest, wire.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	k.waitForOutput(cell)
	if _, err := k.Send(wire.Control, wire.TypeInterruptRequest, wire.Empty{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{cell.Header.MsgID, info.Header.MsgID} {
		m, err := k.Receive(k.ctx, wire.Shell)
		if err != nil {
			t.Fatal(err)
		}
		if m.ParentID() != want {
			t.Errorf("%s came out of turn", m.Header.MsgType)
		}
	}
}

// waitForOutput waits until a cell has printed something.
func (k *kernel) waitForOutput(cell *wire.Message) {
	k.Helper()
	for {
		m, err := k.Receive(k.ctx, wire.IOPub)
		if err != nil {
			k.Fatal(err)
		}
		if m.Header.MsgType == wire.TypeStream && m.ParentID() == cell.Header.MsgID {
			return
		}
	}
}

func TestDeathOfTheWorkerIsToldOnItsCell(t *testing.T) {
	tests := []struct {
		code        string
		name, value string // of the error
		trace       string // in its traceback
	}{
		{"exit 3", "WorkerDied", "exit status 3", "exit status 3"},
		{"exit 0", "WorkerDied", "exit status 0", "os.Exit(0)"},
		{"panic oh no", "panic", "oh no", "oh no"},
		{"recurse", "fatal error", "goroutine stack exceeds 268435456-byte limit", "host_test.recurse"},
		{"maps", "fatal error", "concurrent map writes", "host_test.(*fake).run"},
		{"kill", "WorkerDied", "killed by signal: killed", "memory"},
		{"garbage", "WorkerDied", "was no message", "broken stream"},
	}
	k := start(t)
	count := 0
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			k.T = t
			count++
			a, r := k.cell(tt.code, wire.StatusError, "busy", "execute_input", "error", "stream", "idle")
			if r.Error.Name != tt.name || !strings.Contains(r.Error.Value, tt.value) {
				t.Errorf("%s: %s; want %s: %s", r.Error.Name, r.Error.Value, tt.name, tt.value)
			}
			if trace := strings.Join(r.Error.Traceback, "\n"); !strings.Contains(trace, tt.trace) || len(r.Error.Traceback) > 30 {
				t.Errorf("traceback without %q:\n%s", tt.trace, trace)
			}
			if e := a.Errors(); len(e) != 1 || !reflect.DeepEqual(e[0], r.Error) {
				t.Errorf("published %v, replied %v", e, r.Error)
			}
			if r.ExecutionCount != count {
				t.Errorf("execution count %d, want %d", r.ExecutionCount, count)
			}
			if text := a.Text(wire.Stderr); text != "The session has ended: its variables, functions and imports are lost. A fresh session has started.\n" {
				t.Errorf("stderr %q", text)
			}
			count++
			next, r := k.cell("print alive", wire.StatusOK, "busy", "execute_input", "stream", "idle")
			if r.ExecutionCount != count || next.Text(wire.Stdout) != "alive" {
				t.Errorf("the next cell: count %d, want %d; output %q", r.ExecutionCount, count, next.Text(wire.Stdout))
			}
		})
	}
	k.T = t
}

func TestDeathAbortsWhatIsQueued(t *testing.T) {
	k := start(t)
	var requests []*wire.Message
	for _, r := range []struct {
		msgType string
		content any
	}{
		{wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "stubborn"}},
		{wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "print a"}},
		{wire.TypeKernelInfoRequest, wire.Empty{}},
		{wire.TypeCommInfoRequest, wire.CommInfoRequest{}},
		{wire.TypeCommOpen, wire.CommOpen{CommID: "c", Data: []byte("{}")}},
		{wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "print b"}},
	} {
		m, err := k.Send(wire.Shell, r.msgType, r.content)
		if err != nil {
			t.Fatal(err)
		}
		requests = append(requests, m)
	}
	k.waitForOutput(requests[0])
	if _, err := k.Send(wire.Control, wire.TypeInterruptRequest, wire.Empty{}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for len(got) < 5 {
		m, err := k.Receive(k.ctx, wire.Shell)
		if err != nil {
			t.Fatal(err)
		}
		var s struct {
			Status string `json:"status"`
		}
		if err := m.DecodeContent(&s); err != nil {
			t.Fatal(err)
		}
		got = append(got, m.Header.MsgType+" "+s.Status)
	}
	want := []string{"execute_reply error", "execute_reply aborted", "kernel_info_reply ok", "comm_info_reply error", "execute_reply aborted"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("replies\n%v, want\n%v", got, want)
	}
	for _, r := range requests[1:] { // in this order, each between busy and idle
		a, err := k.CollectPublished(k.ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"busy", "idle"}; !reflect.DeepEqual(a.Types(), want) {
			t.Errorf("%s published %v, want %v", r.Header.MsgType, a.Types(), want)
		}
	}
	k.cell("print c", wire.StatusOK)
}

func TestDeathBetweenCellsIsToldWithTheNext(t *testing.T) {
	k := start(t)
	before, _ := k.cell("pid", wire.StatusOK)
	k.cell("later", wire.StatusOK)
	k.waitForLog("died: WorkerDied: exit status 7")
	a, r := k.cell("pid", wire.StatusOK, "busy", "stream", "execute_input", "stream", "idle")
	if !strings.Contains(a.Text(wire.Stderr), "exit status 7") || !strings.Contains(a.Text(wire.Stderr), "lost") {
		t.Errorf("stderr %q; it must say why the session was lost", a.Text(wire.Stderr))
	}
	if a.Text(wire.Stdout) == before.Text(wire.Stdout) || r.ExecutionCount != 3 {
		t.Errorf("worker %s as before, or count %d is not 3", a.Text(wire.Stdout), r.ExecutionCount)
	}
	k.cell("print once", wire.StatusOK, "busy", "execute_input", "stream", "idle")
}

// waitForLog waits until the host has logged something.
func (k *kernel) waitForLog(want string) {
	k.Helper()
	for !strings.Contains(k.log.String(), want) {
		select {
		case <-k.ctx.Done():
			k.Fatalf("the host did not log %q but\n%s", want, k.log)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestInterrupt(t *testing.T) {
	k := start(t)
	for _, tt := range []struct {
		code, name string
	}{
		{"wait", "error"}, // stops by itself
		{"stubborn", "interrupt"},
	} {
		cell, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: tt.code})
		if err != nil {
			t.Fatal(err)
		}
		k.waitForOutput(cell)
		interrupt, err := k.Send(wire.Control, wire.TypeInterruptRequest, wire.Empty{})
		if err != nil {
			t.Fatal(err)
		}
		reply, err := k.Receive(k.ctx, wire.Control)
		if err != nil {
			t.Fatal(err)
		}
		if reply.Header.MsgType != wire.TypeInterruptReply || reply.ParentID() != interrupt.Header.MsgID {
			t.Errorf("control: %s", reply.Header.MsgType)
		}
		m, err := k.Receive(k.ctx, wire.Shell)
		if err != nil {
			t.Fatal(err)
		}
		var r wire.ExecuteReply
		if err := m.DecodeContent(&r); err != nil {
			t.Fatal(err)
		}
		if r.Status != wire.StatusError || r.Error.Name != tt.name {
			t.Errorf("%s: %+v; want an error of name %q", tt.code, r, tt.name)
		}
		k.cell("print on", wire.StatusOK)
	}
}

func TestGraceIsForTheInterruptedCellOnly(t *testing.T) {
	k := start(t)
	before, _ := k.cell("pid", wire.StatusOK)
	first, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "wait"})
	if err != nil {
		t.Fatal(err)
	}
	k.waitForOutput(first)
	second, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "wait"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Send(wire.Control, wire.TypeInterruptRequest, wire.Empty{}); err != nil {
		t.Fatal(err)
	}
	k.waitForOutput(second)
	select { // well over the grace period of the first
	case <-time.After(600 * time.Millisecond):
	case <-k.ctx.Done():
	}
	if _, err := k.Ask(k.ctx, wire.Control, wire.TypeInterruptRequest, wire.Empty{}); err != nil {
		t.Fatal(err)
	}
	after, _ := k.cell("pid", wire.StatusOK)
	if before.Text(wire.Stdout) != after.Text(wire.Stdout) {
		t.Error("the worker was replaced, though both cells had stopped when they were interrupted")
	}
}

func TestRawOutputBelongsToTheCell(t *testing.T) {
	k := start(t)
	a, _ := k.cell("raw 世界\n", wire.StatusOK)
	if a.Text(wire.Stdout) != "out:世界\n" || a.Text(wire.Stderr) != "err:世界\n" {
		t.Errorf("stdout %q, stderr %q", a.Text(wire.Stdout), a.Text(wire.Stderr))
	}
}

func TestShutdown(t *testing.T) {
	for _, restart := range []bool{false, true} {
		for _, busyCell := range []bool{false, true} {
			t.Run(fmt.Sprintf("restart %v, busy %v", restart, busyCell), func(t *testing.T) {
				k := start(t)
				a, _ := k.cell("pid", wire.StatusOK)
				if busyCell {
					cell, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "stubborn"})
					if err != nil {
						t.Fatal(err)
					}
					k.waitForOutput(cell)
				}
				begun := time.Now()
				end, err := k.Ask(k.ctx, wire.Control, wire.TypeShutdownRequest, wire.ShutdownRequest{Restart: restart})
				if err != nil {
					t.Fatal(err)
				}
				var r wire.ShutdownReply
				if err := end.Reply.DecodeContent(&r); err != nil {
					t.Fatal(err)
				}
				if r.Restart != restart || r.Status != wire.StatusOK {
					t.Errorf("reply %+v", r)
				}
				if want := []string{"busy", "shutdown_reply", "idle"}; !reflect.DeepEqual(end.Types(), want) {
					t.Errorf("published %v, want %v", end.Types(), want)
				}
				k.ended()
				if took := time.Since(begun); took > time.Second {
					t.Errorf("the host took %v to end", took)
				}
				expectGone(t, a.Text(wire.Stdout))
			})
		}
	}
}

// expectGone waits until a process has ended.
func expectGone(t *testing.T, pid string) {
	t.Helper()
	n, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); ; {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		zombie := err == nil && strings.Contains(string(stat), ") Z ") // ended, but its new parent has not looked
		if errors.Is(syscall.Kill(n, 0), syscall.ESRCH) || zombie {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d still lives", n)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestNothingOutlivesTheHost(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			file, conn, err := conformance.WriteConnection(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), beHost+"="+file)
			cmd.Stderr = os.Stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			client, err := conformance.Connect(ctx, conn)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			a, err := client.Execute(ctx, "pid")
			if err != nil {
				t.Fatal(err)
			}
			stuck, err := client.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "stubborn"})
			if err != nil {
				t.Fatal(err)
			}
			(&kernel{T: t, Client: client, ctx: ctx}).waitForOutput(stuck)
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); (err == nil) != (sig == syscall.SIGTERM) {
				t.Errorf("the host ended with %v", err)
			}
			expectGone(t, a.Text(wire.Stdout))
		})
	}
}

func TestWhatAWorkerStartedGoesWithIt(t *testing.T) {
	k := start(t)
	a, _ := k.cell("child", wire.StatusOK)
	k.cell("exit 1", wire.StatusError)
	expectGone(t, a.Text(wire.Stdout))
}

func TestInvalidMessagesAreDropped(t *testing.T) {
	k := start(t)
	good, err := k.Sender.Publish(nil, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "exit 1"})
	if err != nil {
		t.Fatal(err)
	}
	good.Identities = nil
	frames, err := good.Encode(k.Signer)
	if err != nil {
		t.Fatal(err)
	}
	wrong := append([][]byte{}, frames...)
	wrong[1] = bytes.Repeat([]byte("0"), 64)
	other, err := wire.NewSigner(wire.Scheme, "another key")
	if err != nil {
		t.Fatal(err)
	}
	otherKey, err := good.Encode(other)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string][][]byte{
		"wrong signature": wrong, "other key": otherKey, "truncated": frames[:4], "one frame": {[]byte("x")},
		"empty": {{}}, "no signature": {frames[0], {}, frames[2], frames[3], frames[4], frames[5]},
	} {
		for _, c := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin} {
			switch c {
			case wire.Shell:
				k.Shell.Send(f)
			case wire.Control:
				k.Control.Send(f)
			case wire.Stdin:
				k.Stdin.Send(f)
			}
			if !strings.Contains(name, "empty") {
				k.waitForLog("dropped a message on " + string(c))
			}
		}
	}
	for _, c := range []wire.Channel{wire.Shell, wire.Control} {
		if _, err := k.Send(c, "debug_everything_request", wire.Empty{}); err != nil {
			t.Fatal(err)
		}
		k.waitForLog("dropped debug_everything_request on " + string(c))
	}
	k.Shell.Send(frames[:3])
	a, r := k.cell("print safe", wire.StatusOK)
	if r.ExecutionCount != 1 || a.Text(wire.Stdout) != "safe" {
		t.Errorf("count %d, output %q: a dropped message had an effect", r.ExecutionCount, a.Text(wire.Stdout))
	}
}

func TestReplayedMessageIsDropped(t *testing.T) {
	k := start(t)
	m, err := k.Sender.Publish(nil, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "print x", StoreHistory: true})
	if err != nil {
		t.Fatal(err)
	}
	m.Channel, m.Identities = wire.Shell, nil
	frames, err := m.Encode(k.Signer)
	if err != nil {
		t.Fatal(err)
	}
	k.Shell.Send(frames)
	if _, err := k.Collect(k.ctx, m); err != nil {
		t.Fatal(err)
	}
	k.Shell.Send(frames)
	k.waitForLog("its signature has been used before")
	if _, r := k.cell("print y", wire.StatusOK); r.ExecutionCount != 2 {
		t.Errorf("count %d, want 2: the recorded message was run again", r.ExecutionCount)
	}
}

func TestHeartbeatBeatsWhileACellRuns(t *testing.T) {
	k := start(t)
	cell, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "stubborn"})
	if err != nil {
		t.Fatal(err)
	}
	k.waitForOutput(cell)
	for range 3 {
		k.Heartbeat.Send([][]byte{[]byte("ping")})
		if got, err := k.Heartbeat.Receive(k.ctx); err != nil || string(got[0]) != "ping" {
			t.Fatalf("heartbeat %q, %v", got, err)
		}
	}
}

func TestFloodArrivesWholeAndInOrder(t *testing.T) {
	k := start(t)
	const n = 20000
	a, _ := k.cell("flood "+strconv.Itoa(n), wire.StatusOK)
	lines := strings.Split(strings.TrimSpace(a.Text(wire.Stdout)), "\n")
	if len(lines) != n || lines[n-1] != fmt.Sprint("line ", n-1) {
		t.Errorf("%d lines, the last %q; want %d", len(lines), lines[len(lines)-1], n)
	}
}
