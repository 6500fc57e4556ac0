package cell

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// miss notes what a cell would have declared that does not compile.
func (e *Env) miss(in Input) {
	e.mu.Lock()
	defer e.mu.Unlock()
	src, _ := parse(token.NewFileSet(), in.name(), in.Source, true) // what is wrong with it has been told
	if src == nil {
		return
	}
	for _, d := range src.decls {
		for _, n := range declaredNames(d) {
			e.missed[n] = in.name()
		}
	}
	for _, v := range src.variables() {
		e.missed[v.name] = in.name()
	}
}

// unset notes the variables that a cell did not come to: it has failed before.
func (e *Env) unset(in Input, failure error) {
	var told *RuntimeError
	if !errors.As(failure, &told) {
		return
	}
	i := slices.IndexFunc(told.Frames, func(f Frame) bool { return f.Function == "" && f.Cell == in.name() })
	if i < 0 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	src, err := parse(token.NewFileSet(), in.name(), in.Source, false)
	if err != nil {
		return
	}
	for _, v := range src.variables() {
		if v.value && src.position(v.end).Line >= told.Frames[i].Line {
			e.unsets[v.name] = fmt.Sprintf("%s has not been set: %s failed in line %d, before it came to that", v.name, in.name(), told.Frames[i].Line)
		}
	}
}

// declaredVariable is one of a cell's statements.
type declaredVariable struct {
	name  string
	end   token.Pos // of the statement
	value bool      // the statement gives it one
}

func (src *source) variables() (list []declaredVariable) {
	if src.run == nil {
		return nil
	}
	for _, s := range src.run.Body.List {
		switch s := s.(type) {
		case *ast.DeclStmt:
			d, ok := s.Decl.(*ast.GenDecl)
			if !ok || d.Tok != token.VAR {
				continue
			}
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					for _, id := range v.Names {
						list = append(list, declaredVariable{id.Name, spec.End(), len(v.Values) > 0})
					}
				}
			}
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				for _, x := range s.Lhs {
					if id, ok := x.(*ast.Ident); ok {
						list = append(list, declaredVariable{id.Name, s.End(), true})
					}
				}
			}
		}
	}
	return slices.DeleteFunc(list, func(v declaredVariable) bool { return v.name == "_" })
}

// unsetUses warns of variables that a cell reads and that have not been set. Those that
// the cell sets, or takes the address of, are set from now on.
func (e *Env) unsetUses(p *plan) {
	if len(e.unsets) == 0 {
		return
	}
	sets := map[string]bool{}
	for _, n := range p.vars {
		sets[n] = true
	}
	note := func(list ...ast.Expr) {
		for _, x := range list {
			if id, ok := x.(*ast.Ident); ok {
				sets[id.Name] = true
			}
		}
	}
	for _, f := range p.check.files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				note(n.Lhs...)
			case *ast.RangeStmt:
				note(n.Key, n.Value)
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					note(n.X)
				}
			}
			return true
		})
	}
	maps.DeleteFunc(e.unsets, func(n string, _ string) bool { return sets[n] })
	warned := map[string]bool{}
	for _, o := range p.check.info.Uses {
		v, ok := o.(*types.Var)
		if ok && e.scope[v.Name()] == v && e.unsets[v.Name()] != "" {
			warned[e.unsets[v.Name()]] = true
		}
	}
	p.warnings = append(p.warnings, slices.Collect(maps.Keys(warned))...)
}
