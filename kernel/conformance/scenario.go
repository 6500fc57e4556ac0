package conformance

import (
	"context"
	"fmt"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

// Scenario is something that a kernel is put through.
type Scenario struct {
	Name    string // group/name
	Section string // of the protocol
	Fresh   bool   // it ends the kernel, or counts on one that has run nothing
	Run     func(*T)
}

// Kernel is a kernel that is judged.
type Kernel interface {
	// Connect connects a front end.
	Connect(ctx context.Context) (*Client, error)
	// Restart starts the kernel again, after it was asked to end.
	Restart(ctx context.Context) error
}

// Scenarios is the whole table.
func Scenarios() []Scenario {
	var all []Scenario
	for _, group := range [][]Scenario{
		infoScenarios(), executeScenarios(), abortScenarios(), outputScenarios(), displayScenarios(), stdinScenarios(),
		completeScenarios(), historyScenarios(), commScenarios(), controlScenarios(), subshellScenarios(), restartScenarios(), robustScenarios(), socketScenarios(), startScenarios(),
	} {
		all = append(all, group...)
	}
	return all
}

// Options say how strictly a kernel is judged.
type Options struct {
	Language *Language
	Ours     bool          // what this kernel promises beyond the protocol counts
	Timeout  time.Duration // of one scenario; 0: a minute
	Dir      string        // for files; it must be there
}

// Result is how a kernel stood a scenario.
type Result struct {
	Failures []string
	Skipped  string // why it was left out
	Broken   bool   // the kernel must not be used for another scenario

	clients []*Client
}

// Saw says whether a field of a message type was sent or received.
func (r *Result) Saw(msgType, field string) bool {
	for _, k := range r.clients {
		if k.saw(msgType, field) {
			return true
		}
	}
	return false
}

// T is a scenario that runs: a front end that is connected to the kernel, and
// what was found wrong.
type T struct {
	*Client
	Ctx    context.Context
	Kernel Kernel
	Lang   *Language
	Ours   bool

	result  *Result
	dir     string
	gates   []string // files that cells wait for
	ordered bool     // messages arrive in the order in which they were sent
	stopped bool     // the kernel has ended, so that nothing more is expected of it
}

// leave ends a scenario from within.
type leave struct{}

// Check puts a kernel through a scenario.
func Check(ctx context.Context, kernel Kernel, s Scenario, o Options) *Result {
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	t := &T{Ctx: ctx, Kernel: kernel, Lang: o.Language, Ours: o.Ours, dir: o.Dir, result: &Result{}}
	_, t.ordered = kernel.(interface{ Ordered() })
	defer t.openGates()
	t.do(func() {
		t.Client = t.Front()
		s.Run(t)
	})
	if t.result.Skipped == "" && len(t.result.Failures) == 0 && !t.stopped {
		t.do(t.settle)
	}
	for _, k := range t.result.clients {
		t.result.Failures = append(t.result.Failures, k.Blames(o.Ours)...)
		k.Close()
	}
	t.result.Broken = t.stopped || ctx.Err() != nil
	return t.result
}

// openGates lets go the cells that still wait: a scenario may have ended too early.
func (t *T) openGates() {
	for _, file := range t.gates {
		t.open(file)
	}
}

func (t *T) do(run func()) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(leave); !ok {
				panic(p)
			}
		}
	}()
	run()
}

// settle asks something on both channels that are answered in order: what comes
// behind the last answer of the scenario has come then.
func (t *T) settle() {
	for _, k := range t.result.clients {
		if k.isClosed() {
			continue
		}
		for _, c := range []wire.Channel{wire.Shell, wire.Control} {
			if _, err := k.Ask(t.Ctx, c, wire.TypeKernelInfoRequest, wire.Empty{}); err != nil {
				t.Fatalf("after the scenario: %v", err)
			}
		}
		for _, what := range k.unfinished() {
			t.Errorf("%s", what)
		}
	}
}

// Errorf notes a failure.
func (t *T) Errorf(format string, args ...any) {
	t.result.Failures = append(t.result.Failures, fmt.Sprintf(format, args...))
}

// Fatalf notes a failure and ends the scenario.
func (t *T) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	panic(leave{})
}

// Skip ends the scenario: it can't be judged on this kernel.
func (t *T) Skip(why string) {
	t.result.Skipped = why
	panic(leave{})
}

// Need leaves the scenario out if the language has no cell for it.
func (t *T) Need(cells ...string) {
	for _, c := range cells {
		if c == "" {
			t.Skip("there is no cell for it in this language")
		}
	}
}

// Process is the kernel's process; a kernel that is none is not put through the scenario.
func (t *T) Process() *Process {
	p, ok := t.Kernel.(*Process)
	if !ok {
		t.Skip("it needs a kernel in a process of its own")
	}
	return p
}

// Front connects another front end, until the end of the scenario.
func (t *T) Front() *Client {
	k, err := t.Kernel.Connect(t.Ctx)
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.result.clients = append(t.result.clients, k)
	return k
}

// Must fails the scenario at an error.
func (t *T) Must(err error) {
	if err != nil {
		t.Fatalf("%v", err)
	}
}

// Cell sends a cell with the flags of a notebook.
func (t *T) Cell(code string) *wire.Message {
	return t.Request(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: code, StoreHistory: true, StopOnError: true})
}

// Request sends a request.
func (t *T) Request(c wire.Channel, msgType string, content any) *wire.Message {
	m, err := t.Send(c, msgType, content)
	t.Must(err)
	return m
}

// Done collects the answer to a request.
func (t *T) Done(m *wire.Message) *Answer {
	a, err := t.Collect(t.Ctx, m)
	t.Must(err)
	return a
}

// Answer sends a request on shell and collects its answer.
func (t *T) Answer(msgType string, content any) *Answer {
	return t.Done(t.Request(wire.Shell, msgType, content))
}

// Reply collects the answer to a cell and reads its reply.
func (t *T) Reply(m *wire.Message, status string) (*Answer, wire.ExecuteReply) {
	a := t.Done(m)
	r, err := a.ExecuteReply()
	t.Must(err)
	if r.Status != status {
		t.Fatalf("the reply's status is %q, want %q: %.500s", r.Status, status, a.Reply.Content)
	}
	return a, r
}

// OK runs a cell, which must succeed.
func (t *T) OK(code string) (*Answer, wire.ExecuteReply) { return t.Reply(t.Cell(code), wire.StatusOK) }

// With runs a cell with flags of its own, which must end with a status.
func (t *T) With(r wire.ExecuteRequest, status string) (*Answer, wire.ExecuteReply) {
	return t.Reply(t.Request(wire.Shell, wire.TypeExecuteRequest, r), status)
}

// Read reads the content of a message.
func (t *T) Read(m *wire.Message, into any) { t.Must(m.DecodeContent(into)) }

// Ask sends a request on a channel and reads the content of its reply.
func (t *T) Ask(c wire.Channel, msgType string, content, reply any) *Answer {
	a := t.Done(t.Request(c, msgType, content))
	t.Read(a.Reply, reply)
	return a
}

// Published waits for a message of a type about a request, on IOPub.
func (t *T) Published(request *wire.Message, msgType string) *wire.Message {
	m, err := t.Await(t.Ctx, wire.IOPub, request, func(m *wire.Message) bool { return m.Header.MsgType == msgType })
	t.Must(err)
	return m
}

// Value is the text of what an expression gives, without counting it.
func (t *T) Value(code string) string {
	a, _ := t.With(wire.ExecuteRequest{Code: code, StopOnError: true}, wire.StatusOK)
	text, _ := a.Result().Data["text/plain"].(string)
	return text
}

// Equal notes a difference.
func Equal[V any](t *T, what string, got, want V) {
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s: %.500s, want %.500s", what, g, w)
	}
}
