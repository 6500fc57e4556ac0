package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func sample(n int) *Message {
	return &Message{
		Channel:    Shell,
		Identities: [][]byte{[]byte("one"), {}, {0, 255}},
		Header:     Header{MsgID: fmt.Sprint("m", n), MsgType: "comm_msg", Version: ProtocolVersion},
		Parent:     []byte(`{"msg_id":"p"}`),
		Metadata:   []byte(`{}`),
		Content:    []byte(`{"comm_id":"c","data":{"x":"é"}}`),
		Buffers:    [][]byte{bytes.Repeat([]byte{7}, 3<<20), {}},
	}
}

func TestPipeRoundTrip(t *testing.T) {
	r, w := io.Pipe()
	in, out := NewConn(r, nil), NewConn(strings.NewReader(""), w)
	const n = 20
	go func() {
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				if err := out.WriteMessage(sample(i)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.Close()
	}()
	seen := map[string]bool{}
	for {
		m, err := in.ReadMessage()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var i int
		if _, err := fmt.Sscanf(m.Header.MsgID, "m%d", &i); err != nil {
			t.Fatal(err)
		}
		want := sample(i)
		if want.RawHeader, err = want.headerJSON(); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(m, want) {
			t.Errorf("message %d changed on its way", i)
		}
		seen[m.Header.MsgID] = true
	}
	if len(seen) != n {
		t.Errorf("%d messages came, want %d", len(seen), n)
	}
}

func TestPipeRejects(t *testing.T) {
	var buf bytes.Buffer
	if err := NewConn(strings.NewReader(""), &buf).WriteMessage(&Message{Channel: Shell, Header: NewHeader("s", "u", "x")}); err != nil {
		t.Fatal(err)
	}
	good := buf.Bytes()
	u32 := func(vs ...uint32) (b []byte) {
		for _, v := range vs {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		return b
	}
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"cut in length", good[:3], "inside a length"},
		{"cut in counts", good[:9], "inside a message"},
		{"cut in body", good[:len(good)-1], "inside a message"},
		{"huge", u32(1<<31, 0, 0), "2147483648 bytes"},
		{"lying length", u32(1<<30, 0, 0, 1, 2), "inside a message"},
		{"tiny", u32(7, 0, 0), "7 bytes"},
		{"many buffers", u32(100, 0, 1<<20), "1048576 buffers"},
		{"missing part", u32(8, 0, 0), "part 1 of 5"},
		{"part too long", u32(12, 0, 0, 5), "claims 5 bytes"},
		{"empty header", u32(28, 0, 0, 0, 0, 0, 0, 0), "header is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewConn(bytes.NewReader(tt.data), io.Discard).ReadMessage()
			if !errors.Is(err, ErrPipe) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want ErrPipe that says %q", err, tt.want)
			}
		})
	}
	extra := append(u32(binary.BigEndian.Uint32(good)+1), good[4:]...)
	if _, err := NewConn(bytes.NewReader(append(extra, 0)), io.Discard).ReadMessage(); !errors.Is(err, ErrPipe) {
		t.Errorf("trailing byte: error %v, want ErrPipe", err)
	}
}

func TestPipeRefusesTooLarge(t *testing.T) {
	var buf bytes.Buffer
	c := NewConn(strings.NewReader(""), &buf)
	big := sample(0)
	big.Buffers = make([][]byte, MaxFrames+1)
	if err := c.WriteMessage(big); !errors.Is(err, ErrTooLarge) || buf.Len() != 0 {
		t.Errorf("error %v after %d bytes; want ErrTooLarge and none", err, buf.Len())
	}
	if err := c.WriteMessage(sample(1)); err != nil || buf.Len() == 0 {
		t.Errorf("after it: %v", err)
	}
}

func FuzzPipe(f *testing.F) {
	var buf bytes.Buffer
	m := sample(3)
	m.Buffers = [][]byte{{1, 2}}
	if err := NewConn(strings.NewReader(""), &buf).WriteMessage(m); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add([]byte{0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := NewConn(bytes.NewReader(data), io.Discard).ReadMessage()
		if err != nil {
			if err != io.EOF && !errors.Is(err, ErrPipe) {
				t.Fatalf("error %v is neither io.EOF nor ErrPipe", err)
			}
			return
		}
		var out bytes.Buffer
		if err := NewConn(strings.NewReader(""), &out).WriteMessage(m); err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(data, out.Bytes()) {
			t.Fatalf("%x was written as %x", data, out.Bytes())
		}
	})
}
