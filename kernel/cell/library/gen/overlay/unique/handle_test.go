package unique

import "testing"

func TestMake(t *testing.T) {
	type pair struct{ a, b int }
	x, y, p, q := Make("x"), Make("y"), Make(pair{1, 2}), Make(pair{1, 2})
	if x != Make("x") || x == y || p != q {
		t.Error("handles are not equal as their values are")
	}
	if got := Make(pair{1, 2}).Value(); got != (pair{1, 2}) {
		t.Errorf("the value of a handle is %v", got)
	}
	if one := Make[any](1); one != Make[any](1) || Make(1).Value() != 1 {
		t.Error("values of different types are mixed up")
	}
}
