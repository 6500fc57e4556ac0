package nasext

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nascent-go/nascent/nasext/study"
)

// slow is noisy, and takes a minute.
func slow(began *atomic.Int64) noisy {
	return noisy{each: func(ctx context.Context) {
		began.Add(1)
		select {
		case <-time.After(time.Minute):
		case <-ctx.Done():
		}
	}}
}

// While a search is paused, what is under way is finished and nothing begins; then it
// goes on with the trials that it would have had.
func TestPause(t *testing.T) {
	want := search(t, reinforced(t, 30)).Trials
	for _, workers := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			var began atomic.Int64
			cfg := reinforced(t, 30)
			cfg.Control, cfg.Workers, cfg.Estimator = &Control{}, workers, slow(&began)
			told := 0
			cfg.OnTrial = func(Trial) { told++ }
			var r *Result
			go func() {
				var err error
				if r, err = Search(context.Background(), cfg); err != nil {
					t.Error(err)
				}
			}()
			for range 3 {
				time.Sleep(90 * time.Second)
				cfg.Control.Pause()
				before := began.Load()
				time.Sleep(time.Hour)
				synctest.Wait()
				if n := began.Load(); n != before || !cfg.Control.Paused() || int64(told) < n {
					t.Errorf("%d workers: %d estimates have begun before the pause, %d an hour later, and %d trials are told", workers, before, n, told)
				}
				cfg.Control.Pause() // once more is no more
				cfg.Control.Resume()
				synctest.Wait()
				if n := began.Load(); n <= before || cfg.Control.Paused() {
					t.Errorf("%d workers: after the pause no estimate begins", workers)
				}
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			if r == nil {
				t.Fatal("the search does not end")
			}
			sameTrials(t, fmt.Sprintf("%d workers, paused", workers), r.Trials, want)
		})
	}
}

// The end of the context ends a pause too.
func TestCancelWhilePaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := reinforced(t, 30)
		cfg.Control, cfg.Estimator = &Control{}, slow(&atomic.Int64{})
		cfg.Control.Pause()
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			synctest.Wait()
			cancel()
		}()
		if r, err := Search(ctx, cfg); !errors.Is(err, context.Canceled) || r.Status != study.Stopped {
			t.Errorf("status %s, error %v", r.Status, err)
		}
	})
}

// Stop, also of a search that is paused, leaves a study that goes on where it was.
func TestStop(t *testing.T) {
	for _, paused := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "study.db")
		cfg := reinforced(t, 40)
		cfg.Path, cfg.Workers, cfg.Control = path, 2, &Control{}
		cfg.OnTrial = func(trial Trial) {
			if trial.Number != 13 {
				return
			}
			if paused {
				cfg.Control.Pause()
			}
			stopped := make(chan struct{})
			go func() {
				cfg.Control.Stop()
				close(stopped)
			}()
			if !paused { // by then no more begins
				<-stopped
			}
		}
		r, err := Search(context.Background(), cfg)
		if err != nil || r.Status != study.Stopped || r.Best == nil || len(r.Trials) < 13 || len(r.Trials) >= 20 {
			t.Fatalf("paused %t: status %s, %d trials, error %v", paused, r.Status, len(r.Trials), err)
		}
		if cfg.Control.Resume(); !cfg.Control.Stopped() || cfg.Control.Paused() {
			t.Error("a search that is stopped goes on")
		}
		again, err := Resume(context.Background(), path, reinforced(t, 40))
		if err != nil {
			t.Fatal(err)
		}
		sameTrials(t, "stopped and resumed", again.Trials, search(t, reinforced(t, 40)).Trials)
	}
	stopped := reinforced(t, 40)
	stopped.Control = &Control{}
	stopped.Control.Stop()
	if _, err := Search(context.Background(), stopped); !errors.Is(err, ErrNoSuccess) || !strings.Contains(err.Error(), "ended before its first trial") {
		t.Errorf("error is %v", err)
	}
}

// A search that ends by the clock has the first trials of one that doesn't, and goes on.
func TestTimeLimit(t *testing.T) {
	want := search(t, reinforced(t, 60)).Trials
	synctest.Test(t, func(t *testing.T) {
		var began atomic.Int64
		cfg := reinforced(t, 0)
		cfg.Workers, cfg.Estimator, cfg.Limit.Time = 2, slow(&began), 330*time.Second
		r := search(t, cfg)
		if r.Status != study.Spent || began.Load() < 11 || began.Load() > 12 {
			t.Errorf("status %s after %d minutes of estimates", r.Status, began.Load())
		}
		for i, trial := range r.Trials[:min(len(r.Trials), 10)] {
			if essence([]Trial{trial})[0].Score != want[i].Score {
				t.Errorf("trial %d scores %g, want %g", trial.Number, trial.Score, want[i].Score)
			}
		}
	})
}

// What a search may cost ends it at the same trial on any number of workers, and when it
// is resumed; the sum is that of what was estimated.
func TestCostLimits(t *testing.T) {
	all := search(t, reinforced(t, 60)).Trials
	for _, test := range []struct {
		limit Limit
		cost  func(Trial) int64
		most  int64
	}{
		{Limit{Params: 700}, func(t Trial) int64 { return t.Estimate.Params }, 700},
		{Limit{Epochs: 9}, func(t Trial) int64 { return int64(len(t.Estimate.Curve)) }, 9},
	} {
		want, sum := 0, int64(0) // batches of 5 are finished
		for i, trial := range all {
			if trial.CopyOf == 0 {
				sum += test.cost(trial)
			}
			if want = i + 1; want%5 == 0 && sum >= test.most {
				break
			}
		}
		if want < 10 || want > 50 {
			t.Fatalf("limit %+v: %d trials: this test does not show what it should", test.limit, want)
		}
		for _, workers := range []int{1, 4} {
			path := filepath.Join(t.TempDir(), "study.db")
			cfg := reinforced(t, 0)
			cfg.Path, cfg.Workers, cfg.Limit = path, workers, test.limit
			r := search(t, cfg)
			sameTrials(t, fmt.Sprintf("limit %+v", test.limit), r.Trials, all[:want])
			if r.Status != study.Spent {
				t.Errorf("status is %s", r.Status)
			}
			again := reinforced(t, 0)
			again.Limit = test.limit
			if r, err := Resume(context.Background(), path, again); err != nil || len(r.Trials) != want || r.Status != study.Spent {
				t.Errorf("resumed: %d trials, %v; want %d", len(r.Trials), err, want)
			}
		}
	}
	if s := (&spent{}); s.reached(Limit{MACs: 5}) {
		t.Error("nothing is enough")
	} else if s.add(Trial{Estimate: all[len(all)-1].Estimate}); s.reached(Limit{}) {
		t.Error("without a limit something is enough")
	}
	macs := Trial{}
	macs.Estimate.MACs = 5
	var s spent
	if s.add(macs); !s.reached(Limit{MACs: 5}) || s.reached(Limit{MACs: 6}) {
		t.Error("five are not five")
	}
}
