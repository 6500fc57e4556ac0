package progen

import (
	"context"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/session"
)

// TestNumericIsCompiled: most of what Numeric writes can be compiled to machine code.
func TestNumericIsCompiled(t *testing.T) {
	lib, err := library.Std()
	if err != nil {
		t.Fatal(err)
	}
	compiled, all := 0, 0
	for seed := range uint64(8) {
		env, err := cell.New(lib)
		if err != nil {
			t.Fatal(err)
		}
		env.SetTier(cell.TierAll)
		var out, stderr stream
		session.Exec(context.Background(), env, "p.go", Source(Numeric(seed)), session.Streams{In: strings.NewReader(""), Out: &out, Err: &stderr})
		_, list := env.Tier()
		for _, f := range list {
			if strings.HasPrefix(f.Name, "K") {
				all++
				if f.Compiled && f.Why == "" {
					compiled++
				} else {
					t.Log(f.Name, f.Why)
				}
			}
		}
	}
	if compiled < all*2/3 || all == 0 {
		t.Errorf("%d of %d functions are compiled", compiled, all)
	}
}
