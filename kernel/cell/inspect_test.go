package cell

import (
	"context"
	"strings"
	"testing"
)

// The comment before a cell's first declaration is its documentation, too.
func TestFirstDeclarationKeepsItsComment(t *testing.T) {
	nb := newNotebook(t)
	nb.run("// first is one.\nfunc first() int { return 1 }")
	if got := nb.env.Inspect(context.Background(), "first", 2, 0).Plain; !strings.Contains(got, "first is one.") {
		t.Errorf("the inspection of first says %q", got)
	}
}
