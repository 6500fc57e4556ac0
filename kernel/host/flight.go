package host

import "github.com/nascent-go/nascent/kernel/wire"

// entry is a request that is not finished: its idle has not been sent.
type entry struct {
	request *wire.Message
	busy    bool // busy has been sent
	replied bool
	local   bool // the host answers it, when it is its turn
}

// cell says whether the request runs a cell.
func (e *entry) cell() bool { return e.request.Header.MsgType == wire.TypeExecuteRequest }

// flight holds the requests that are not finished, in the order they came.
type flight []*entry

// find returns the oldest entry for a message id, or nil.
func (f flight) find(id string) *entry {
	for _, e := range f {
		if e.request.Header.MsgID == id && !e.local {
			return e
		}
	}
	return nil
}

// running returns the shell request that the worker has begun, or nil.
func (f flight) running() *entry {
	for _, e := range f {
		if e.busy && e.request.Channel == wire.Shell {
			return e
		}
	}
	return nil
}

// waits says whether a shell request that comes now has to wait for others.
func (f flight) waits() bool {
	for _, e := range f {
		if e.request.Channel == wire.Shell {
			return true
		}
	}
	return false
}

// remove takes an entry out.
func (f *flight) remove(gone *entry) {
	for i, e := range *f {
		if e == gone {
			*f = append((*f)[:i], (*f)[i+1:]...)
			return
		}
	}
}

// due takes out and returns the next shell request if the host answers it, or nil.
func (f *flight) due() *entry {
	for i, e := range *f {
		if e.request.Channel != wire.Shell {
			continue
		}
		if !e.local {
			return nil
		}
		*f = append((*f)[:i], (*f)[i+1:]...)
		return e
	}
	return nil
}
