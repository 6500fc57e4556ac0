package conformance

import (
	"os"
	"slices"

	"github.com/nascent-go/nascent/kernel/wire"
)

func controlScenarios() []Scenario {
	return []Scenario{
		{"interrupt/message", secControl, false, interruptMessage},
		{"interrupt/nothing", secControl, false, interruptNothing},
		{"interrupt/signal", secControl, false, interruptSignal},
		{"interrupt/queued cells", secControl, false, interruptQueued},
		{"usage/idle", secControl, false, usageTwice},
		{"usage/busy", secControl, false, usageWhileBusy},
	}
}

// interrupt interrupts the cell that runs.
func (t *T) interrupt() {
	a := t.Done(t.Request(wire.Control, wire.TypeInterruptRequest, wire.Empty{}))
	Equal(t, "status of interrupt_reply", a.Status(), wire.StatusOK)
	Equal(t, "published about interrupt_request", a.Types(), []string{"busy", "idle"})
}

// endless starts a cell that only an interrupt ends.
func (t *T) endless() *wire.Message {
	t.Need(t.Lang.Endless)
	cell := t.Cell(t.Lang.Endless)
	t.Published(cell, wire.TypeStream)
	return cell
}

func interruptMessage(t *T) {
	cell := t.endless()
	t.interrupt()
	a, r := t.Reply(cell, wire.StatusError)
	if r.Error.Name == "" || len(a.Errors()) != 1 {
		t.Errorf("the reply says %+v, published %v", r.Error, a.Types())
	}
	t.OK(t.Lang.Value)
}

// Where nothing runs nothing is interrupted, also not the next cell.
func interruptNothing(t *T) {
	for range 3 {
		t.interrupt()
		a, _ := t.OK(t.Lang.Value)
		Equal(t, "results", len(a.Of(wire.TypeExecuteResult)), 1)
	}
}

func interruptSignal(t *T) {
	p := t.Process()
	cell := t.endless()
	t.Must(p.Signal(os.Interrupt))
	t.Reply(cell, wire.StatusError)
	t.OK(t.Lang.Value)
}

// An interrupted cell has failed, so those that wait behind it are aborted.
func interruptQueued(t *T) {
	cell := t.endless()
	queued := t.Cell(t.Lang.Value)
	t.Done(t.Request(wire.Control, wire.TypeKernelInfoRequest, wire.Empty{}))
	t.interrupt()
	t.Reply(cell, wire.StatusError)
	t.Reply(queued, wire.StatusAborted)
	t.OK(t.Lang.Value)
}

func (t *T) usage() wire.UsageReply {
	if !t.Ours {
		t.Skip("the protocol does not know usage_request")
	}
	t.Process()
	var u wire.UsageReply
	a := t.Ask(wire.Control, wire.TypeUsageRequest, wire.Empty{}, &u)
	Equal(t, "published", a.Types(), []string{"busy", "idle"})
	if u.CPUCount < 1 || u.Memory < 1<<20 || u.Hostname == "" || u.PID == 0 {
		t.Errorf("usage_reply says %s", a.Reply.Content)
	}
	if v := u.HostMemory; v != nil && (v.Total < v.Available || v.Total < v.Used || v.Percent < 0 || v.Percent > 100) {
		t.Errorf("host_virtual_memory says %+v", *v)
	}
	return u
}

// How busy a kernel is can only be told from the second time on.
func usageTwice(t *T) {
	for u := t.usage(); u.HostMemory != nil && (u.HostCPU == nil || u.CPU == nil); {
		u = t.usage()
	}
}

func usageWhileBusy(t *T) {
	cell, open := t.busy()
	t.usage()
	open()
	t.rest(cell, wire.StatusOK)
}

// features are those that the kernel says it has.
func (t *T) features() []string {
	var info struct {
		SupportedFeatures []string `json:"supported_features"`
	}
	t.Ask(wire.Shell, wire.TypeKernelInfoRequest, wire.Empty{}, &info)
	return info.SupportedFeatures
}

// NeedFeature leaves the scenario out if the kernel says that it can't.
func (t *T) NeedFeature(feature string) {
	if !slices.Contains(t.features(), feature) {
		t.Skip("the kernel does not advertise " + feature)
	}
}
