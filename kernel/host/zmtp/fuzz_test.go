package zmtp

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

func FuzzGuard(f *testing.F) {
	f.Add([]byte{1, 0, 0, 1, 'x', 2, 0, 0, 0, 0, 0, 0, 0, 2, 'a', 'b'}, uint8(3))
	f.Add([]byte{2, 0xff, 0, 0, 0, 0, 0, 0, 0}, uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, step uint8) {
		read := func(from io.Reader) ([]byte, *guard, error) {
			g := &guard{from: bufio.NewReaderSize(from, 16), limits: Limits{Size: 100, Frames: 4}, memory: newMemory(10)}
			got, err := io.ReadAll(g)
			return got, g, err
		}
		a, g, errA := read(bytes.NewReader(data))
		b, _, errB := read(&stepper{data, int(step%9) + 1})
		if (errA == nil) != (errB == nil) {
			t.Fatalf("read at once %v, in pieces %v", errA, errB)
		}
		if errA == nil && (!bytes.Equal(a, data) || !bytes.Equal(b, data)) {
			t.Fatalf("%x became %x and %x", data, a, b)
		}
		if !bytes.HasPrefix(data, a) || !bytes.HasPrefix(data, b) {
			t.Fatalf("%x became %x and %x", data, a, b)
		}
		if g.release(); g.memory.free != 10 || g.memory.beyond != nil {
			t.Fatalf("of 10 bytes of memory %d are free", g.memory.free)
		}
	})
}

// stepper reads a few bytes at a time.
type stepper struct {
	data []byte
	step int
}

func (s *stepper) Read(p []byte) (int, error) {
	if len(s.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.data[:min(len(s.data), s.step)])
	s.data = s.data[n:]
	return n, nil
}

// canned is a connection whose peer sends data and takes everything.
type canned struct {
	stepper
	net.Conn
}

func (c *canned) Read(p []byte) (int, error)    { return c.stepper.Read(p) }
func (*canned) Write(p []byte) (int, error)     { return len(p), nil }
func (*canned) Close() error                    { return nil }
func (*canned) SetDeadline(time.Time) error     { return nil }
func (*canned) SetReadDeadline(time.Time) error { return nil }

// FuzzStream gives a listening socket's connection any bytes from outside: all of
// the handshake and of the messages that follow.
func FuzzStream(f *testing.F) {
	greeting := append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0}, "NULL"...)
	greeting = append(greeting, make([]byte, greetingSize-len(greeting))...)
	ready := func(kind string) []byte {
		body := append([]byte("\x05READY\x0bSocket-Type\x00\x00\x00"), byte(len(kind)))
		body = append(body, kind...)
		return append([]byte{4, byte(len(body))}, body...)
	}
	for _, tail := range [][]byte{
		nil,
		append(ready("DEALER"), 1, 2, 'i', 'd', 0, 1, 'x'),
		append(ready("SUB"), 0, 1, 1),
		append(ready("SUB"), 0, 2, 1, 'a', 0, 2, 0, 'a'),
		append(ready("REQ"), 1, 0, 0, 4, 'p', 'i', 'n', 'g'),
		append(ready("DEALER"), "\x04\x05\x04PING"...),
		append(ready("DEALER"), 2, 0, 0, 0, 0, 0, 0, 1, 0),
		ready("TEAPOT"),
		{4, 0},
	} {
		f.Add(append(bytes.Clone(greeting), tail...), uint8(7))
	}
	f.Fuzz(func(t *testing.T, data []byte, step uint8) {
		for _, kind := range []Kind{Router, Publisher, Echo} {
			limits, m := Limits{Size: 1000, Frames: 8}, newMemory(10)
			conn, s, err := handshake(&canned{stepper: stepper{data, int(step) + 1}}, zmq4.SocketType(kind), "", true, limits, m)
			if err != nil {
				continue
			}
			p := &peer{stream: s, topics: map[string]int{}}
			for {
				frames, err := receive(conn)
				if err != nil {
					if errors.Is(err, errClosed) {
						t.Fatal("closed by nobody")
					}
					break
				}
				if n := sizeOf(frames); n > 1000+8*frameCost || len(frames) > 8 {
					t.Fatalf("%d frames of %d bytes came through", len(frames), n)
				}
				if kind == Publisher {
					if err := p.subscribe(frames, nil); err == nil && len(p.topics) > maxTopics {
						t.Fatal("too many topics")
					}
				}
				s.guard.release()
			}
			if s.guard.release(); m.free != 10 {
				t.Fatalf("of 10 bytes of memory %d are free", m.free)
			}
		}
	})
}
