package cell

import (
	"os"
	"testing"
)

// TestDump prints the lowered form of a cell: NASCENT_DUMP=file go test -run TestDump -v
func TestDump(t *testing.T) {
	file := os.Getenv("NASCENT_DUMP")
	if file == "" {
		t.Skip("no NASCENT_DUMP")
	}
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	nb := newNotebook(t)
	t.Log(nb.run(string(src)))
	for _, c := range nb.env.machine.chunks {
		t.Log("\n" + c.Source)
	}
}
