package wire

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"
)

// Types of the messages that a kernel receives or sends.
const (
	TypeKernelInfoRequest = "kernel_info_request"
	TypeKernelInfoReply   = "kernel_info_reply"
	TypeExecuteRequest    = "execute_request"
	TypeExecuteReply      = "execute_reply"
	TypeCompleteRequest   = "complete_request"
	TypeCompleteReply     = "complete_reply"
	TypeInspectRequest    = "inspect_request"
	TypeInspectReply      = "inspect_reply"
	TypeIsCompleteRequest = "is_complete_request"
	TypeIsCompleteReply   = "is_complete_reply"
	TypeHistoryRequest    = "history_request"
	TypeHistoryReply      = "history_reply"
	TypeCommInfoRequest   = "comm_info_request"
	TypeCommInfoReply     = "comm_info_reply"
	TypeCommOpen          = "comm_open"
	TypeCommMsg           = "comm_msg"
	TypeCommClose         = "comm_close"

	TypeShutdownRequest  = "shutdown_request"
	TypeShutdownReply    = "shutdown_reply"
	TypeInterruptRequest = "interrupt_request"
	TypeInterruptReply   = "interrupt_reply"

	TypeCreateSubshellRequest = "create_subshell_request"
	TypeCreateSubshellReply   = "create_subshell_reply"
	TypeDeleteSubshellRequest = "delete_subshell_request"
	TypeDeleteSubshellReply   = "delete_subshell_reply"
	TypeListSubshellRequest   = "list_subshell_request"
	TypeListSubshellReply     = "list_subshell_reply"
	TypeUsageRequest          = "usage_request"
	TypeUsageReply            = "usage_reply"

	TypeInputRequest = "input_request"
	TypeInputReply   = "input_reply"

	TypeStatus            = "status"
	TypeStream            = "stream"
	TypeDisplayData       = "display_data"
	TypeUpdateDisplayData = "update_display_data"
	TypeExecuteInput      = "execute_input"
	TypeExecuteResult     = "execute_result"
	TypeError             = "error"
	TypeClearOutput       = "clear_output"
	TypeIOPubWelcome      = "iopub_welcome"
)

// Timestamp writes a time as the protocol wants it: ISO 8601 in UTC with microseconds.
// (Clients in Python read at most six digits of a second.)
func Timestamp(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// NewID returns a name that no other message, session or display has.
func NewID() string { return rand.Text() }

// NewHeader makes the header of a new message, sent now.
func NewHeader(session, user, msgType string) Header {
	return Header{
		MsgID:    NewID(),
		Session:  session,
		Username: user,
		Date:     Timestamp(time.Now()),
		MsgType:  msgType,
		Version:  ProtocolVersion,
	}
}

// Sender makes messages in the name of one kernel session. The session's id is
// the kernel's own and stays the same for its whole life, whoever asks: front
// ends tell their own messages from the kernel's by it.
type Sender struct {
	Session string
	User    string
}

// Reply makes the answer to parent: on its channel, to its sender.
func (s Sender) Reply(parent *Message, msgType string, content any) (*Message, error) {
	m, err := s.message(parent, msgType, content)
	if err != nil {
		return nil, err
	}
	m.Channel = parent.Channel
	m.Identities = parent.Identities
	return m, nil
}

// Ask makes a request on stdin to the sender of parent, such as input_request.
func (s Sender) Ask(parent *Message, msgType string, content any) (*Message, error) {
	m, err := s.message(parent, msgType, content)
	if err != nil {
		return nil, err
	}
	m.Channel = Stdin
	m.Header.SubshellID = parent.Header.SubshellID
	m.Identities = parent.Identities
	return m, nil
}

// Publish makes a message to everyone on IOPub; parent is the request that it
// belongs to, or nil.
func (s Sender) Publish(parent *Message, msgType string, content any) (*Message, error) {
	m, err := s.message(parent, msgType, content)
	if err != nil {
		return nil, err
	}
	m.Channel = IOPub
	m.Identities = [][]byte{[]byte(msgType)}
	return m, nil
}

func (s Sender) message(parent *Message, msgType string, content any) (*Message, error) {
	if d, ok := content.(direct); ok {
		content = d.direct()
	}
	body, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("writing the content of %s: %w", msgType, err)
	}
	if len(body) == 0 || body[0] != '{' {
		return nil, fmt.Errorf("writing the content of %s: %T is no JSON object", msgType, content)
	}
	m := &Message{
		Header:   NewHeader(s.Session, s.User, msgType),
		Parent:   json.RawMessage("{}"),
		Metadata: json.RawMessage("{}"),
		Content:  body,
	}
	if parent == nil {
		return m, nil
	}
	if m.Parent, err = parent.headerJSON(); err != nil {
		return nil, fmt.Errorf("writing the parent header of %s: %w", msgType, err)
	}
	return m, nil
}

// headerJSON is the header as it came, or else as this package writes it.
func (m *Message) headerJSON() (json.RawMessage, error) {
	if len(m.RawHeader) > 0 {
		return m.RawHeader, nil
	}
	return json.Marshal(m.Header)
}

// DecodeContent reads the content of a message into one of this package's types.
func (m *Message) DecodeContent(into any) error {
	if err := json.Unmarshal(m.Content, into); err != nil {
		return fmt.Errorf("content of %s %s: %w", m.Header.MsgType, m.Header.MsgID, err)
	}
	return nil
}

// ParentID is the id of the message that this one answers, or "" if there is none.
func (m *Message) ParentID() string {
	var h struct {
		MsgID string `json:"msg_id"`
	}
	if json.Unmarshal(m.Parent, &h) != nil {
		return ""
	}
	return h.MsgID
}
