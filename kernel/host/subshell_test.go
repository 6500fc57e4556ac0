package host_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/wire"
)

// subshell makes a subshell and returns its id.
func (k *kernel) subshell() string {
	k.Helper()
	a, err := k.Ask(k.ctx, wire.Control, wire.TypeCreateSubshellRequest, wire.Empty{})
	if err != nil {
		k.Fatal(err)
	}
	var r wire.CreateSubshellReply
	if err := a.Reply.DecodeContent(&r); err != nil || r.SubshellID == "" {
		k.Fatalf("%s: %v", a.Reply.Content, err)
	}
	return r.SubshellID
}

func (k *kernel) subshells() []string {
	k.Helper()
	a, err := k.Ask(k.ctx, wire.Control, wire.TypeListSubshellRequest, wire.Empty{})
	if err != nil {
		k.Fatal(err)
	}
	var r wire.ListSubshellReply
	if err := a.Reply.DecodeContent(&r); err != nil {
		k.Fatal(err)
	}
	return r.SubshellID
}

// sendIn sends a request on shell to a subshell.
func (k *kernel) sendIn(subshell, msgType string, content any) *wire.Message {
	k.Helper()
	m, err := k.Sender.Publish(nil, msgType, content)
	if err != nil {
		k.Fatal(err)
	}
	m.Channel, m.Identities, m.Header.SubshellID = wire.Shell, nil, subshell
	frames, err := m.Encode(k.Signer)
	if err != nil {
		k.Fatal(err)
	}
	k.Shell.Send(frames)
	return m
}

// runIn runs a cell in a subshell.
func (k *kernel) runIn(subshell, code string) (*conformance.Answer, wire.ExecuteReply) {
	k.Helper()
	a, err := k.Collect(k.ctx, k.sendIn(subshell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: code}))
	if err != nil {
		k.Fatalf("%s: %v", code, err)
	}
	r, err := a.ExecuteReply()
	if err != nil {
		k.Fatal(err)
	}
	return a, r
}

func TestSubshellsRunBesideEachOther(t *testing.T) {
	k := start(t)
	one, two := k.subshell(), k.subshell()
	if got := k.subshells(); !reflect.DeepEqual(got, []string{one, two}) {
		t.Errorf("subshells %v", got)
	}
	main := k.sendIn("", wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "wait"})
	k.waitForOutput(main)
	busy := k.sendIn(one, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "wait"})
	k.waitForOutput(busy)
	queued := k.sendIn(one, wire.TypeKernelInfoRequest, wire.Empty{})
	if a, r := k.runIn(two, "print here"); r.Status != wire.StatusOK || r.ExecutionCount != 1 || a.Text(wire.Stdout) != "here" {
		t.Errorf("the free subshell: %+v", r)
	}
	// kernel_info waits only for what runs in its own subshell.
	if _, err := k.Collect(k.ctx, k.sendIn(two, wire.TypeKernelInfoRequest, wire.Empty{})); err != nil {
		t.Error(err)
	}
	if _, err := k.Send(wire.Control, wire.TypeInterruptRequest, wire.Empty{}); err != nil {
		t.Fatal(err)
	}
	var order []string
	for range 3 {
		m, err := k.Receive(k.ctx, wire.Shell)
		if err != nil {
			t.Fatal(err)
		}
		order = append(order, m.ParentID())
	}
	want := []string{main.Header.MsgID, busy.Header.MsgID, queued.Header.MsgID}
	if slices.Index(order, want[1]) > slices.Index(order, want[2]) || len(order) != 3 || !slices.Contains(order, want[0]) {
		t.Errorf("replies to %v; want all of %v, kernel_info behind the cell of its subshell", order, want)
	}
	k.cell("print on", wire.StatusOK)
}

// An interrupt is for all that runs: the process is ended if one of the cells does
// not stop, and all of them fail.
func TestInterruptIsForAllSubshells(t *testing.T) {
	k := start(t)
	before, _ := k.cell("pid", wire.StatusOK)
	sub := k.subshell()
	good := k.sendIn("", wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "wait"})
	k.waitForOutput(good)
	stubborn := k.sendIn(sub, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "stubborn"})
	k.waitForOutput(stubborn)
	if _, err := k.Send(wire.Control, wire.TypeInterruptRequest, wire.Empty{}); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for range 2 {
		m, r := k.executed()
		names[m.ParentID()] = r.Error.Name
	}
	if names[good.Header.MsgID] != "error" || names[stubborn.Header.MsgID] != "interrupt" {
		t.Errorf("errors %v", names)
	}
	if after, _ := k.cell("pid", wire.StatusOK); after.Text(wire.Stdout) == before.Text(wire.Stdout) {
		t.Error("the process of the cell that did not stop lives on")
	}
}

func TestDeathEndsAllSubshells(t *testing.T) {
	k := start(t)
	one, two := k.subshell(), k.subshell()
	for range 3 {
		k.runIn(one, "print x")
	}
	k.cell("print y", wire.StatusOK)
	first := k.sendIn(one, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "stubborn"})
	k.waitForOutput(first)
	waits := k.sendIn(one, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "print z"})
	second := k.sendIn(two, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "stubborn"})
	k.waitForOutput(second)
	killer := k.sendIn("", wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "exit 4"})
	type result struct {
		status string
		count  int
	}
	got := map[string]result{}
	for range 4 {
		m, r := k.executed()
		if got[m.ParentID()] = (result{r.Status, r.ExecutionCount}); r.Status == wire.StatusError && !strings.Contains(r.Error.Value, "exit status 4") {
			t.Errorf("error %+v", r.Error)
		}
	}
	for name, tt := range map[string]struct {
		m    *wire.Message
		want result
	}{
		"subshell one": {first, result{wire.StatusError, 4}}, "subshell two": {second, result{wire.StatusError, 1}},
		"the main shell": {killer, result{wire.StatusError, 2}}, "what was queued": {waits, result{wire.StatusAborted, 2}},
	} {
		if got[tt.m.Header.MsgID] != tt.want {
			t.Errorf("%s: %v, want %v", name, got[tt.m.Header.MsgID], tt.want)
		}
	}
	if left := k.subshells(); len(left) != 0 {
		t.Errorf("subshells of the new session: %v", left)
	}
	if _, r := k.runIn(one, "print x"); r.Status != wire.StatusError || r.Error.Name != "no subshell" {
		t.Errorf("a cell in a subshell that is gone: %+v", r)
	}
	if _, r := k.cell("print on", wire.StatusOK); r.ExecutionCount != 3 {
		t.Errorf("count %d of the main shell; want 3, whatever the subshells have counted", r.ExecutionCount)
	}
}
