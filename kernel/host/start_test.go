package host_test

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/wire"
)

func TestConnectionFileErrors(t *testing.T) {
	dir := t.TempDir()
	good := map[string]any{
		"transport": "tcp", "ip": "127.0.0.1", "shell_port": 1, "control_port": 2, "stdin_port": 3,
		"iopub_port": 4, "hb_port": 5, "signature_scheme": "hmac-sha256", "key": "k",
	}
	with := func(field string, value any) string {
		c := map[string]any{}
		for k, v := range good {
			c[k] = v
		}
		if c[field] = value; value == nil {
			delete(c, field)
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	tests := []struct {
		name, text string
		want       []string
	}{
		{"not JSON", "shell_port: 1", []string{"not a JSON object"}},
		{"empty", "", []string{"not a JSON object"}},
		{"a list", "[1]", []string{"not a JSON object"}},
		{"no shell port", with("shell_port", nil), []string{"shell_port missing"}},
		{"nothing", "{}", []string{"transport, ip, shell_port, control_port, stdin_port, iopub_port, hb_port missing"}},
		{"text for port", with("hb_port", "5555"), []string{"hb_port", "string", "int"}},
		{"port too large", with("iopub_port", 70000), []string{"iopub_port is 70000", "65535"}},
		{"same port", with("iopub_port", 1), []string{"shell_port and iopub_port are both 1"}},
		{"transport", with("transport", "carrier pigeon"), []string{"carrier pigeon", "tcp and ipc"}},
		{"scheme", with("signature_scheme", "hmac-md5"), []string{"hmac-md5", "hmac-sha256"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(dir, "c.json")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			err := host.Run(t.Context(), options(file))
			for _, want := range append(tt.want, file) {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v does not say %q", err, want)
				}
			}
		})
	}
	for name, want := range map[string]string{"": "-f FILE", dir: "is a folder", filepath.Join(dir, "none.json"): "does not exist"} {
		if err := host.Run(t.Context(), options(name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v does not say %q", name, err, want)
		}
	}
}

func TestPortInUseIsNamed(t *testing.T) {
	file, conn, err := conformance.WriteConnection(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(conn.IP, strconv.Itoa(conn.IOPubPort)))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = host.Run(t.Context(), options(file))
	if err == nil || !strings.Contains(err.Error(), "iopub_port "+strconv.Itoa(conn.IOPubPort)+" is in use") {
		t.Errorf("error %v", err)
	}
	// All other ports are free again.
	free, err := net.Listen("tcp", net.JoinHostPort(conn.IP, strconv.Itoa(conn.ShellPort)))
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
}

func TestWorkerThatCantStart(t *testing.T) {
	file, _, err := conformance.WriteConnection(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	opts := options(file)
	opts.Command = []string{filepath.Join(t.TempDir(), "nothing"), "session"}
	if err := host.Run(t.Context(), opts); err == nil || !strings.Contains(err.Error(), "starting a worker") {
		t.Errorf("error %v", err)
	}
	opts.Command = nil
	if err := host.Run(t.Context(), opts); err == nil {
		t.Error("a host without command for workers ran")
	}
}

// A worker that dies before it says anything is started again only when there is
// something to do, and what there was to do fails with its words.
func TestWorkerThatDiesAtOnce(t *testing.T) {
	file, conn, err := conformance.WriteConnection(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	opts := options(file)
	log := &buffer{}
	opts.Log = log
	opts.Command = []string{"sh", "-c", "echo no interpreter here >&2; exit 9"}
	ended := make(chan error, 1)
	go func() { ended <- host.Run(ctx, opts) }()
	client, err := conformance.Connect(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for range 2 {
		a, err := client.Execute(ctx, "print x")
		if err != nil {
			t.Fatalf("%v\n%s", err, log)
		}
		r, err := a.ExecuteReply()
		if err != nil {
			t.Fatal(err)
		}
		if r.Status != wire.StatusError || !strings.Contains(r.Error.Value, "no interpreter here") {
			t.Errorf("reply %+v", r)
		}
	}
	if _, err := client.Ask(ctx, wire.Control, wire.TypeShutdownRequest, wire.ShutdownRequest{}); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if n := strings.Count(log.String(), "died"); n > 3 {
		t.Errorf("%d workers were started for two cells", n)
	}
}
