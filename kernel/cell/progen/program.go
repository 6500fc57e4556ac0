// Package progen writes Go programs at random: well typed, terminating, and with the
// same output each time they run, so that two ways of running Go can be held
// against each other. A program is given by a number.
//
// What Go leaves open is left out: no statement depends on the order in which
// variables are read beside calls that change them, on the order of a map's
// iteration, on addresses, or on conversions of floats that are out of range.
package progen

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// Kind is what a part of a program is.
type Kind int

const (
	Declaration Kind = iota
	// Stub is another declaration of names that a part declares: one before it, which what follows
	// compiles with and nothing uses, or one that is the same.
	Stub
	Statement // of main
)

// Part is a part of a program. Declarations use only those before them.
type Part struct {
	Kind Kind
	Text string
	Cell bool // a cell begins with it
	stub string
}

// Program writes the program with a number.
func Program(seed uint64) []Part {
	g := &gen{rand: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))}
	return g.program()
}

// Source is a program as one file.
func Source(parts []Part) string {
	var decls, body strings.Builder
	for _, p := range parts {
		switch p.Kind {
		case Declaration:
			decls.WriteString("\n" + p.Text + "\n")
		case Statement:
			body.WriteString(p.Text + "\n")
		}
	}
	text := decls.String() + "\nfunc main() {\n" + body.String() + "}\n"
	return "package main\n\n" + imports(text) + text
}

// imports declares those of the packages that a text uses.
func imports(text string) string {
	var b strings.Builder
	b.WriteString("import (\n")
	for _, p := range []string{"cmp", "errors", "fmt", "math", "os", "slices", "sort", "strconv", "strings", "sync"} {
		if regexp.MustCompile(`\b` + p + `\.`).MatchString(text) {
			fmt.Fprintf(&b, "\t%q\n", p)
		}
	}
	return b.String() + ")\n"
}

// Cut cuts a program into cells at random. Some of the declarations come first in another
// form, and are defined anew before anything uses them; others come again later.
func Cut(parts []Part, seed uint64) []Part {
	r := rand.New(rand.NewPCG(seed, 1))
	var out, later []Part // later: what replaces stubs
	replace := func() {
		r.Shuffle(len(later), func(i, j int) { later[i], later[j] = later[j], later[i] })
		if len(later) > 0 {
			later[0].Cell = true // not the cell of what it replaces
		}
		out = append(out, later...)
		later = nil
	}
	for _, p := range parts {
		switch {
		case p.stub != "" && r.IntN(3) == 0:
			out = append(out, Part{Kind: Stub, Text: p.stub})
			later = append(later, p)
			continue
		case p.Kind == Statement || strings.HasPrefix(p.Text, "var "):
			replace() // what it calls must be there
			if p.Kind == Statement && r.IntN(8) == 0 {
				if d := parts[r.IntN(len(parts))]; d.Kind == Declaration && !strings.Contains(d.Text, "var ") {
					out = append(out, Part{Kind: Stub, Text: d.Text, Cell: true}) // its cell runs again
				}
			}
		}
		out = append(out, p)
	}
	for i, left := 0, 0; i < len(out); i, left = i+1, left-1 {
		if left <= 0 || out[i].Cell {
			out[i].Cell = true
			left = 1 + r.IntN(7)
		}
	}
	return out
}

// Cells is a program as cells.
func Cells(parts []Part) []string {
	var cells []string
	for _, p := range parts {
		if p.Cell || len(cells) == 0 {
			cells = append(cells, p.Text)
		} else {
			cells[len(cells)-1] += "\n" + p.Text
		}
	}
	return cells
}

// gen is the state of writing one program.
type gen struct {
	rand  *rand.Rand
	types []*typ // named types that can be used
	funcs []*function
	ifs   []*typ // named interface types
	sigs  []method
	decls []Part
	uses  []string // of idioms that were declared
	last  int      // number of the last name
	scope []*variable
	ctx   setting
}

// setting is where the code that is being written stands.
type setting struct {
	pure    bool     // what is written may change its own variables only
	leaf    bool     // ... and calls only leaves: what String methods may call
	traced  bool     // operands may be calls that leave a trace
	cost    int      // how often the code runs, about
	nest    int      // blocks that it is in
	start   int      // of the block's variables in the scope
	loops   []string // labels
	results []*typ   // of the function
	named   []string // ... if they have names
}

// variable is a name that stands for a value.
type variable struct {
	name  string
	t     *typ
	fixed bool // may not be assigned to
	set   bool // an interface that holds something
}

func (g *gen) n(n int) int          { return g.rand.IntN(n) }
func (g *gen) chance(p int) bool    { return g.rand.IntN(100) < p }
func (g *gen) number() int          { g.last++; return g.last }
func (g *gen) name(p string) string { return fmt.Sprint(p, g.number()) }

func pick[T any](g *gen, list []T) T { return list[g.n(len(list))] }

// program writes the whole.
func (g *gen) program() []Part {
	for _, d := range strings.Split(prelude, "\n\n") {
		g.add(strings.TrimSpace(d), "")
	}
	g.signatures()
	g.ctx.cost = 1
	for range 4 + g.n(7) {
		g.declare()
	}
	g.ctx = setting{cost: 1, traced: true}
	mark := len(g.scope)
	var body []string
	for range 5 + g.n(12) {
		body = append(body, g.statement())
	}
	body = append(body, strings.Split(g.showScope(mark), "\n")...)
	body = append(body, strings.Split(g.showGlobals(), "\n")...)
	body = append(body, "fmt.Println(trace)")
	switch g.n(10) {
	case 0:
		body = append(body, fmt.Sprintf("os.Exit(%d)", g.n(4)))
	case 1, 2:
		body = append(body, g.lastPanic())
	}
	parts := g.decls
	for _, s := range body {
		if s != "" {
			parts = append(parts, Part{Kind: Statement, Text: s})
		}
	}
	return parts
}
