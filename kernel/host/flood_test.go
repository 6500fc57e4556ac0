package host_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/wire"
)

// While a cell runs, far more cells are sent than may wait. Control, stdin and the
// heartbeat go on, and in the end every cell has its reply, in order.
func TestShellIsHeldUpAndNothingElse(t *testing.T) {
	k := start(t)
	first, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "wait"})
	if err != nil {
		t.Fatal(err)
	}
	k.waitForOutput(first)
	const n = 70 // MiB, more than may wait
	ids := []string{first.Header.MsgID}
	for range n {
		ids = append(ids, k.sendLarge(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "print x"}))
	}
	for range 10 {
		for _, ask := range []string{wire.TypeKernelInfoRequest, wire.TypeUsageRequest, wire.TypeListSubshellRequest} {
			m, err := k.Send(wire.Control, ask, wire.Empty{})
			if err != nil {
				t.Fatal(err)
			}
			if reply, err := k.Receive(k.ctx, wire.Control); err != nil || reply.ParentID() != m.Header.MsgID {
				t.Fatalf("%s on control: %v", ask, err)
			}
		}
		k.Heartbeat.Send([][]byte{[]byte("ping")})
		if _, err := k.Heartbeat.Receive(k.ctx); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := k.Send(wire.Control, wire.TypeInterruptRequest, wire.Empty{}); err != nil {
		t.Fatal(err)
	}
	for i, id := range ids {
		m, err := k.Receive(k.ctx, wire.Shell)
		if err != nil {
			t.Fatalf("reply %d: %v", i, err)
		}
		if m.ParentID() != id {
			t.Fatalf("reply %d is to another cell", i)
		}
	}
}

// sendLarge sends a message with a buffer of 1 MiB and returns its id.
func (k *kernel) sendLarge(c wire.Channel, msgType string, content any) string {
	k.Helper()
	m, err := k.Sender.Publish(nil, msgType, content)
	if err != nil {
		k.Fatal(err)
	}
	m.Identities, m.Buffers = nil, [][]byte{make([]byte, 1<<20)}
	frames, err := m.Encode(k.Signer)
	if err != nil {
		k.Fatal(err)
	}
	if c == wire.Stdin {
		k.Stdin.Send(frames)
	} else {
		k.Shell.Send(frames)
	}
	return m.Header.MsgID
}

// Input that nobody asked for is dropped, however much it is.
func TestFloodOfInput(t *testing.T) {
	k := start(t)
	for range 40 { // MiB, more than may wait
		k.sendLarge(wire.Stdin, wire.TypeInputReply, wire.InputReply{Value: "x"})
	}
	k.cell("print on", wire.StatusOK)
}

// All that can arrive at a kernel at once: messages that are none, of strangers, a
// second time, of unknown types, with contents of wrong types, by thousands, on all
// channels, from clients that vanish with replies under way. What is right is
// answered, and the log stays small.
func TestFloodOfEverything(t *testing.T) {
	k := start(t)
	stranger, err := wire.NewSigner(wire.Scheme, "another key")
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2)) // the same flood every time
	contents := []string{`{}`, `{"code":1}`, `{"code":null}`, `[]`, `null`, `{"restart":"no"`, `{"subshell_id":{}}`, `{"comm_id":7}`, "\xff\xfe", strings.Repeat(`{"a":`, 3000) + "1" + strings.Repeat("}", 3000)}
	types := []string{
		wire.TypeExecuteReply, wire.TypeKernelInfoRequest, wire.TypeUsageRequest, wire.TypeListSubshellRequest, wire.TypeInputReply,
		wire.TypeStatus, "debug_request", "comm_info_request\nforged line", "", strings.Repeat("x", 10_000), wire.TypeCompleteRequest,
	}
	frames := func() [][]byte {
		m := &wire.Message{Header: wire.NewHeader("s", "u", types[rnd.IntN(len(types))]), Content: []byte(contents[rnd.IntN(len(contents))])}
		if rnd.IntN(4) == 0 {
			m.Header.SubshellID = "none"
		}
		signer := k.Signer
		if rnd.IntN(3) == 0 {
			signer = stranger
		}
		f, err := m.Encode(signer)
		if err != nil {
			t.Fatal(err)
		}
		switch rnd.IntN(8) {
		case 0:
			f = f[:rnd.IntN(len(f)-1)+1]
		case 1:
			f = append(f, make([][]byte, rnd.IntN(20))...)
		case 2:
			f[2] = []byte(`{"msg_id":`)
		}
		return f
	}
	const rounds, each = 20, 300
	for i := range rounds {
		other, err := conformance.Connect(k.ctx, k.conn)
		if err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		for range each {
			f := frames()
			for _, c := range []conformance.Socket{other.Shell, other.Control, other.Stdin, other.Heartbeat} {
				if c.Send(f); rnd.IntN(10) == 0 {
					c.Send(f)
				}
			}
		}
		if i%2 == 0 {
			if _, err := other.Ask(k.ctx, wire.Control, wire.TypeKernelInfoRequest, wire.Empty{}); err != nil {
				t.Fatalf("round %d: %v", i, err)
			}
		}
		if i%3 == 0 {
			other.Close()
		} else {
			go other.Close() // with replies under way
		}
	}
	if a, r := k.cell("print safe", wire.StatusOK); a.Text(wire.Stdout) != "safe" || r.ExecutionCount != 1 {
		t.Errorf("after the flood: count %d, output %q", r.ExecutionCount, a.Text(wire.Stdout))
	}
	if log := k.log.String(); len(log) > 2<<20 || strings.Contains(log, "\nforged line") || !strings.Contains(log, "dropped") {
		t.Errorf("a log of %d bytes:\n%.2000s", len(log), log)
	}
}

// Bytes that are no ZeroMQ at all, connections that say nothing, and messages that
// begin and don't go on.
func TestFloodOfConnections(t *testing.T) {
	k := start(t)
	before := runtime.NumGoroutine()
	rnd := rand.New(rand.NewPCG(3, 4))
	greeting := append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0}, "NULL"...)
	greeting = append(greeting, make([]byte, 64-len(greeting))...)
	ready := "\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"
	var open []net.Conn
	for i := range 500 {
		ports := []int{k.conn.ShellPort, k.conn.ControlPort, k.conn.StdinPort, k.conn.IOPubPort, k.conn.HBPort}
		c, err := net.Dial("tcp", net.JoinHostPort(k.conn.IP, fmt.Sprint(ports[i%len(ports)])))
		if err != nil {
			t.Fatal(err)
		}
		data := bytes.Clone(greeting[:rnd.IntN(len(greeting)+1)])
		if len(data) == len(greeting) || i%3 == 0 {
			data = append(bytes.Clone(greeting), ready...)
			data = append(data, 3)
			data = binary.BigEndian.AppendUint64(data, uint64(rnd.IntN(300<<20))) // a frame that never comes
		}
		// The kernel may have ended the connection already.
		_, _ = c.Write(data)
		open = append(open, c)
	}
	k.cell("print on", wire.StatusOK)
	other, err := conformance.Connect(k.ctx, k.conn)
	if err != nil {
		t.Fatalf("a new client: %v", err)
	}
	other.Close()
	for _, c := range open {
		c.Close()
	}
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before+10; {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before the flood", runtime.NumGoroutine(), before)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
