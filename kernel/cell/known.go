package cell

import (
	"go/token"
	"go/types"
)

// KindOf says what a name means to the cells, in the words of [CompletionItem]:
// var, const, function, type, struct, interface, builtin, or package for one that
// is imported or would be. It is "" for a name that means nothing.
func (e *Env) KindOf(name string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if o := e.scope[name]; o != nil {
		return kindName(o)
	}
	if e.imports[name] != "" {
		return "package"
	}
	if o := types.Universe.Lookup(name); o != nil {
		return kindName(o)
	}
	if e.guess(name, nil) != "" {
		return "package"
	}
	return ""
}

// Parse says what is wrong with the syntax of a cell, as a [CompileError], without
// asking what its names mean and without running it.
func (e *Env) Parse(in Input) error {
	fset := token.NewFileSet()
	_, err := parse(fset, in.name(), in.Source, false)
	if err == nil {
		return nil
	}
	diag := &diagnostics{fset: fset, texts: func(string) string { return in.whole() }}
	diag.addError(err)
	return diag.err()
}
