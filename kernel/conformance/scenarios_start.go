package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/nascent-go/nascent/kernel/host/zmtp"
	"github.com/nascent-go/nascent/kernel/wire"
)

func startScenarios() []Scenario {
	return []Scenario{
		{"start/kernelspec", secSpec, false, startSpec},
		{"start/handshake", secHandshake, false, startHandshake},
		{"start/no acknowledgement", secHandshake, false, startUnacknowledged},
	}
}

var semver = regexp.MustCompile(`^\d+\.\d+(\.\d+)?$`)

// startSpec checks the kernelspec by its schema (JEP 105), and that it says what
// the kernel says.
func startSpec(t *T) {
	s := t.Process().Spec
	if !slices.ContainsFunc(s.Argv, func(a string) bool { return a == "{connection_file}" }) {
		t.Errorf("argv %q names no {connection_file}", s.Argv)
	}
	if s.DisplayName == "" || s.Language != t.Lang.Name {
		t.Errorf("display_name %q, language %q", s.DisplayName, s.Language)
	}
	if s.InterruptMode != "signal" && s.InterruptMode != "message" {
		t.Errorf("interrupt_mode is %q", s.InterruptMode)
	}
	if s.ProtocolVersion != "" && !semver.MatchString(s.ProtocolVersion) || t.Ours && s.ProtocolVersion == "" {
		t.Errorf("kernel_protocol_version is %q", s.ProtocolVersion)
	}
	debugger, _ := s.Metadata["debugger"].(bool)
	if debugger != slices.Contains(t.features(), "debugger") {
		t.Errorf("metadata.debugger is %v, the kernel's features are %v", debugger, t.features())
	}
	if _, has := s.Metadata["supported_encryption"]; has && t.Ours {
		t.Errorf("metadata.supported_encryption is %v: this kernel has none", s.Metadata["supported_encryption"])
	}
	if !t.Ours {
		return
	}
	for _, logo := range []string{"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"} {
		if _, err := os.Stat(filepath.Join(s.Dir, logo)); err != nil {
			t.Errorf("the kernelspec's %v", err)
		}
	}
}

// registrar is a program that starts a kernel with a registration file.
type registrar struct {
	socket  *zmtp.Socket
	signer  *wire.Signer
	process *Process
}

const kernelID = "conformance-1"

func (t *T) register() *registrar {
	p := t.Process()
	if p.Spec.ProtocolVersion < "5.6" {
		t.Skip("the kernelspec does not say that the kernel can")
	}
	r := &registrar{}
	var err error
	r.socket, err = zmtp.Listen(t.Ctx, zmtp.Router, "tcp", "127.0.0.1:0", zmtp.Options{
		Limits: zmtp.Limits{Size: 1 << 20, Frames: 16}, Log: func(string, ...any) {},
	})
	t.Must(err)
	key := wire.NewID()
	r.signer, err = wire.NewSigner(wire.Scheme, key)
	t.Must(err)
	text, err := json.Marshal(map[string]any{
		"kernel_id": kernelID, "transport": "tcp", "registration_ip": "127.0.0.1",
		"registration_port": r.socket.Addr().(*net.TCPAddr).Port, "signature_scheme": wire.Scheme, "key": key,
	})
	t.Must(err)
	dir, err := os.MkdirTemp(t.dir, "registration")
	t.Must(err)
	file := filepath.Join(dir, "registration.json")
	t.Must(os.WriteFile(file, text, 0o600))
	spec := *p.Spec
	spec.Env = map[string]string{"JUPYTER_RUNTIME_DIR": filepath.Join(dir, "runtime")}
	r.process = &Process{Spec: &spec, File: file, Log: io.Discard}
	r.process.Connection.Transport, r.process.Connection.IP = "tcp", "127.0.0.1"
	r.process.Connection.Scheme, r.process.Connection.Key = wire.Scheme, key
	t.Must(r.process.Again())
	return r
}

func (r *registrar) close() { _ = r.socket.Close(time.Second) } // nothing is lost with it

// ports waits for the kernel's registration: its ports, and whom to answer.
func (t *T) ports(r *registrar) (reg wire.Registration, kernel []byte) {
	select {
	case frames := <-r.socket.Received():
		if len(frames) != 4 {
			t.Fatalf("the kernel registers with %d frames, want its identity, delimiter, signature and content", len(frames))
		}
		content, err := wire.Unseal(frames, r.signer)
		t.Must(err)
		t.Must(jsonObject(content, &reg))
		return reg, frames[0]
	case <-t.Ctx.Done():
		t.Fatalf("the kernel has not registered")
	}
	return reg, nil
}

// A kernel that gets a registration file binds ports of its own choice, tells
// them, and is like any other when that was acknowledged.
func startHandshake(t *T) {
	r := t.register()
	defer r.close()
	reg, kernel := t.ports(r)
	Equal(t, "kernel_id", reg.KernelID, kernelID)
	c := &r.process.Connection
	for _, p := range []struct {
		text string
		port *int
	}{{reg.ShellPort, &c.ShellPort}, {reg.ControlPort, &c.ControlPort}, {reg.StdinPort, &c.StdinPort}, {reg.IOPubPort, &c.IOPubPort}, {reg.HBPort, &c.HBPort}} {
		n, err := strconv.Atoi(p.text)
		if err != nil || n < 1 || n > 65535 {
			t.Fatalf("the registered ports are %+v", reg)
		}
		*p.port = n
	}
	r.socket.Send(append([][]byte{kernel}, wire.Seal([]byte("ACK"), r.signer)...))
	k, err := r.process.Connect(t.Ctx)
	t.Must(err)
	defer k.Close()
	a, err := k.Execute(t.Ctx, fmt.Sprintf(t.Lang.Print, "registered"))
	t.Must(err)
	Equal(t, "stdout", a.Text(wire.Stdout), "registered")
	_, err = k.Ask(t.Ctx, wire.Control, wire.TypeShutdownRequest, wire.ShutdownRequest{})
	t.Must(err)
	t.Must(r.process.Wait(t.Ctx))
}

// Without an acknowledgement that is signed the kernel ends, and leaves nothing.
func startUnacknowledged(t *T) {
	r := t.register()
	defer r.close()
	_, kernel := t.ports(r)
	stranger, err := wire.NewSigner(wire.Scheme, "another key")
	t.Must(err)
	r.socket.Send(append([][]byte{kernel}, wire.Seal([]byte("ACK"), stranger)...))
	if err := r.process.Wait(t.Ctx); err == nil {
		t.Errorf("the kernel ends as if all were well")
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(r.process.File), "runtime", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("it has left %q", left)
	}
}
