package weak

import (
	"runtime"
	"testing"
)

func TestPointer(t *testing.T) {
	p := new([100]int)
	w := Make(p)
	if w.Value() != p || w != Make(p) || w == Make(new([100]int)) {
		t.Error("a weak pointer is not what it was made from")
	}
	runtime.KeepAlive(p)
	runtime.GC()
	if w.Value() != nil {
		t.Error("a weak pointer keeps its object")
	}
	var none Pointer[int]
	if none.Value() != nil {
		t.Error("the zero weak pointer has a value")
	}
}
