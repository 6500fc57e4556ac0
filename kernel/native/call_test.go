package native

import (
	"errors"
	"testing"
)

// TestPolls: between two polls there are no more steps (rounds of loops, or calls) than there
// is fuel, and not so few that polling costs anything.
func TestPolls(t *testing.T) {
	const instructions = 64 // of a step, at most
	polls := 0
	poll := func() error {
		polls++
		return nil
	}
	sample, memory := newWorld(t, sampleSource), newWorld(t, memorySource)
	sample.engine.options.Poll, memory.engine.options.Poll = poll, poll
	for _, c := range []struct {
		w     *world
		name  string
		like  any
		n     []any
		steps int
	}{
		{sample, "loop", loop, []any{1 << 22}, 1 << 22},
		{sample, "fib", fib, []any{30}, 2692537},
		{sample, "sieve", sieve, []any{1 << 20}, 1 << 21},
		{sample, "matmul", matmul, []any{128}, 1 << 21},
		{memory, "even", even, []any{500_000}, 500_000},
		{memory, "ackermann", ackermann, []any{2, 700}, 989_106},
		{memory, "again", again, []any{[][]float64{make([]float64, 1000)}, 0, 2000}, 2_000_000},
	} {
		polls = 0
		if _, err := c.w.call(c.name, c.like, c.n...); err != nil {
			t.Fatal(c.name, err)
		}
		if polls < c.steps/fuel || polls > c.steps*instructions/fuel {
			t.Errorf("%s has polled %d times in %d steps", c.name, polls, c.steps)
		}
	}
}

// TestDear: a function that uses few of many slices in slices is not called, most of the
// time, unless it makes up for that.
func TestDear(t *testing.T) {
	w := newWorld(t, memorySource)
	rows := make([][]float64, 10_000)
	for i := range rows {
		rows[i] = []float64{1}
	}
	calls := func(n, times int) (done, dear int) {
		for range times {
			switch got, err := w.call("again", again, rows, 0, n); {
			case err == nil && got[0] == float64(n):
				done++
			case errors.Is(err, ErrDear):
				dear++
			default:
				t.Fatal(got, err)
			}
		}
		return done, dear
	}
	if done, _ := calls(1, 1000); done < 10 || done > 20 {
		t.Errorf("of 1000 calls that do nothing %d are made", done)
	}
	if done, _ := calls(10_000, 1000); done < 900 {
		t.Errorf("of 1000 calls that do much only %d are made", done)
	}
	if done, _ := calls(1, 100); done != 100 {
		t.Errorf("only %d calls are made after some that have saved much", done)
	}
}
