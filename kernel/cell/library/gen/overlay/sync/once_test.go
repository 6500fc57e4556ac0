package sync

import "testing"

func TestOnceValue(t *testing.T) {
	calls := 0
	f := OnceValue(func() int { calls++; return 7 })
	g := OnceValues(func() (int, string) { calls++; return 8, "eight" })
	for range 2 {
		if v := f(); v != 7 {
			t.Errorf("OnceValue gives %d", v)
		}
		if v, s := g(); v != 8 || s != "eight" {
			t.Errorf("OnceValues gives %d, %q", v, s)
		}
	}
	if calls != 2 {
		t.Errorf("%d calls of two functions", calls)
	}
	h := OnceValue(func() int { panic("boom") })
	for range 2 {
		func() {
			defer func() {
				if r := recover(); r != "boom" {
					t.Errorf("recovered %v", r)
				}
			}()
			h()
		}()
	}
}
