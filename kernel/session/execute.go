package session

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/wire"
)

// unrecorded is what tracebacks call a cell that is not counted.
const unrecorded = "cell that is not in the history"

// execute runs a cell.
func (sh *subshell) execute(r request) {
	m := r.Message
	client, id := m.Header.Session, cellID(m)
	ahead, abort := sh.bursts.ahead(client, id, r.made)
	if abort || r.aborted {
		sh.bursts.answer(client, burst{cell: id, made: r.made, answered: time.Now(), ahead: ahead, broken: true})
		sh.reply(m, wire.TypeExecuteReply, wire.ExecuteReply{Status: wire.StatusAborted, ExecutionCount: sh.count}, nil)
		return
	}
	var req wire.ExecuteRequest
	if err := m.DecodeContent(&req); err != nil {
		sh.failCell(m, err, sh.count)
		return
	}
	sh.handlers.wait(r.comms) // a slider that was moved before the cell was run counts
	started := time.Now()
	in := cell.Input{Number: max(sh.count, 1), Name: unrecorded, Source: req.Code}
	kept := func() {}
	if req.StoreHistory {
		sh.count++
		kept = sync.OnceFunc(sh.record(sh.count, req.Code))
		in.Number, in.Name = sh.count, sh.cellName(sh.count)
		in.Around = func(run func()) {
			kept()
			run()
		}
	}
	if !req.Silent {
		sh.tell(m, wire.TypeExecuteInput, wire.ExecuteInput{Code: req.Code, ExecutionCount: sh.count})
	}

	reply, err := sh.runCell(r, req, in)
	kept()
	sh.bursts.answer(client, burst{cell: id, made: r.made, answered: time.Now(), ahead: ahead, broken: err != nil && req.StopOnError})
	if err != nil {
		reply = wire.ExecuteReply{Status: wire.StatusError, Error: errorContent(err)}
		if req.StopOnError {
			sh.cells.abortCells() // before anybody can know of the failure
		}
		if !req.Silent {
			sh.tell(m, wire.TypeError, reply.Error)
		}
	}
	reply.ExecutionCount = sh.count
	sh.reply(m, wire.TypeExecuteReply, reply, wire.ExecuteMetadata{Started: wire.Timestamp(started)})
}

// record puts a cell into the history. What it returns waits until it is kept there:
// that goes on while the cell is compiled.
func (sh *subshell) record(line int, code string) (kept func()) {
	wait := sh.book.Begin(line, code)
	return func() {
		if warning := wait(); warning != nil {
			sh.opts.Logf("%v", warning)
		}
	}
}

// runCell runs a cell and shows its result. When it returns, all that the cell
// has written so far is sent.
func (sh *subshell) runCell(r request, req wire.ExecuteRequest, in cell.Input) (reply wire.ExecuteReply, err error) {
	number := 0
	if req.StoreHistory && sh.number == 0 { // the numbers of subshells are not unique
		number = in.Number
	}
	out := sh.newOutput(r.Message, number)
	sh.bypass.begin(out)
	defer func() {
		defer sh.bypass.end(out)
		if ferr := out.finish(); ferr != nil && err == nil {
			err = ferr
		}
	}()
	ctx, end := sh.cells.begin(r)
	defer end()
	records := Records{History: sh.book, Spilled: sh.Spilled}
	if req.StoreHistory {
		records.Line = in.Number
	}
	ctx = records.With(ctx)
	ended := make(chan struct{})
	defer close(ended)
	in.Stdout, in.Stderr = stream{out, stdout}, stream{out, stderr}
	out.input = &input{out: out, ctx: ctx, ended: ended, allowed: req.AllowStdin}
	in.Stdin = out.input
	in.Display = out

	outcome, err := sh.run(ctx, in)
	if err != nil {
		return reply, err
	}
	for _, w := range outcome.Warnings {
		if _, err := fmt.Fprintf(in.Stderr, "warning: %s\n", w); err != nil {
			return reply, err
		}
	}
	if len(outcome.Values) > 0 && !req.Silent {
		bundle := render(outcome.Values)
		if err := out.result(sh.count, bundle); err != nil {
			return reply, err
		}
		if text, ok := bundle.Data[display.MIMEPlain].(string); ok && req.StoreHistory {
			sh.book.Output(in.Number, text)
		}
	}
	return wire.ExecuteReply{Status: wire.StatusOK, Payload: payloads(outcome.Payloads), UserExpressions: sh.evaluate(ctx, req.UserExpressions, in)}, nil
}

// evaluate finds the values of user expressions, in the order of their names.
func (s *Session) evaluate(ctx context.Context, expressions map[string]string, in cell.Input) map[string]wire.UserExpression {
	values := make(map[string]wire.UserExpression, len(expressions))
	for _, name := range slices.Sorted(maps.Keys(expressions)) {
		in.Name, in.Source = fmt.Sprintf("user expression %q", name), expressions[name]
		values[name] = s.evaluateOne(ctx, in)
	}
	return values
}

func (s *Session) evaluateOne(ctx context.Context, in cell.Input) wire.UserExpression {
	outcome, err := s.run(ctx, in)
	if err == nil && len(outcome.Values) == 0 {
		err = fmt.Errorf("%s has no value: it must be an expression", in.Name)
	}
	if err != nil {
		return wire.UserExpression{Status: wire.StatusError, Error: errorContent(err)}
	}
	bundle := render(outcome.Values)
	return wire.UserExpression{Status: wire.StatusOK, Data: bundle.Data, Metadata: bundle.Metadata}
}

// run calls the environment. A panic of it, which would be a bug of the kernel,
// fails the cell and not the session.
func (s *Session) run(ctx context.Context, in cell.Input) (outcome cell.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.opts.Logf("kernel error: panic: %v\n%s", p, debug.Stack())
			err = fmt.Errorf("the kernel failed at this cell (a bug of the kernel): %v", p)
		}
	}()
	outcome, err = s.opts.Env.Run(ctx, in)
	if err != nil && errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = interruption{"the cell", context.Cause(ctx)}
	}
	return outcome, err
}

// interruption is the failure of a cell, or of something else, that was stopped.
type interruption struct {
	what  string
	cause error
}

func (i interruption) Error() string {
	if i.cause == errInterrupted { // the name says it
		return i.what + " was stopped"
	}
	return i.what + " was stopped: " + i.cause.Error()
}

func (i interruption) Unwrap() error { return context.Canceled }

func (i interruption) Name() string { return "interrupt" }

// Traceback is bold and not red: on the ground of JupyterLab's errors, light or
// dark, red can hardly be read.
func (i interruption) Traceback(color bool) []string {
	if color {
		return []string{"\x1b[1minterrupt\x1b[0m: " + i.Error()}
	}
	return []string{"interrupt: " + i.Error()}
}

// errorContent says what went wrong in a cell.
func errorContent(err error) wire.ErrorContent {
	var f cell.Failure
	if errors.As(err, &f) {
		value := strings.TrimPrefix(f.Error(), f.Name()+": ") // front ends write "name: value"
		return wire.ErrorContent{Name: f.Name(), Value: value, Traceback: f.Traceback(true)}
	}
	return wire.ErrorContent{Name: "error", Value: err.Error(), Traceback: strings.Split(err.Error(), "\n")}
}
