package conformance

import (
	"encoding/json"
	"fmt"

	"github.com/nascent-go/nascent/kernel/wire"
)

func commScenarios() []Scenario {
	return []Scenario{
		{"comm/unknown target", secShell, false, commUnknown},
		{"comm/unknown comm", secShell, false, commNone},
		{"comm/from the kernel", secIOPub, false, commFromKernel},
		{"comm/from the front end", secShell, false, commFromFront},
		{"comm/busy", secShell, false, commWhileBusy},
		{"comm/info", secShell, false, commInfo},
	}
}

// comm sends a message of a comm, with a buffer, and collects what is published about it.
func (t *T) comm(msgType string, content any) *Answer {
	m, err := t.Make(wire.Shell, msgType, content)
	t.Must(err)
	m.Buffers = [][]byte{{0, 1, 255}}
	t.Must(t.Post(m))
	a, err := t.CollectPublished(t.Ctx, m)
	t.Must(err)
	return a
}

func commData(n int) json.RawMessage { return fmt.Appendf(nil, `{"v": %d}`, n) }

// one is the only message of a type among what was published.
func (t *T) one(a *Answer, msgType string) *wire.Message {
	list := a.Of(msgType)
	if len(list) != 1 {
		t.Fatalf("published %v, want one %s", a.Types(), msgType)
	}
	return list[0]
}

// talk sends a number on a comm, which the other end answers with the next one
// and its buffers behind one of its own.
func (t *T) talk(id string, n int) {
	m := t.one(t.comm(wire.TypeCommMsg, wire.CommMsg{CommID: id, Data: commData(n)}), wire.TypeCommMsg)
	var c struct {
		CommID string         `json:"comm_id"`
		Data   map[string]int `json:"data"`
	}
	t.Read(m, &c)
	Equal(t, "comm_id of the answer", c.CommID, id)
	Equal(t, "data of the answer", c.Data["v"], n+1)
	Equal(t, "buffers of the answer", m.Buffers, [][]byte{[]byte("raw"), {0, 1, 255}})
}

// comms are the open comms of a target, or all.
func (t *T) comms(target string) map[string]wire.Comm {
	var r wire.CommInfoReply
	var request any = wire.CommInfoRequest{TargetName: target}
	if target == "" {
		request = wire.Empty{}
	}
	a := t.Ask(wire.Shell, wire.TypeCommInfoRequest, request, &r)
	Equal(t, "published", a.Types(), []string{"busy", "idle"})
	return r.Comms
}

// A comm to a target that nobody has registered is closed at once.
func commUnknown(t *T) {
	id := wire.NewID()
	a := t.comm(wire.TypeCommOpen, wire.CommOpen{CommID: id, TargetName: "nobody", Data: commData(1)})
	var c wire.CommClose
	t.Read(t.one(a, wire.TypeCommClose), &c)
	Equal(t, "comm_id", c.CommID, id)
	Equal(t, "comms", len(t.comms("nobody")), 0)
}

// Messages of comms that are not open are looked at, and nothing happens.
func commNone(t *T) {
	id := wire.NewID()
	t.comm(wire.TypeCommMsg, wire.CommMsg{CommID: id, Data: commData(1)})
	t.comm(wire.TypeCommClose, wire.CommClose{CommID: id, Data: commData(1)})
	t.OK(t.Lang.Value)
}

// A cell opens a comm, talks and closes it.
func commFromKernel(t *T) {
	t.Need(t.Lang.OpenComm, t.Lang.CloseComm)
	a, _ := t.OK(fmt.Sprintf(t.Lang.OpenComm, "kernel-target"))
	var opened struct {
		wire.CommOpen
		Data map[string]int `json:"data"`
	}
	t.Read(t.one(a, wire.TypeCommOpen), &opened)
	Equal(t, "target_name", opened.TargetName, "kernel-target")
	Equal(t, "data", opened.Data["v"], 1)
	Equal(t, "open comms", t.comms("kernel-target"), map[string]wire.Comm{opened.CommID: {TargetName: "kernel-target"}})
	t.talk(opened.CommID, 10)
	a, _ = t.OK(t.Lang.CloseComm)
	var closed wire.CommClose
	t.Read(t.one(a, wire.TypeCommClose), &closed)
	Equal(t, "comm that is closed", closed.CommID, opened.CommID)
	Equal(t, "open comms", len(t.comms("kernel-target")), 0)
}

// open opens a comm to a target that a cell registers.
func (t *T) openComm(target string) string {
	t.Need(t.Lang.CommTarget)
	t.OK(fmt.Sprintf(t.Lang.CommTarget, target))
	id := wire.NewID()
	a := t.comm(wire.TypeCommOpen, wire.CommOpen{CommID: id, TargetName: target, TargetModule: "module", Data: commData(1)})
	Equal(t, "published about comm_open", a.Types(), []string{"busy", "idle"})
	return id
}

// A front end opens a comm, talks and closes it.
func commFromFront(t *T) {
	id := t.openComm("front-target")
	t.talk(id, 5)
	t.talk(id, 6)
	a := t.comm(wire.TypeCommClose, wire.CommClose{CommID: id, Data: commData(0)})
	Equal(t, "published about comm_close", a.Types(), []string{"busy", "idle"})
	Equal(t, "open comms", len(t.comms("front-target")), 0)
}

// Messages of comms are looked at while a cell runs.
func commWhileBusy(t *T) {
	if !t.Ours {
		t.Skip("a kernel may have them wait")
	}
	id := t.openComm("busy-target")
	cell, open := t.busy()
	t.talk(id, 7)
	open()
	t.rest(cell, wire.StatusOK)
}

// comm_info_reply lists the comms of one target, or all.
func commInfo(t *T) {
	one, two := t.openComm("target-one"), t.openComm("target-two")
	Equal(t, "comms of a target", t.comms("target-one"), map[string]wire.Comm{one: {TargetName: "target-one"}})
	all := t.comms("")
	for id, target := range map[string]string{one: "target-one", two: "target-two"} {
		Equal(t, "target of a comm among all", all[id].TargetName, target)
		t.comm(wire.TypeCommClose, wire.CommClose{CommID: id, Data: commData(0)})
	}
}
