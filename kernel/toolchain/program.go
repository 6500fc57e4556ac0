package toolchain

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"github.com/nascent-go/nascent/kernel/toolchain/remote"
)

// Streams are where a helper's output goes.
type Streams struct{ Stdout, Stderr io.Writer }

// Program is a helper: what was built, and the process that runs it, if there is one. It is safe for
// concurrent use. Its process ends with Close, or when nothing refers to the Program any more, or with the kernel.
type Program struct{ *helper }

// helper is what a process may refer to.
type helper struct {
	source Source
	exe    []byte

	mu      sync.Mutex
	proc    *process // the one that runs, or the last one
	calls   int      // in progress
	resting bool
	closed  bool
}

// NewProgram is a program that Build has built.
func NewProgram(s Source, exe []byte) *Program {
	p := &Program{&helper{source: s, exe: exe}}
	runtime.AddCleanup(p, func(h *helper) { h.Close() }, p.helper)
	return p
}

// Close ends the process. The program can't be called any more.
func (h *helper) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	if h.proc != nil {
		h.proc.kill(false)
	}
}

// Rest ends the process as soon as no call is in progress, and after each call from now on: the
// program is not needed any more, but by function values that somebody may have.
func (h *helper) Rest() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.resting = true
	h.rest()
}

// rest ends the process of a resting program that nobody calls.
func (h *helper) rest() {
	if h.resting && h.calls == 0 && h.proc != nil {
		h.proc.kill(true)
	}
}

// called ends a call that running has begun.
func (h *helper) called() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls--
	h.rest()
}

var errClosed = errors.New("the session has forgotten it")

// ErrStopped is that a call was ended, and with it the process and its other calls.
var ErrStopped = errors.New("native code was stopped, since a call of it was interrupted")

// Failed is a call that could not be made, such as one whose arguments share memory in a way that
// the helper's cannot.
type Failed struct{ Text string }

func (e *Failed) Error() string { return e.Text }

// Panicked is a panic in the helper, which goes on.
type Panicked struct{ *remote.Panic }

func (e *Panicked) Error() string {
	if e.Fault != "" {
		return e.Fault
	}
	return fmt.Sprint(e.Value)
}

// ErrExited is that the function has called runtime.Goexit.
var ErrExited = errors.New("the function has ended its goroutine")

// Start starts the process, if none runs. What it does before it can be called, such as to set its
// variables, it does now. It returns early, and ends the process, when stop is closed.
func (h *helper) Start(out Streams, stop <-chan struct{}) error {
	p, err := h.running(out)
	if err != nil {
		return err
	}
	defer h.called()
	return p.wait(stop, p.ready)
}

// running is the process, which may not be ready yet, for a call, of which called is the end.
func (h *helper) running(out Streams) (*process, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, fmt.Errorf("%s: %w", h.source.Title, errClosed)
	}
	if h.proc != nil && !h.proc.ended() {
		h.calls++
		return h.proc, nil
	}
	if h.proc != nil && h.source.Stateful && out.Stderr != nil {
		fmt.Fprintf(out.Stderr, "%s starts anew: its variables have their first values again\n", h.source.Title)
	}
	p, err := start(h.source.Title, h.exe, out)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", h.source.Title, err)
	}
	h.proc = p
	h.calls++
	return p, nil
}

// Func is a function of a program.
type Func struct {
	program *Program
	number  int
	how     *remote.Func
	errors  *remote.Errors
}

// Func is function number i of the source's, whose calls are written as how says. errs says
// what the kernel's errors are.
func (p *Program) Func(i int, how *remote.Func, errs *remote.Errors) *Func {
	return &Func{p, i, how, errs}
}

// Call calls the function. The arguments lie at args, and the results are put to results. If stop is closed
// meanwhile, the process is ended and ErrStopped returned. Other errors are *Panicked,
// *Died, *Failed, ErrExited.
func (f *Func) Call(args, results []unsafe.Pointer, out Streams, stop <-chan struct{}) error {
	defer runtime.KeepAlive(f.program)
	p, err := f.program.running(out)
	if err != nil {
		return err
	}
	defer f.program.called()
	if err := p.wait(stop, p.ready); err != nil {
		return err
	}
	if f.number >= len(p.shapes) || p.shapes[f.number] != f.how.Shape() {
		return &Failed{fmt.Sprintf("%s was compiled with types that have changed since: run its cell again", f.program.source.Title)}
	}
	p.direct(out)
	text, m, err := f.how.Request(args, f.errors)
	if err != nil {
		return &Failed{err.Error()}
	}
	select {
	case <-stop: // the process knows nothing of the call, and others may have begun theirs
		return ErrStopped
	default:
	}
	answer, err := p.call(f.number, text, stop)
	p.flush()
	if err != nil {
		return err
	}
	a, err := remote.ReadAnswer(answer)
	switch {
	case err != nil:
	case a.Status == remote.Returned:
		err = f.how.Answer(a.Rest, results, m)
	case a.Status == remote.Panicked:
		if err = f.how.Answer(a.Rest, nil, m); err == nil {
			return &Panicked{a.Panic}
		}
	case a.Status == remote.Exited:
		return ErrExited
	default:
		return &Failed{a.Text}
	}
	if err != nil {
		p.kill(false)
		return &Failed{fmt.Sprintf("%s has answered with what is no answer: %v", f.program.source.Title, err)}
	}
	return nil
}

// process is a helper that runs, or has run.
type process struct {
	title   string
	proc    *os.Process
	out     [2]*output
	answers *os.File
	shapes  []string // when it is ready

	writing sync.Mutex
	calls   *os.File

	mu      sync.Mutex
	pending map[uint64]chan []byte
	last    uint64
	killed  bool // by the kernel, for whatever reason
	stopped bool // by the kernel, and so are its calls

	ready chan struct{} // closed when it can be called
	dead  chan struct{} // closed when it has ended, and why is known
	died  *Died
}

// start starts a helper. Its file is needed for that only.
func start(title string, exe []byte, out Streams) (_ *process, err error) {
	dir, err := os.MkdirTemp("", "nascent-native-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	name := filepath.Join(dir, "helper")
	if err := writeProgram(name, exe); err != nil {
		return nil, err
	}
	p := &process{title: title, pending: map[uint64]chan []byte{}, ready: make(chan struct{}), dead: make(chan struct{})}
	var theirs []*os.File
	defer func() {
		for _, f := range theirs {
			f.Close()
		}
	}()
	pipe := func(write bool) *os.File {
		r, w, perr := os.Pipe()
		if perr != nil {
			err = errors.Join(err, perr)
			return nil
		}
		if write {
			theirs = append(theirs, w)
			return r
		}
		theirs = append(theirs, r)
		return w
	}
	stdout, stderr := pipe(true), pipe(true)
	p.calls, p.answers = pipe(false), pipe(true)
	null, nerr := os.Open(os.DevNull)
	if err = errors.Join(err, nerr); err != nil {
		return nil, err
	}
	theirs = append([]*os.File{null}, theirs...)
	for i, o := range []struct {
		from *os.File
		to   io.Writer
	}{{stdout, out.Stdout}, {stderr, out.Stderr}} {
		if p.out[i], err = newOutput(o.from, o.to, i == 1); err != nil {
			return nil, err
		}
	}
	if p.proc, err = os.StartProcess(name, []string{"native"}, &os.ProcAttr{Env: os.Environ(), Files: theirs}); err != nil {
		return nil, err
	}
	for _, o := range p.out {
		go o.follow()
	}
	go p.listen(stdout, stderr)
	return p, nil
}

// writeProgram writes an executable file. A process that is started meanwhile must not hold it
// open for writing: it could not be run.
func writeProgram(name string, exe []byte) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(name, exe, 0o700)
}

// listen reads answers until the process ends, and finds why it has.
func (p *process) listen(stdout, stderr *os.File) {
	hello := false
	answers := bufio.NewReader(p.answers)
	for {
		text, err := remote.ReadFrame(answers)
		if err != nil {
			break
		}
		if !hello {
			if p.shapes, err = remote.ReadHello(text); err != nil {
				break
			}
			hello = true
			close(p.ready)
			continue
		}
		id, n := binary.Uvarint(text)
		p.mu.Lock()
		answer := p.pending[id]
		delete(p.pending, id)
		p.mu.Unlock()
		if n <= 0 || answer == nil {
			break
		}
		answer <- text
	}
	p.mu.Lock()
	untold := hello && !p.killed && len(p.pending) == 0
	p.mu.Unlock()
	p.kill(false)
	state, err := p.proc.Wait()
	for _, o := range p.out {
		o.now()
	}
	p.died = p.why(state, err)
	if untold {
		p.out[1].say(p.died.note())
	}
	close(p.dead)
	stdout.Close()
	stderr.Close()
	p.answers.Close()
	p.writing.Lock()
	defer p.writing.Unlock()
	p.calls.Close()
}

func (p *process) ended() bool {
	select {
	case <-p.dead:
		return true
	default:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopped
}

// kill ends the process, if it has not ended.
func (p *process) kill(stopped bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killed = true
	p.stopped = p.stopped || stopped
	p.proc.Kill() //nolint:errcheck // it has ended
}

// wait waits for one of the process's channels.
func (p *process) wait(stop, until <-chan struct{}) error {
	select {
	case <-until:
		return nil
	default:
	}
	select {
	case <-until:
		return nil
	case <-stop:
		p.kill(true)
		return ErrStopped
	case <-p.dead:
		return p.end()
	}
}

// end is why the process has ended.
func (p *process) end() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return ErrStopped
	}
	return p.died
}

// call sends a call and waits for its answer.
func (p *process) call(fn int, args []byte, stop <-chan struct{}) ([]byte, error) {
	answer := make(chan []byte, 1)
	p.mu.Lock()
	p.last++
	id := p.last
	p.pending[id] = answer
	p.mu.Unlock()
	sent := make(chan struct{})
	send := func() {
		defer close(sent)
		p.writing.Lock()
		defer p.writing.Unlock()
		remote.WriteFrame(p.calls, remote.CallHead(id, fn), args) //nolint:errcheck // then the process is dead
	}
	const pipe = 32 << 10 // more may not fit into a pipe that nobody reads
	if len(args) < pipe {
		send()
	} else {
		go send()
		if err := p.wait(stop, sent); err != nil {
			return nil, err
		}
	}
	select {
	case text := <-answer:
		return text, nil
	case <-stop:
		p.kill(true)
		return nil, ErrStopped
	case <-p.dead:
		select {
		case text := <-answer:
			return text, nil
		default:
			return nil, p.end()
		}
	}
}

// direct sends the output to where that of the call goes.
func (p *process) direct(out Streams) {
	p.out[0].direct(out.Stdout)
	p.out[1].direct(out.Stderr)
}

// flush passes on what has been written so far.
func (p *process) flush() {
	for _, o := range p.out {
		o.now()
	}
	if !p.ended() {
		p.out[1].alive()
	}
}
