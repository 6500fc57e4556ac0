package session

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/wire"
)

type cells map[string]func(context.Context, cell.Input) (cell.Outcome, error)

func TestControlWhileACellRuns(t *testing.T) {
	begun := make(chan struct{}, 1)
	b := newBench(t, &script{cells: cells{"wait": waiting(begun), "1": value(1)}})
	run := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "wait"}`)
	next := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "1"}`)
	info := b.send(wire.Shell, wire.TypeKernelInfoRequest, `{}`)
	<-begun
	expect(t, b.idle(b.send(wire.Control, wire.TypeKernelInfoRequest, `{}`))[:1], "iopub status busy")
	expect(t, b.idle(b.send(wire.Control, "debug_request", `{}`)), "iopub status busy", "iopub status idle")
	if !strings.Contains(b.logged.String(), `"debug_request" on control`) {
		t.Errorf("log %q does not name the unknown request", b.logged)
	}
	expect(t, b.idle(b.send(wire.Control, wire.TypeInterruptRequest, `{}`)),
		"iopub status busy", `control interrupt_reply {"status":"ok"}`, "iopub status idle")
	got := b.idle(run)
	expect(t, got[2:],
		`iopub error {"ename":"interrupt","evalue":"the cell was stopped","traceback":["\u001b[1minterrupt\u001b[0m: the cell was stopped"]}`,
		"shell execute_reply error 1 interrupt", "iopub status idle")
	expect(t, b.idle(next), "iopub status busy", "shell execute_reply aborted 1", "iopub status idle")
	if got := b.idle(info); len(got) != 3 {
		t.Errorf("kernel_info that was queued got %q, want a reply: only cells are aborted", got)
	}
	expect(t, b.run("1", "")[3:], "shell execute_reply ok 2", "iopub status idle")
}

func TestStopOnError(t *testing.T) {
	for _, stop := range []bool{true, false} {
		t.Run(fmt.Sprint(stop), func(t *testing.T) {
			queued := make(chan struct{})
			b := newBench(t, &script{cells: cells{"1": value(1), "fail": func(context.Context, cell.Input) (cell.Outcome, error) {
				<-queued
				return cell.Outcome{}, fault{"panic", "boom"}
			}}})
			b.send(wire.Shell, wire.TypeExecuteRequest, fmt.Sprintf(`{"code": "fail", "stop_on_error": %v}`, stop))
			second := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "1"}`)
			third := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "1"}`)
			close(queued)
			if stop {
				for _, id := range []string{second, third} {
					expect(t, b.idle(id), "iopub status busy", "shell execute_reply aborted 1", "iopub status idle")
				}
			} else {
				expect(t, b.idle(third)[3:], "shell execute_reply ok 3", "iopub status idle")
			}
			expect(t, b.run("1", "")[3:4], map[bool]string{true: "shell execute_reply ok 2", false: "shell execute_reply ok 4"}[stop])
		})
	}
}

func TestInterruptOfNothing(t *testing.T) {
	b := newBench(t, &script{cells: cells{"1": value(1)}})
	b.idle(b.send(wire.Control, wire.TypeInterruptRequest, `{}`))
	expect(t, b.run("1", "")[3:], "shell execute_reply ok 1", "iopub status idle")
}

// A cell is stopped also by an interrupt that comes before it has begun.
func TestInterruptOfACellThatHasNotBegun(t *testing.T) {
	begun := make(chan struct{}, 1)
	b := newBench(t, &script{cells: cells{"wait": waiting(begun)}})
	for range 100 {
		run := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "wait"}`)
		b.send(wire.Control, wire.TypeInterruptRequest, `{}`)
		got := b.idle(run)
		<-begun
		if !strings.HasSuffix(got[len(got)-2], "interrupt") {
			t.Fatalf("got %q, want an interrupt", got)
		}
	}
}

func TestShutdownEndsTheSession(t *testing.T) {
	begun := make(chan struct{}, 1)
	stopped := make(chan error, 1)
	b := newBench(t, &script{cells: cells{"wait": func(ctx context.Context, in cell.Input) (cell.Outcome, error) {
		begun <- struct{}{}
		<-ctx.Done()
		_, err := fmt.Fprint(in.Stdout, "too late, and longer than what is gathered", strings.Repeat(".", flushSize))
		stopped <- err
		return cell.Outcome{}, ctx.Err()
	}}})
	b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "wait"}`)
	<-begun
	expect(t, b.idle(b.send(wire.Control, wire.TypeShutdownRequest, `{"restart": true}`)),
		"iopub status busy", `control shutdown_reply {"status":"ok","restart":true}`,
		`iopub shutdown_reply {"status":"ok","restart":true}`, "iopub status idle")
	<-b.Done()
	if err := <-stopped; !errors.Is(err, errClosed) {
		t.Errorf("writing after the shutdown gave the error %v, want %v", err, errClosed)
	}
	b.Handle(&wire.Message{Channel: wire.Shell, Header: wire.Header{MsgType: wire.TypeKernelInfoRequest}}) // must not panic
}

func TestChannelThatNobodyReceivesOn(t *testing.T) {
	b := newBench(t, &script{})
	b.send(wire.IOPub, wire.TypeStatus, `{}`)
	if !strings.Contains(b.logged.String(), "ignoring a status message") {
		t.Errorf("log = %q", b.logged)
	}
}

func TestOutputOfAGoroutineThatOutlivesItsCell(t *testing.T) {
	goOn, done := make(chan struct{}), make(chan struct{})
	b := newBench(t, &script{cells: cells{"1": value(1), "go": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
		go func() {
			defer close(done)
			<-goOn
			fmt.Fprint(in.Stdout, "late")
			if err := in.Display.Emit(display.Event{Bundle: display.Bundle{Data: map[string]any{"text/plain": "pic"}}}); err != nil {
				t.Error(err)
			}
			if _, err := in.Stdin.Read(make([]byte, 1)); !errors.Is(err, errCellEnded) {
				t.Errorf("reading after the end gave the error %v, want %v", err, errCellEnded)
			}
		}()
		return cell.Outcome{}, nil
	}}})
	id := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "go", "allow_stdin": true}`)
	b.idle(id)
	b.run("1", "")
	close(goOn)
	<-done
	got := b.await(id, "iopub display_data")
	expect(t, got[len(got)-2:], `iopub stream stdout "late"`, `iopub display_data {"data":{"text/plain":"pic"},"metadata":{},"transient":{}}`)
}

func TestStreamsAreGathered(t *testing.T) {
	written, sent := make(chan struct{}), make(chan struct{})
	b := newBench(t, &script{cells: cells{
		"small": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			for range 1000 {
				fmt.Fprintln(in.Stdout, "line")
			}
			return cell.Outcome{}, nil
		},
		"split": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			smile := []byte("😀")
			in.Stdout.Write(smile[:1])
			in.Stderr.Write([]byte("é")[:1])
			in.Stdout.Write(smile[1:3])
			in.Stderr.Write([]byte("é")[1:])
			in.Stdout.Write(smile[3:])
			in.Stdout.Write([]byte("\xff end \xe2\x82"))
			return cell.Outcome{}, nil
		},
		"slow": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			fmt.Fprint(in.Stdout, "now")
			close(written)
			<-sent
			return cell.Outcome{}, nil
		},
	}})
	got := b.run("small", "")
	if n := len(got) - 4; n != 1 { // 5000 bytes
		t.Errorf("1000 short lines came in %d messages, want 1", n)
	}
	expect(t, b.run("split", "")[2:5], `iopub stream stderr "é"`, `iopub stream stdout "😀� end ��"`, "shell execute_reply ok 2")

	id := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "slow"}`)
	<-written
	b.await(id, `iopub stream stdout "now"`) // though the cell goes on
	close(sent)
	b.idle(id)
}

func TestOutputLimit(t *testing.T) {
	show := func(op display.Op, text string) display.Event {
		return display.Event{Op: op, ID: "d", Bundle: display.Bundle{Data: map[string]any{"text/plain": text}}}
	}
	b := newBench(t, &script{cells: cells{
		"text": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			fmt.Fprint(in.Stdout, strings.Repeat("é", 150))
			fmt.Fprint(in.Stdout, "more")
			fmt.Fprint(in.Stderr, "and more")
			return cell.Outcome{}, in.Display.Emit(show(display.OpShow, "x"))
		},
		"shows": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			return cell.Outcome{Values: plain(strings.Repeat("r", 300))}, errors.Join(
				in.Display.Emit(show(display.OpShow, "a")),
				in.Display.Emit(show(display.OpUpdate, strings.Repeat("u", 150))),
				in.Display.Emit(show(display.OpUpdate, strings.Repeat("u", 150))),
				in.Display.Emit(show(display.OpShow, strings.Repeat("s", 300))))
		},
		"clear": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			for range 3 {
				fmt.Fprint(in.Stdout, strings.Repeat("x", 200))
				if err := in.Display.Emit(display.Event{Op: display.OpClear}); err != nil {
					return cell.Outcome{}, err
				}
			}
			return cell.Outcome{}, nil
		},
	}}, func(o *Options) { o.OutputLimit = 255 })
	const limit = `iopub stream stderr "\n[this cell has reached the limit of 255 bytes of output; what follows is not shown, until the output is cleared; %output 1 FILE saves its text]\n"`
	got := b.run("text", "")
	expect(t, got[2:], `iopub stream stdout "`+strings.Repeat("é", 127)+`"`, limit,
		`iopub stream stderr "[not shown: 58 bytes of text and 1 displays; %output 1 FILE saves the text]\n"`, "shell execute_reply ok 1", "iopub status idle")

	rest, ok := b.Spilled(1)
	if !ok {
		t.Fatal("what was not shown is not kept")
	}
	if text, err := io.ReadAll(rest); err != nil || string(text) != strings.Repeat("é", 23)+"moreand more" || rest.Dropped != 0 {
		t.Errorf("kept: %q, %d dropped, %v", text, rest.Dropped, err)
	}
	if _, ok := b.Spilled(2); ok {
		t.Error("something is kept of a cell that has not run")
	}

	got = b.run("shows", "")
	if len(got) != 9 || got[5] != strings.Replace(limit, "%output 1", "%output 2", 1) || got[6] != `iopub stream stderr "[not shown: 0 bytes of text and 2 displays]\n"` {
		t.Errorf("displays over the limit:\n%s", strings.Join(got, "\n"))
	}
	for _, line := range b.run("clear", "") {
		if line == limit {
			t.Error("the limit was reached although the output was cleared")
		}
	}
}

func TestStdin(t *testing.T) {
	scan := func(_ context.Context, in cell.Input) (cell.Outcome, error) {
		fmt.Fprint(in.Stdout, "name: ")
		var got []any
		sc := bufio.NewScanner(in.Stdin)
		for sc.Scan() {
			got = append(got, sc.Text())
		}
		return cell.Outcome{Values: plain(append(got, "end")...)}, sc.Err()
	}
	env := &script{cells: cells{
		"scan": scan,
		"fmt": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			var n int
			var word string
			_, err := fmt.Fscan(in.Stdin, &n, &word)
			return cell.Outcome{Values: plain(n, word)}, err
		},
		"secret": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			line, err := in.Stdin.(Prompter).Prompt("Password: ", true)
			return cell.Outcome{Values: []any{line}}, err
		},
		"1": value(1),
	}}
	answer := func(b *bench, line string) {
		value, err := json.Marshal(wire.InputReply{Value: line})
		must(err)
		b.send(wire.Stdin, wire.TypeInputReply, string(value))
	}
	// ask runs a cell and answers its questions.
	ask := func(b *bench, code string, answers ...string) (string, []string) {
		id := b.send(wire.Shell, wire.TypeExecuteRequest, fmt.Sprintf(`{"code": %q, "allow_stdin": true}`, code))
		for i, line := range answers {
			for len(b.about(id, wire.TypeInputRequest)) <= i {
				b.await(id, "stdin input_request")
			}
			answer(b, line)
		}
		return id, b.idle(id)
	}

	t.Run("scanner", func(t *testing.T) {
		b := newBench(t, env)
		answer(b, "stale")
		id, got := ask(b, "scan", "Ada", "", endOfInput)
		expect(t, got[2:4], `iopub stream stdout "name: "`, `stdin input_request {"prompt":"","password":false}`)
		expect(t, got[6:8], `iopub execute_result {"execution_count":1,"data":{"text/plain":"(Ada, , end)"},"metadata":{},"transient":{}}`, "shell execute_reply ok 1")
		m := b.about(id, wire.TypeInputRequest)[0]
		if len(m.Identities) != 2 || string(m.Identities[0]) != "client" || string(m.Identities[1]) != id {
			t.Errorf("identities of input_request: %q, want those of the execute_request", m.Identities)
		}
		if !strings.Contains(b.logged.String(), "dropping an input_reply") {
			t.Errorf("log = %q, want a word on the stale reply", b.logged)
		}
	})
	t.Run("fmt", func(t *testing.T) {
		_, got := ask(newBench(t, env), "fmt", "42", "words on")
		expect(t, got[4:5], `iopub execute_result {"execution_count":1,"data":{"text/plain":"(42, words)"},"metadata":{},"transient":{}}`)
	})
	t.Run("password", func(t *testing.T) {
		_, got := ask(newBench(t, env), "secret", "abc")
		expect(t, got[2:3], `stdin input_request {"prompt":"Password: ","password":true}`)
	})
	t.Run("not allowed", func(t *testing.T) {
		got := newBench(t, env).run("fmt", "")
		if !strings.Contains(got[2], "allow_stdin: false") || len(got) != 5 {
			t.Errorf("reading gave %q, want an error that says why", got)
		}
	})
	t.Run("interrupt", func(t *testing.T) {
		b := newBench(t, env)
		id := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "scan", "allow_stdin": true}`)
		b.await(id, "stdin input_request")
		b.send(wire.Control, wire.TypeInterruptRequest, `{}`)
		got := b.idle(id)
		expect(t, got[len(got)-2:], "shell execute_reply error 1 interrupt", "iopub status idle")
		expect(t, b.run("1", "")[3:4], "shell execute_reply ok 2")
	})
}

func TestServe(t *testing.T) {
	env := &script{cells: cells{"1": value(1)}}
	start := func(ctx context.Context, change ...func(*Options)) (*wire.Conn, *io.PipeWriter, <-chan error) {
		toR, toW := io.Pipe()
		fromR, fromW := io.Pipe()
		ended := make(chan error, 1)
		opts := Options{Env: env, SessionID: "s", Logf: t.Logf}
		for _, c := range change {
			c(&opts)
		}
		go func() {
			ended <- Serve(ctx, toR, fromW, opts)
			fromW.Close()
		}()
		return wire.NewConn(fromR, toW), toW, ended
	}
	request := func(msgType, content string) *wire.Message {
		return &wire.Message{Channel: wire.Shell, Header: wire.NewHeader("front", "me", msgType), Content: []byte(content)}
	}
	send := func(conn *wire.Conn, m *wire.Message) {
		t.Helper()
		if err := conn.WriteMessage(m); err != nil {
			t.Fatal(err)
		}
	}
	untilIdle := func(conn *wire.Conn) (got []string) {
		t.Helper()
		for {
			m, err := conn.ReadMessage()
			if err != nil {
				t.Fatalf("after %q: %v", got, err)
			}
			got = append(got, describe(m))
			if got[len(got)-1] == "iopub status idle" {
				return got
			}
		}
	}
	t.Run("pipe closes", func(t *testing.T) {
		conn, w, ended := start(t.Context())
		send(conn, request(wire.TypeExecuteRequest, `{"code": "1"}`))
		expect(t, untilIdle(conn)[3:], "shell execute_reply ok 1", "iopub status idle")
		w.Close()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v at the end of the pipe, want nil", err)
		}
	})
	t.Run("shutdown", func(t *testing.T) {
		conn, _, ended := start(t.Context())
		send(conn, request(wire.TypeShutdownRequest, `{}`))
		untilIdle(conn)
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v after shutdown_request, want nil", err)
		}
	})
	t.Run("log", func(t *testing.T) {
		conn, w, _ := start(t.Context(), func(o *Options) { o.Logf = nil })
		defer w.Close()
		send(conn, request("brew_request", `{}`))
		expect(t, untilIdle(conn), "iopub status busy",
			`log stream stderr "ignoring a request of the unknown type \"brew_request\" on shell"`, "iopub status idle")
	})
	t.Run("no messages", func(t *testing.T) {
		_, w, ended := start(t.Context())
		if _, err := w.Write([]byte(strings.Repeat("\xff", 64))); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; !errors.Is(err, wire.ErrPipe) {
			t.Errorf("Serve = %v, want %v", err, wire.ErrPipe)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		_, _, ended := start(ctx)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Serve = %v, want %v", err, context.Canceled)
		}
	})
	t.Run("nobody reads", func(t *testing.T) {
		toR, toW := io.Pipe()
		go wire.NewConn(nil, toW).WriteMessage(request(wire.TypeKernelInfoRequest, `{}`))
		if err := Serve(t.Context(), toR, brokenPipe{}, Options{Env: env}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("Serve = %v, want %v", err, io.ErrClosedPipe)
		}
	})
}

func TestMessageThatIsTooLargeIsReplacedByANote(t *testing.T) {
	var buf bytes.Buffer
	conn := wire.NewConn(&buf, &buf)
	m := &wire.Message{Header: wire.NewHeader("s", "me", wire.TypeDisplayData), Parent: []byte(`{"msg_id": "p"}`)}
	if err := writeInstead(conn, m, wire.ErrTooLarge); err != nil {
		t.Fatal(err)
	}
	note, err := conn.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := describe(note), `iopub stream stderr "[message too large]\n"`; got != want || note.ParentID() != "p" || note.Header.Session != "s" {
		t.Errorf("got %s about %q from %q, want %s about p from s", got, note.ParentID(), note.Header.Session, want)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
