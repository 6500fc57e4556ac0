package host

import (
	"cmp"
	"slices"

	"github.com/nascent-go/nascent/kernel/wire"
)

// entry is a request that is not finished: its idle has not been sent.
type entry struct {
	request *wire.Message // without its content, which nobody needs here any more
	busy    bool          // busy has been sent
	replied bool
	local   bool // the host answers it, when it is its turn
	count   int  // execution count of a cell; 0 if it is not known

	lane   lane
	number int // in the order they came
	size   int
}

// cell says whether the request runs a cell.
func (e *entry) cell() bool { return e.request.Header.MsgType == wire.TypeExecuteRequest }

// lane is where requests wait for each other: one for control, one for the main
// shell and one for each subshell.
type lane struct {
	channel  wire.Channel
	subshell string
}

func laneOf(m *wire.Message) lane {
	if m.Channel == wire.Shell {
		return lane{m.Channel, m.Header.SubshellID}
	}
	return lane{channel: m.Channel}
}

const (
	// maxFlight is how many bytes of requests of one channel may be unfinished: while
	// they are more, no other is received from that channel, and its clients wait.
	maxFlight = 64 << 20
	// entrySize is what a request takes beside its bytes, here and in the worker.
	entrySize = 1 << 10
)

// flight holds the requests that are not finished.
type flight struct {
	lanes  map[lane][]*entry    // in the order they came
	ids    map[string][]*entry  // by message id, without the host's own; only one unless a client repeats itself
	begun  []*entry             // those that are busy, in the order they became so
	sizes  map[wire.Channel]int // bytes of the requests of each channel
	count  int
	locals int // how many are the host's own
}

func newFlight() *flight {
	return &flight{lanes: map[lane][]*entry{}, ids: map[string][]*entry{}, sizes: map[wire.Channel]int{}}
}

// add takes a request in; local says that the host answers it itself.
func (f *flight) add(m *wire.Message, local bool) {
	f.count++
	e := &entry{
		request: &wire.Message{Channel: m.Channel, Identities: m.Identities, Header: m.Header, RawHeader: m.RawHeader},
		local:   local, lane: laneOf(m), number: f.count, size: entrySize + size(m),
	}
	f.lanes[e.lane] = append(f.lanes[e.lane], e)
	f.sizes[m.Channel] += e.size
	if local {
		f.locals++
	} else {
		f.ids[m.Header.MsgID] = append(f.ids[m.Header.MsgID], e)
	}
}

// size is how many bytes a message has.
func size(m *wire.Message) int {
	n := len(m.RawHeader) + len(m.Parent) + len(m.Metadata) + len(m.Content)
	for _, list := range [...][][]byte{m.Identities, m.Buffers} {
		for _, part := range list {
			n += len(part)
		}
	}
	return n
}

// find returns the oldest entry for a message id, or nil.
func (f *flight) find(id string) *entry {
	if list := f.ids[id]; list != nil {
		return list[0]
	}
	return nil
}

// begin notes that the worker has begun a request, and returns those that it is
// now the host's turn to answer.
func (f *flight) begin(e *entry) (due []*wire.Message) {
	if !e.busy {
		e.busy = true
		f.begun = append(f.begun, e)
	}
	return f.due(e.lane)
}

// running are the requests that an interrupt is meant for: those on shell that the
// worker has begun, one for each subshell or more, and cells wherever they came from.
func (f *flight) running() []*entry {
	var list []*entry
	for _, e := range f.begun {
		if e.lane.channel == wire.Shell || e.cell() {
			list = append(list, e)
		}
	}
	return list
}

// oldest is the request that has waited longest for the worker to begin it, or nil.
func (f *flight) oldest() (oldest *entry) {
	for _, list := range f.ids {
		for _, e := range list {
			if !e.busy && (oldest == nil || e.number < oldest.number) {
				oldest = e
			}
		}
	}
	return oldest
}

// cell is the running cell that was begun last, or nil.
func (f *flight) cell() *entry {
	for _, e := range slices.Backward(f.begun) {
		if e.cell() {
			return e
		}
	}
	return nil
}

// waits says whether a request of the host's own that comes now has to wait: until
// all cells before it have begun. The session has the same rule for questions.
func (f *flight) waits(m *wire.Message) bool {
	return slices.ContainsFunc(f.lanes[laneOf(m)], func(e *entry) bool { return e.local || e.cell() && !e.busy })
}

// full says whether no more requests should be received from a channel for now.
func (f *flight) full(c wire.Channel) bool { return f.sizes[c] >= maxFlight }

// remove takes an entry out, and returns those that it is now the host's turn to
// answer.
func (f *flight) remove(gone *entry) (due []*wire.Message) {
	waiting := f.lanes[gone.lane]
	i := slices.Index(waiting, gone)
	if i < 0 {
		return nil
	}
	f.forget(gone)
	if i == 0 { // as nearly always
		waiting = waiting[1:]
	} else {
		waiting = slices.Delete(waiting, i, i+1)
	}
	if f.lanes[gone.lane] = waiting; len(waiting) == 0 {
		delete(f.lanes, gone.lane)
	}
	return f.due(gone.lane)
}

// due takes the host's own entries out of a lane that wait for no cell any more.
func (f *flight) due(l lane) (due []*wire.Message) {
	if f.locals == 0 {
		return nil
	}
	waiting := f.lanes[l]
	for i := 0; i < len(waiting) && (!waiting[i].cell() || waiting[i].busy); {
		if e := waiting[i]; e.local {
			due = append(due, e.request)
			f.forget(e)
			waiting = slices.Delete(waiting, i, i+1)
		} else {
			i++
		}
	}
	if f.lanes[l] = waiting; len(waiting) == 0 {
		delete(f.lanes, l)
	}
	return due
}

// forget takes an entry out of all but its lane.
func (f *flight) forget(e *entry) {
	if f.sizes[e.lane.channel] -= e.size; e.busy {
		f.begun = slices.DeleteFunc(f.begun, func(o *entry) bool { return o == e })
	}
	if e.local {
		f.locals--
		return
	}
	id := e.request.Header.MsgID
	list := slices.DeleteFunc(f.ids[id], func(o *entry) bool { return o == e })
	if f.ids[id] = list; len(list) == 0 {
		delete(f.ids, id)
	}
}

// all are the entries in the order they came.
func (f *flight) all() []*entry {
	var list []*entry
	for _, waiting := range f.lanes {
		list = append(list, waiting...)
	}
	slices.SortFunc(list, func(a, b *entry) int { return cmp.Compare(a.number, b.number) })
	return list
}
