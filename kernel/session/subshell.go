package session

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nascent-go/nascent/kernel/history"
	"github.com/nascent-go/nascent/kernel/wire"
)

// subshell is a line of cells that run one after the other, and beside those of
// all other subshells (protocol 5.5, JEP 91). The main shell is one too, without an id.
type subshell struct {
	*Session
	id     string
	number int // of its kind in this session, from 1; 0: the main shell

	cells    queue
	handlers queue // messages of comms

	deleted bool // no request finds it any more; guarded by Session.mu

	// Of its own goroutine alone:
	count  int // execution count of the last cell
	book   history.Book
	bursts bursts
}

// newSubshell starts a subshell. s.mu is held.
func (s *Session) newSubshell(id string, book history.Book, firstCount int) *subshell {
	sh := &subshell{Session: s, id: id, number: s.made, book: book, count: firstCount - 1}
	s.made++
	sh.cells.aside = &s.questions
	sh.handlers.whole = true
	sh.cells.init()
	sh.handlers.init()
	s.shells = append(s.shells, sh)
	var serving sync.WaitGroup
	serving.Go(func() { s.serve(&sh.cells, sh.answerCell) })
	serving.Go(func() { s.serve(&sh.handlers, sh.handleComm) })
	go func() {
		serving.Wait()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.shells = slices.DeleteFunc(s.shells, func(x *subshell) bool { return x == sh })
	}()
	return sh
}

// find is the subshell with an id, nil if there is none. s.mu is held.
func (s *Session) find(id string) *subshell {
	i := slices.IndexFunc(s.shells, func(sh *subshell) bool { return sh.id == id && !sh.deleted })
	if i < 0 {
		return nil
	}
	return s.shells[i]
}

// ofShell says whether a request is answered by a subshell or beside its cells. Such
// a request may also come on control: then it is for the main shell, whatever its
// header says. A cell waits there for its turn, a question for nothing.
func ofShell(msgType string) bool {
	switch msgType {
	case wire.TypeExecuteRequest, wire.TypeCompleteRequest, wire.TypeInspectRequest, wire.TypeIsCompleteRequest, wire.TypeHistoryRequest:
		return true
	}
	return false
}

// takeShell takes a request of shell.
func (s *Session) takeShell(m *wire.Message) {
	came := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	id := m.Header.SubshellID
	if m.Channel == wire.Control {
		id = ""
	}
	r := request{Message: m, shell: s.find(id), came: came, made: s.clocks.made(m, came)}
	if r.shell == nil {
		s.control.push(r)
		return
	}
	if m.Channel == wire.Control && m.Header.MsgType != wire.TypeExecuteRequest {
		s.questions.push(r)
		return
	}
	r.comms, _ = r.shell.handlers.state()
	r.shell.cells.push(r)
}

// noSubshell answers a request for a subshell that is not there.
func (s *Session) noSubshell(m *wire.Message) {
	s.fail(m, fmt.Errorf("there is no subshell %q: it has been deleted, or its session has ended; create_subshell_request makes a new one", m.Header.SubshellID))
}

func (s *Session) createSubshell(m *wire.Message) {
	reply := wire.CreateSubshellReply{Status: wire.StatusOK, SubshellID: wire.NewID()}
	s.mu.Lock()
	if !s.closing {
		s.newSubshell(reply.SubshellID, s.opts.History.Subshell(reply.SubshellID), 1)
	}
	s.mu.Unlock()
	s.reply(m, wire.TypeCreateSubshellReply, reply, nil)
}

// deleteSubshell ends a subshell. The cell that runs there runs to its end, as in
// ipykernel; those that wait are aborted. Messages of comms that wait are handled.
func (s *Session) deleteSubshell(m *wire.Message) {
	var req wire.DeleteSubshellRequest
	if !s.decode(m, &req) {
		return
	}
	s.mu.Lock()
	sh := s.find(req.SubshellID)
	gone := sh == nil || sh.id == ""
	if !gone {
		sh.deleted = true
		sh.cells.end()
		sh.handlers.end()
	}
	s.mu.Unlock()
	if gone {
		s.fail(m, fmt.Errorf("delete_subshell_request: there is no subshell %q; list_subshell_request says which there are", req.SubshellID))
		return
	}
	s.reply(m, wire.TypeDeleteSubshellReply, wire.DeleteSubshellReply{Status: wire.StatusOK}, nil)
}

func (s *Session) listSubshells(m *wire.Message) {
	reply := wire.ListSubshellReply{Status: wire.StatusOK}
	s.mu.Lock()
	for _, sh := range s.shells {
		if sh.id != "" && !sh.deleted {
			reply.SubshellID = append(reply.SubshellID, sh.id)
		}
	}
	s.mu.Unlock()
	s.reply(m, wire.TypeListSubshellReply, reply, nil)
}

// cellName is what tracebacks call a cell, "" if that is what they say anyway.
func (sh *subshell) cellName(count int) string {
	if sh.number == 0 {
		return ""
	}
	return fmt.Sprintf("cell %d of subshell %d", count, sh.number)
}
