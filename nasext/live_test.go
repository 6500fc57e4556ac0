package nasext

import (
	"strings"
	"sync"
	"testing"

	"github.com/nascent-go/nascent/display"
)

// recorder keeps what is shown.
type recorder struct {
	mu     sync.Mutex
	events []display.Event
}

func (r *recorder) Emit(e display.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	return nil
}

// Live shows a bar and a plot, both at their last state in the end, and changes
// nothing else.
func TestLive(t *testing.T) {
	before := display.Default()
	defer display.SetDefault(before)
	r := &recorder{}
	display.SetDefault(r)
	cfg := reinforced(t, 23)
	quiet := search(t, cfg)
	if len(r.events) != 0 {
		t.Errorf("%d events without Live", len(r.events))
	}
	cfg = reinforced(t, 23)
	cfg.Live, cfg.Name, cfg.Control = true, "toy", &Control{}
	cfg.OnTrial = func(trial Trial) {
		if trial.Number == 7 {
			cfg.Control.Pause()
			go cfg.Control.Resume()
		}
	}
	sameTrials(t, "shown live", search(t, cfg).Trials, quiet.Trials)
	last := map[string]string{}
	for _, e := range r.events {
		if e.Op == display.OpShow {
			if _, twice := last[e.ID]; twice {
				t.Errorf("output %s is shown twice", e.ID)
			}
		}
		last[e.ID] = e.Bundle.Data[display.MIMEPlain].(string)
	}
	if len(last) != 2 {
		t.Fatalf("%d outputs, want a bar and a plot: %v", len(last), last)
	}
	all := ""
	for _, text := range last {
		all += text + "\n"
	}
	for _, want := range []string{"toy 23/23, best", "after 23 trials"} {
		if !strings.Contains(all, want) {
			t.Errorf("the last states are %q, want %q in them", all, want)
		}
	}
}
