package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Delimiter ends the routing prefix of a message.
const Delimiter = "<IDS|MSG>"

// Limits of one message. Clients send far less; the limits keep a broken or
// hostile one from filling the memory.
const (
	MaxFrames      = 1 << 12 // prefix, message and buffers together
	MaxIdentity    = 1 << 10 // bytes of one identity; ZeroMQ's own are at most 255
	MaxJSON        = 1 << 28 // bytes of one of the four JSON frames
	MaxMessageSize = 1 << 30 // bytes of all frames
)

// ErrFrames is wrapped by every error that says how frames are no message.
var ErrFrames = errors.New("not a Jupyter message")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFrames, fmt.Sprintf(format, args...))
}

// The JSON frames of a message, in their order after the signature.
var jsonFrames = [...]string{"header", "parent header", "metadata", "content"}

// Decode reads a message from its frames:
//
//	identity… <IDS|MSG> signature header parent_header metadata content buffer…
//
// The signature is checked before anything is read. The result keeps slices of
// the frames. The error wraps ErrSignature or ErrFrames; Channel is left empty.
func Decode(frames [][]byte, s *Signer) (*Message, error) {
	if len(frames) > MaxFrames {
		return nil, malformed("%d frames; at most %d are accepted", len(frames), MaxFrames)
	}
	at, size := -1, 0
	for i, f := range frames {
		size += len(f)
		if at < 0 && string(f) == Delimiter {
			at = i
		}
	}
	if at < 0 {
		return nil, malformed("none of %d frames is the delimiter %s", len(frames), Delimiter)
	}
	if size > MaxMessageSize {
		return nil, malformed("%d bytes; at most %d are accepted", size, MaxMessageSize)
	}
	for i, id := range frames[:at] {
		if len(id) > MaxIdentity {
			return nil, malformed("identity %d has %d bytes; at most %d are accepted", i+1, len(id), MaxIdentity)
		}
	}
	rest := frames[at+1:]
	if len(rest) < 1+len(jsonFrames) {
		return nil, malformed("%d frames after the delimiter; signature, header, parent header, metadata and content make 5", len(rest))
	}
	signature, parts := rest[0], rest[1:1+len(jsonFrames)]
	for i, p := range parts {
		if len(p) > MaxJSON {
			return nil, malformed("the %s has %d bytes; at most %d are accepted", jsonFrames[i], len(p), MaxJSON)
		}
	}
	if err := s.Check(signature, parts[0], parts[1], parts[2], parts[3]); err != nil {
		return nil, err
	}
	parts = [][]byte{parts[0], notNull(parts[1]), notNull(parts[2]), parts[3]}
	for i, p := range parts {
		if err := checkObject(jsonFrames[i], p); err != nil {
			return nil, err
		}
	}
	m := &Message{
		Identities: frames[:at:at],
		RawHeader:  parts[0],
		Parent:     parts[1],
		Metadata:   parts[2],
		Content:    parts[3],
		Buffers:    rest[1+len(jsonFrames):],
	}
	if err := m.readHeader(); err != nil {
		return nil, err
	}
	return m, nil
}

// readHeader fills Header from RawHeader.
func (m *Message) readHeader() error {
	if err := json.Unmarshal(m.RawHeader, &m.Header); err != nil {
		return malformed("the header can't be read: %v", err)
	}
	switch {
	case m.Header.MsgType == "":
		return malformed("the header has no msg_type")
	case m.Header.MsgID == "":
		return malformed("the header of a %s has no msg_id", m.Header.MsgType)
	}
	return nil
}

// checkObject says whether a frame is one JSON object in valid UTF-8 or JSON's own words.
func checkObject(name string, p []byte) error {
	if len(bytes.TrimSpace(p)) == 0 {
		return malformed("the %s is empty; {} is the empty object", name)
	}
	if !json.Valid(p) {
		return malformed("the %s is not JSON", name)
	}
	if first := bytes.TrimLeft(p, " \t\r\n")[0]; first != '{' {
		return malformed("the %s is not a JSON object but begins with %q", name, first)
	}
	return nil
}

// notNull reads null as {}: some clients write it where they have no parent or metadata.
func notNull(p []byte) []byte {
	if string(bytes.TrimSpace(p)) == "null" {
		return []byte("{}")
	}
	return p
}

// Encode writes a message as frames, signed. Parent and Metadata are {} if they
// are empty; Content must be there. The frames share the message's memory.
func (m *Message) Encode(s *Signer) ([][]byte, error) {
	header, err := m.headerJSON()
	if err != nil {
		return nil, fmt.Errorf("writing the header of %s: %w", m.Header.MsgType, err)
	}
	if len(m.Content) == 0 {
		return nil, fmt.Errorf("writing %s: it has no content; {} is the empty one", m.Header.MsgType)
	}
	parent, metadata := orEmpty(m.Parent), orEmpty(m.Metadata)
	frames := make([][]byte, 0, len(m.Identities)+6+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, []byte(Delimiter), s.Sign(header, parent, metadata, m.Content), header, parent, metadata, m.Content)
	return append(frames, m.Buffers...), nil
}

func orEmpty(object json.RawMessage) json.RawMessage {
	if len(object) == 0 {
		return json.RawMessage("{}")
	}
	return object
}
