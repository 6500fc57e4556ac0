package cell

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"io"
	"maps"
	"slices"
	"strings"
)

// Definition is something that cells have defined.
type Definition struct {
	Name string
	Kind string // as KindOf says
	Type string // of a variable or a constant; the signature of a function
	Cell string // where it was defined last
}

// Definitions lists what cells have defined, by name.
func (e *Env) Definitions() []Definition {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []Definition
	for _, name := range slices.Sorted(maps.Keys(e.scope)) {
		o := e.scope[name]
		list = append(list, Definition{name, kindName(o), types.TypeString(o.Type(), shortName), e.fset.Position(o.Pos()).Filename})
	}
	return list
}

// Values are those of variables, ready for display.Render.
func (e *Env) Values(ctx context.Context, names ...string) ([]any, error) {
	if len(names) == 0 {
		return nil, nil
	}
	out, err := e.Run(ctx, inner("variables", "[]interface{}{"+strings.Join(names, ", ")+"}"))
	if err != nil {
		return nil, err
	}
	list, ok := out.Values[0].([]any)
	if !ok || len(list) != len(names) {
		return nil, fmt.Errorf("reading %s: the cell returned %T", strings.Join(names, ", "), out.Values[0])
	}
	values := make([]any, len(list))
	for i, v := range list {
		values[i] = e.rt.Displayable(v)
	}
	return values, nil
}

// inner is a cell of the kernel's own.
func inner(name, source string) Input {
	return Input{Name: name, Source: source, Stdout: io.Discard, Stderr: io.Discard, Stdin: strings.NewReader("")}
}

// Forget takes definitions back: variables, functions, types, constants and imports
// of cells. What a variable held is let go. A package that had been shadowed by the
// name means itself again. The warnings name what no longer compiles without
// them. If a name is not defined, nothing is done.
func (e *Env) Forget(ctx context.Context, names ...string) (warnings []string, err error) {
	gone := map[string]bool{}
	e.mu.Lock()
	for _, n := range names {
		if e.defined(n) {
			gone[n] = true
			continue
		}
		text := n + " is not defined by any cell"
		if near := nearest(n, slices.Collect(maps.Keys(e.scope))); near != "" {
			text += "; did you mean " + near + "?"
		}
		err = errors.Join(err, errors.New(text))
	}
	zero := e.zeroing(gone)
	e.mu.Unlock()
	if err != nil {
		return nil, err
	}
	e.let(ctx, zero)
	e.mu.Lock()
	defer e.mu.Unlock()
	before := maps.Clone(e.scope)
	warnings = e.forget(gone)
	e.retire(before, nil)
	return warnings, ctx.Err()
}

// Reset takes all definitions back.
func (e *Env) Reset(ctx context.Context) error {
	e.mu.Lock()
	gone := map[string]bool{}
	for n := range e.scope {
		gone[n] = true
	}
	zero := e.zeroing(gone)
	e.mu.Unlock()
	e.let(ctx, zero)
	e.mu.Lock()
	defer e.mu.Unlock()
	clear(e.scope)
	clear(e.units)
	clear(e.imports)
	clear(e.meant)
	clear(e.hidden)
	e.dots = nil
	e.tier.closeRemote()
	return ctx.Err()
}

// defined says whether cells have defined or imported a name, even if it is broken now.
func (e *Env) defined(name string) bool {
	if e.scope[name] != nil || e.imports[name] != "" || e.units[name] != nil {
		return true
	}
	for _, u := range e.units {
		if slices.Contains(u.names, name) {
			return true
		}
	}
	return false
}

// zeroing are statements that set the variables among names to zero.
func (e *Env) zeroing(names map[string]bool) []string {
	var list []string
	for _, n := range slices.Sorted(maps.Keys(names)) {
		if v, ok := e.scope[n].(*types.Var); ok {
			list = append(list, fmt.Sprintf("%s = *new(%s)", n, types.TypeString(v.Type(), shortName)))
		}
	}
	return list
}

// let runs statements that let values go. One that does not compile, such as one of a type that
// has no name here, is left out: its value stays until the worker ends.
func (e *Env) let(ctx context.Context, statements []string) {
	if len(statements) == 0 {
		return
	}
	if _, err := e.Run(ctx, inner("reset", strings.Join(statements, "\n"))); err == nil || len(statements) == 1 {
		return
	}
	for _, s := range statements {
		e.let(ctx, []string{s})
	}
}

// forget takes names out of the environment, and with them what no longer compiles.
func (e *Env) forget(gone map[string]bool) (warnings []string) {
	for n := range gone {
		delete(e.scope, n)
		delete(e.imports, n)
	}
	for key, u := range e.units {
		if gone[u.key] || gone[u.recv] || len(u.names) > 0 && allIn(u.names, gone) {
			delete(e.units, key)
		}
	}
	lost := maps.Clone(gone)
	for grown := true; grown; {
		grown = false
		for _, key := range slices.Sorted(maps.Keys(e.units)) {
			u := e.units[key]
			if u.broken != "" {
				continue
			}
			for _, n := range slices.Sorted(maps.Keys(u.uses)) {
				if lost[n] && !slices.Contains(u.names, n) {
					u.broken = "it uses " + n
					warnings = append(warnings, e.gone(u, u.broken))
					grown = true
					break
				}
			}
			if u.broken == "" {
				continue
			}
			for _, n := range u.names {
				delete(e.scope, n)
				lost[n] = true
			}
		}
	}
	return warnings
}
