package host_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

// Comms end with the worker that holds them: those that either side has opened and
// none has closed, but for those of pages that ask for widgets.
func TestCommsOfADeadWorkerAreClosed(t *testing.T) {
	k := start(t)
	for _, r := range []struct {
		msgType string
		content any
	}{
		{wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "open a b c"}},
		{wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "close b"}},
		{wire.TypeCommOpen, wire.CommOpen{CommID: "d", TargetName: "t", Data: []byte("{}")}},
		{wire.TypeCommOpen, wire.CommOpen{CommID: "e", TargetName: "t", Data: []byte("{}")}},
		{wire.TypeCommClose, wire.CommClose{CommID: "e", Data: []byte("{}")}},
		{wire.TypeCommOpen, wire.CommOpen{CommID: "f", TargetName: wire.WidgetControl, Data: []byte("{}")}},
		{wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "exit 3"}},
	} {
		if _, err := k.Send(wire.Shell, r.msgType, r.content); err != nil {
			t.Fatal(err)
		}
	}
	died := func() (closed []string) {
		for {
			m, err := k.Receive(k.ctx, wire.IOPub)
			if err != nil {
				t.Fatal(err)
			}
			if m.Header.MsgType == wire.TypeCommClose && m.ParentID() == "" {
				var c wire.CommClose
				if err := m.DecodeContent(&c); err != nil {
					t.Fatal(err)
				}
				closed = append(closed, c.CommID)
			}
			if m.Header.MsgType == wire.TypeError {
				return closed
			}
		}
	}
	if got, want := died(), []string{"a", "c", "d"}; !slices.Equal(got, want) {
		t.Errorf("closed were %q, want %q", got, want)
	}
	if _, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "exit 3"}); err != nil {
		t.Fatal(err)
	}
	if got := died(); len(got) != 0 {
		t.Errorf("closed once more were %q", got)
	}
}

// A handler that ends the process is told of on its message, and with the next cell.
func TestDeathInAHandler(t *testing.T) {
	k := start(t)
	k.cell("print alive", wire.StatusOK)
	m, err := k.Send(wire.Shell, wire.TypeCommMsg, wire.CommMsg{CommID: "a", Data: []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	a, err := k.CollectPublished(k.ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	if e := a.Errors(); len(e) != 1 || e[0].Name != "panic" || e[0].Value != "in a handler" || fmt.Sprint(a.Types()) != "[busy error idle]" {
		t.Errorf("published %v with errors %v", a.Types(), e)
	}
	k.cell("print alive", wire.StatusOK, "busy", "stream", "execute_input", "stream", "idle")
}
