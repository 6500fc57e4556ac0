package cell

import (
	"fmt"
	"os"
	"testing"
)

func TestZZDump(t *testing.T) {
	f := os.Getenv("DUMP")
	if f == "" {
		t.Skip()
	}
	src, _ := os.ReadFile(f)
	nb := newNotebook(t)
	fmt.Println(nb.run(string(src)))
	c := nb.env.machine.chunks
	fmt.Println(c[len(c)-1].Source)
}
