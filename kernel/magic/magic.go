// Package magic gives cells their commands: %name on a line, %%name at the top of a
// cell, !cmd for the shell, and NAME? for documentation.
//
// # What is a command
//
// Only where a new statement would begin at the top level, at the beginning of a line,
// a text is a command:
//
//   - %name and what follows on the line. A backslash at the end of the line continues
//     it. Where a command takes a Go statement, as %time does, the statement may have
//     several lines.
//   - %%name as the first line of a cell that is not blank: the rest is its body.
//   - !cmd, which the shell runs. It is Go if it parses as an expression whose first
//     name means something there: !done after done := true, but not !date. A function, a type
//     or a builtin counts only where it is called, as in !strings.Contains(s, "x"),
//     so that !make runs make. !!cmd is the same.
//   - ?NAME, NAME? and, for the source, NAME??.
//
// So % in an expression, a raw string, a comment or a block is Go. A cell without
// commands goes to the Go environment byte for byte, and Go between commands keeps its
// lines and columns, and the cell its name.
//
// # How a cell runs
//
// All commands of a cell are read before any of it runs: an unknown name, a wrong
// option and a missing argument are told at once, and so is Go that does not parse.
// Then Go and commands run in the order of the text; the first failure ends
// the cell. The last expression of a cell is its result if no command follows it.
//
// # Options and words
//
// Options are written as in a shell: -n 10, -n10, --loops 10, --loops=10, -- ends them, and -h
// prints the usage. Words are divided as a POSIX shell does it: '…' is taken as it is,
// in "…" a backslash escapes \ " and $, elsewhere it escapes any letter. What is a
// Go statement, a shell command or a body is not divided and taken as it is.
//
// [Env] is a decorator: it is a session's environment around another one, so that the
// kernel, nascent run and nascent exec have the same commands.
package magic

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/session"
)

// Go is the environment that runs the Go of cells. *cell.Env is one.
type Go interface {
	session.Environment

	// Parse reports what is wrong with the syntax of a cell, without running it.
	Parse(in cell.Input) error
	// KindOf says what a name means: var, const, function, type, struct, interface,
	// builtin, package, or "" if nothing.
	KindOf(name string) string
	// Native compiles the declarations of a cell with an installed Go tool chain.
	Native(ctx context.Context, in cell.Input) (cell.Outcome, error)
	// Loop compiles statements as a loop, and calls measure with what runs it n times.
	Loop(ctx context.Context, in cell.Input, measure func(loop func(n int))) error

	// Definitions lists what cells have defined, Values the values of variables.
	Definitions() []cell.Definition
	Values(ctx context.Context, names ...string) ([]any, error)
	// Forget takes definitions back, with warnings of what is broken without them;
	// Reset takes all back.
	Forget(ctx context.Context, names ...string) (warnings []string, err error)
	Reset(ctx context.Context) error

	// ModuleVersion is the version of a module of which cells have imported packages, "" if they have not.
	ModuleVersion(path string) string

	// SetStrict says whether errors that nothing takes are left alone.
	SetStrict(on bool)
	Strict() bool

	// SetTier says which functions run as machine code; Tier lists them all.
	SetTier(mode cell.TierMode)
	Tier() (mode cell.TierMode, list []cell.Tiered)
}

// Config is what the commands of a session work with besides its Go environment.
type Config struct {
	// Commands are there besides those of this package.
	Commands []Command
	// Version is that of the kernel.
	Version string
	// Memory is the session's; nil: it has no limit.
	Memory Memory
	// Derive is the seed that a seed gives to a path of words; nil: there is none.
	Derive func(seed uint64, path ...string) uint64
}

// Env is an environment whose cells have commands. It implements
// session.Environment.
type Env struct {
	Go
	conf  Config
	table table
	place place
	// formats: cells that run are formatted
	formats atomic.Bool
}

// place is where the session is.
type place struct {
	mu     sync.Mutex
	before string // the folder before the last %cd
}

// New gives an environment commands. It panics if two commands have the same name.
func New(env Go, conf Config) *Env {
	return &Env{Go: env, conf: conf, table: newTable(append(commands(), conf.Commands...))}
}

// Run runs a cell: its Go and its commands in the order of the text.
func (e *Env) Run(ctx context.Context, in cell.Input) (cell.Outcome, error) {
	out, err := e.runCell(ctx, in)
	if err == nil && e.formats.Load() {
		e.formatted(in, &out)
	}
	return out, err
}

func (e *Env) runCell(ctx context.Context, in cell.Input) (cell.Outcome, error) {
	p := e.parse(in)
	if p.plain() {
		return e.Go.Run(ctx, in)
	}
	if err := p.err(); err != nil {
		return cell.Outcome{}, err
	}
	return e.run(ctx, in, p.steps)
}

// run runs the steps of a cell until one fails.
func (e *Env) run(ctx context.Context, in cell.Input, steps []step) (cell.Outcome, error) {
	var all cell.Outcome
	for _, s := range steps {
		if err := ctx.Err(); err != nil {
			return all, err
		}
		var out cell.Outcome
		var err error
		if s.call == nil {
			out, err = e.Go.Run(ctx, s.input(in))
		} else {
			out, err = e.call(ctx, in, s.call)
		}
		all.Values = out.Values
		all.Warnings = append(all.Warnings, out.Warnings...)
		all.Payloads = append(all.Payloads, out.Payloads...)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// call runs one command.
func (e *Env) call(ctx context.Context, in cell.Input, p *parsed) (cell.Outcome, error) {
	c := &Call{Args: p.args, Rest: p.rest, Body: p.body, In: in, Go: e.Go, Config: &e.conf, env: e, steps: p.steps}
	if err := p.run(ctx, c); err != nil {
		return c.out, p.failure(in, err)
	}
	return c.out, nil
}
