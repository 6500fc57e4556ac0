package conformance_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/host"
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

func TestACellFromEndToEnd(t *testing.T) {
	k := start(t)
	a, r := k.run("fmt.Println(\"hello\")\nx := 6 * 7\nx", wire.StatusOK)
	if want := []string{"busy", "execute_input", "stream", "execute_result", "idle"}; !reflect.DeepEqual(a.Types(), want) {
		t.Errorf("published %v, want %v", a.Types(), want)
	}
	if a.Text(wire.Stdout) != "hello\n" || r.ExecutionCount != 1 {
		t.Errorf("stdout %q, count %d", a.Text(wire.Stdout), r.ExecutionCount)
	}
	if got := k.result("x"); got != "42" {
		t.Errorf("x is %s in the next cell", got)
	}
	for _, m := range a.Published {
		if m.Header.Version != wire.ProtocolVersion || m.Header.Date == "" || len(m.Identities) != 1 {
			t.Errorf("%s: header %+v, topic %q", m.Header.MsgType, m.Header, m.Identities)
		}
	}
}

// Whatever the kernel tells of a request carries the request's own header.
func TestParentsAreTheRequestsHeaders(t *testing.T) {
	k := start(t)
	a, _ := k.run("1", wire.StatusOK)
	want := strings.Join(strings.Fields(string(a.Published[0].Parent)), "")
	if !strings.Contains(want, `"session":"`+k.Sender.Session+`"`) || !strings.Contains(want, `"msg_type":"execute_request"`) {
		t.Errorf("parent %s", want)
	}
	for _, m := range append(a.Published, a.Reply) {
		if string(m.Parent) != string(a.Published[0].Parent) {
			t.Errorf("%s has the parent %s", m.Header.MsgType, m.Parent)
		}
	}
}

func TestEveryRequestIsAnsweredBetweenBusyAndIdle(t *testing.T) {
	k := start(t)
	for _, tt := range []struct {
		request string
		content any
		reply   string
	}{
		{wire.TypeKernelInfoRequest, wire.Empty{}, wire.TypeKernelInfoReply},
		{wire.TypeCompleteRequest, wire.CompleteRequest{Code: "fmt.Pri", CursorPos: 7}, wire.TypeCompleteReply},
		{wire.TypeInspectRequest, wire.InspectRequest{Code: "fmt.Println", CursorPos: 8}, wire.TypeInspectReply},
		{wire.TypeIsCompleteRequest, wire.IsCompleteRequest{Code: "for {"}, wire.TypeIsCompleteReply},
		{wire.TypeHistoryRequest, wire.HistoryRequest{Access: wire.HistoryTail, N: new(5)}, wire.TypeHistoryReply},
		{wire.TypeCommInfoRequest, wire.CommInfoRequest{}, wire.TypeCommInfoReply},
	} {
		a, err := k.Ask(k.ctx, wire.Shell, tt.request, tt.content)
		if err != nil {
			t.Fatal(err)
		}
		var s struct {
			Status string `json:"status"`
		}
		if err := a.Reply.DecodeContent(&s); err != nil {
			t.Fatal(err)
		}
		if a.Reply.Header.MsgType != tt.reply || s.Status == wire.StatusError || s.Status == "" {
			t.Errorf("%s: %s %s", tt.request, a.Reply.Header.MsgType, a.Reply.Content)
		}
		if want := []string{"busy", "idle"}; !reflect.DeepEqual(a.Types(), want) {
			t.Errorf("%s published %v, want %v", tt.request, a.Types(), want)
		}
	}
}

// Requests that make no sense are answered with an error or dropped, and cost nothing.
func TestBadRequests(t *testing.T) {
	k := start(t)
	for _, content := range []any{
		wire.Empty{}, map[string]any{"code": 1}, map[string]any{"code": nil}, map[string]any{"code": "1", "user_expressions": "x"},
	} {
		a, err := k.Ask(k.ctx, wire.Shell, wire.TypeExecuteRequest, content)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := a.ExecuteReply(); err != nil || r.Status != wire.StatusError || r.Error.Value == "" {
			t.Errorf("%v: %s (%v)", content, a.Reply.Content, err)
		}
	}
	k.Shell.Send([][]byte{[]byte("no message")})
	k.Control.Send([][]byte{[]byte(wire.Delimiter), []byte("00"), []byte("{}"), []byte("{}"), []byte("{}"), []byte("{}")})
	if got := k.result("2"); got != "2" {
		t.Errorf("result %s", got)
	}
}

func TestCommOfUnknownTargetIsClosed(t *testing.T) {
	k := start(t)
	m, err := k.Send(wire.Shell, wire.TypeCommOpen, wire.CommOpen{CommID: "c1", TargetName: "nobody", Data: []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	a, err := k.CollectPublished(k.ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"busy", "comm_close", "idle"}; !reflect.DeepEqual(a.Types(), want) {
		t.Errorf("published %v, want %v", a.Types(), want)
	}
}

func TestInput(t *testing.T) {
	k := start(t)
	m, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{
		Code: "var name string\nfmt.Scanln(&name)\nname", AllowStdin: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	q, err := k.Receive(k.ctx, wire.Stdin)
	if err != nil {
		t.Fatal(err)
	}
	if q.Header.MsgType != wire.TypeInputRequest || q.ParentID() != m.Header.MsgID {
		t.Errorf("on stdin: %+v", q.Header)
	}
	if _, err := k.Send(wire.Stdin, wire.TypeInputReply, wire.InputReply{Value: "Ada"}); err != nil {
		t.Fatal(err)
	}
	a, err := k.Collect(k.ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := a.ExecuteReply(); err != nil || r.Status != wire.StatusOK || !slices.Contains(a.Types(), wire.TypeExecuteResult) {
		t.Errorf("reply %s, published %v", a.Reply.Content, a.Types())
	}
}

// Every client gets everything, and its replies alone.
func TestTwoClients(t *testing.T) {
	k := start(t)
	file := k.cmd.Args[len(k.cmd.Args)-1]
	conn, err := host.ReadConnection(file)
	if err != nil {
		t.Fatal(err)
	}
	other, err := conformance.Connect(k.ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	m, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: `fmt.Print("for all")`})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Collect(k.ctx, m); err != nil {
		t.Fatal(err)
	}
	seen, err := other.CollectPublished(k.ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	if seen.Text(wire.Stdout) != "for all" {
		t.Errorf("the other client saw %q", seen.Text(wire.Stdout))
	}
	// A client that goes away with a reply under way harms nobody.
	if _, err := other.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "time.Sleep(50 * time.Millisecond)"}); err != nil {
		t.Fatal(err)
	}
	other.Close()
	if got := k.result("3"); got != "3" {
		t.Errorf("result %s", got)
	}
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
