package sql

import "testing"

func TestNull(t *testing.T) {
	var n Null[int]
	if err := n.Scan(int64(4)); err != nil || n != (Null[int]{4, true}) {
		t.Errorf("scanned %v, %v", n, err)
	}
	if v, err := n.Value(); v != int64(4) || err != nil {
		t.Errorf("the value is %v, %v", v, err)
	}
	if err := n.Scan(nil); err != nil || n != (Null[int]{}) {
		t.Errorf("scanned %v, %v, of nil", n, err)
	}
	if v, err := n.Value(); v != nil || err != nil {
		t.Errorf("the value of what is missing is %v, %v", v, err)
	}
}
