package host_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

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
		_, r := k.executed()
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

func TestWhatADeadWorkerHasLeftIsShown(t *testing.T) {
	k := start(t)
	a, r := k.cell("leave 世界\n", wire.StatusError)
	if a.Text(wire.Stdout) != "out:世界\n" || !strings.HasPrefix(a.Text(wire.Stderr), "err:世界\n") {
		t.Errorf("stdout %q, stderr %q", a.Text(wire.Stdout), a.Text(wire.Stderr))
	}
	if !strings.Contains(r.Error.Value, "exit status 5") {
		t.Errorf("the error is %+v", r.Error)
	}
}

func TestWorkersLogIsNoOutput(t *testing.T) {
	k := start(t)
	a, _ := k.cell("log what somebody should know", wire.StatusOK)
	k.waitForLog("what somebody should know")
	if text := a.Text(wire.Stdout) + a.Text(wire.Stderr); text != "" {
		t.Errorf("the cell shows %q", text)
	}
}
