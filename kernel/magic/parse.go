package magic

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
)

// step is a stretch of Go or a command.
type step struct {
	source string  // Go, with all else of the cell blank
	call   *parsed // a command
}

// input is the step's Go as a part of a cell.
func (s step) input(in cell.Input) cell.Input {
	if in.Whole == "" {
		in.Whole = in.Source
	}
	in.Source = s.source
	return in
}

// parsed is a command that is ready to run.
type parsed struct {
	command *Command // nil for a question and for !
	at      int      // where in the cell it begins
	run     Runner
	args    []string
	rest    string
	body    string
	steps   []step // its Go
}

// program is a cell that has been read.
type program struct {
	env   *Env
	in    cell.Input
	text  string
	steps []step
	wrong []cell.Diagnostic
}

func (p *program) plain() bool {
	return len(p.wrong) == 0 && (len(p.steps) == 0 || len(p.steps) == 1 && p.steps[0].call == nil)
}

// err says what is wrong with the commands of a cell, and with the syntax of its Go.
func (p *program) err() error {
	if len(p.wrong) > 0 {
		slices.SortStableFunc(p.wrong, func(a, b cell.Diagnostic) int { return a.Line - b.Line })
		return &UsageError{cell.CompileError{Diagnostics: p.wrong}}
	}
	return p.check(p.steps)
}

func (p *program) check(steps []step) error {
	for _, s := range steps {
		var err error
		if s.call == nil {
			err = p.env.Go.Parse(s.input(p.in))
		} else {
			err = p.check(s.call.steps)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parse reads a cell.
func (e *Env) parse(in cell.Input) *program {
	p := &program{env: e, in: in, text: in.Source}
	p.steps = p.read(0, len(p.text))
	return p
}

// read reads a part of the cell.
func (p *program) read(start, end int) []step {
	var steps []step
	for _, piece := range p.env.splitter(p.text).split(start, end) {
		if piece.kind == goCode {
			if source := p.text[piece.start:piece.end]; strings.TrimSpace(source) != "" {
				steps = append(steps, step{source: blank(p.text, piece.start, piece.end)})
			}
			continue
		}
		c, err := p.command(piece)
		if err != nil {
			p.complain(piece.start, err)
			continue
		}
		steps = append(steps, step{call: c})
	}
	return steps
}

func (e *Env) splitter(text string) *splitter {
	return &splitter{text: text, goAt: e.goAt, kindOf: e.Go.KindOf}
}

// goAt is where the Go of a command line begins, -1 if it has none.
func (e *Env) goAt(text string) int {
	c := e.table.names[commandName(text)]
	if c == nil || c.Rest != Program || c.Form&Line == 0 || strings.HasPrefix(text, "%%") {
		return -1
	}
	head := 1 + len(commandName(text))
	options, _ := c.setup()
	at, err := optionsEnd(options, text[head:])
	if err != nil || head+at >= len(text) {
		return -1
	}
	return head + at
}

// optionsEnd parses the options of a text that is not divided into words, and says
// where they end.
func optionsEnd(options *pflag.FlagSet, text string) (int, error) {
	list, _ := words(text) // a quote in the rest may be whatever it likes
	if err := options.Parse(texts(list)); err != nil {
		return 0, err
	}
	if n := options.NArg(); n > 0 {
		return list[len(list)-n].start, nil
	}
	return len(text), nil
}

// command reads one command.
func (p *program) command(piece piece) (*parsed, error) {
	text := p.text[piece.start:piece.end]
	switch piece.kind {
	case shell:
		command := strings.TrimSpace(strings.TrimLeft(text, "!"))
		if command == "" {
			return nil, &problem{"! is followed by a command for the shell", "such as !ls -l"}
		}
		if strings.HasPrefix(command, "*") {
			return nil, &problem{"!* runs a command in gonb's folder of the compiled cell", "in Nascent nothing is compiled: write !" + strings.TrimSpace(command[1:])}
		}
		return &parsed{at: piece.start, rest: command, run: runShell}, nil
	case question:
		return p.question(piece.start, text)
	case foreign:
		return nil, foreignHabit(text)
	}
	name := commandName(text)
	c := p.env.table.names[name]
	cellForm := strings.HasPrefix(text, "%%")
	switch {
	case c == nil:
		return nil, p.env.unknown(text, name, cellForm)
	case cellForm && c.Form&Whole == 0:
		return nil, &problem{fmt.Sprintf("%%%%%s is no command for a whole cell", name), fmt.Sprintf("%%%s, on a line, is one", name)}
	case !cellForm && c.Form&Line == 0:
		return nil, &problem{fmt.Sprintf("%%%s is no command on a line", name), fmt.Sprintf("%%%%%s is one, for the whole cell below it", name)}
	case cellForm && piece.kind != whole:
		return nil, &problem{fmt.Sprintf("%%%%%s has to be the first line of its cell", name), "what follows it is its body"}
	}
	out := &parsed{command: c, at: piece.start}
	head := piece.start + strings.Index(text, name) + len(name)
	lineEnd := piece.end
	if cellForm {
		lineEnd = piece.body
		out.body = p.text[piece.body:piece.end]
	}
	options, run := c.setup()
	out.run = run
	var err error
	rest := 0
	if c.Rest == Words {
		var list []word
		list, err = words(p.text[head:lineEnd])
		if perr := options.Parse(texts(list)); perr != nil {
			err = perr
		}
		out.args = options.Args()
	} else {
		rest, err = optionsEnd(options, p.text[head:lineEnd])
		out.rest = strings.TrimSpace(p.text[head+rest : lineEnd])
	}
	if wanted, _ := options.GetBool("help"); wanted || errors.Is(err, pflag.ErrHelp) {
		out.run, out.body = func(_ context.Context, call *Call) error { return call.Printf("%s", c.Help()) }, ""
		return out, nil
	}
	if err != nil {
		return nil, &problem{fmt.Sprintf("%s: %v", c.title(), err), c.title() + " -h prints what there is"}
	}
	switch {
	case c.Rest == Words:
		err = c.checkCount(len(out.args))
	case out.rest == "" && !cellForm && c.Least > 0:
		err = c.checkCount(0)
	case out.rest != "" && cellForm && c.Rest == Program:
		hint := ""
		if c.Form&Line != 0 {
			hint = fmt.Sprintf("for one statement write %%%s %s", c.Name, firstLine(out.rest))
		}
		err = &problem{fmt.Sprintf("%%%%%s takes its Go from the lines below", c.Name), hint}
	}
	switch {
	case err != nil:
	case cellForm && c.goBody():
		out.steps = p.read(piece.body, piece.end)
	case !cellForm && c.Rest == Program:
		out.steps = p.read(head+rest, piece.end)
	}
	return out, err
}

// complain notes what is wrong with the command at an offset.
func (p *program) complain(at int, err error) {
	before := p.text[:at]
	start := strings.LastIndexByte(before, '\n') + 1
	d := cell.Diagnostic{
		Cell: cellName(p.in), Line: strings.Count(before, "\n") + 1, Column: at - start + 1,
		Message: err.Error(), Source: firstLine(p.text[start:]),
	}
	var wrong *problem
	if errors.As(err, &wrong) {
		d.Message, d.Hint = wrong.what, wrong.hint
	}
	p.wrong = append(p.wrong, d)
}

func firstLine(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return strings.TrimRight(text, "\r")
}

func cellName(in cell.Input) string {
	if in.Name != "" {
		return in.Name
	}
	return fmt.Sprintf("cell %d", in.Number)
}

// unknown is the answer to a command that there is not.
func (e *Env) unknown(text, name string, cellForm bool) error {
	sign := "%"
	if cellForm {
		sign = "%%"
	}
	if answer, ok := habit(sign + name); ok {
		return answer
	}
	if name == "" {
		return &problem{fmt.Sprintf("%q is no command", firstLine(text)), "a command is % or %% and a name; %help lists them"}
	}
	near, score := "", max(1, len(name)/3)+1
	for _, c := range e.table.list {
		for _, known := range append([]string{c.Name}, c.Aliases...) {
			if d := cell.Distance(name, known); d < score {
				near, score = known, d
			}
		}
	}
	hint := "%help lists the commands"
	if near != "" {
		hint = fmt.Sprintf("did you mean %s%s? %s", sign, near, hint)
	}
	return &problem{fmt.Sprintf("there is no command %s%s", sign, name), hint}
}
