package host_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/wire"
)

func TestShutdown(t *testing.T) {
	for _, restart := range []bool{false, true} {
		for _, busyCell := range []bool{false, true} {
			t.Run(fmt.Sprintf("restart-%v-busy-%v", restart, busyCell), func(t *testing.T) {
				k := start(t)
				a, _ := k.cell("pid", wire.StatusOK)
				if busyCell {
					cell, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "stubborn"})
					if err != nil {
						t.Fatal(err)
					}
					k.waitForOutput(cell)
				}
				begun := time.Now()
				end, err := k.Ask(k.ctx, wire.Control, wire.TypeShutdownRequest, wire.ShutdownRequest{Restart: restart})
				if err != nil {
					t.Fatal(err)
				}
				var r wire.ShutdownReply
				if err := end.Reply.DecodeContent(&r); err != nil {
					t.Fatal(err)
				}
				if r.Restart != restart || r.Status != wire.StatusOK {
					t.Errorf("reply %+v", r)
				}
				if want := []string{"busy", "shutdown_reply", "idle"}; !reflect.DeepEqual(end.Types(), want) {
					t.Errorf("published %v, want %v", end.Types(), want)
				}
				k.ended()
				if took := time.Since(begun); took > time.Second {
					t.Errorf("the host took %v to end", took)
				}
				expectGone(t, a.Text(wire.Stdout))
			})
		}
	}
}

// expectGone waits until a process has ended.
func expectGone(t *testing.T, pid string) {
	t.Helper()
	n, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); ; {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		zombie := err == nil && strings.Contains(string(stat), ") Z ") // ended, but its new parent has not looked
		if errors.Is(syscall.Kill(n, 0), syscall.ESRCH) || zombie {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d still lives", n)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestNothingOutlivesTheHost(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			file, conn, err := conformance.WriteConnection(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), beHost+"="+file)
			cmd.Stderr = os.Stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			client, err := conformance.Connect(ctx, conn)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			a, err := client.Execute(ctx, "pid")
			if err != nil {
				t.Fatal(err)
			}
			stuck, err := client.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "stubborn"})
			if err != nil {
				t.Fatal(err)
			}
			(&kernel{T: t, Client: client, ctx: ctx}).waitForOutput(stuck)
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); (err == nil) != (sig == syscall.SIGTERM) {
				t.Errorf("the host ended with %v", err)
			}
			expectGone(t, a.Text(wire.Stdout))
		})
	}
}

func TestHostEndsWhenItsStarterHasGone(t *testing.T) {
	file, conn, err := conformance.WriteConnection(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), beParent+"=1", beHost+"="+file)
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	client, err := conformance.Connect(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	a, err := client.Execute(ctx, "pid")
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := parent.Wait(); err == nil {
		t.Error("the program that was killed ended well")
	}
	for { // until the host has closed its sockets
		if _, err := client.Receive(ctx, wire.Shell); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	expectGone(t, a.Text(wire.Stdout))
}

func TestIPC(t *testing.T) {
	dir := t.TempDir()
	conn := host.Connection{Transport: "ipc", IP: filepath.Join(dir, "k"), ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4, HBPort: 5, Key: "key"}
	text, err := json.Marshal(conn)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "c.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- host.Run(ctx, options(file)) }()
	client, err := conformance.Connect(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if a, err := client.Execute(ctx, "print over a path"); err != nil || a.Text(wire.Stdout) != "over a path" {
		t.Errorf("%v", err)
	}
	if _, err := client.Ask(ctx, wire.Control, wire.TypeShutdownRequest, wire.ShutdownRequest{}); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if left, err := filepath.Glob(conn.IP + "-*"); err != nil || len(left) != 0 {
		t.Errorf("sockets left behind: %v, %v", left, err)
	}
}

func TestWhatAWorkerStartedGoesWithIt(t *testing.T) {
	k := start(t)
	a, _ := k.cell("child", wire.StatusOK)
	k.cell("exit 1", wire.StatusError)
	expectGone(t, a.Text(wire.Stdout))
}
