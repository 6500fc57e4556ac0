package conformance

import (
	"bytes"
	"fmt"

	"github.com/nascent-go/nascent/kernel/host/zmtp"
	"github.com/nascent-go/nascent/kernel/wire"
)

func socketScenarios() []Scenario {
	return []Scenario{
		{"socket/heartbeat", secWire, false, socketHeartbeat},
		{"socket/heartbeat busy", secWire, false, socketHeartbeatBusy},
		{"socket/signature", secWire, false, socketSignature},
		{"socket/replay", secWire, false, socketReplay},
		{"socket/truncated", secWire, false, socketTruncated},
		{"socket/huge", secWire, false, socketHuge},
		{"socket/client that vanishes", secWire, false, socketVanish},
		{"socket/welcome", secIOPub, false, socketWelcome},
		{"socket/welcome topics", secIOPub, false, socketWelcomeTopics},
	}
}

// beat sends something to the heartbeat, which comes back.
func (t *T) beat(text string) {
	if t.Heartbeat == nil {
		t.Skip("it needs sockets")
	}
	t.Heartbeat.Send([][]byte{[]byte(text)})
	got, err := t.Heartbeat.Receive(t.Ctx)
	t.Must(err)
	Equal(t, "heartbeat", string(bytes.Join(got, []byte("|"))), text)
}

func socketHeartbeat(t *T) {
	for _, text := range []string{"ping", "", "\x00\xff"} {
		t.beat(text)
	}
}

func socketHeartbeatBusy(t *T) {
	t.beat("ping")
	cell := t.endless()
	for range 3 {
		t.beat("ping")
	}
	t.interrupt()
	t.Reply(cell, wire.StatusError)
}

// frames are those of a cell that must not run.
func (t *T) frames() [][]byte {
	m, err := t.Make(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: fmt.Sprintf(t.Lang.Assign, "forbidden", 1)})
	t.Must(err)
	frames, err := m.Encode(t.Signer)
	t.Must(err)
	return frames
}

// unharmed runs a cell, and checks that the one of frames has not run.
func (t *T) unharmed() {
	t.well()
	t.With(wire.ExecuteRequest{Code: "forbidden"}, wire.StatusError)
}

// Messages with a wrong signature are dropped.
func socketSignature(t *T) {
	t.Process()
	stranger, err := wire.NewSigner(wire.Scheme, "another key")
	t.Must(err)
	for _, c := range []wire.Channel{wire.Shell, wire.Control} {
		whole := t.frames()
		unsigned := append([][]byte{whole[0], {}}, whole[2:]...)
		upper := append([][]byte{whole[0], bytes.ToUpper(whole[1])}, whole[2:]...)
		changed := append([][]byte{}, whole...)
		changed[5] = append(bytes.TrimSuffix(changed[5], []byte("}")), `,"x":1}`...)
		forged := append([][]byte{whole[0], stranger.Sign(whole[2], whole[3], whole[4], whole[5])}, whole[2:]...)
		for _, f := range [][][]byte{unsigned, upper, changed, forged} {
			t.socket(c).Send(f)
		}
	}
	t.unharmed()
}

// A message that comes a second time, byte for byte, is somebody else's.
func socketReplay(t *T) {
	t.Process()
	t.OK(fmt.Sprintf(t.Lang.Assign, "replayed", 1))
	m, err := t.Make(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: fmt.Sprintf(t.Lang.Print, "once")})
	t.Must(err)
	frames, err := m.Encode(t.Signer)
	t.Must(err)
	t.Must(t.Post(m))
	t.Shell.Send(frames) // the judge blames a second answer
	t.Reply(m, wire.StatusOK)
	t.well()
}

// What is cut short or no message at all is dropped.
func socketTruncated(t *T) {
	t.Process()
	whole := t.frames()
	for n := 1; n < len(whole); n++ {
		t.Shell.Send(whole[:n])
		t.Control.Send(whole[n:])
	}
	for _, f := range [][][]byte{{{}}, {[]byte("x")}, {[]byte(wire.Delimiter)}, make([][]byte, 50)} {
		for _, s := range []Socket{t.Shell, t.Control, t.Stdin} {
			s.Send(f)
		}
	}
	t.unharmed()
}

// Messages that no client sends are dropped: too many frames, too long an identity.
func socketHuge(t *T) {
	t.Process()
	if !t.Ours {
		t.Skip("the protocol knows no bounds")
	}
	k := t.Front()
	many := append([][]byte{[]byte(wire.Delimiter)}, make([][]byte, 2*wire.MaxFrames)...)
	k.Shell.Send(many)
	t.well()
	t.Shell.Send(append([][]byte{make([]byte, 2*wire.MaxIdentity)}, t.frames()...))
	t.Shell.Send(append([][]byte{make([]byte, 32<<20)}, t.frames()...))
	t.unharmed()
	t.abandon(k)
}

// abandon closes a client: nothing more is expected of it.
func (t *T) abandon(k *Client) {
	k.Close()
	for i, c := range t.result.clients {
		if c == k {
			t.result.clients = append(t.result.clients[:i:i], t.result.clients[i+1:]...)
		}
	}
}

// A client may go at any time.
func socketVanish(t *T) {
	t.Process()
	for range 3 {
		k := t.Front()
		for _, code := range []string{fmt.Sprintf(t.Lang.Lines, 1000), t.Lang.Value} {
			_, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: code})
			t.Must(err)
		}
		t.abandon(k)
	}
	t.well()
}

// subscribe connects to IOPub once more.
func (t *T) subscribe(topics ...string) *zmtp.Client {
	p := t.Process()
	k, err := dial(t.Ctx, p.Connection, zmtp.Subscriber, p.Connection.IOPubPort, "", topics)
	t.Must(err)
	return k
}

// welcome is the topic of the next message, which must be a welcome.
func (t *T) welcome(k *zmtp.Client) string {
	frames, err := k.Receive(t.Ctx)
	t.Must(err)
	m, err := wire.Decode(frames, t.Signer)
	t.Must(err)
	var w struct {
		Subscription *string `json:"subscription"`
	}
	t.Read(m, &w)
	if m.Header.MsgType != wire.TypeIOPubWelcome || string(m.Parent) != "{}" || w.Subscription == nil || len(m.Identities) != 1 {
		t.Fatalf("the first message to a new subscriber is %s %s with the parent %s and the topic %q, want iopub_welcome", m.Header.MsgType, m.Content, m.Parent, m.Identities)
	}
	Equal(t, "topic", string(m.Identities[0]), *w.Subscription)
	return *w.Subscription
}

func (t *T) needWelcome() {
	t.Process()
	if !t.Ours {
		t.Skip("a kernel need not welcome subscribers")
	}
}

// Whoever subscribes is told when it has taken effect, also if another has
// subscribed to the same.
func socketWelcome(t *T) {
	t.needWelcome()
	m, err := t.Receive(t.Ctx, wire.IOPub)
	for err == nil && m.Header.MsgType != wire.TypeIOPubWelcome {
		m, err = t.Receive(t.Ctx, wire.IOPub)
	}
	t.Must(err)
	one, two := t.subscribe(""), t.subscribe("")
	defer one.Close()
	defer two.Close()
	for _, k := range []*zmtp.Client{two, one} {
		Equal(t, "subscription", t.welcome(k), "")
	}
	a, _ := t.OK(t.Lang.Value)
	for range a.Published {
		_, err := one.Receive(t.Ctx)
		t.Must(err)
	}
}

func socketWelcomeTopics(t *T) {
	t.needWelcome()
	k := t.subscribe(wire.TypeStream, wire.TypeExecuteResult)
	defer k.Close()
	for _, want := range []string{wire.TypeStream, wire.TypeExecuteResult} {
		Equal(t, "subscription", t.welcome(k), want)
	}
	t.OK(fmt.Sprintf(t.Lang.Print, "x") + "\n" + t.Lang.Value)
	for _, want := range []string{wire.TypeStream, wire.TypeExecuteResult} {
		frames, err := k.Receive(t.Ctx)
		t.Must(err)
		Equal(t, "topic of what comes", string(frames[0]), want)
	}
}
