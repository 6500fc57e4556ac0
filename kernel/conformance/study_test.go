package conformance_test

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

// ownEstimator is an estimator of one's own, which has mistakes.
const ownEstimator = `type picky struct{}
type taste struct{ Bitter int }

func crash(x []int) int { return x[3] }

func (picky) Name() string { return "picky" }

func (picky) Estimate(ctx context.Context, a *arch.Arch, s uint64) (estimate.Estimate, error) {
	switch s % 4 {
	case 0:
		crash(nil)
	case 1:
		panic(taste{7})
	case 2:
		return estimate.Estimate{}, errors.New("spoilt")
	}
	return estimate.Estimate{Score: 1}, nil
}
nets := space.Global(space.DefaultGlobal(data.Digits().Shape, 10))
cfg := nasext.Config{Space: nets, Strategy: strategy.Random(nets, 1), Estimator: picky{}, Trials: 20, Workers: 2}`

// A panic of an estimator that a cell describes fails the trial, with the line of the
// cell, and not the cell.
func TestOwnEstimatorPanics(t *testing.T) {
	k := start(t)
	k.run(ownEstimator, wire.StatusOK)
	got := k.result(`tried := map[string]int{}
for _, t := range nasext.Search(context.Background(), cfg).Trials {
	tried[t.Error]++
}
fmt.Sprint(tried)`)
	for _, want := range []string{
		"panic: runtime error: index out of range [3] with length 0 (crash, cell 1:4)",
		"panic: main.taste{Bitter:7} (picky.Estimate, cell 1:13)",
		"spoilt:", "[:",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the trials ended with %s, want %q among them", got, want)
		}
	}
}
