package conformance

import (
	"reflect"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

// progress is what has come about one request.
type progress struct {
	msgType  string
	channel  wire.Channel
	subshell string
	header   []byte // as it was sent
	silent   bool
	stored   bool // it is counted
	mayAsk   bool // the client answers questions
	foreign  bool // another client has sent it
	lenient  bool // a part of the answer may be missing
	hopeless bool // an answer is not expected: it was sent to a kernel that ends

	busy, idle, replies int
	published           []string // types, between busy and idle
	afterReply          []string // types of what was published after the reply had come
	counts              []int    // execution counts that were told
	errors              []wire.ErrorContent
	reply               wire.ExecuteReply
}

// late are the types that may come about a cell that has ended: its goroutines go on.
var late = []string{
	wire.TypeStream, wire.TypeDisplayData, wire.TypeUpdateDisplayData, wire.TypeClearOutput,
	wire.TypeCommOpen, wire.TypeCommMsg, wire.TypeCommClose,
}

// checkPublished checks the order of what is published about a request: busy,
// the input, outputs, idle.
func (j *judge) checkPublished(p *progress, m *wire.Message) {
	t := m.Header.MsgType
	last := j.status
	if state(m) != "" {
		j.status = m
	}
	if p.lenient {
		return
	}
	switch {
	case state(m) == wire.Busy:
		// Front ends take the newest state for that of the kernel, so it may be said
		// again when something else has ended meanwhile.
		othersIdle := last != nil && state(last) == wire.Idle && last.ParentID() != m.ParentID()
		if p.busy++; p.busy > 1 && (!othersIdle || p.idle > 0) {
			j.blame(p.msgType, "busy came %d times", p.busy)
		}
		return
	case p.busy == 0:
		j.blame(p.msgType, "%s came before busy", t)
	case p.idle > 0 && state(m) != wire.Idle && !slices.Contains(late, t):
		j.blame(p.msgType, "%s came after idle", t)
	}
	if state(m) == wire.Idle {
		if p.idle++; p.idle > 1 {
			j.blame(p.msgType, "idle came %d times", p.idle)
		}
		j.checkExecution(p)
		return
	}
	if p.idle > 0 {
		return
	}
	if p.replies > 0 {
		p.afterReply = append(p.afterReply, t)
	}
	switch t {
	case wire.TypeExecuteInput:
		if len(p.published) > 0 {
			j.blame(p.msgType, "execute_input came after %s", p.published[0])
		}
		var in wire.ExecuteInput
		if m.DecodeContent(&in) == nil {
			p.counts = append(p.counts, in.ExecutionCount)
		}
	case wire.TypeExecuteResult:
		var r wire.ExecuteResult
		if m.DecodeContent(&r) == nil {
			p.counts = append(p.counts, r.ExecutionCount)
		}
	case wire.TypeError:
		var e wire.ErrorContent
		if m.DecodeContent(&e) == nil {
			p.errors = append(p.errors, e)
		}
	}
	p.published = append(p.published, t)
}

// checkAnswered checks a reply, or a question to the user.
func (j *judge) checkAnswered(p *progress, m *wire.Message) {
	t := m.Header.MsgType
	if m.Channel == wire.Stdin {
		if !p.mayAsk {
			j.blame(t, "a client was asked that had not allowed it")
		}
		if m.Header.SubshellID != p.subshell {
			j.blame(t, "its subshell_id is %q; the cell's is %q", m.Header.SubshellID, p.subshell)
		}
		return
	}
	if m.Channel != p.channel && !p.lenient {
		j.blame(t, "it came on %s; the request was sent on %s", m.Channel, p.channel)
	}
	if want := strings.TrimSuffix(p.msgType, "_request") + "_reply"; t != want {
		j.blame(t, "it is the answer to %s", p.msgType)
		return
	}
	if p.replies++; p.replies > 1 {
		j.blame(t, "it came %d times", p.replies)
		return
	}
	if t == wire.TypeExecuteReply && m.DecodeContent(&p.reply) == nil && p.reply.Status != wire.StatusAborted {
		p.counts = append(p.counts, p.reply.ExecutionCount)
	}
	j.checkExecution(p)
}

// checkExecution checks a cell when all about it has come: what was published
// must fit the reply.
func (j *judge) checkExecution(p *progress) {
	if p.msgType != wire.TypeExecuteRequest || p.idle != 1 || p.replies != 1 {
		return
	}
	times := func(t string) int {
		n := 0
		for _, have := range p.published {
			if have == t {
				n++
			}
		}
		return n
	}
	inputs, results, errors := times(wire.TypeExecuteInput), times(wire.TypeExecuteResult), times(wire.TypeError)
	t := p.msgType
	switch {
	case p.reply.Status == wire.StatusAborted:
		if len(p.published) > 0 {
			j.blame(t, "it was aborted, but published %v", p.published)
		}
		return
	case p.silent && inputs+results > 0:
		j.blame(t, "it was silent, but published %v", p.published)
	case !p.silent && inputs == 0 && p.reply.Status == wire.StatusOK:
		j.blame(t, "execute_input was not published")
	case inputs > 1 || results > 1 || errors > 1:
		j.blame(t, "it published %d inputs, %d results and %d errors", inputs, results, errors)
	}
	switch {
	case p.reply.Status == wire.StatusOK && errors > 0:
		j.blame(t, "an error was published, but the reply says ok")
	case p.reply.Status == wire.StatusError && results > 0:
		j.blame(t, "a result was published, but the reply says error")
	case p.reply.Status == wire.StatusError && errors == 0 && !p.silent && inputs > 0:
		j.blame(t, "the reply says error, but none was published")
	}
	for _, e := range p.errors {
		if !reflect.DeepEqual(e, p.reply.Error) {
			j.add(t, true, "the error that was published is not that of the reply: %s: %s; %s: %s", e.Name, e.Value, p.reply.Error.Name, p.reply.Error.Value)
		}
	}
	for _, n := range p.counts {
		if n != p.counts[0] {
			j.add(t, !p.stored, "its execution counts are %v", p.counts)
			break
		}
	}
}
