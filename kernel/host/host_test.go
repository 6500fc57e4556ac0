package host_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/host/zmtp"
	"github.com/nascent-go/nascent/kernel/wire"
)

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// kernel is a host that runs in the test, and a client of it.
type kernel struct {
	*testing.T
	*conformance.Client
	ctx  context.Context
	conn host.Connection
	log  *buffer
	end  context.CancelFunc
	run  chan error // what host.Run returned
}

func start(t *testing.T) *kernel {
	t.Helper()
	file, conn, err := conformance.WriteConnection(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k := &kernel{T: t, conn: conn, log: &buffer{}, run: make(chan error, 1)}
	var cancel context.CancelFunc
	k.ctx, cancel = context.WithTimeout(context.Background(), 30*time.Second)
	var life context.Context
	life, k.end = context.WithCancel(context.Background())
	opts := options(file)
	opts.Log = k.log
	go func() { k.run <- host.Run(life, opts) }()
	k.Client, err = conformance.Connect(k.ctx, conn)
	if err != nil {
		t.Fatalf("%v\n%s", err, k.log)
	}
	t.Cleanup(func() {
		k.Client.Close()
		k.end()
		k.ended()
		cancel()
		if t.Failed() {
			t.Logf("log of the host:\n%s", k.log)
		}
	})
	return k
}

// ended waits for host.Run to return.
func (k *kernel) ended() {
	k.Helper()
	select {
	case err := <-k.run:
		if err != nil {
			k.Errorf("host.Run: %v", err)
		}
		k.run <- nil
	case <-k.ctx.Done():
		k.Error("the host did not end")
	}
}

// cell runs a cell and checks its reply's status and what was published.
func (k *kernel) cell(code, status string, published ...string) (*conformance.Answer, wire.ExecuteReply) {
	k.Helper()
	a, err := k.Execute(k.ctx, code)
	if err != nil {
		k.Fatalf("%s: %v", code, err)
	}
	r, err := a.ExecuteReply()
	if err != nil {
		k.Fatal(err)
	}
	if r.Status != status {
		k.Errorf("%s: status %s, want %s", code, r.Status, status)
	}
	if published != nil && !reflect.DeepEqual(a.Types(), published) {
		k.Errorf("%s published %v, want %v", code, a.Types(), published)
	}
	return a, r
}

// executed waits for the next reply to a cell.
func (k *kernel) executed() (*wire.Message, wire.ExecuteReply) {
	k.Helper()
	m, err := k.Receive(k.ctx, wire.Shell)
	if err != nil {
		k.Fatal(err)
	}
	var r wire.ExecuteReply
	if err := m.DecodeContent(&r); err != nil {
		k.Fatal(err)
	}
	return m, r
}

func TestKernelInfo(t *testing.T) {
	k := start(t)
	for _, c := range []wire.Channel{wire.Shell, wire.Control} {
		a, err := k.Ask(k.ctx, c, wire.TypeKernelInfoRequest, wire.Empty{})
		if err != nil {
			t.Fatal(err)
		}
		var info wire.KernelInfoReply
		if err := a.Reply.DecodeContent(&info); err != nil {
			t.Fatal(err)
		}
		if info.LanguageInfo.Name != "go" || info.ProtocolVersion != wire.ProtocolVersion || info.Status != wire.StatusOK || info.LanguageInfo.FileExtension != ".go" {
			t.Errorf("%s: %+v", c, info)
		}
		if want := []string{"busy", "idle"}; !reflect.DeepEqual(a.Types(), want) {
			t.Errorf("%s: published %v, want %v", c, a.Types(), want)
		}
	}
}

func TestEverySubscriptionIsWelcomed(t *testing.T) {
	k := start(t)
	network, address := k.conn.Address(k.conn.IOPubPort)
	for _, topics := range [][]string{{""}, {""}, {"status", "stream"}, {"é\xff"}} {
		sub, err := zmtp.Dial(k.ctx, zmtp.Subscriber, network, address, "", zmtp.Limits{Size: 1 << 20, Frames: 20}, topics...)
		if err != nil {
			t.Fatal(err)
		}
		defer sub.Close()
		for _, topic := range topics {
			frames, err := sub.Receive(k.ctx)
			if err != nil {
				t.Fatal(err)
			}
			m, err := wire.Decode(frames, k.Signer)
			if err != nil {
				t.Fatal(err)
			}
			var w wire.IOPubWelcome
			if err := m.DecodeContent(&w); err != nil {
				t.Fatal(err)
			}
			if m.Header.MsgType != wire.TypeIOPubWelcome || w.Subscription != strings.ToValidUTF8(topic, "\uFFFD") ||
				string(m.Parent) != "{}" || len(m.Identities) != 1 || string(m.Identities[0]) != topic {
				t.Errorf("subscribed to %q: %s %s of parent %s with prefix %q", topic, m.Header.MsgType, m.Content, m.Parent, m.Identities)
			}
		}
	}
}

func TestOneSessionForHostAndWorker(t *testing.T) {
	k := start(t)
	info, err := k.Ask(k.ctx, wire.Shell, wire.TypeKernelInfoRequest, wire.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := k.cell("print hello", wire.StatusOK, "busy", "execute_input", "stream", "idle")
	if a.Text(wire.Stdout) != "hello" {
		t.Errorf("stdout %q", a.Text(wire.Stdout))
	}
	for _, m := range append(a.Published, a.Reply) {
		if m.Header.Session != info.Reply.Header.Session || m.Header.Session == k.Sender.Session {
			t.Errorf("%s is of session %s; the kernel's is %s", m.Header.MsgType, m.Header.Session, info.Reply.Header.Session)
		}
	}
	env, _ := k.cell("env NASCENT_WORKER", wire.StatusOK)
	if env.Text(wire.Stdout) != "" {
		t.Errorf("cells see %q of the worker's environment", env.Text(wire.Stdout))
	}
}

// kernel_info on shell is answered when the cells before it have begun, and the
// kernel is busy after that as before.
func TestKernelInfoWaitsForItsTurnOnShell(t *testing.T) {
	k := start(t)
	send := func(channel wire.Channel, msgType string, content any) string {
		t.Helper()
		m, err := k.Send(channel, msgType, content)
		if err != nil {
			t.Fatal(err)
		}
		return m.Header.MsgID
	}
	first := send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "wait"})
	second := send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "wait"})
	info := send(wire.Shell, wire.TypeKernelInfoRequest, wire.Empty{})
	names := map[string]string{first: "first", second: "second", info: "info"}
	states := func(id string, until wire.ExecutionState) (seen []string) {
		t.Helper()
		for {
			m, err := k.Receive(k.ctx, wire.IOPub)
			if err != nil {
				t.Fatal(err)
			}
			var s wire.Status
			if m.Header.MsgType != wire.TypeStatus || m.DecodeContent(&s) != nil {
				continue
			}
			seen = append(seen, names[m.ParentID()]+" "+string(s.ExecutionState))
			if m.ParentID() == id && s.ExecutionState == until {
				return seen
			}
		}
	}
	if got := states(first, wire.Busy); slices.Contains(got, "info busy") {
		t.Errorf("before the second cell has begun: %q", got)
	}
	send(wire.Control, wire.TypeInterruptRequest, wire.Empty{})
	if got := states(second, wire.Busy); slices.Contains(got, "info busy") {
		t.Errorf("before the second cell has begun: %q", got)
	}
	got := states(info, wire.Idle)
	if got = append(got, states(second, wire.Busy)...); !slices.Equal(got, []string{"info busy", "info idle", "second busy"}) {
		t.Errorf("while the second cell runs: %q", got)
	}
	send(wire.Control, wire.TypeInterruptRequest, wire.Empty{})
	for _, want := range []string{first, info, second} {
		for {
			m, err := k.Receive(k.ctx, wire.Shell)
			if err != nil {
				t.Fatal(err)
			}
			if names[m.ParentID()] == "" {
				continue // a late answer to what Connect has asked
			}
			if m.ParentID() != want {
				t.Errorf("%s came out of turn", m.Header.MsgType)
			}
			break
		}
	}
}

// waitForOutput waits until a cell has printed something.
func (k *kernel) waitForOutput(cell *wire.Message) {
	k.Helper()
	for {
		m, err := k.Receive(k.ctx, wire.IOPub)
		if err != nil {
			k.Fatal(err)
		}
		if m.Header.MsgType == wire.TypeStream && m.ParentID() == cell.Header.MsgID {
			return
		}
	}
}

// waitForLog waits until the host has logged something.
func (k *kernel) waitForLog(want string) {
	k.Helper()
	for !strings.Contains(k.log.String(), want) {
		select {
		case <-k.ctx.Done():
			k.Fatalf("the host did not log %q but\n%s", want, k.log)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestInvalidMessagesAreDropped(t *testing.T) {
	k := start(t)
	good, err := k.Sender.Publish(nil, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "exit 1"})
	if err != nil {
		t.Fatal(err)
	}
	good.Identities = nil
	frames, err := good.Encode(k.Signer)
	if err != nil {
		t.Fatal(err)
	}
	wrong := append([][]byte{}, frames...)
	wrong[1] = bytes.Repeat([]byte("0"), 64)
	other, err := wire.NewSigner(wire.Scheme, "another key")
	if err != nil {
		t.Fatal(err)
	}
	otherKey, err := good.Encode(other)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string][][]byte{
		"wrong signature": wrong, "other key": otherKey, "truncated": frames[:4], "one frame": {[]byte("x")},
		"empty": {{}}, "no signature": {frames[0], {}, frames[2], frames[3], frames[4], frames[5]},
	} {
		for _, c := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin} {
			switch c {
			case wire.Shell:
				k.Shell.Send(f)
			case wire.Control:
				k.Control.Send(f)
			case wire.Stdin:
				k.Stdin.Send(f)
			}
			if !strings.Contains(name, "empty") {
				k.waitForLog("dropped a message on " + string(c))
			}
		}
	}
	for _, c := range []wire.Channel{wire.Shell, wire.Control} {
		if _, err := k.Send(c, "debug_everything_request", wire.Empty{}); err != nil {
			t.Fatal(err)
		}
		k.waitForLog("dropped debug_everything_request on " + string(c))
	}
	k.Shell.Send(frames[:3])
	a, r := k.cell("print safe", wire.StatusOK)
	if r.ExecutionCount != 1 || a.Text(wire.Stdout) != "safe" {
		t.Errorf("count %d, output %q: a dropped message had an effect", r.ExecutionCount, a.Text(wire.Stdout))
	}
}

func TestReplayedMessageIsDropped(t *testing.T) {
	k := start(t)
	m, err := k.Sender.Publish(nil, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "print x", StoreHistory: true})
	if err != nil {
		t.Fatal(err)
	}
	m.Channel, m.Identities = wire.Shell, nil
	frames, err := m.Encode(k.Signer)
	if err != nil {
		t.Fatal(err)
	}
	k.Shell.Send(frames)
	if _, err := k.Collect(k.ctx, m); err != nil {
		t.Fatal(err)
	}
	k.Shell.Send(frames)
	k.waitForLog("its signature has been used before")
	if _, r := k.cell("print y", wire.StatusOK); r.ExecutionCount != 2 {
		t.Errorf("count %d, want 2: the recorded message was run again", r.ExecutionCount)
	}
}

func TestUsageIsToldWhileACellRuns(t *testing.T) {
	k := start(t)
	cell, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "stubborn"})
	if err != nil {
		t.Fatal(err)
	}
	k.waitForOutput(cell)
	for _, c := range []wire.Channel{wire.Control, wire.Shell, wire.Control} {
		a, err := k.Ask(k.ctx, c, wire.TypeUsageRequest, wire.Empty{})
		if err != nil {
			t.Fatal(err)
		}
		var u wire.UsageReply
		if err := a.Reply.DecodeContent(&u); err != nil {
			t.Fatal(err)
		}
		if a.Reply.Header.MsgType != wire.TypeUsageReply || u.PID != os.Getpid() || u.CPUCount < 1 {
			t.Errorf("%s: %s %s", c, a.Reply.Header.MsgType, a.Reply.Content)
		}
		if runtime.GOOS == "linux" && (u.CPU == nil || u.Memory < 1<<20 || u.HostMemory == nil || u.HostMemory.Total <= u.Memory) {
			t.Errorf("%s: %s", c, a.Reply.Content)
		}
		if want := []wire.GPU{{Name: "a device", Memory: 9, Used: 4}}; !reflect.DeepEqual(u.GPUs, want) {
			t.Errorf("%s: GPUs %+v, want %+v", c, u.GPUs, want)
		}
		if want := []string{"busy", "idle"}; !reflect.DeepEqual(a.Types(), want) {
			t.Errorf("%s: published %v, want %v", c, a.Types(), want)
		}
	}
}

func TestHeartbeatBeatsWhileACellRuns(t *testing.T) {
	k := start(t)
	cell, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "stubborn"})
	if err != nil {
		t.Fatal(err)
	}
	k.waitForOutput(cell)
	for range 3 {
		k.Heartbeat.Send([][]byte{[]byte("ping")})
		if got, err := k.Heartbeat.Receive(k.ctx); err != nil || string(got[0]) != "ping" {
			t.Fatalf("heartbeat %q, %v", got, err)
		}
	}
}

func TestFloodArrivesWholeAndInOrder(t *testing.T) {
	k := start(t)
	const n = 20000
	a, _ := k.cell("flood "+strconv.Itoa(n), wire.StatusOK)
	lines := strings.Split(strings.TrimSpace(a.Text(wire.Stdout)), "\n")
	if len(lines) != n || lines[n-1] != fmt.Sprint("line ", n-1) {
		t.Errorf("%d lines, the last %q; want %d", len(lines), lines[len(lines)-1], n)
	}
}
