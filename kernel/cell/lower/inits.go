package lower

import "golang.org/x/tools/go/ssa"

// guardName is the variable of a package that says that its initialisation has begun.
const guardName = "init$guard"

// initialisers are the functions that initialise the packages which p imports and whose
// functions are lowered. They remember that they have run.
func (l *Lowerer) initialisers(p *ssa.Package) (fns []*ssa.Function) {
	for _, imported := range p.Pkg.Imports() {
		if sp := l.prog.Package(imported); sp != nil && l.bodies[imported] && l.initialises(sp.Func("init"), map[*ssa.Function]bool{}) {
			fns = append(fns, sp.Func("init"))
		}
	}
	return fns
}

// initialises: the initialiser of a package does more than to remember that it has run.
func (l *Lowerer) initialises(fn *ssa.Function, seen map[*ssa.Function]bool) bool {
	if fn == nil || seen[fn] {
		return false
	}
	seen[fn] = true
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			switch in := in.(type) {
			case *ssa.Store:
				if g, ok := in.Addr.(*ssa.Global); !ok || g.Name() != guardName {
					return true
				}
			case *ssa.Call:
				switch callee := in.Call.StaticCallee(); {
				case callee == nil || !isInitializer(callee):
					return true
				case !compiled(callee) && l.initialises(callee, seen):
					return true
				}
			}
		}
	}
	return false
}
