package rt

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStandardFiles: what a cell writes arrives at its own output, in order, whichever way it goes.
func TestStandardFiles(t *testing.T) {
	w := newWorld(t, stdTables())
	var out, errs lockedBuffer
	c := w.NewCell(context.Background(), 1, "", &out, &errs, strings.NewReader("one\ntwo\n3 4"), noSink{})
	err := w.Do(c, func() {
		w.Call("fmt", "Println", []any{"a", 1})
		w.CallM(os.Stdout, "WriteString", "b\n")
		w.Call("fmt", "Fprintf", os.Stdout, "%s\n", []any{"c"})
		w.CallM(w.Call("encoding/json", "NewEncoder", os.Stdout)[0], "Encode", map[string]any{"d": w.box(Point{1, 2})})
		tw := w.Call("text/tabwriter", "NewWriter", os.Stdout, 0, 8, 1, byte(' '), uint(0))[0]
		w.Call("fmt", "Fprintln", tw, []any{"e\tf"})
		w.CallM(tw, "Flush")
		w.Call("io", "WriteString", w.Call("io", "MultiWriter", []any{os.Stdout, os.Stderr})[0], "g\n")
		w.M(os.Stdout, "Write", (func(any, []byte) (int, any))(nil)).(func(any, []byte) (int, any))(os.Stdout, []byte("h\n"))

		sc := w.Call("bufio", "NewScanner", os.Stdin)[0]
		w.CallM(sc, "Scan")
		w.Call("fmt", "Print", []any{w.CallM(sc, "Text")[0], "\n"})
		l := w.Call("log", "New", os.Stderr, "mine: ", 0)[0]
		w.CallM(l, "Printf", "%T", []any{w.box(Level(1))})
		w.Print(true, []any{"println", 1, 1.5, true, nil, uint8(2), 1i})
		w.Print(false, []any{"print", -1, float32(0.1), "\n"})
		flags := log.Flags()
		log.SetFlags(0)
		w.Call("log", "Println", []any{"std", w.box(Name("n"))})
		log.SetFlags(flags)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "a 1\nb\nc\n{\"d\":{\"X\":1,\"Y\":2}}\ne f\ng\nh\none\n"; got != want {
		t.Errorf("stdout: %q, want %q", got, want)
	}
	if got, want := errs.String(), "g\nmine: rt.Level\nprintln 1 1.5 true (0x0,0x0) 2 (0+1i)\nprint-10.1\nstd n\n"; got != want {
		t.Errorf("stderr: %q, want %q", got, want)
	}
}

func TestScan(t *testing.T) {
	w := newWorld(t, stdTables())
	c := w.NewCell(context.Background(), 1, "", io.Discard, io.Discard, strings.NewReader("3 x\n"), noSink{})
	var n int
	var s string
	if err := w.Do(c, func() {
		if r := w.Call("fmt", "Scanln", []any{&n, &s}); r[0] != 2 || r[1] != nil {
			t.Errorf("Scanln returned %v", r)
		}
		if r := w.Call("fmt", "Fscan", os.Stdin, []any{&n}); r[1] != io.EOF {
			t.Errorf("Fscan returned %v", r)
		}
	}); err != nil || n != 3 || s != "x" {
		t.Errorf("%v: read %d %q", err, n, s)
	}
}

// TestExits: what would end the process ends the cell.
func TestExits(t *testing.T) {
	w := newWorld(t, stdTables())
	tests := map[string]struct {
		f    func()
		code int
		text string
	}{
		"os.Exit":    {func() { w.Call("os", "Exit", 3) }, 3, ""},
		"log.Fatal":  {func() { log.SetFlags(0); w.Call("log", "Fatalf", "%d", []any{1}) }, 1, "1\n"},
		"logger":     {func() { w.CallM(w.Call("log", "New", os.Stderr, "", 0)[0], "Fatal", []any{"x"}) }, 1, "x\n"},
		"bad flag":   {func() { w.CallM(w.flags(), "Parse", []string{"-y"}) }, 2, "flag provided but not defined: -y\nUsage of prog:\n"},
		"help":       {func() { w.CallM(w.flags(), "Parse", []string{"-h"}) }, 0, "Usage of prog:\n"},
		"swallowed":  {func() { defer func() { _ = recover(); w.Poll(); t.Error("Poll returns") }(); w.Call("os", "Exit", 4) }, 4, ""},
		"in Sprintf": {func() { w.Call("fmt", "Sprint", []any{w.exiting()}); t.Error("Sprint returns") }, 5, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			defer log.SetFlags(log.Flags())
			var errs lockedBuffer
			err := w.Do(w.NewCell(context.Background(), 1, "", io.Discard, &errs, nil, nil), tt.f)
			if e, ok := err.(*Exit); !ok || e.Code != tt.code || e.Error() != fmt.Sprint("exit status ", tt.code) {
				t.Errorf("Do returned %v", err)
			}
			if errs.String() != tt.text {
				t.Errorf("stderr: %q", errs.String())
			}
		})
	}
}

func (w *world) flags() any { return w.Call("flag", "NewFlagSet", "prog", flag.ExitOnError)[0] }

// exiting is a value whose String method calls os.Exit: package fmt catches panics.
func (w *world) exiting() any {
	id := w.AddType(w.typ("Ptr"), nil)
	w.Reg(id, "String", func(any) string { w.Call("os", "Exit", 5); return "" })
	return w.B(id, struct{ N int }{})
}

// TestServer: handlers run on goroutines of compiled code, and fail as Go's do.
func TestServer(t *testing.T) {
	w := newWorld(t, stdTables())
	var out lockedBuffer
	c := w.NewCell(context.Background(), 1, "", &out, &out, nil, nil)
	var srv *httptest.Server
	err := w.Do(c, func() {
		id := w.AddType(w.typ("Point"), nil)
		w.Reg(id, "ServeHTTP", func(recv, rw any, r *http.Request) {
			w.Call("fmt", "Println", []any{"got", r.URL.Path})
			if r.URL.Path == "/panic" {
				w.Panic("handler")
			}
			w.Call("fmt", "Fprint", rw, []any{"hello"})
		})
		h := w.toBin(reflect.ValueOf(w.B(id, struct{ X, Y int }{})), reflect.TypeFor[http.Handler](), boxed).Interface().(http.Handler)
		srv = httptest.NewUnstartedServer(h)
		srv.Config.ErrorLog = log.New(io.Discard, "", 0)
		srv.Config.SetKeepAlivesEnabled(false) // else the client tries again
		srv.Start()
	})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	get := func(path string) string {
		resp, err := http.Get(srv.URL + path)
		if err != nil {
			return "error"
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return string(b)
	}
	for _, tt := range [][2]string{{"/a", "hello"}, {"/panic", "error"}, {"/b", "hello"}} {
		if got := get(tt[0]); got != tt[1] {
			t.Errorf("%s: %q", tt[0], got)
		}
	}
	if want := "got /a\ngot /panic\ngot /b\n"; out.String() != want {
		t.Errorf("the cell printed %q", out.String())
	}
}

// TestAfterFunc: a timer's goroutine has no labels; its callback belongs to the cell all the same.
func TestAfterFunc(t *testing.T) {
	w := newWorld(t, stdTables())
	var out lockedBuffer
	c := w.NewCell(context.Background(), 1, "", &out, &out, nil, nil)
	late := make(chan *Panic, 1)
	c.OnLatePanic = func(p *Panic) { late <- p }
	err := w.Do(c, func() {
		w.Call("time", "AfterFunc", time.Duration(0), func() {
			w.Call("fmt", "Println", []any{"tick"})
			w.Panic("timer")
		})
	})
	var p *Panic
	if err == nil {
		p = await(t, "the panic", late)
	} else {
		p, _ = err.(*Panic) // it was quick
	}
	if p == nil || p.Text != "timer" || out.String() != "tick\n" {
		t.Errorf("got %v, printed %q", p, out.String())
	}
}

// TestCommandsEndWithTheirCell: an interrupt is for the processes that a cell waits
// for too, also for those that don't heed it.
func TestCommandsEndWithTheirCell(t *testing.T) {
	w := newWorld(t, stdTables())
	for _, script := range []string{"echo $$; exec sleep 1000", "trap '' INT; echo $$; while :; do sleep 0.05; done"} {
		ctx, cancel := context.WithCancel(context.Background())
		pids := make(chan string, 1)
		out := writerFunc(func(p []byte) {
			pids <- strings.TrimSpace(string(p))
			cancel()
		})
		err := w.Do(w.NewCell(ctx, 1, "", out, io.Discard, nil, nil), func() {
			cmd := w.Call("os/exec", "Command", "sh", []string{"-c", script})[0]
			w.SetF(cmd, "Stdout", os.Stdout)
			w.CallM(cmd, "Run")
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: the cell ended with %v", script, err)
		}
		pid, err := strconv.Atoi(await(t, "the number of the process", pids))
		if err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(10 * time.Second); !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: the process goes on", script)
			}
		}
	}
}

// writerFunc is called with what is written.
type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}
