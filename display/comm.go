package display

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// Comm is a channel between the program and an object in the front end, such as a
// widget: both ends send messages at any time, also while a cell runs. It is what
// the Jupyter protocol calls a comm. All methods are safe for concurrent use.
//
//	c := display.NewComm("chart")
//	c.OnMessage(func(m display.CommMessage) { fmt.Println("clicked:", string(m.Data)) })
//	err := c.Open(map[string]any{"title": "loss"}, nil)
//	…
//	err = c.Send(map[string]any{"value": 0.25})
type Comm struct {
	printer    Printer
	id, target string

	mu      sync.Mutex
	sink    Sink // where it was opened; nil: nowhere yet
	message func(CommMessage)
	closing func(CommMessage)
	restore func() (any, [][]byte)
}

// CommMessage is what the front end has sent on a comm.
type CommMessage struct {
	Data     json.RawMessage
	Metadata json.RawMessage // an object
	Buffers  [][]byte        // what is not JSON, such as the pixels of an image
}

// Decode reads the data into what v points to, as json.Unmarshal does.
func (m CommMessage) Decode(v any) error {
	if err := json.Unmarshal(m.Data, v); err != nil {
		return fmt.Errorf("reading the data of a comm message: %w", err)
	}
	return nil
}

// Comms is implemented by a [Sink] whose front end takes comms, as that of a
// notebook's cell does. A sink that stands before another, and knows nothing of
// comms, has a method Unwrap() Sink that returns the other.
type Comms interface {
	// OpenComm opens a comm to a target of the front end. The id is one that no
	// other comm has.
	OpenComm(id, target string, m CommMessage, h CommHandler) error
	// SendComm sends a message on an open comm.
	SendComm(id string, m CommMessage) error
	// CloseComm closes an open comm.
	CloseComm(id string, m CommMessage) error
	// RegisterTarget lets front ends open comms to a target: each is given to accept,
	// and its first message to the Open of what that returns. A nil accept takes the
	// target back.
	RegisterTarget(name string, accept func(id string) CommHandler) error
}

// CommHandler takes what a front end sends on one comm, one message at a time.
type CommHandler struct {
	Open    func(CommMessage) // only of a comm that the front end opens
	Message func(CommMessage)
	Close   func(CommMessage)
	Restore func() (CommMessage, error) // what it would be opened with now; nil: nobody knows
}

// NewComm makes a comm to a target of the front end, such as "jupyter.widget", which
// [Comm.Open] opens.
func NewComm(target string) *Comm { return To(Default()).NewComm(target) }

// RegisterTarget lets the front end open comms to a target: open is called with each
// of them and its first message, and says on it what happens with the next ones. If
// open fails, the comm is closed.
func RegisterTarget(name string, open func(*Comm, CommMessage)) error {
	return To(Default()).RegisterTarget(name, open)
}

// UnregisterTarget takes a target back. Its open comms stay open.
func UnregisterTarget(name string) error { return To(Default()).UnregisterTarget(name) }

// NewComm makes a comm to a target of the front end that the printer's sink belongs to.
func (p Printer) NewComm(target string) *Comm {
	return &Comm{printer: p, id: rand.Text(), target: target}
}

// RegisterTarget lets the front end of the printer's sink open comms to a target.
func (p Printer) RegisterTarget(name string, open func(*Comm, CommMessage)) error {
	if open == nil {
		return fmt.Errorf("register the comm target %q: the function that takes its comms is nil", name)
	}
	sink := p.target()
	return p.register("register", name, func(id string) CommHandler {
		c := &Comm{printer: p, sink: sink, id: id, target: name}
		h := c.handler()
		h.Open = func(m CommMessage) { open(c, m) }
		return h
	})
}

// UnregisterTarget takes a target back. Its open comms stay open.
func (p Printer) UnregisterTarget(name string) error { return p.register("unregister", name, nil) }

func (p Printer) register(what, name string, accept func(string) CommHandler) error {
	comms, err := commsOf(p.target())
	if err == nil {
		err = comms.RegisterTarget(name, accept)
	}
	if err != nil {
		return fmt.Errorf("%s the comm target %q: %w", what, name, err)
	}
	return nil
}

// ID returns the comm's id, unique in all sessions.
func (c *Comm) ID() string { return c.id }

// Target returns the name of the target that the comm was opened to.
func (c *Comm) Target() string { return c.target }

// Open opens the comm. What is to be called when the front end sends is set before:
// it may send at once. Data and metadata are what json.Marshal takes; nil stands for
// an empty object. Where there is no front end that takes comms, the error says so.
func (c *Comm) Open(data, metadata any, buffers ...[]byte) error {
	sink := c.printer.target()
	c.mu.Lock()
	c.sink = sink
	c.mu.Unlock()
	return c.tell("open", data, metadata, buffers, func(comms Comms, id string, m CommMessage) error {
		return comms.OpenComm(id, c.target, m, c.handler())
	})
}

// OnMessage sets what is called with each message that the front end sends, one at
// a time; nil ignores them. What it prints and shows belongs to that message. It is
// called beside a cell that runs: what both use needs an atomic or a mutex, as
// between goroutines. A cell that is run after a message waits until the call returns.
func (c *Comm) OnMessage(f func(CommMessage)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.message = f
}

// OnClose sets what is called when the front end closes the comm.
func (c *Comm) OnClose(f func(CommMessage)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closing = f
}

// OnRestore sets what tells the data and buffers with which the comm would be opened now.
// A page that is loaded anew asks for those of all comms to "jupyter.widget" at once. It
// is set before the comm is opened.
func (c *Comm) OnRestore(f func() (data any, buffers [][]byte)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.restore = f
}

// Send sends data, which json.Marshal takes, and buffers to the front end.
func (c *Comm) Send(data any, buffers ...[]byte) error {
	return c.tell("send on", data, nil, buffers, Comms.SendComm)
}

// Close closes the comm, with last data for the front end, which may be nil.
func (c *Comm) Close(data any) error { return c.tell("close", data, nil, nil, Comms.CloseComm) }

// tell sends through the cell that is here, as [Handle.Update] does, or else
// through the one that opened the comm.
func (c *Comm) tell(what string, data, metadata any, buffers [][]byte, do func(Comms, string, CommMessage) error) error {
	c.mu.Lock()
	sink := c.sink
	c.mu.Unlock()
	if sink == nil {
		sink = c.printer.target()
	}
	m, err := commMessage(data, metadata, buffers)
	if err == nil {
		var comms Comms
		if comms, err = commsOf(c.printer.targetOr(sink)); err == nil {
			err = do(comms, c.id, m)
		}
	}
	if err != nil {
		return fmt.Errorf("%s the comm to %q: %w", what, c.target, err)
	}
	return nil
}

// handler calls what is set when a message comes.
func (c *Comm) handler() CommHandler {
	call := func(f *func(CommMessage)) func(CommMessage) {
		return func(m CommMessage) {
			c.mu.Lock()
			now := *f
			c.mu.Unlock()
			if now != nil {
				now(m)
			}
		}
	}
	h := CommHandler{Message: call(&c.message), Close: call(&c.closing)}
	c.mu.Lock()
	restore := c.restore
	c.mu.Unlock()
	if restore != nil {
		h.Restore = func() (CommMessage, error) {
			data, buffers := restore()
			return commMessage(data, nil, buffers)
		}
	}
	return h
}

var errNoComms = errors.New("nobody is here who takes comms: they need a front end such as JupyterLab, and a cell that runs in it")

// commsOf finds the comms of a sink, or of the one that it stands before.
func commsOf(s Sink) (Comms, error) {
	if c, ok := behind[Comms](s); ok {
		return c, nil
	}
	return nil, errNoComms
}

// commMessage writes what a program sends.
func commMessage(data, metadata any, buffers [][]byte) (m CommMessage, err error) {
	if m.Data, err = commJSON(data); err != nil {
		return m, fmt.Errorf("writing its data: %w", err)
	}
	if m.Metadata, err = commJSON(metadata); err != nil {
		return m, fmt.Errorf("writing its metadata: %w", err)
	}
	if m.Metadata[0] != '{' {
		return m, fmt.Errorf("writing its metadata: %T is no JSON object", metadata)
	}
	m.Buffers = buffers
	return m, nil
}

// commJSON is v as JSON, nothing as an empty object.
func commJSON(v any) (json.RawMessage, error) {
	if v == nil {
		return json.RawMessage("{}"), nil
	}
	return json.Marshal(v)
}
