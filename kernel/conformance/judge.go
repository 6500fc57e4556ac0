package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

// judge looks at every message that a client receives. It knows the requests that
// the client has sent.
type judge struct {
	schemas  map[string]schema
	session  string               // of the client
	kernel   string               // the kernel's session, "" until it has told
	ids      map[string]bool      // of the messages that came
	status   *wire.Message        // the last that was published
	starting int                  // how often the kernel has said that it starts
	requests map[string]*progress // own and others', by message id
	faults   []fault
	seen     map[string]bool // "type.field" of all that was sent and received
}

// fault is something that is wrong with a message.
type fault struct {
	text string
	ours bool // the protocol allows it, this kernel does better
}

// maxFaults bounds what is remembered of a kernel that does everything wrong.
const maxFaults = 100

func newJudge(session string) *judge {
	return &judge{
		schemas: schemas(), session: session, ids: map[string]bool{},
		requests: map[string]*progress{}, seen: map[string]bool{},
	}
}

func (j *judge) add(msgType string, ours bool, format string, args ...any) {
	if len(j.faults) >= maxFaults {
		return
	}
	if msgType != "" {
		format = msgType + ": " + format
	}
	j.faults = append(j.faults, fault{fmt.Sprintf(format, args...), ours})
}

func (j *judge) blame(msgType, format string, args ...any) { j.add(msgType, false, format, args...) }

// found lists the faults; those that the protocol allows only if ours.
func (j *judge) found(ours bool) []string {
	var list []string
	for _, f := range j.faults {
		if ours || !f.ours {
			list = append(list, f.text)
		}
	}
	return list
}

// send notes a request. Of a probe the answers may be incomplete.
func (j *judge) send(m *wire.Message, frames [][]byte, probe bool) {
	p := &progress{msgType: m.Header.MsgType, channel: m.Channel, header: frames[2], lenient: probe}
	asked := struct {
		Silent     bool `json:"silent"`
		AllowStdin bool `json:"allow_stdin"`
		Store      bool `json:"store_history"`
	}{Store: true}
	_ = json.Unmarshal(m.Content, &asked) // a request may be wrong on purpose
	p.silent, p.stored, p.mayAsk, p.subshell = asked.Silent, asked.Store && !asked.Silent, asked.AllowStdin, m.Header.SubshellID
	j.requests[m.Header.MsgID] = p
	j.note("header", frames[2])
	j.note(m.Header.MsgType, m.Content)
	j.note(m.Header.MsgType+" metadata", m.Metadata)
}

// receive looks at a message and its frames.
func (j *judge) receive(m *wire.Message, frames [][]byte) {
	t := m.Header.MsgType
	j.note("header", m.RawHeader)
	j.note(t, m.Content)
	j.note(t+" metadata", m.Metadata)
	j.checkFrames(m, frames)
	j.checkHeader(m)
	j.checkContent(m)
	j.checkChannel(m)
	p := j.checkParent(m)
	switch {
	case m.Channel == wire.IOPub && p != nil:
		j.checkPublished(p, m)
	case m.Channel == wire.IOPub && state(m) == wire.Starting:
		if j.starting++; j.starting > 1 {
			j.blame(t, "the kernel says that it starts for the %dth time", j.starting)
		}
	case p != nil:
		j.checkAnswered(p, m)
	}
}

// note notes which fields were there, two levels deep.
func (j *judge) note(msgType string, raw json.RawMessage) {
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) != nil {
		return
	}
	for n, v := range o {
		j.seen[msgType+"."+n] = true
		var inner map[string]json.RawMessage
		if json.Unmarshal(v, &inner) == nil && len(inner) < maxFaults {
			for k := range inner {
				j.seen[msgType+"."+n+"."+k] = true
			}
		}
	}
}

// withBuffers are the types that may carry buffers.
var withBuffers = []string{wire.TypeCommOpen, wire.TypeCommMsg, wire.TypeCommClose, wire.TypeDisplayData, wire.TypeUpdateDisplayData}

// checkFrames checks what Decode forgives.
func (j *judge) checkFrames(m *wire.Message, frames [][]byte) {
	t := m.Header.MsgType
	at := len(m.Identities)
	for i, part := range []string{"header", "parent header", "metadata", "content"} {
		if raw := bytes.TrimSpace(frames[at+2+i]); len(raw) == 0 || raw[0] != '{' {
			j.blame(t, "the %s is %.40q, not an object", part, raw)
		}
	}
	if m.Channel != wire.IOPub {
		if at > 0 {
			j.blame(t, "%d frames in front of the delimiter", at)
		}
	} else if at != 1 {
		noTopic := t == wire.TypeIOPubWelcome && at == 0 // of a subscription to all
		j.add(t, noTopic, "%d frames in front of the delimiter, want one topic", at)
	} else if topic := string(m.Identities[0]); t != wire.TypeIOPubWelcome && topic != t {
		j.add(t, true, "the topic is %q", topic)
	}
	if len(m.Buffers) > 0 && !slices.Contains(withBuffers, t) {
		j.blame(t, "%d buffers", len(m.Buffers))
	}
}

var headerFields = join(need(name, "msg_id", "session", "msg_type", "version"), need(text, "username"), need(date, "date"), may(name, "subshell_id"))

func (j *judge) checkHeader(m *wire.Message) {
	t, h := m.Header.MsgType, m.Header
	var o map[string]any
	_ = json.Unmarshal(m.RawHeader, &o) // Decode has read it
	checkFields(o, headerFields, func(s string) { j.blame(t, "header: %s", s) }, func(s string) { j.add(t, true, "header: %s", s) })
	if !protocolVersion.MatchString(h.Version) {
		j.blame(t, "header: version %q is no version such as 5.5", h.Version)
	}
	if j.ids[h.MsgID] {
		j.blame(t, "the msg_id %s came before", h.MsgID)
	}
	j.ids[h.MsgID] = true
	switch j.kernel {
	case h.Session:
	case "":
		j.kernel = h.Session
		if h.Session == j.session {
			j.blame(t, "header: session is the client's own: front ends take such messages for theirs")
		}
	default:
		j.blame(t, "header: session is %s; it was %s", h.Session, j.kernel)
	}
}

func (j *judge) checkContent(m *wire.Message) {
	t := m.Header.MsgType
	s, known := j.schemas[t]
	if !known || s.request {
		j.blame(t, "no kernel sends this type")
		return
	}
	var c map[string]any
	_ = json.Unmarshal(m.Content, &c) // Decode has read it
	blame := func(text string) { j.blame(t, "%s", text) }
	allowed := s.fields
	if isReply(t) {
		switch c["status"] {
		case wire.StatusError:
			allowed = append(oneOf("status", wire.StatusError), errorFields...)
			if t == wire.TypeExecuteReply {
				allowed = append(allowed, need(count, "execution_count")...)
			}
			s.check = nil
		case wire.StatusAborted:
			allowed = append(oneOf("status", wire.StatusAborted), may(count, "execution_count")...)
			s.check = nil
		}
	}
	checkFields(c, allowed, blame, func(text string) { j.add(t, true, "%s", text) })
	if s.check != nil {
		if why := s.check(c); why != "" {
			blame(why)
		}
	}
}

func isReply(msgType string) bool { return strings.HasSuffix(msgType, "_reply") }

func isComm(msgType string) bool {
	return msgType == wire.TypeCommOpen || msgType == wire.TypeCommMsg || msgType == wire.TypeCommClose
}

// checkChannel checks that a message came where its type belongs.
func (j *judge) checkChannel(m *wire.Message) {
	t := m.Header.MsgType
	ok := false
	switch m.Channel {
	case wire.Shell, wire.Control:
		ok = isReply(t)
	case wire.Stdin:
		ok = t == wire.TypeInputRequest
	case wire.IOPub:
		ok = j.schemas[t].section == secIOPub || isComm(t) || t == wire.TypeShutdownReply
	}
	if !ok {
		j.blame(t, "it came on %s", m.Channel)
	}
}

// checkParent finds the request that a message is about; nil if it is about none.
func (j *judge) checkParent(m *wire.Message) *progress {
	t := m.Header.MsgType
	id := m.ParentID()
	if id == "" {
		if string(m.Parent) != "{}" {
			j.blame(t, "the parent header is %.80q: it names no message and is not {}", m.Parent)
		}
		if free := t == wire.TypeIOPubWelcome || isComm(t) || state(m) == wire.Starting; !free {
			j.add(t, t == wire.TypeStream, "it has no parent") // a kernel may print by itself
		}
		return nil
	}
	if t == wire.TypeIOPubWelcome {
		j.blame(t, "it has a parent")
	}
	p := j.requests[id]
	if p == nil {
		if m.Channel != wire.IOPub {
			j.blame(t, "its parent is no request of this client")
			return nil
		}
		var h wire.Header
		_ = json.Unmarshal(m.Parent, &h) // it has a msg_id
		p = &progress{msgType: h.MsgType, header: m.Parent, foreign: true, lenient: state(m) != wire.Busy}
		j.requests[id] = p
	}
	if !bytes.Equal(m.Parent, p.header) {
		j.add(t, true, "the parent header is not the request's own, byte for byte: %.300s", m.Parent)
		if why := differ(p.header, m.Parent); why != "" {
			j.blame(t, "the parent header is another than the request's: %s", why)
		}
	}
	return p
}

// differ says which of the fields that name a request are different.
func differ(a, b json.RawMessage) string {
	var x, y map[string]any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return "it can't be read"
	}
	for _, n := range []string{"msg_id", "session", "msg_type", "username", "subshell_id"} {
		if x[n] != y[n] {
			return fmt.Sprintf("%s is %s, not %s", n, short(y[n]), short(x[n]))
		}
	}
	return ""
}

// unfinished lists own requests that lack a reply or their idle.
func (j *judge) unfinished() []string {
	var list []string
	for _, id := range slices.Sorted(maps.Keys(j.requests)) {
		p := j.requests[id]
		s, known := j.schemas[p.msgType]
		if p.foreign || p.lenient || p.hopeless || !known || p.msgType == wire.TypeInputReply || !s.request && !isComm(p.msgType) {
			continue
		}
		if p.idle == 0 {
			list = append(list, p.msgType+": its idle has not come")
		}
		if p.replies == 0 && !isComm(p.msgType) {
			list = append(list, p.msgType+": its reply has not come")
		}
	}
	return list
}
