package maps

import "testing"

func TestClone(t *testing.T) {
	m := map[string]int{"a": 1, "b": 2}
	c := Clone(m)
	c["a"] = 3
	if m["a"] != 1 || c["b"] != 2 || len(c) != 2 {
		t.Errorf("cloned %v, changed the clone to %v", m, c)
	}
	if Clone(map[int]int(nil)) != nil {
		t.Error("the clone of a nil map is not nil")
	}
}
