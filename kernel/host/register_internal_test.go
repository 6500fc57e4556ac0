package host

import (
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/host/zmtp"
	"github.com/nascent-go/nascent/kernel/wire"
)

func TestHandshakeIsNotWaitedForForEver(t *testing.T) {
	s, err := zmtp.Listen(t.Context(), zmtp.Router, "tcp", "127.0.0.1:0", zmtp.Options{Limits: zmtp.Limits{Size: 1 << 20, Frames: 20}, Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(0)
	l := &launcher{address: "there"}
	if l.client, err = zmtp.Dial(t.Context(), zmtp.Dealer, "tcp", s.Addr().String(), "", zmtp.Limits{Size: 1 << 20, Frames: 20}); err != nil {
		t.Fatal(err)
	}
	defer l.client.Close()
	err = l.register(t.Context(), Connection{}, &wire.Signer{}, time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "there did not acknowledge the kernel's ports within 1ms") {
		t.Errorf("error %v", err)
	}
}

func FuzzConnectionFile(f *testing.F) {
	f.Add([]byte(`{"transport":"tcp","ip":"127.0.0.1","shell_port":1,"control_port":2,"stdin_port":3,"iopub_port":4,"hb_port":5,"signature_scheme":"hmac-sha256","key":"k"}`))
	f.Add([]byte(`{"transport":"ipc","ip":"/tmp/x","shell_port":"1"}`))
	f.Add([]byte(`[1]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c Connection
		if err := c.parse(text); err != nil {
			return
		}
		seen := map[string]bool{}
		for _, p := range c.ports() {
			_, address := c.Address(p.port)
			seen[address] = true
		}
		if len(seen) != 5 {
			t.Errorf("%s: the sockets share addresses: %v", text, seen)
		}
	})
}

func FuzzRegistrationFile(f *testing.F) {
	f.Add([]byte(`{"kernel_id":"a","transport":"tcp","registration_ip":"127.0.0.1","registration_port":7,"signature_scheme":"hmac-sha256","key":"k"}`))
	f.Add([]byte(`{"kernel_id":"../a","transport":"ipc","registration_ip":"/tmp/x","registration_port":"7","ip":"*"}`))
	f.Add([]byte(`{"registration_port":-1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var r registrationFile
		if err := r.parse(text); err != nil {
			return
		}
		if !isRegistration(text) {
			t.Errorf("%s is taken for a connection file", text)
		}
		if strings.ContainsAny(r.KernelID, "/\\\x00") || strings.HasPrefix(r.KernelID, ".") || r.Port < 1 || r.Port > 65535 {
			t.Errorf("%s: id %q, port %d", text, r.KernelID, r.Port)
		}
	})
}
