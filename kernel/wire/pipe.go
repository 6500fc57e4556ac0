package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// ErrPipe is wrapped by errors that say that a pipe holds no messages of NewConn's kind.
var ErrPipe = errors.New("broken stream of messages")

// ErrTooLarge is wrapped by WriteMessage's error for a message over the limits;
// nothing of it was written, and the pipe can be used further.
var ErrTooLarge = errors.New("message too large")

// Conn exchanges messages over a pair of byte streams, such as the pipes between
// host and worker. A message is
//
//	length of all that follows  uint32, big endian
//	number of identities        uint32
//	number of buffers           uint32
//	parts, each with its length uint32 before it:
//	    channel, header, parent header, metadata, content, identities, buffers
//
// so that JSON travels as it is, without being read or quoted. One goroutine may
// read while any number write.
type Conn struct {
	r *bufio.Reader

	mu  sync.Mutex // guards w: one message at a time
	w   io.Writer
	buf []byte
}

const (
	pipeFixed   = 5       // parts that every message has
	pipeChecked = 1 << 16 // a larger part is only looked at from outside: its writer has made JSON of it a moment ago
	pipeKeepBuf = 1 << 20 // a larger write buffer is not kept for the next message
)

// NewConn makes a connection that reads from r and writes to w.
func NewConn(r io.Reader, w io.Writer) *Conn {
	return &Conn{r: bufio.NewReaderSize(r, 1<<16), w: w}
}

// WriteMessage writes one message. The error wraps ErrTooLarge if the message
// is over the limits, or else is the stream's.
func (c *Conn) WriteMessage(m *Message) error {
	header, err := m.headerJSON()
	if err != nil {
		return fmt.Errorf("writing the header of %s: %w", m.Header.MsgType, err)
	}
	fixed := [pipeFixed][]byte{[]byte(m.Channel), header, orEmpty(m.Parent), orEmpty(m.Metadata), orEmpty(m.Content)}
	size, count := 8, len(m.Identities)+len(m.Buffers)
	for _, list := range [...][][]byte{fixed[:], m.Identities, m.Buffers} {
		for _, part := range list {
			size += 4 + len(part)
		}
	}
	if size > MaxMessageSize || count > MaxFrames {
		return fmt.Errorf("writing %s of %d bytes and %d buffers: %w: at most %d bytes and %d buffers are possible",
			m.Header.MsgType, size, len(m.Buffers), ErrTooLarge, MaxMessageSize, MaxFrames)
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	b := binary.BigEndian.AppendUint32(c.buf[:0], uint32(size))
	b = binary.BigEndian.AppendUint32(b, uint32(len(m.Identities)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(m.Buffers)))
	for _, list := range [...][][]byte{fixed[:], m.Identities, m.Buffers} {
		for _, part := range list {
			b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
			b = append(b, part...)
		}
	}
	if c.buf = b; cap(b) > pipeKeepBuf {
		c.buf = nil
	}
	if _, err := c.w.Write(b); err != nil {
		return fmt.Errorf("writing %s: %w", m.Header.MsgType, err)
	}
	return nil
}

// ReadMessage reads one message. At the end of the stream, between two messages,
// it returns io.EOF itself; after any other error the stream is of no use.
func (c *Conn) ReadMessage() (*Message, error) {
	var head [12]byte
	if _, err := io.ReadFull(c.r, head[:4]); err != nil {
		if err == io.EOF {
			return nil, io.EOF
		}
		return nil, fmt.Errorf("%w: it ends inside a length: %w", ErrPipe, err)
	}
	if _, err := io.ReadFull(c.r, head[4:]); err != nil {
		return nil, fmt.Errorf("%w: it ends inside a message: %w", ErrPipe, err)
	}
	size := int64(binary.BigEndian.Uint32(head[:]))
	ids, bufs := binary.BigEndian.Uint32(head[4:]), binary.BigEndian.Uint32(head[8:])
	if size < 8 || size > MaxMessageSize || ids > MaxFrames || bufs > MaxFrames {
		return nil, fmt.Errorf("%w: a message of %d bytes, %d identities and %d buffers", ErrPipe, size, ids, bufs)
	}
	body, err := readBody(c.r, size-8)
	if err != nil {
		return nil, fmt.Errorf("%w: it ends inside a message: %w", ErrPipe, err)
	}
	parts := make([][]byte, pipeFixed+ids+bufs)
	for i := range parts {
		if len(body) < 4 {
			return nil, fmt.Errorf("%w: part %d of %d is missing", ErrPipe, i+1, len(parts))
		}
		n := binary.BigEndian.Uint32(body)
		if body = body[4:]; uint64(n) > uint64(len(body)) {
			return nil, fmt.Errorf("%w: part %d claims %d bytes where %d are left", ErrPipe, i+1, n, len(body))
		}
		parts[i], body = body[:n:n], body[n:]
	}
	if len(body) > 0 {
		return nil, fmt.Errorf("%w: %d bytes after the last part", ErrPipe, len(body))
	}
	m := &Message{
		Channel:    Channel(parts[0]),
		RawHeader:  parts[1],
		Parent:     parts[2],
		Metadata:   parts[3],
		Content:    parts[4],
		Identities: parts[pipeFixed : pipeFixed+ids : pipeFixed+ids],
		Buffers:    parts[pipeFixed+ids:],
	}
	for i, p := range [...][]byte{m.RawHeader, m.Parent, m.Metadata, m.Content} {
		check := checkObject
		if len(p) > pipeChecked {
			check = checkBraces
		}
		if err := check(jsonFrames[i], p); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrPipe, err)
		}
	}
	if err := m.readHeader(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPipe, err)
	}
	return m, nil
}

// checkBraces says if p can't be a JSON object.
func checkBraces(name string, p []byte) error {
	if p[0] != '{' || p[len(p)-1] != '}' {
		return malformed("the %s is not a JSON object", name)
	}
	return nil
}

// readBody reads n bytes, but takes memory only as they come: a length that
// lies costs nothing.
func readBody(r io.Reader, n int64) ([]byte, error) {
	const step = 1 << 20
	body := make([]byte, 0, min(n, step))
	for int64(len(body)) < n {
		have := len(body)
		want := int(min(n-int64(have), max(step, int64(have))))
		if cap(body) < have+want {
			grown := make([]byte, have, have+want)
			copy(grown, body)
			body = grown
		}
		body = body[:have+want]
		if _, err := io.ReadFull(r, body[have:]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return body, nil
}
