package conformance_test

import (
	"fmt"
	"path/filepath"
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

// A search is interrupted like any cell, also in the middle of an estimate that a cell
// describes, and then goes on with what it had.
func TestInterruptedSearch(t *testing.T) {
	k := start(t)
	k.run(fmt.Sprintf("path := %q", filepath.Join(t.TempDir(), "study.db")), wire.StatusOK)
	k.run(`type endless struct{}

func (endless) Name() string { return "endless" }

func (endless) Estimate(ctx context.Context, a *arch.Arch, s uint64) (estimate.Estimate, error) {
	if tried == 7 {
		fmt.Println("seven")
		for {
		}
	}
	tried++
	return estimate.Estimate{Score: 1}, nil
}
tried := 0
nets := space.Global(space.DefaultGlobal(data.Digits().Shape, 10))
config := func() nasext.Config {
	return nasext.Config{Space: nets, Strategy: strategy.Random(nets, 1), Estimator: endless{}, Trials: 20, Workers: 1}
}`, wire.StatusOK)
	a := k.kill(`cfg := config()
cfg.Path = path
nasext.Search(context.Background(), cfg)`, true)
	if r, err := a.ExecuteReply(); err != nil || r.Error.Name != "interrupt" {
		t.Fatalf("the cell ended with %+v, %v", r, err)
	}
	for _, c := range []struct{ code, want string }{
		{"kept := study.Read(path)\nfmt.Sprint(kept.Status(), \" \", len(kept.Trials()) >= 7)", "stopped true"},
		{"tried = 8\nfmt.Sprint(nasext.Resume(context.Background(), path, config()))", "done: 20 trials, 0 failed"},
	} {
		if got := k.result(c.code); !strings.Contains(got, c.want) {
			t.Errorf("%s is %s, want %s", c.code, got, c.want)
		}
	}
}
