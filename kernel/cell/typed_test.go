package cell

import (
	"context"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whatever a program uses is offered where it uses it: in the whole program, and while
// it is written, with nothing behind the cursor.
func TestCompleteOffersWhatIsWritten(t *testing.T) {
	programs, err := filepath.Glob("testdata/programs/*.go")
	if err != nil {
		t.Fatal(err)
	}
	nb := newNotebook(t)
	ctx := context.Background()
	asked := 0
	for _, name := range programs {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		src := string(data)
		nb.env.mu.Lock()
		v, _ := nb.env.look(ctx, src, stretch{})
		nb.env.mu.Unlock()
		if v == nil {
			t.Errorf("%s is not seen", name)
			continue
		}
		uses := v.spots(func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			return ok && v.check.info.Uses[id] != nil && id.Name != "_"
		})
		uses = slices.DeleteFunc(uses, namesTypeParameter)
		lines := lineStarts(src)
		for i, u := range uses {
			id := u.node.(*ast.Ident)
			at, ok := lines.offset(v.src.position(id.Pos()), len(src))
			if !ok || !strings.HasPrefix(src[at:], id.Name) || i%25 != len(src)%25 {
				continue
			}
			asked++
			missing := func(text string) bool {
				got := nb.env.Complete(ctx, text, at+1)
				return !slices.ContainsFunc(got.Items, func(i CompletionItem) bool { return i.Text == id.Name })
			}
			if missing(src) {
				t.Errorf("%s: %s is not offered", v.src.position(id.Pos()).String()+" "+filepath.Base(name), id.Name)
			}
			if o := v.check.info.Uses[id]; o.Pos().IsValid() && o.Pkg() == v.check.pkg && o.Pos() > id.Pos() {
				continue // is not written yet
			}
			if missing(src[:at+1]) {
				t.Errorf("%s: %s is not offered while it is written", v.src.position(id.Pos()).String()+" "+filepath.Base(name), id.Name)
			}
		}
		v.src.forget()
	}
	if asked < 250 {
		t.Errorf("only %d names were asked for", asked)
	}
}

// namesTypeParameter: a use is one in a receiver, where it names a type parameter.
func namesTypeParameter(s spot) bool {
	_, one := s.parent().(*ast.IndexExpr)
	_, list := s.parent().(*ast.IndexListExpr)
	for i, n := range s.in {
		if f, ok := n.(*ast.FuncDecl); ok && (one || list) {
			return f.Recv == s.in[i-1]
		}
	}
	return false
}
