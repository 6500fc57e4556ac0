package conformance_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/wire"
)

// program builds nascent once for all tests.
var program = sync.OnceValues(func() (string, error) {
	if named := os.Getenv("NASCENT"); named != "" {
		return filepath.Abs(named)
	}
	dir, err := os.MkdirTemp("", "nascent-test")
	if err != nil {
		return "", err
	}
	built = append(built, dir)
	path := filepath.Join(dir, "nascent")
	out, err := exec.Command("go", "build", "-o", path, "github.com/nascent-go/nascent").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building nascent: %w\n%s", err, out)
	}
	return path, nil
})

var built []string // folders of built programs, and of what they keep

func TestMain(m *testing.M) {
	data, err := os.MkdirTemp("", "nascent-data")
	if err == nil {
		built = append(built, data)
		err = os.Setenv("XDG_DATA_HOME", data) // kernels keep their history there
	}
	if err != nil {
		log.Fatal(err)
	}
	status := m.Run()
	for _, dir := range built {
		os.RemoveAll(dir)
	}
	os.Exit(status)
}

// kernel is the real program as Jupyter starts it, and a client of it.
type kernel struct {
	testing.TB
	*conformance.Client
	ctx context.Context
	cmd *exec.Cmd
}

func start(t testing.TB) *kernel {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	k, err := launch(ctx, t, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.close)
	return k
}

func launch(ctx context.Context, t testing.TB, path string) (*kernel, error) {
	return launchLogged(ctx, t, path, os.Stderr)
}

// launchLogged is launch with a place for what the kernel logs.
func launchLogged(ctx context.Context, t testing.TB, path string, log io.Writer) (*kernel, error) {
	file, conn, err := conformance.WriteConnection(t.TempDir())
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, "kernel", "-f", file)
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	k := &kernel{TB: t, ctx: ctx, cmd: cmd}
	if k.Client, err = conformance.Connect(ctx, conn); err != nil {
		cmd.Process.Kill()
		cmd.Wait()
		return nil, err
	}
	return k, nil
}

func (k *kernel) close() {
	k.Helper()
	defer k.Client.Close()
	if _, err := k.Send(wire.Control, wire.TypeShutdownRequest, wire.ShutdownRequest{}); err != nil {
		k.Error(err)
	}
	if err := k.cmd.Wait(); err != nil {
		k.Errorf("the kernel ended with %v", err)
	}
}

func (k *kernel) run(code, status string) (*conformance.Answer, wire.ExecuteReply) {
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
		k.Fatalf("%s: %+v, want status %s", code, r, status)
	}
	return a, r
}

// result is the text of a cell's result.
func (k *kernel) result(code string) string {
	k.Helper()
	a, _ := k.run(code, wire.StatusOK)
	for _, m := range a.Published {
		if m.Header.MsgType == wire.TypeExecuteResult {
			var r wire.ExecuteResult
			if err := m.DecodeContent(&r); err != nil {
				k.Fatal(err)
			}
			return fmt.Sprint(r.Data["text/plain"])
		}
	}
	k.Fatalf("%s has no result: %v", code, a.Types())
	return ""
}

func TestConnectionErrorsEndWithStatus1(t *testing.T) {
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, "kernel", "-f", filepath.Join(t.TempDir(), "none.json")).CombinedOutput()
	exit, ok := err.(*exec.ExitError)
	if !ok || exit.ExitCode() != 1 || !strings.Contains(string(out), "does not exist") || strings.Count(string(out), "\n") != 1 {
		t.Errorf("%v: %s", err, out)
	}
}
