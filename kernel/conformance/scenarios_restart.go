package conformance

import (
	"fmt"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

func restartScenarios() []Scenario {
	return []Scenario{
		{"shutdown/for good", secControl, true, func(t *T) { t.shutdown(wire.Control, false) }},
		{"shutdown/restart", secControl, true, shutdownRestart},
		{"shutdown/busy", secControl, true, shutdownWhileBusy},
		{"shutdown/on shell", secControl, true, func(t *T) { t.shutdown(wire.Shell, false) }},
		{"death/exit", secShell, true, deathByExit},
		{"death/crash", secShell, true, deathByCrash},
		{"history/restart", secShell, true, historyRestart},
	}
}

// shutdown ends the kernel. The reply comes on the channel of the request and on IOPub.
func (t *T) shutdown(c wire.Channel, restart bool) {
	var r wire.ShutdownReply
	a := t.Ask(c, wire.TypeShutdownRequest, wire.ShutdownRequest{Restart: restart}, &r)
	t.stopped = true
	Equal(t, "reply", r, wire.ShutdownReply{Status: wire.StatusOK, Restart: restart})
	if told := a.Of(wire.TypeShutdownReply); len(told) != 1 {
		t.Errorf("published %v, want shutdown_reply among it", a.Types())
	} else {
		t.Read(told[0], &r)
		Equal(t, "reply on IOPub", r, wire.ShutdownReply{Status: wire.StatusOK, Restart: restart})
	}
	if p, ok := t.Kernel.(*Process); ok {
		t.Must(p.Wait(t.Ctx))
	}
}

// again starts the kernel a second time, with the same connection file.
func (t *T) again() {
	t.shutdown(wire.Control, true)
	t.stopped = false
	t.Close()
	t.Must(t.Kernel.Restart(t.Ctx))
	t.Client = t.Front()
}

// A restarted kernel has forgotten all, and counts from the beginning.
func shutdownRestart(t *T) {
	t.OK(fmt.Sprintf(t.Lang.Assign, "gone", 1))
	t.again()
	t.info(wire.Shell)
	_, r := t.Reply(t.Cell("gone"), wire.StatusError)
	Equal(t, "count", r.ExecutionCount, 1)
	t.OK(t.Lang.Value)
}

// A kernel that is asked to end does so also while a cell runs.
func shutdownWhileBusy(t *T) {
	t.endless()
	t.shutdown(wire.Control, false)
}

// A cell that ends its process fails with what it did, cells behind it are aborted,
// and the next one runs.
func deathByExit(t *T) {
	t.Need(t.Lang.Exit)
	cell, queued := t.Cell(t.Lang.Exit), t.Cell(t.Lang.Value)
	a, r := t.Reply(cell, wire.StatusError)
	Equal(t, "stdout", a.Text(wire.Stdout), "before\n")
	if !strings.Contains(r.Error.Name+r.Error.Value, "exit status 3") {
		t.Errorf("the error says %+v", r.Error)
	}
	t.Reply(queued, wire.StatusAborted)
	t.OK(t.Lang.Value)
}

func deathByCrash(t *T) {
	t.Need(t.Lang.Crash)
	t.Process()
	t.OK(fmt.Sprintf(t.Lang.Assign, "gone", 1))
	_, before := t.OK(t.Lang.Value)
	cell, queued := t.Cell(t.Lang.Crash), t.Cell(t.Lang.Value)
	asked := t.Request(wire.Shell, wire.TypeIsCompleteRequest, wire.IsCompleteRequest{Code: t.Lang.Whole[0]})
	_, r := t.Reply(cell, wire.StatusError)
	if !strings.Contains(r.Error.Value, "killed") {
		t.Errorf("the error says %+v", r.Error)
	}
	Equal(t, "count", r.ExecutionCount, before.ExecutionCount+1)
	t.Reply(queued, wire.StatusAborted)
	if a := t.Done(asked); a.Status() == "" {
		t.Errorf("is_complete_request is answered with %s", a.Reply.Content)
	}
	t.Reply(t.Cell("gone"), wire.StatusError)
	_, r = t.OK(t.Lang.Value)
	Equal(t, "count", r.ExecutionCount, before.ExecutionCount+3)
}

// The history outlives the kernel.
func historyRestart(t *T) {
	cells, first := t.record("kept", 1, 2)
	t.again()
	got := t.history(wire.HistoryRequest{Access: wire.HistoryTail, N: new(2)})
	Equal(t, "the last two after a restart", inputs(got), cells)
	stop := first + 2
	got = t.history(wire.HistoryRequest{Access: wire.HistoryRange, Session: -1, Start: first, Stop: &stop})
	Equal(t, "the session before", inputs(got), cells)
	got = t.history(wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "*kept*", N: new(2)})
	Equal(t, "found by search", inputs(got), cells)
}
