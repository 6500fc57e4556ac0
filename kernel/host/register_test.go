package host_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/host/zmtp"
	"github.com/nascent-go/nascent/kernel/wire"
)

// launcher is a program that starts kernels by the handshake of protocol 5.6.
type launcher struct {
	*testing.T
	socket *zmtp.Socket
	signer *wire.Signer
	file   string
	ended  chan error // what host.Run returned
}

// asText stands for the registration socket's port, as a text.
const asText = "text"

func launch(t *testing.T, ctx context.Context, network, address string, more map[string]any) *launcher {
	t.Helper()
	l := &launcher{T: t, ended: make(chan error, 1)}
	var err error
	if l.signer, err = wire.NewSigner(wire.Scheme, "key"); err != nil {
		t.Fatal(err)
	}
	l.socket, err = zmtp.Listen(ctx, zmtp.Router, network, address, zmtp.Options{Limits: zmtp.Limits{Size: 1 << 20, Frames: 20}, Log: t.Logf, Backlog: 1 << 20, Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.socket.Close(time.Second) })
	content := map[string]any{"kernel_id": "one-1", "transport": "tcp", "registration_ip": "127.0.0.1", "signature_scheme": wire.Scheme, "key": "key"}
	if a, ok := l.socket.Addr().(*net.TCPAddr); ok {
		content["registration_port"] = a.Port
	}
	for k, v := range more {
		if content[k] = v; k == "registration_port" && v == asText {
			content[k] = fmt.Sprint(l.socket.Addr().(*net.TCPAddr).Port)
		}
	}
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	l.file = filepath.Join(t.TempDir(), "registration.json")
	if err := os.WriteFile(l.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	opts := options(l.file)
	opts.RuntimeDir = filepath.Join(filepath.Dir(l.file), "runtime")
	go func() { l.ended <- host.Run(ctx, opts) }()
	return l
}

// registered waits for a kernel's ports; it returns whom to answer.
func (l *launcher) registered(ctx context.Context) (r wire.Registration, kernel []byte) {
	l.Helper()
	select {
	case frames := <-l.socket.Received():
		content, err := wire.Unseal(frames, l.signer)
		if err == nil {
			err = json.Unmarshal(content, &r)
		}
		if err != nil {
			l.Fatalf("registration %q: %v", frames, err)
		}
		return r, frames[0]
	case err := <-l.ended:
		l.Fatalf("the kernel ended: %v", err)
	case <-ctx.Done():
		l.Fatal("no kernel has registered")
	}
	return r, nil
}

func TestHandshake(t *testing.T) {
	ipc := filepath.Join(t.TempDir(), "k")
	for name, tt := range map[string]struct {
		network, address string
		more             map[string]any
	}{
		"tcp":             {"tcp", "127.0.0.1:0", nil},
		"as xeus does it": {"tcp", "127.0.0.1:0", map[string]any{"ip": "127.0.0.1", "registration_port": asText}},
		"ipc":             {"unix", ipc + "-7", map[string]any{"transport": "ipc", "registration_ip": ipc, "registration_port": 7}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			l := launch(t, ctx, tt.network, tt.address, tt.more)
			r, kernel := l.registered(ctx)
			l.socket.Send(append([][]byte{kernel}, wire.Seal([]byte("ACK"), l.signer)...))

			if r.KernelID != "one-1" {
				t.Errorf("registered as %q", r.KernelID)
			}
			file := filepath.Join(filepath.Dir(l.file), "runtime", "kernel-one-1.json")
			conn := waitForConnection(t, ctx, file)
			for _, p := range []struct {
				got  string
				want int
			}{{r.ShellPort, conn.ShellPort}, {r.ControlPort, conn.ControlPort}, {r.StdinPort, conn.StdinPort}, {r.IOPubPort, conn.IOPubPort}, {r.HBPort, conn.HBPort}} {
				if p.got != strconv.Itoa(p.want) {
					t.Errorf("registered port %s, connection file %d", p.got, p.want)
				}
			}
			client, err := conformance.Connect(ctx, conn)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			if a, err := client.Execute(ctx, "print hello"); err != nil || a.Text(wire.Stdout) != "hello" {
				t.Errorf("a cell of a registered kernel: %v", err)
			}
			if _, err := client.Ask(ctx, wire.Control, wire.TypeShutdownRequest, wire.ShutdownRequest{}); err != nil {
				t.Fatal(err)
			}
			if err := <-l.ended; err != nil {
				t.Error(err)
			}
			if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// waitForConnection reads a connection file as soon as it is there, and whole.
func waitForConnection(t *testing.T, ctx context.Context, file string) host.Connection {
	t.Helper()
	for {
		c, err := host.ReadConnection(file)
		if err == nil {
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v; others must not read the key", info.Mode(), err)
			}
			return c
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestHandshakeThatFails(t *testing.T) {
	other, err := wire.NewSigner(wire.Scheme, "another key")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		answer func(l *launcher, kernel []byte)
		want   string
	}{
		{"other key", func(l *launcher, k []byte) { l.socket.Send(append([][]byte{k}, wire.Seal([]byte("ACK"), other)...)) }, "wrong signature"},
		{"no signature", func(l *launcher, k []byte) { l.socket.Send([][]byte{k, []byte("ACK")}) }, "delimiter"},
		{"closes", func(l *launcher, k []byte) { l.socket.Close(0) }, "without acknowledging"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			l := launch(t, ctx, "tcp", "127.0.0.1:0", nil)
			_, kernel := l.registered(ctx)
			tt.answer(l, kernel)
			if err := <-l.ended; err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), l.socket.Addr().String()) {
				t.Errorf("error %v; it must say %q and where", err, tt.want)
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(l.file), "runtime")); !os.IsNotExist(err) {
				t.Errorf("a kernel that was not acknowledged has written a connection file: %v", err)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		l := launch(t, t.Context(), "tcp", "127.0.0.1:0", map[string]any{"registration_port": freePort(t)})
		if err := <-l.ended; err == nil || !strings.Contains(err.Error(), "nobody answers at the registration socket 127.0.0.1:") {
			t.Errorf("error %v", err)
		}
	})
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestRegistrationFileErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.json")
	for _, tt := range []struct {
		text string
		want []string
	}{
		{`{"registration_ip":"127.0.0.1"}`, []string{"kernel_id, transport, registration_port missing"}},
		{`{"registration_port":5}`, []string{"kernel_id, transport, registration_ip missing"}},
		{`{"registration_port":"x"}`, []string{`"x" is no port`}},
		{`{"kernel_id":"a","transport":"tcp","registration_ip":"127.0.0.1","registration_port":70000}`, []string{"registration_port is 70000"}},
		{`{"kernel_id":"../a","transport":"tcp","registration_ip":"127.0.0.1","registration_port":7}`, []string{"kernel_id", "../a"}},
		{`{"kernel_id":"a","transport":"smoke","registration_ip":"127.0.0.1","registration_port":7}`, []string{"smoke", "tcp and ipc"}},
		{`{"kernel_id":"a","transport":"tcp","registration_ip":"127.0.0.1","registration_port":7,"signature_scheme":"none"}`, []string{"none", wire.Scheme}},
		{`{"kernel_id":1,"transport":"tcp","registration_ip":"127.0.0.1","registration_port":7}`, []string{"kernel_id is a JSON number"}},
	} {
		if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := host.Run(t.Context(), options(file))
		for _, want := range append(tt.want, "registration file "+file) {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v does not say %q", tt.text, err, want)
			}
		}
	}
}

// A connection file that is there already belongs to somebody else.
func TestConnectionFilesOfOthersAreLeftAlone(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	l := launch(t, ctx, "tcp", "127.0.0.1:0", nil)
	file := filepath.Join(filepath.Dir(l.file), "runtime", "kernel-one-1.json")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("of others"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, kernel := l.registered(ctx)
	l.socket.Send(append([][]byte{kernel}, wire.Seal([]byte("ACK"), l.signer)...))
	port := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	client, err := conformance.Connect(ctx, host.Connection{
		Transport: "tcp", IP: "127.0.0.1", Scheme: wire.Scheme, Key: "key", ShellPort: port(r.ShellPort), ControlPort: port(r.ControlPort),
		StdinPort: port(r.StdinPort), IOPubPort: port(r.IOPubPort), HBPort: port(r.HBPort),
	})
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	cancel()
	if err := <-l.ended; err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "of others" {
		t.Errorf("the file became %q, %v", text, err)
	}
}
