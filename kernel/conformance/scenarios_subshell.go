package conformance

import (
	"fmt"
	"slices"

	"github.com/nascent-go/nascent/kernel/wire"
)

func subshellScenarios() []Scenario {
	return []Scenario{
		{"subshell/list", secControl, false, subshellList},
		{"subshell/busy", secControl, false, subshellWhileBusy},
		{"subshell/count", secControl, false, subshellCount},
		{"subshell/state", secControl, false, subshellState},
		{"subshell/abort", secControl, false, subshellAbort},
		{"subshell/unknown", secControl, false, subshellUnknown},
		{"subshell/stdin", secStdin, false, subshellStdin},
		{"subshell/interrupt", secControl, false, subshellInterrupt},
	}
}

func (t *T) createSubshell() string {
	t.NeedFeature(wire.FeatureSubshells)
	var r wire.CreateSubshellReply
	a := t.Ask(wire.Control, wire.TypeCreateSubshellRequest, wire.Empty{}, &r)
	Equal(t, "published", a.Types(), []string{"busy", "idle"})
	if r.SubshellID == "" {
		t.Fatalf("create_subshell_request is answered with %s", a.Reply.Content)
	}
	return r.SubshellID
}

func (t *T) deleteSubshell(id, status string) {
	a := t.Done(t.Request(wire.Control, wire.TypeDeleteSubshellRequest, wire.DeleteSubshellRequest{SubshellID: id}))
	Equal(t, "status of delete_subshell_reply", a.Status(), status)
}

func (t *T) subshells() []string {
	var r wire.ListSubshellReply
	t.Ask(wire.Control, wire.TypeListSubshellRequest, wire.Empty{}, &r)
	return r.SubshellID
}

// on sends a request to a subshell.
func (t *T) on(id, msgType string, content any) *wire.Message {
	m, err := t.Make(wire.Shell, msgType, content)
	t.Must(err)
	m.Header.SubshellID = id
	t.Must(t.Post(m))
	return m
}

func (t *T) cellOn(id, code string) *wire.Message {
	return t.on(id, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: code, StoreHistory: true, AllowStdin: true, StopOnError: true})
}

// The main shell has no name and is not listed.
func subshellList(t *T) {
	one, two := t.createSubshell(), t.createSubshell()
	if one == two {
		t.Errorf("two subshells are called %s", one)
	}
	for _, id := range []string{one, two} {
		if !slices.Contains(t.subshells(), id) {
			t.Errorf("%s is not in the list %v", id, t.subshells())
		}
	}
	before := len(t.subshells())
	t.deleteSubshell(one, wire.StatusOK)
	Equal(t, "subshells left", len(t.subshells()), before-1)
	t.Reply(t.cellOn(two, t.Lang.Value), wire.StatusOK)
	t.deleteSubshell(two, wire.StatusOK)
	t.OK(t.Lang.Value)
}

// Cells of a subshell run while another runs.
func subshellWhileBusy(t *T) {
	one, two := t.createSubshell(), t.createSubshell()
	cell, open := t.busy()
	file, openOther := t.gate()
	other := t.cellOn(one, fmt.Sprintf(t.Lang.WaitFile, file))
	t.Published(other, wire.TypeStream)
	a, _ := t.Reply(t.cellOn(two, fmt.Sprintf(t.Lang.Print, "beside")+"\n"+t.Lang.Value), wire.StatusOK)
	Equal(t, "stdout", a.Text(wire.Stdout), "beside")
	Equal(t, "published", a.Types(), []string{"busy", "execute_input", "stream", "execute_result", "idle"})
	asked := t.Done(t.on(two, wire.TypeIsCompleteRequest, wire.IsCompleteRequest{Code: t.Lang.Whole[0]}))
	Equal(t, "status of is_complete_reply", asked.Status(), "complete")
	open()
	Equal(t, "text of the cell beside", t.rest(cell, wire.StatusOK).Text(wire.Stdout), "")
	openOther()
	t.rest(other, wire.StatusOK)
	t.deleteSubshell(one, wire.StatusOK)
	t.deleteSubshell(two, wire.StatusOK)
}

// Each subshell counts its own cells, and remembers them.
func subshellCount(t *T) {
	_, before := t.OK(t.Lang.Quiet)
	id := t.createSubshell()
	for want := 1; want <= 2; want++ {
		_, r := t.Reply(t.cellOn(id, fmt.Sprintf(t.Lang.Assign, "counted", want)), wire.StatusOK)
		Equal(t, "count in the subshell", r.ExecutionCount, want)
	}
	_, after := t.OK(t.Lang.Quiet)
	Equal(t, "count in the main shell", after.ExecutionCount, before.ExecutionCount+1)
	if t.Ours {
		var h wire.HistoryReply
		a := t.Done(t.on(id, wire.TypeHistoryRequest, wire.HistoryRequest{Access: wire.HistoryTail, N: new(1), Raw: true}))
		t.Read(a.Reply, &h)
		Equal(t, "the subshell's last cell", inputs(h.History), []string{fmt.Sprintf(t.Lang.Assign, "counted", 2)})
	}
	t.deleteSubshell(id, wire.StatusOK)
}

// All subshells see the same variables.
func subshellState(t *T) {
	id := t.createSubshell()
	t.OK(fmt.Sprintf(t.Lang.Assign, "shared", 3))
	a, _ := t.Reply(t.cellOn(id, "shared"), wire.StatusOK)
	Equal(t, "value in the subshell", a.Result().Data["text/plain"], any("3"))
	t.Reply(t.cellOn(id, fmt.Sprintf(t.Lang.Assign, "shared", 4)), wire.StatusOK)
	Equal(t, "value in the main shell", t.Value("shared"), "4")
	t.deleteSubshell(id, wire.StatusOK)
}

// A cell that fails aborts what waits in its own subshell.
func subshellAbort(t *T) {
	id := t.createSubshell()
	cell, open := t.busy()
	queued := t.Cell(t.Lang.Value)
	t.Reply(t.cellOn(id, t.Lang.Fails), wire.StatusError)
	open()
	t.rest(cell, wire.StatusOK)
	t.Reply(queued, wire.StatusOK)
	t.Reply(t.cellOn(id, t.Lang.Value), wire.StatusOK)
	t.deleteSubshell(id, wire.StatusOK)
}

// A request to a subshell that there is not fails.
func subshellUnknown(t *T) {
	t.NeedFeature(wire.FeatureSubshells)
	t.deleteSubshell("no-such-subshell", wire.StatusError)
	if !t.Ours {
		return // the protocol does not say what becomes of its cells
	}
	Equal(t, "status of a cell", t.Done(t.cellOn("no-such-subshell", t.Lang.Value)).Status(), wire.StatusError)
	id := t.createSubshell()
	t.deleteSubshell(id, wire.StatusOK)
	t.deleteSubshell(id, wire.StatusError)
	Equal(t, "status of a cell", t.Done(t.cellOn(id, t.Lang.Value)).Status(), wire.StatusError)
	t.well()
}

// Questions name the subshell: the judge checks it.
func subshellStdin(t *T) {
	t.Need(t.Lang.AskTwice)
	id := t.createSubshell()
	cell := t.cellOn(id, t.Lang.AskTwice)
	for _, line := range []string{"a", "b"} {
		t.question(cell)
		t.say(line)
	}
	a, _ := t.Reply(cell, wire.StatusOK)
	Equal(t, "stdout", a.Text(wire.Stdout), "<a><b>")
	t.deleteSubshell(id, wire.StatusOK)
}

// An interrupt is for all.
func subshellInterrupt(t *T) {
	if !t.Ours {
		t.Skip("kernels interrupt their main thread")
	}
	id := t.createSubshell()
	cell := t.endless()
	other := t.cellOn(id, t.Lang.Endless)
	t.Published(other, wire.TypeStream)
	t.interrupt()
	t.Reply(cell, wire.StatusError)
	t.Reply(other, wire.StatusError)
	t.deleteSubshell(id, wire.StatusOK)
	t.well()
}
