package notebook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nascent-go/nascent/kernel/notebook/internal/ansi"
	"github.com/nascent-go/nascent/kernel/wire"
)

// Options say how a notebook is run. Kernel must be set.
type Options struct {
	Kernel Kernel

	// Parameters are set after the cell that is tagged "parameters": name → value,
	// a Go expression, or plain text where a string is declared.
	Parameters map[string]string
	// Timeout is how long one cell may run; 0: as long as it likes.
	Timeout time.Duration
	// AllowErrors goes on after a cell has failed. If it took too long, or ended the
	// kernel, the run ends all the same.
	AllowErrors bool
	// RecordTiming stores when each cell began and ended, as JupyterLab can. Two
	// runs don't give the same file then.
	RecordTiming bool
	// Progress is told of every cell as it begins and as it ends; may be nil.
	Progress func(Progress)
	// Wrote is told of every file that RunFile has written; may be nil.
	Wrote func(file string)
}

// Progress is how far a run has come.
type Progress struct {
	Cell    *Cell
	Number  int // of the cell among those that run, from 1
	Total   int // how many cells run
	Done    bool
	Elapsed time.Duration // if Done
	Err     error         // if Done and the cell failed
}

// interruptGrace is how long a cell may take to end after it was interrupted.
const interruptGrace = 5 * time.Second

// Tags of cells that mean something to a run.
const (
	tagParameters = "parameters"
	tagInjected   = "injected-parameters"
	tagRaises     = "raises-exception" // the cell is meant to fail
	tagSkip       = "skip-execution"
)

// CellError says that a cell failed and the run ended there.
type CellError struct {
	Cell      *Cell
	Number    int // among the cells that run, from 1
	Total     int
	Name      string   // kind of the error
	Value     string   // what it says
	Traceback []string // with ANSI colours
	Cause     error    // if it was not the cell's own fault: timeout, interrupt, death of the kernel; else nil
}

// Error names the cell and what it failed of.
func (e *CellError) Error() string {
	what := e.Name + ": " + e.Value
	if e.Cause != nil {
		what = e.Cause.Error()
	}
	return fmt.Sprintf("cell %d of %d (%s) failed: %s", e.Number, e.Total, shorten(e.Cell.FirstLine(), 50), what)
}

// Unwrap is Cause.
func (e *CellError) Unwrap() error { return e.Cause }

// Report is the traceback for a terminal.
func (e *CellError) Report(color bool) string {
	text := strings.Join(e.Traceback, "\n")
	if !color {
		text = ansi.Strip(text)
	}
	return text
}

// Run runs the code cells of a notebook in order, and puts their outputs into
// it. A cell that fails ends the run with a *CellError, unless errors are
// allowed or the cell is tagged raises-exception; the outputs up to there are in
// the notebook. Cells tagged skip-execution are left alone.
func Run(ctx context.Context, nb *Notebook, opts Options) (err error) {
	if opts.Timeout < 0 {
		return fmt.Errorf("a timeout of %v: a cell may take a time above 0, such as 90s, or 0 for as long as it likes", opts.Timeout)
	}
	if lang := nb.Language(); lang != "" && lang != "go" {
		return fmt.Errorf("the notebook is written in %s, and only Go is run here; "+
			"if its cells are Go, choose a Go kernel for it in JupyterLab, which stores the language", lang)
	}
	if err := inject(nb, opts.Parameters); err != nil {
		return err
	}
	r := &runner{opts: opts, sender: wire.Sender{Session: wire.NewID(), User: "nascent"}, got: newCollector()}
	if err := r.describe(ctx, nb); err != nil {
		return err
	}
	nb.Minor = max(nb.Minor, 5)
	nb.fillIDs()
	defer func() {
		if e := r.got.finish(nb); err == nil && e != nil {
			err = fmt.Errorf("storing the widgets: %w", e)
		}
	}()

	var todo []*Cell
	for _, c := range nb.Cells {
		switch {
		case c.Type != Code || c.HasTag(tagSkip):
		case strings.TrimSpace(c.Source) == "":
			c.Outputs, c.ExecutionCount = nil, 0
		default:
			todo = append(todo, c)
		}
	}
	for i, c := range todo {
		p := Progress{Cell: c, Number: i + 1, Total: len(todo)}
		r.tell(p)
		began := time.Now()
		err := r.runCell(ctx, c)
		p.Done, p.Elapsed = true, time.Since(began)
		var failed *CellError
		if errors.As(err, &failed) {
			failed.Number, failed.Total = p.Number, p.Total
		}
		p.Err = err
		r.tell(p)
		if err == nil {
			continue
		}
		if failed != nil && failed.Cause == nil && (opts.AllowErrors || c.HasTag(tagRaises)) {
			continue
		}
		return err
	}
	return nil
}

// runner is one run of a notebook.
type runner struct {
	opts   Options
	sender wire.Sender
	got    *collector
}

func (r *runner) tell(p Progress) {
	if r.opts.Progress != nil {
		r.opts.Progress(p)
	}
}

// request sends a request and returns its id.
func (r *runner) request(channel wire.Channel, msgType string, content any) (string, error) {
	raw, err := json.Marshal(content)
	if err != nil {
		return "", fmt.Errorf("writing %s: %w", msgType, err)
	}
	m := &wire.Message{
		Channel:  channel,
		Header:   wire.NewHeader(r.sender.Session, r.sender.User, msgType),
		Parent:   json.RawMessage("{}"),
		Metadata: json.RawMessage("{}"),
		Content:  raw,
	}
	return m.Header.MsgID, r.opts.Kernel.Send(m)
}

// describe asks the kernel for its language and writes it into the notebook's
// metadata: without it other tools don't know what to highlight.
func (r *runner) describe(ctx context.Context, nb *Notebook) error {
	id, err := r.request(wire.Shell, wire.TypeKernelInfoRequest, wire.Empty{})
	for err == nil {
		var m *wire.Message
		if m, err = r.opts.Kernel.Receive(ctx); err != nil {
			break
		}
		if m.ParentID() != id || m.Header.MsgType != wire.TypeKernelInfoReply {
			continue
		}
		var info wire.KernelInfoReply
		if err = m.DecodeContent(&info); err != nil {
			break
		}
		if err = nb.Metadata.Set("language_info", info.LanguageInfo); err != nil {
			break
		}
		if _, ok := nb.Metadata["kernelspec"]; !ok {
			err = nb.Metadata.Set("kernelspec", kernelSpec{"Go (Nascent)", "go", "nascent"})
		}
		break
	}
	if err != nil {
		return fmt.Errorf("asking the kernel who it is: %w", err)
	}
	return nil
}

type kernelSpec struct {
	DisplayName string `json:"display_name"`
	Language    string `json:"language"`
	Name        string `json:"name"`
}

// runCell runs one cell and waits until it is done. The error is a *CellError
// without its place in the run.
func (r *runner) runCell(ctx context.Context, c *Cell) error {
	delete(c.Metadata, "execution") // times of an earlier run
	if r.opts.Timeout > 0 {
		var stop context.CancelFunc
		late := fmt.Errorf("it took longer than %v, which is the time that a cell may take", r.opts.Timeout)
		ctx, stop = context.WithTimeoutCause(ctx, r.opts.Timeout, late)
		defer stop()
	}
	id, err := r.request(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: c.Source, StoreHistory: true, StopOnError: true})
	if err == nil {
		r.got.begin(id, c)
		var reply *wire.ExecuteReply
		if reply, err = r.wait(ctx, id, c); err == nil {
			return failure(c, reply)
		}
	}
	if ctx.Err() == nil {
		return died(c, err)
	}
	return r.interrupt(ctx, id, c)
}

// wait collects outputs until the cell is done.
func (r *runner) wait(ctx context.Context, id string, c *Cell) (*wire.ExecuteReply, error) {
	var reply *wire.ExecuteReply
	times := map[string]string{}
	idle := false
	for reply == nil || !idle {
		m, err := r.opts.Kernel.Receive(ctx)
		if err != nil {
			return nil, err
		}
		if m.Channel == wire.IOPub {
			if err := r.got.take(m); err != nil {
				return nil, err
			}
		}
		if m.ParentID() != id {
			continue
		}
		switch m.Header.MsgType {
		case wire.TypeExecuteInput:
			times["iopub.execute_input"] = m.Header.Date
		case wire.TypeExecuteReply:
			reply = &wire.ExecuteReply{}
			if err := m.DecodeContent(reply); err != nil {
				return nil, err
			}
			times["shell.execute_reply"] = m.Header.Date
		case wire.TypeStatus:
			var status wire.Status
			if err := m.DecodeContent(&status); err != nil {
				return nil, err
			}
			idle = status.ExecutionState == wire.Idle
			times["iopub.status."+string(status.ExecutionState)] = m.Header.Date
		}
	}
	if r.opts.RecordTiming {
		if err := c.Metadata.Set("execution", times); err != nil {
			return nil, err
		}
	}
	return reply, nil
}

// failure is the error of a cell whose reply says that it failed.
func failure(c *Cell, reply *wire.ExecuteReply) error {
	switch reply.Status {
	case wire.StatusOK:
		return nil
	case wire.StatusError:
		return &CellError{Cell: c, Name: reply.Error.Name, Value: reply.Error.Value, Traceback: reply.Error.Traceback}
	}
	return &CellError{Cell: c, Name: reply.Status, Value: "the kernel did not run the cell"}
}

// died is the error of the cell during which the kernel ended. It stands among
// the outputs of the cell too.
func died(c *Cell, err error) *CellError {
	failed := &CellError{Cell: c, Name: "kernel died", Value: err.Error(), Cause: err}
	failed.Traceback = []string{"\x1b[1m" + failed.Name + "\x1b[0m: " + failed.Value}
	var death *Death
	if errors.As(err, &death) {
		failed.Traceback = append(failed.Traceback, death.Report()...)
	}
	c.Outputs = append(c.Outputs, &Output{Type: ErrorOutput, EName: failed.Name, EValue: failed.Value, Traceback: failed.Traceback})
	return failed
}

// interrupt stops a cell whose time is over, and gives it a moment to end.
func (r *runner) interrupt(ctx context.Context, id string, c *Cell) error {
	cause := context.Cause(ctx)
	failed := &CellError{Cell: c, Name: "interrupt", Value: cause.Error(), Cause: cause}
	if _, err := r.request(wire.Control, wire.TypeInterruptRequest, wire.Empty{}); err != nil {
		failed.Cause = errors.Join(cause, err)
		return failed
	}
	grace, stop := context.WithTimeout(context.WithoutCancel(ctx), interruptGrace)
	defer stop()
	reply, err := r.wait(grace, id, c)
	if err != nil {
		failed.Cause = fmt.Errorf("%w; and it could not be interrupted: %w", cause, err)
		return failed
	}
	if name := reply.Error.Name; name != "" && name != failed.Name { // it says in its own words what it was at
		failed.Name, failed.Value, failed.Traceback = name, reply.Error.Value, reply.Error.Traceback
		return failed
	}
	failed.tellWhy()
	return failed
}

// tellWhy puts the reason for an interrupt in the place of the session's words, in
// the outputs of the cell too: whoever reads them has not seen it stop.
func (e *CellError) tellWhy() {
	e.Traceback = []string{"\x1b[1m" + e.Name + "\x1b[0m: " + e.Value}
	for _, o := range e.Cell.Outputs {
		if o.Type == ErrorOutput {
			o.EName, o.EValue, o.Traceback = e.Name, e.Value, e.Traceback
			return
		}
	}
	e.Cell.Outputs = append(e.Cell.Outputs, &Output{Type: ErrorOutput, EName: e.Name, EValue: e.Value, Traceback: e.Traceback})
}

// shorten cuts a text to at most n characters.
func shorten(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}
