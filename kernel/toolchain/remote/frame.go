package remote

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// maxFrame is how many bytes a message has at most.
const maxFrame = 1 << 36

// copied is the length of parts that are rather copied than written one by one.
const copied = 64 << 10

// WriteFrame writes a message, a short one in one piece.
func WriteFrame(w io.Writer, parts ...[]byte) error {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	text := binary.LittleEndian.AppendUint64(make([]byte, 0, 8+min(n, copied)), uint64(n))
	for _, p := range parts {
		if len(text)+len(p) <= copied {
			text = append(text, p...)
			continue
		}
		for _, piece := range [][]byte{text, p} {
			if _, err := w.Write(piece); err != nil {
				return err
			}
		}
		text = text[:0]
	}
	if len(text) == 0 {
		return nil
	}
	_, err := w.Write(text)
	return err
}

// ReadFrame reads a message. At the end of r it returns io.EOF. What claims to be very long takes
// memory as it arrives.
func ReadFrame(r io.Reader) ([]byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(head[:])
	const sure = 16 << 20
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
