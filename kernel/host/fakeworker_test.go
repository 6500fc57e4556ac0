package host_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/wire"
	"github.com/nascent-go/nascent/kernel/worker"
)

// The test binary is also a worker and a host process, if these are set.
const (
	beWorker = "NASCENT_TEST_WORKER"
	beHost   = "NASCENT_TEST_HOST" // to the path of a connection file
	beParent = "NASCENT_TEST_PARENT"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(beParent) != "": // a program that starts a host, as Jupyter does
		os.Unsetenv(beParent)
		host := exec.Command(os.Args[0])
		host.Env = append(os.Environ(), "JPY_PARENT_PID="+strconv.Itoa(os.Getpid()))
		if err := host.Run(); err != nil {
			os.Exit(1)
		}
	case os.Getenv(beHost) != "":
		file := os.Getenv(beHost)
		os.Unsetenv(beHost)
		if err := host.Run(context.Background(), options(file)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case os.Getenv(beWorker) != "":
		if err := serveFake(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		os.Exit(m.Run())
	}
}

// options of a host whose workers are this test binary.
func options(file string) host.Options {
	return host.Options{
		ConnectionFile: file,
		Command:        []string{os.Args[0]},
		// A worker is made to race; what the race detector says of that is no output of a cell.
		Env:   append(os.Environ(), beWorker+"=1", "GORACE=log_path="+filepath.Join(filepath.Dir(file), "race")),
		Info:  host.Info("0.0.0-test", "go1.26"),
		Grace: 300 * time.Millisecond,
		GPUs:  func() []wire.GPU { return []wire.GPU{{Name: "a device", Memory: 9, Used: 4}} },
	}
}

// fake is a session with cells of its own language: a word and an argument.
type fake struct {
	conn   *wire.Conn
	out    io.Writer // what it writes to
	sender wire.Sender
	shells map[string]*fakeShell // by subshell id; the main shell's is empty

	mu      sync.Mutex
	cancels map[*wire.Message]context.CancelFunc // of the cells that run
}

// fakeShell runs cells one after the other.
type fakeShell struct {
	count int
	queue chan *wire.Message
}

func (f *fake) newShell(id string, count int) {
	s := &fakeShell{count: count, queue: make(chan *wire.Message, 100_000)}
	f.shells[id] = s
	go f.work(s)
}

func serveFake() error {
	w, err := worker.Open()
	if err != nil {
		return err
	}
	f := &fake{conn: wire.NewConn(w.In, w.Out), out: w.Out, sender: wire.Sender{Session: w.Session, User: "kernel"},
		shells: map[string]*fakeShell{}, cancels: map[*wire.Message]context.CancelFunc{}}
	f.say(f.sender.Publish(nil, wire.TypeStatus, wire.Status{ExecutionState: wire.Starting}))
	f.newShell("", w.NextCount-1)
	for {
		m, err := f.conn.ReadMessage()
		if err != nil {
			return nil
		}
		switch m.Header.MsgType {
		case wire.TypeInterruptRequest:
			f.mu.Lock()
			for _, cancel := range f.cancels {
				cancel()
			}
			f.mu.Unlock()
			f.answer(m, wire.TypeInterruptReply, wire.InterruptReply{Status: wire.StatusOK})
		case wire.TypeShutdownRequest:
			f.answer(m, wire.TypeShutdownReply, wire.ShutdownReply{Status: wire.StatusOK})
			return nil
		case wire.TypeCreateSubshellRequest:
			id := fmt.Sprint("sub", len(f.shells))
			f.newShell(id, 0)
			f.answer(m, wire.TypeCreateSubshellReply, wire.CreateSubshellReply{Status: wire.StatusOK, SubshellID: id})
		case wire.TypeListSubshellRequest:
			list := wire.Strings(slices.Sorted(maps.Keys(f.shells))[1:])
			f.answer(m, wire.TypeListSubshellReply, wire.ListSubshellReply{Status: wire.StatusOK, SubshellID: list})
		case wire.TypeInputReply:
		default:
			if s := f.shells[m.Header.SubshellID]; s != nil {
				s.queue <- m
			} else {
				f.answer(m, strings.TrimSuffix(m.Header.MsgType, "request")+"reply", wire.NewErrorReply(wire.ErrorContent{Name: "no subshell"}))
			}
		}
	}
}

func (f *fake) say(m *wire.Message, err error) {
	if err == nil {
		err = f.conn.WriteMessage(m)
	}
	if err != nil {
		panic(err)
	}
}

func (f *fake) status(m *wire.Message, s wire.ExecutionState) {
	f.say(f.sender.Publish(m, wire.TypeStatus, wire.Status{ExecutionState: s}))
}

func (f *fake) print(m *wire.Message, text string) {
	f.say(f.sender.Publish(m, wire.TypeStream, wire.Stream{Name: wire.Stdout, Text: text}))
}

func (f *fake) answer(m *wire.Message, msgType string, content any) {
	f.status(m, wire.Busy)
	f.say(f.sender.Reply(m, msgType, content))
	f.status(m, wire.Idle)
}

func (f *fake) work(s *fakeShell) {
	for m := range s.queue {
		if m.Header.MsgType != wire.TypeExecuteRequest {
			f.status(m, wire.Busy)
			switch m.Header.MsgType {
			case wire.TypeInspectRequest: // one that never ends
				select {}
			case wire.TypeCommMsg: // whose handler fails badly
				panic("in a handler")
			case wire.TypeCommInfoRequest:
				f.say(f.sender.Reply(m, wire.TypeCommInfoReply, wire.CommInfoReply{Status: wire.StatusOK}))
			case wire.TypeKernelInfoRequest:
				f.say(f.sender.Reply(m, wire.TypeKernelInfoReply, wire.KernelInfoReply{Status: wire.StatusOK}))
			}
			f.status(m, wire.Idle)
			continue
		}
		var req wire.ExecuteRequest
		if err := m.DecodeContent(&req); err != nil {
			panic(err)
		}
		s.count++
		ctx, cancel := context.WithCancel(context.Background())
		f.mu.Lock()
		f.cancels[m] = cancel
		f.mu.Unlock()
		f.status(m, wire.Busy)
		f.say(f.sender.Publish(m, wire.TypeExecuteInput, wire.ExecuteInput{Code: req.Code, ExecutionCount: s.count}))
		reply := wire.ExecuteReply{Status: wire.StatusOK, ExecutionCount: s.count}
		if err := f.run(ctx, m, req.Code); err != nil {
			reply.Status, reply.Error = wire.StatusError, wire.ErrorContent{Name: "error", Value: err.Error()}
		}
		f.mu.Lock()
		delete(f.cancels, m)
		f.mu.Unlock()
		f.say(f.sender.Reply(m, wire.TypeExecuteReply, reply))
		f.status(m, wire.Idle)
		cancel()
	}
}

func (f *fake) run(ctx context.Context, m *wire.Message, code string) error {
	word, arg, _ := strings.Cut(code, " ")
	switch word {
	case "print":
		f.print(m, arg)
	case "pid":
		f.print(m, strconv.Itoa(os.Getpid()))
	case "exit":
		n, err := strconv.Atoi(arg)
		if err != nil {
			return err
		}
		os.Exit(n)
	case "panic":
		go panic(arg)
		select {}
	case "recurse":
		return fmt.Errorf("recursion ended at %d", recurse(1))
	case "maps":
		shared := map[int]int{}
		for g := range 4 {
			go func() {
				for i := 0; ; i++ {
					shared[i%7+g] = i
				}
			}()
		}
		select {}
	case "kill":
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "wait": // can be interrupted
		f.print(m, "waiting")
		<-ctx.Done()
		return ctx.Err()
	case "stubborn": // can't
		f.print(m, "waiting")
		select {}
	case "leave": // text that no session takes, and dies
		if _, err := fmt.Fprint(os.Stdout, "out:"+arg); err != nil {
			return err
		}
		if _, err := fmt.Fprint(os.Stderr, "err:"+arg); err != nil {
			return err
		}
		os.Exit(5)
	case "open": // comms, or close them
		for id := range strings.FieldsSeq(arg) {
			f.say(f.sender.Publish(m, wire.TypeCommOpen, wire.CommOpen{CommID: id, TargetName: "t", Data: []byte("{}")}))
		}
	case "close":
		f.say(f.sender.Publish(m, wire.TypeCommClose, wire.CommClose{CommID: arg, Data: []byte("{}")}))
	case "log":
		line, err := f.sender.Publish(nil, wire.TypeStream, wire.Stream{Name: wire.Stderr, Text: arg})
		line.Channel = wire.Log
		f.say(line, err)
	case "later": // dies when the cell has ended
		time.AfterFunc(50*time.Millisecond, func() { os.Exit(7) })
	case "garbage":
		if _, err := f.out.Write([]byte(strings.Repeat("x", 100))); err != nil {
			return err
		}
		select {}
	case "child": // starts a process that outlives the worker, unless the host ends it
		cmd := exec.Command("sleep", "1000")
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Start(); err != nil {
			return err
		}
		f.print(m, strconv.Itoa(cmd.Process.Pid))
	case "flood":
		n, err := strconv.Atoi(arg)
		if err != nil {
			return err
		}
		for i := range n {
			f.print(m, fmt.Sprintln("line", i))
		}
	case "env":
		f.print(m, os.Getenv(arg))
	default:
		return fmt.Errorf("unknown cell %q", code)
	}
	return nil
}

//go:noinline
func recurse(n int) int {
	if n == 0 {
		return 0
	}
	return recurse(n+1) + 1
}
