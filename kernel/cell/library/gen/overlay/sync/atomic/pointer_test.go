package atomic

import "testing"

func TestPointer(t *testing.T) {
	var x Pointer[int]
	a, b := new(int), new(int)
	if x.Load() != nil || x.CompareAndSwap(a, b) || !x.CompareAndSwap(nil, a) || x.Load() != a {
		t.Error("CompareAndSwap does not compare")
	}
	if x.Swap(b) != a || x.Load() != b {
		t.Error("Swap does not swap")
	}
	if x.Store(nil); x.Load() != nil {
		t.Error("Store does not store")
	}
}
