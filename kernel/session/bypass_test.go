package session

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/wire"
)

// pipes is a Bypass that a test writes to.
type pipes struct {
	mu     sync.Mutex
	text   map[string]string
	filled chan struct{} // receives when there is text
	closed chan struct{}
	said   string
	late   bool // others run between the taking and what is done with it
}

func newPipes(t *testing.T) *pipes {
	p := &pipes{text: map[string]string{}, filled: make(chan struct{}, 1), closed: make(chan struct{})}
	t.Cleanup(func() { close(p.closed) })
	return p
}

// put writes, and lets the session wait for nothing: it takes the text only
// because it goes on itself.
func (p *pipes) put(name, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text[name] += text
}

// wake is put with the session being told.
func (p *pipes) wake(name, text string) {
	p.put(name, text)
	p.filled <- struct{}{}
}

func (p *pipes) Waiting() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text[wire.Stdout]+p.text[wire.Stderr] != ""
}

func (p *pipes) Take(name string, to []byte) int {
	if p.late {
		defer runtime.Gosched()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n := copy(to, p.text[name])
	p.text[name] = p.text[name][n:]
	return n
}

func (p *pipes) Wait() bool {
	select {
	case <-p.filled:
		return true
	case <-p.closed:
		return false
	}
}

func (p *pipes) Mend() string {
	defer func() { p.said = "" }()
	return p.said
}

// What is written past the session stands where it was written.
func TestBypassKeepsTheOrderOfTheProgram(t *testing.T) {
	p := newPipes(t)
	show := display.Event{Bundle: textBundle("shown")}
	b := newBench(t, &script{cells: cells{
		"mixed": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			fmt.Fprint(in.Stdout, "a")
			p.put(wire.Stdout, "B")
			fmt.Fprint(in.Stdout, "c")
			p.put(wire.Stderr, "D")
			fmt.Fprint(in.Stdout, "e")
			p.put(wire.Stdout, "F")
			err := in.Display.Emit(show)
			p.put(wire.Stdout, "G")
			return cell.Outcome{Values: []any{1}}, err
		},
		"fails": func(context.Context, cell.Input) (cell.Outcome, error) {
			p.put(wire.Stdout, "before")
			p.said = "a stream was closed"
			return cell.Outcome{}, errors.New("oh")
		},
		"much": func(context.Context, cell.Input) (cell.Outcome, error) {
			p.put(wire.Stdout, strings.Repeat("é", 3*takeSize))
			return cell.Outcome{}, nil
		},
	}}, func(o *Options) { o.Bypass = p })
	expect(t, b.run("mixed", "")[2:],
		`iopub stream stdout "aBc"`, `iopub stream stderr "D"`, `iopub stream stdout "eF"`,
		`iopub display_data {"data":{"text/plain":"shown"},"metadata":{},"transient":{}}`, `iopub stream stdout "G"`,
		`iopub execute_result {"execution_count":1,"data":{"text/plain":"1"},"metadata":{},"transient":{}}`,
		"shell execute_reply ok 1", "iopub status idle")
	expect(t, b.run("fails", "")[2:], `iopub stream stdout "before"`, `iopub stream stderr "[a stream was closed]\n"`,
		`iopub error {"ename":"error","evalue":"oh","traceback":["oh"]}`, "shell execute_reply error 2 error", "iopub status idle")
	much := strings.Join(b.run("much", ""), "\n")
	if got := strings.Count(much, "é"); got != 3*takeSize || strings.Contains(much, "\uFFFD") {
		t.Errorf("%d of %d characters came", got, 3*takeSize)
	}
}

// What another goroutine has taken, and not yet put out, is waited for.
func TestBypassKeepsTheOrderWhileOthersTake(t *testing.T) {
	const turns = 5000
	p := newPipes(t)
	p.late = true
	var b *bench
	b = newBench(t, &script{cells: cells{"turns": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
		done, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for {
				select {
				case <-done:
					return
				default:
					b.bypass.take(nil)
				}
			}
		}()
		for range turns {
			fmt.Fprint(in.Stdout, "a")
			p.put(wire.Stdout, "b")
			runtime.Gosched()
		}
		close(done)
		<-stopped
		return cell.Outcome{}, nil
	}}}, func(o *Options) { o.Bypass = p })
	var got strings.Builder
	for _, line := range b.run("turns", "") {
		if text, ok := strings.CutPrefix(line, "iopub stream stdout "); ok {
			got.WriteString(strings.Trim(text, `"`))
		}
	}
	if want := strings.Repeat("ab", turns); got.String() != want {
		t.Errorf("the letters do not take turns: %.80s…", got.String())
	}
}

// What comes while no cell runs belongs to the one that ran last, and what comes
// before there is one to the log.
func TestBypassBetweenCells(t *testing.T) {
	p := newPipes(t)
	begun := make(chan struct{}, 1)
	b := newBench(t, &script{cells: cells{"1": value(1), "2": value(2), "wait": waiting(begun)}}, func(o *Options) { o.Bypass = p })
	p.put(wire.Stderr, "nobody's\n")
	one := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "1"}`)
	b.idle(one)
	if got := b.logged.String(); got != "stderr: nobody's" {
		t.Errorf("the log says %q", got)
	}
	p.wake(wire.Stdout, "late")
	b.await(one, `iopub stream stdout "late"`)

	waits := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "wait"}`)
	<-begun
	p.wake(wire.Stderr, "now")
	b.await(waits, `iopub stream stderr "now"`)
	b.send(wire.Control, wire.TypeInterruptRequest, `{}`)
	b.idle(waits)

	p.put(wire.Stdout, "of the last one")
	b.run("2", "")
	b.await(waits, `iopub stream stdout "of the last one"`)
}
