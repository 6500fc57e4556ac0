package magic

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
)

// Form is a way to write a command.
type Form int

// The forms of commands; a command may have both.
const (
	Line  Form = 1 << iota // %name …
	Whole                  // %%name …, with the rest of the cell as its body
)

// Rest says what follows a command's options, on the line and in the body.
type Rest int

// What commands take.
const (
	Words   Rest = iota // words, divided as in a shell; a body is a text
	Text                // one text, taken as it is; a body too
	Program             // Go, as a statement on the line or as the body, in which commands may stand
)

// Runner runs one call of a command.
type Runner func(ctx context.Context, c *Call) error

// Command is one command. It doesn't change.
type Command struct {
	Name    string
	Aliases []string
	Usage   string // what follows the name: "[-n N] STATEMENT"; may be empty
	Short   string // what it does, in less than a line
	Long    string // what else there is to say, in lines; may be empty
	Form    Form
	Rest    Rest
	GoBody  bool // the body of a %% command is Go, in which commands may stand; it is if Rest is Program
	// Least and Most are how many words may be given, Most < 0 without limit. For a Text or a
	// Program, Least 1 means that there must be one on a line.
	Least, Most int

	// Setup defines the options, and returns what runs a call with their values. It is
	// called for each call.
	Setup func(options *pflag.FlagSet) Runner
	// Complete lists what a word can be, given the words before it; nil: nothing is known.
	Complete func(ctx context.Context, env Go, before []string, word string) []cell.CompletionItem
}

// title is how the command is written in one of its forms.
func (c *Command) title() string {
	if c.Form&Line == 0 {
		return "%%" + c.Name
	}
	return "%" + c.Name
}

func (c *Command) goBody() bool { return c.GoBody || c.Rest == Program }

// usage is the first line of the help.
func (c *Command) usage() string {
	var lines []string
	for _, f := range []struct {
		form Form
		sign string
	}{{Line, "%"}, {Whole, "%%"}} {
		if c.Form&f.form == 0 {
			continue
		}
		usage := c.Usage
		if f.form == Whole && c.Rest != Words { // the body is it
			usage = strings.TrimSuffix(strings.TrimSuffix(usage, "STATEMENT"), "TEXT")
		}
		lines = append(lines, strings.TrimSpace(f.sign+c.Name+" "+usage))
	}
	return strings.Join(lines, "\n")
}

// Help is the command's documentation: usage, what it does, options.
func (c *Command) Help() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s.\n", c.usage(), upperFirst(c.Short))
	if len(c.Aliases) > 0 {
		fmt.Fprintf(&b, "Other names: %s.\n", strings.Join(c.Aliases, ", "))
	}
	if c.Long != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(c.Long))
	}
	if options := c.flags(); options.HasAvailableFlags() {
		fmt.Fprintf(&b, "\nOptions:\n%s", options.FlagUsages())
	}
	return b.String()
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// flags are the options of the command, to be asked and not to be parsed.
func (c *Command) flags() *pflag.FlagSet {
	options, _ := c.setup()
	return options
}

func (c *Command) setup() (*pflag.FlagSet, Runner) {
	options := pflag.NewFlagSet(c.Name, pflag.ContinueOnError)
	options.SortFlags = false
	options.Usage = func() {}
	options.SetInterspersed(c.Rest == Words)
	run := c.Setup(options)
	options.BoolP("help", "h", false, "print this")
	return options, run
}

// Call is one call of a command.
type Call struct {
	Args   []string   // the words that are no options
	Rest   string     // the text behind the options on the line, if the command takes a Text or a Program
	Body   string     // of a %% command
	In     cell.Input // streams, display and number of the cell; its Source is the whole cell
	Go     Go         // runs Go in the session
	Config *Config

	env   *Env
	steps []step
	out   cell.Outcome
}

// Printf writes to the cell's standard output.
func (c *Call) Printf(format string, args ...any) error {
	_, err := fmt.Fprintf(c.In.Stdout, format, args...)
	return err
}

// Show shows a value, as a cell does with display.Show.
func (c *Call) Show(v any) error { return display.To(c.In.Display).Show(v) }

// Result makes values the result of the cell, if nothing follows the command.
func (c *Call) Result(values ...any) { c.out.Values = values }

// Warn adds a warning.
func (c *Call) Warn(lines ...string) { c.out.Warnings = append(c.out.Warnings, lines...) }

// Ask asks something of the front end.
func (c *Call) Ask(p cell.Payload) { c.out.Payloads = append(c.out.Payloads, p) }

// Page shows a text in the pager; markdown may be empty.
func (c *Call) Page(plain, markdown string) {
	b := display.Text(plain)
	if markdown != "" {
		b.Data[display.MIMEMarkdown] = markdown
	}
	c.Ask(cell.Page{Bundle: b})
}

// Input is an input for [Go.Run] that runs a text of the command's own; name is what
// tracebacks call it.
func (c *Call) Input(name, source string) cell.Input {
	in := c.In
	in.Name, in.Source, in.Whole = name, source, ""
	return in
}

// Program is the Go that the command was given, with the commands in it, ready to
// be run once with the streams of in.
func (c *Call) Program(ctx context.Context, in cell.Input) error {
	out, err := c.env.run(ctx, in, c.steps)
	c.out.Values = out.Values
	c.out.Warnings = append(c.out.Warnings, out.Warnings...)
	c.out.Payloads = append(c.out.Payloads, out.Payloads...)
	return err
}

// Statement is the Go that the command was given as one input for [Go.Run]; ok is
// false if there are commands in it, or nothing.
func (c *Call) Statement() (in cell.Input, ok bool) {
	if len(c.steps) != 1 || c.steps[0].call != nil {
		return cell.Input{}, false
	}
	return c.steps[0].input(c.In), true
}

// Commands lists all commands of the session, by name.
func (c *Call) Commands() []*Command { return c.env.table.list }

// Lookup finds a command by one of its names, which may have its % signs.
func (c *Call) Lookup(name string) (*Command, bool) {
	found, ok := c.env.table.names[strings.TrimLeft(name, "%")]
	return found, ok
}

// table are commands by name.
type table struct {
	list  []*Command
	names map[string]*Command
}

func newTable(all []Command) table {
	t := table{names: map[string]*Command{}}
	for i := range all {
		c := &all[i]
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			if t.names[name] != nil {
				panic(fmt.Sprintf("magic.New: two commands are called %s", name))
			}
			t.names[name] = c
		}
		t.list = append(t.list, c)
	}
	slices.SortFunc(t.list, func(a, b *Command) int { return strings.Compare(a.Name, b.Name) })
	return t
}

// problem says what is wrong with a command line, and what would be right.
type problem struct{ what, hint string }

func (p *problem) Error() string { return strings.TrimSuffix(p.what+"; "+p.hint, "; ") }

// checkCount says whether the number of words is right.
func (c *Command) checkCount(n int) error {
	if n >= c.Least && (c.Most < 0 || n <= c.Most) {
		return nil
	}
	what := fmt.Sprintf("%s is given %d words too many", c.title(), n-c.Most)
	switch {
	case n < c.Least:
		what = c.title() + " needs more words"
	case c.Most == 0:
		what = c.title() + " takes no words"
	case n-c.Most == 1:
		what = c.title() + " is given a word too many"
	}
	return &problem{what, "the usage is: " + strings.ReplaceAll(c.usage(), "\n", " or ")}
}
