package remote

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// maxFrame is how many bytes a message has at most.
const maxFrame = 1 << 36

// WriteFrame writes a message, in one piece.
func WriteFrame(w io.Writer, parts ...[]byte) error {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	text := make([]byte, 8, 8+n)
	binary.LittleEndian.PutUint64(text, uint64(n))
	for _, p := range parts {
		text = append(text, p...)
	}
	_, err := w.Write(text)
	return err
}

// ReadFrame reads a message. At the end of r it returns io.EOF. What claims to be long takes
// memory as it arrives.
func ReadFrame(r io.Reader) ([]byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(head[:])
	const sure = 1 << 20
	switch {
	case n > maxFrame:
		return nil, fmt.Errorf("a message of %d bytes is longer than any", n)
	case n <= sure:
		text := make([]byte, n)
		_, err := io.ReadFull(r, text)
		return text, unexpected(err)
	}
	var b bytes.Buffer
	_, err := io.CopyN(&b, r, int64(n))
	return b.Bytes(), unexpected(err)
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
