// Package wire holds the Jupyter messaging protocol, version 5.5, and the start-up
// handshake of 5.6: message types, their frames on the wire and their signatures. It
// knows no sockets and no interpreter.
package wire

import "encoding/json"

// ProtocolVersion is what the kernel speaks.
const ProtocolVersion = "5.5"

// Channel names one of the kernel's sockets.
type Channel string

// The channels a message can travel on. Heartbeats are no messages.
const (
	Shell   Channel = "shell"
	Control Channel = "control"
	IOPub   Channel = "iopub"
	Stdin   Channel = "stdin"

	// Log is no socket: what a worker has to say about requests, as streams. It
	// goes to the log of the process that has started the worker.
	Log Channel = "log"
)

// Header says what a message is and who sent it.
type Header struct {
	MsgID      string `json:"msg_id"`
	Session    string `json:"session"`
	Username   string `json:"username"`
	Date       string `json:"date"` // ISO 8601 with time zone
	MsgType    string `json:"msg_type"`
	Version    string `json:"version"`
	SubshellID string `json:"subshell_id,omitempty"`
}

// Message is one Jupyter message, decoded from its frames. It is what host and
// worker exchange: the whole kernel can be driven with messages and no socket.
type Message struct {
	Channel    Channel
	Identities [][]byte // routing prefix: the client's ROUTER identities, or the topic on IOPub
	Header     Header
	RawHeader  json.RawMessage // the header byte for byte as it came; empty if the message was made here
	Parent     json.RawMessage // header of the message this one answers, byte for byte; {} if none
	Metadata   json.RawMessage // a JSON object
	Content    json.RawMessage // a JSON object
	Buffers    [][]byte
}
