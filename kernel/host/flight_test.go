package host

import (
	"fmt"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

func TestFlight(t *testing.T) {
	f := newFlight()
	add := func(id, msgType, subshell string, c wire.Channel, local bool) *entry {
		m := &wire.Message{Channel: c, Header: wire.Header{MsgID: id, MsgType: msgType, SubshellID: subshell}, Content: make([]byte, 100)}
		f.add(m, local)
		list := f.lanes[laneOf(m)]
		return list[len(list)-1]
	}
	info := func(subshell string) *wire.Message {
		return &wire.Message{Channel: wire.Shell, Header: wire.Header{SubshellID: subshell}}
	}
	ids := func(list []*entry) (ids []string) {
		for _, e := range list {
			ids = append(ids, e.request.Header.MsgID)
		}
		return ids
	}
	expect := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	cell := add("cell", wire.TypeExecuteRequest, "", wire.Shell, false)
	add("info1", wire.TypeKernelInfoRequest, "", wire.Shell, true)
	add("info2", wire.TypeKernelInfoRequest, "", wire.Shell, true)
	question := add("question", wire.TypeCompleteRequest, "", wire.Shell, false)
	sub := add("sub", wire.TypeExecuteRequest, "s", wire.Shell, false)
	control := add("control", wire.TypeListSubshellRequest, "", wire.Control, false)
	twin := add("cell", wire.TypeExecuteRequest, "", wire.Shell, false)

	expect("all", ids(f.all()), "[cell info1 info2 question sub control cell]")
	expect("running", ids(f.running()), "[]")
	expect("waits", []bool{f.waits(info("")), f.waits(info("s")), f.waits(info("other"))}, "[true true false]")
	expect("due when a question begins", len(f.begin(question)), 0)
	expect("due when the cell before it begins", len(f.begin(cell)), 2)
	for _, e := range []*entry{control, sub} {
		expect("due", len(f.begin(e)), 0)
		expect("due at the second begin", len(f.begin(e)), 0)
	}
	expect("running", ids(f.running()), "[question cell sub]")
	expect("cell", ids([]*entry{f.cell()}), "[sub]")
	expect("waits", []bool{f.waits(info("")), f.waits(info("s"))}, "[true false]") // for the second cell of that id
	expect("the older of two", f.find("cell") == cell, true)
	expect("a local one is not the worker's", f.find("info1") == nil, true)
	expect("content is kept", cell.request.Content == nil, true)

	f.remove(question)
	f.remove(cell)
	expect("the other of two", f.find("cell") == twin, true)
	expect("removed twice", len(f.remove(cell)), 0)
	f.remove(sub)
	expect("cell", f.cell() == nil, true)
	add("info3", wire.TypeKernelInfoRequest, "", wire.Shell, true)
	f.remove(control)
	expect("due when the last cell is gone", len(f.remove(twin)), 1)
	expect("left", []int{len(f.all()), len(f.lanes), len(f.ids), len(f.begun), f.sizes[wire.Shell], f.sizes[wire.Control]}, "[0 0 0 0 0 0]")

	for n := 0; !f.full(wire.Shell); n++ {
		if n > maxFlight/entrySize {
			t.Fatal("the flight is never full")
		}
		add(fmt.Sprint(n), wire.TypeExecuteRequest, fmt.Sprint(n%3), wire.Shell, false)
	}
	expect("control is full too", f.full(wire.Control), false)
	f.remove(f.find("5"))
	expect("full", f.full(wire.Shell), false)
}

func TestOutbox(t *testing.T) {
	o := newOutbox()
	for _, m := range []struct {
		id     string
		urgent bool
	}{{"1", false}, {"2", false}, {"3", true}, {"4", false}, {"5", true}} {
		o.put(&wire.Message{Channel: wire.Shell, Header: wire.Header{MsgID: m.id}}, m.urgent)
	}
	var order string
	for range 5 {
		order += o.next().Header.MsgID
	}
	if order != "35124" {
		t.Errorf("order %s; what is urgent comes first", order)
	}
	for range 2 {
		o.put(&wire.Message{Channel: wire.Stdin, Content: make([]byte, maxStdin/2)}, true)
	}
	if !o.full() {
		t.Error("the outbox is not full of input")
	}
	o.next()
	if o.full() {
		t.Error("the outbox is still full")
	}
	select {
	case <-o.room:
	default:
		t.Error("nobody was told that there is room")
	}
	o.close()
	if o.put(&wire.Message{}, false); o.next() != nil {
		t.Error("a closed outbox holds messages")
	}
}
