package cell

import (
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// gone says that a definition no longer compiles.
func (e *Env) gone(u *unit, why string) string {
	return fmt.Sprintf("%s (%s) no longer compiles: %s", u.key, e.fset.Position(u.decl.Pos()).Filename, why)
}

// why is the reason for which a definition does not compile, in one line.
func (e *Env) why(p *plan, msg string) string {
	if name, ok := strings.CutPrefix(msg, "undefined: "); ok {
		for u := range p.broken {
			if slices.Contains(u.names, name) {
				return "it uses " + name
			}
		}
	}
	return strings.ReplaceAll(unqualified(msg), "\n\t", ", ")
}

// mainName finds names that go/types qualifies with the package that all cells are.
var mainName = regexp.MustCompile(`\bmain\.([\pL_])`)

func unqualified(msg string) string { return mainName.ReplaceAllString(msg, "$1") }

// noMember finds what a type has not.
var noMember = regexp.MustCompile(`\(type \*?(?:main\.)?([\pL_][\pL\pN_]*)(?:\[.*\])? has no field or method ([\pL_][\pL\pN_]*)\)`)

// hint says what the writer of a cell may have meant.
func (e *Env) hint(c *checked, err types.Error) string {
	name, ok := strings.CutPrefix(err.Msg, "undefined: ")
	if !ok {
		if strings.HasPrefix(err.Msg, "missing return") {
			return "every way through the function has to end in a return"
		}
		if m := noMember.FindStringSubmatch(err.Msg); m != nil {
			if u := e.units[m[1]+"."+m[2]]; u != nil && u.broken != "" {
				return e.gone(u, u.broken)
			}
		}
		return ""
	}
	if i := strings.IndexByte(name, '.'); i >= 0 { // pkg.Name
		for _, imp := range c.pkg.Imports() {
			if imp.Name() == name[:i] {
				if near := nearest(name[i+1:], exported(imp)); near != "" {
					return "did you mean " + name[:i+1] + near + "?"
				}
			}
		}
		return ""
	}
	for _, u := range e.units {
		if u.broken != "" && slices.Contains(u.names, name) {
			return e.gone(u, u.broken)
		}
	}
	var known []string
	for n := range e.scope {
		known = append(known, n)
	}
	known = append(known, c.pkg.Scope().Names()...)
	known = append(known, types.Universe.Names()...)
	for _, p := range e.lib.Packages() {
		known = append(known, p.Name)
	}
	if near := nearest(name, known); near != "" && near != name {
		return "did you mean " + near + "?"
	}
	return ""
}

func exported(p *types.Package) []string {
	var names []string
	for _, n := range p.Scope().Names() {
		if ast.IsExported(n) {
			names = append(names, n)
		}
	}
	return names
}

// nearest is the known name that is close enough to be a misspelling.
func nearest(name string, known []string) string {
	best, score := "", max(1, len(name)/3)+1
	slices.Sort(known)
	for _, k := range known {
		if strings.HasSuffix(k, "__") {
			continue
		}
		if d := Distance(name, k); d < score {
			best, score = k, d
		}
	}
	return best
}
