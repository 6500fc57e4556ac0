package progen

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// shrinker makes a program smaller that differs from what the tool chain makes of it.
type shrinker struct {
	tc  *toolchain
	n   nascent
	now []Part
}

// shrink is the smallest program found that still differs, and how.
func shrink(tc *toolchain, n nascent, parts []Part) string {
	s := &shrinker{tc, n, parts}
	for size := 0; size != s.size(); {
		size = s.size()
		s.dropParts()
		s.edit(statements)
		s.edit(expressions)
		s.join()
	}
	wants, err := tc.run([][]Part{s.now})
	if err != nil {
		return err.Error()
	}
	text := Source(s.now)
	if n.asCells {
		text = strings.Join(Cells(s.now), "\n// next cell\n")
	}
	return fmt.Sprintf("\nmade small:\n%s\n%s", text, firstDifference(n.run(s.now), wants[0]))
}

func (s *shrinker) size() (n int) {
	for _, p := range s.now {
		n += len(p.Text) + 1
		if p.Cell {
			n++
		}
	}
	return n
}

// differing says which of some programs differ.
func (s *shrinker) differing(programs [][]Part) []bool {
	differ := make([]bool, len(programs))
	var good [][]Part
	var index []int
	for i, p := range programs {
		if s.compiles(p) {
			good, index = append(good, p), append(index, i)
		}
	}
	if len(good) == 0 {
		return differ
	}
	wants, err := s.tc.run(good)
	if err != nil {
		return differ
	}
	for i, want := range wants {
		differ[index[i]] = !want.refused && s.n.run(good[i]) != want
	}
	return differ
}

// compiles says whether go/types has nothing against a program.
func (s *shrinker) compiles(parts []Part) bool {
	_, _, _, err := s.check(parts)
	return err == nil
}

func (s *shrinker) check(parts []Part) (*token.FileSet, *ast.File, *types.Info, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", Source(parts), parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, nil, err
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	conf := types.Config{Importer: s.n.lib, GoVersion: "go1.26"}
	_, err = conf.Check("main", fset, []*ast.File{f}, info)
	return fset, f, info, err
}

// try takes the changes that keep the difference: together if that goes, or else the first.
func (s *shrinker) try(changes []func([]Part) []Part) (taken bool) {
	for len(changes) > 0 {
		n := min(batch, len(changes))
		var programs [][]Part
		for _, c := range changes[:n] {
			programs = append(programs, c(s.now))
		}
		var good []int
		for i, d := range s.differing(programs) {
			if d {
				good = append(good, i)
			}
		}
		for len(good) > 1 {
			all := s.now
			for _, i := range slices.Backward(good) { // from the end, so that places stay where they are
				all = changes[i](all)
			}
			if s.differing([][]Part{all})[0] {
				s.now, taken = all, true
				break
			}
			good = good[:(len(good)+1)/2]
		}
		if len(good) == 1 {
			s.now, taken = programs[good[0]], true
		}
		if taken {
			return true
		}
		changes = changes[n:]
	}
	return false
}

// dropParts leaves out parts, many at once at first.
func (s *shrinker) dropParts() {
	for n := max(1, len(s.now)/2); n > 0; n /= 2 {
		for again := true; again; {
			var changes []func([]Part) []Part
			for i := 0; i < len(s.now); i += n {
				changes = append(changes, func(ps []Part) []Part {
					if i >= len(ps) {
						return ps
					}
					return slices.Concat(ps[:i], ps[min(i+n, len(ps)):])
				})
			}
			again = s.try(changes) && n < len(s.now)
		}
	}
}

// join makes one cell of two.
func (s *shrinker) join() {
	var changes []func([]Part) []Part
	for i, p := range s.now {
		if p.Cell && i > 0 && s.n.asCells {
			changes = append(changes, func(ps []Part) []Part {
				ps = slices.Clone(ps)
				ps[i].Cell = false
				return ps
			})
		}
	}
	s.try(changes)
}

// cutting is a place in a program's text and what may stand there instead.
type cutting struct {
	from, to int
	text     string
}

// edit makes the text of parts smaller as find says, until nothing more goes.
func (s *shrinker) edit(find func(src string, fset *token.FileSet, f *ast.File, info *types.Info) []cutting) {
	for again := true; again; {
		fset, f, info, err := s.check(s.now)
		if err != nil {
			return
		}
		src := Source(s.now)
		var changes []func([]Part) []Part
		last := -1
		cuts := find(src, fset, f, info)
		slices.SortStableFunc(cuts, func(a, b cutting) int { return (b.to - b.from - len(b.text)) - (a.to - a.from - len(a.text)) })
		for i, p := range s.now {
			if p.Kind == Stub {
				continue
			}
			at := strings.Index(src, "\n"+p.Text+"\n") + 1
			for _, c := range cuts {
				if at > last && c.from >= at && c.to <= at+len(p.Text) {
					changes = append(changes, func(ps []Part) []Part {
						ps = slices.Clone(ps)
						t := ps[i].Text
						if c.to-at > len(t) || t[c.from-at:] == "" {
							return ps
						}
						ps[i].Text = t[:c.from-at] + c.text + t[c.to-at:]
						return ps
					})
				}
			}
		}
		again = s.try(changes)
	}
}

// statements are cuttings that leave out statements, or what is around them.
func statements(src string, fset *token.FileSet, f *ast.File, _ *types.Info) []cutting {
	var cuts []cutting
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	list := func(l []ast.Stmt) {
		for i, s := range l {
			cuts = append(cuts, cutting{at(s.Pos()), at(s.End()), ""})
			if i+2 < len(l) {
				cuts = append(cuts, cutting{at(s.Pos()), at(l[len(l)-1].Pos()), ""})
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		var body *ast.BlockStmt
		switch n := n.(type) {
		case *ast.BlockStmt:
			list(n.List)
		case *ast.CaseClause:
			list(n.Body)
			cuts = append(cuts, cutting{at(n.Pos()), at(n.End()), ""})
		case *ast.IfStmt:
			body = n.Body
			if n.Else != nil {
				cuts = append(cuts, cutting{at(n.Body.End()), at(n.Else.End()), ""})
			}
		case *ast.ForStmt:
			body = n.Body
		case *ast.RangeStmt:
			body = n.Body
		case *ast.GenDecl:
			for _, spec := range n.Specs {
				cuts = append(cuts, cutting{at(spec.Pos()), at(spec.End()), ""})
			}
		case *ast.FieldList:
			for _, field := range n.List {
				cuts = append(cuts, cutting{at(field.Pos()), at(field.End()), ""})
			}
		}
		if body != nil {
			cuts = append(cuts, cutting{at(n.Pos()), at(n.End()), src[at(body.Pos()):at(body.End())]})
		}
		return true
	})
	return cuts
}

// expressions are cuttings that put a part of an expression, or the simplest value, into its place.
func expressions(src string, fset *token.FileSet, f *ast.File, info *types.Info) []cutting {
	var cuts []cutting
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	ast.Inspect(f, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok || !info.Types[e].IsValue() {
			return true
		}
		from, to := at(e.Pos()), at(e.End())
		t := info.Types[e].Type
		inner := 0
		ast.Inspect(e, func(m ast.Node) bool {
			if part, ok := m.(ast.Expr); ok && m != n && inner < 4 && info.Types[part].IsValue() && types.Identical(info.Types[part].Type, t) {
				cuts = append(cuts, cutting{from, to, src[at(part.Pos()):at(part.End())]})
				inner++
			}
			return true
		})
		if b, ok := t.Underlying().(*types.Basic); ok && to-from > 4 {
			switch {
			case b.Info()&types.IsNumeric != 0:
				cuts = append(cuts, cutting{from, to, "1"})
			case b.Info()&types.IsString != 0:
				cuts = append(cuts, cutting{from, to, `"a"`})
			case b.Info()&types.IsBoolean != 0:
				cuts = append(cuts, cutting{from, to, "true"})
			}
		}
		if call, ok := e.(*ast.CallExpr); ok {
			for _, a := range call.Args {
				cuts = append(cuts, cutting{at(a.Pos()), at(a.End()), ""})
			}
		}
		if lit, ok := e.(*ast.CompositeLit); ok && len(lit.Elts) > 0 {
			cuts = append(cuts, cutting{at(lit.Lbrace), at(lit.Rbrace) + 1, "{}"})
		}
		return true
	})
	return cuts
}
