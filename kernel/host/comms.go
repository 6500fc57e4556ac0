package host

import (
	"maps"
	"slices"

	"github.com/nascent-go/nascent/kernel/wire"
)

// noteComm learns from a message, in either direction, which comms are open. One that
// a front end opens counts until the worker refuses it.
func (h *host) noteComm(m *wire.Message) {
	switch m.Header.MsgType {
	case wire.TypeCommOpen, wire.TypeCommClose:
	default:
		return
	}
	var content wire.CommOpen // or a CommClose, which has less
	if err := m.DecodeContent(&content); err != nil {
		h.logf("%v", err)
		return
	}
	switch {
	case m.Header.MsgType == wire.TypeCommClose:
		delete(h.comms, content.CommID)
	case content.TargetName != wire.WidgetControl: // which the page closes, and complains if others do
		h.comms[content.CommID] = true
	}
}

// closeComms closes the comms that have gone with their worker, so that front ends
// show what belongs to them as dead.
func (h *host) closeComms() {
	for _, id := range slices.Sorted(maps.Keys(h.comms)) {
		h.publish(nil, wire.TypeCommClose, wire.CommClose{CommID: id, Data: []byte("{}")})
	}
	clear(h.comms)
}
