package conformance_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/host/zmtp"
	"github.com/nascent-go/nascent/kernel/wire"
)

// publisher stands between clients and the IOPub socket of a kernel. What it is
// given passes through change; nil drops it. It welcomes subscribers itself.
func publisher(ctx context.Context, t *testing.T, p *conformance.Process, change func(*wire.Message) *wire.Message) {
	t.Helper()
	signer, err := wire.NewSigner(p.Connection.Scheme, p.Connection.Key)
	if err != nil {
		t.Fatal(err)
	}
	k, err := p.Connect(ctx) // the kernel listens then
	if err != nil {
		t.Fatal(err)
	}
	info, err := k.Ask(ctx, wire.Shell, wire.TypeKernelInfoRequest, wire.Empty{})
	k.Close()
	if err != nil {
		t.Fatal(err)
	}
	kernel := wire.Sender{Session: info.Reply.Header.Session, User: info.Reply.Header.Username}
	limits := zmtp.Limits{Size: wire.MaxMessageSize, Frames: wire.MaxFrames}
	encode := func(m *wire.Message) [][]byte {
		if m = change(m); m == nil {
			return nil
		}
		frames, err := m.Encode(signer)
		if err != nil {
			t.Error(err)
		}
		return frames
	}
	socket, err := zmtp.Listen(ctx, zmtp.Publisher, "tcp", "127.0.0.1:0", zmtp.Options{Limits: limits, Log: t.Logf, Subscribed: func(topic string) [][]byte {
		m, err := kernel.Publish(nil, wire.TypeIOPubWelcome, map[string]string{"subscription": topic})
		if err != nil {
			t.Error(err)
			return nil
		}
		m.Identities = [][]byte{[]byte(topic)}
		return encode(m)
	}})
	if err != nil {
		t.Fatal(err)
	}
	network, address := p.Connection.Address(p.Connection.IOPubPort)
	from, err := zmtp.Dial(ctx, zmtp.Subscriber, network, address, "", limits, "")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() {
		from.Close()
		<-ended
		if err := socket.Close(time.Second); err != nil {
			t.Error(err)
		}
	})
	go func() {
		defer close(ended)
		for {
			frames, err := from.Receive(ctx)
			if err != nil {
				return
			}
			m, err := wire.Decode(frames, signer)
			if err != nil {
				t.Error(err)
				return
			}
			m.Channel = wire.IOPub
			if m.Header.MsgType == wire.TypeIOPubWelcome {
				continue // it welcomes the publisher itself
			}
			if frames := encode(m); frames != nil {
				socket.Send(frames)
			}
		}
	}()
	p.Connection.IOPubPort = socket.Addr().(*net.TCPAddr).Port
}

// What is wrong with the socket that publishes is found too.
func TestBrokenWelcomesAreFound(t *testing.T) {
	spec, opts := judged(t)
	if !opts.Ours {
		t.Skip("another kernel is judged")
	}
	onWelcome := func(change func(*wire.Message) *wire.Message) func(*wire.Message) *wire.Message {
		return func(m *wire.Message) *wire.Message {
			if m.Header.MsgType == wire.TypeIOPubWelcome {
				return change(m)
			}
			return m
		}
	}
	for _, b := range []struct {
		name, found string
		change      func(*wire.Message) *wire.Message
		whole       bool
	}{
		{"none", "socket/welcome", func(m *wire.Message) *wire.Message { return m }, true},
		{"none", "socket/welcome topics", func(m *wire.Message) *wire.Message { return m }, true},
		{"nobody is welcomed", "socket/welcome", onWelcome(func(*wire.Message) *wire.Message { return nil }), false},
		{"the first topic is welcomed for all", "socket/welcome topics", onWelcome(func(m *wire.Message) *wire.Message {
			m.Content = json.RawMessage(`{"subscription": "stream"}`)
			return m
		}), false},
		{"a welcome without a subscription", "socket/welcome", onWelcome(func(m *wire.Message) *wire.Message {
			m.Content = json.RawMessage("{}")
			return m
		}), false},
		{"a welcome with a parent", "socket/welcome", onWelcome(func(m *wire.Message) *wire.Message {
			m.Parent = json.RawMessage(`{"msg_id": "", "session": ""}`)
			return m
		}), false},
		{"idle is lost on its way", "execute/order", func(m *wire.Message) *wire.Message {
			if isState(m, wire.Idle) && m.ParentID() != "" && string(m.Identities[0]) == wire.TypeStatus && isAbout(m, wire.TypeExecuteRequest) {
				return nil
			}
			return m
		}, false},
	} {
		t.Run(b.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			p, err := conformance.Start(spec, t.TempDir(), io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			iopub := p.Connection.IOPubPort
			defer func() {
				p.Connection.IOPubPort = iopub
				if err := p.Close(); err != nil {
					t.Error(err)
				}
			}()
			publisher(ctx, t, p, b.change)
			own := opts
			own.Dir, own.Timeout = t.TempDir(), 2*time.Second
			if b.whole {
				own.Timeout = 0
			}
			for _, s := range conformance.Scenarios() {
				if s.Name != b.found {
					continue
				}
				if r := conformance.Check(ctx, p, s, own); len(r.Failures) == 0 != b.whole || r.Skipped != "" {
					t.Errorf("failures: %q, skipped: %q", r.Failures, r.Skipped)
				}
			}
		})
	}
}

// isAbout says whether a message is about a request of a type.
func isAbout(m *wire.Message, msgType string) bool {
	var h wire.Header
	return json.Unmarshal(m.Parent, &h) == nil && h.MsgType == msgType
}
