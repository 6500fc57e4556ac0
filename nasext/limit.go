package nasext

import (
	"fmt"
	"time"
)

// Limit says when a search has spent enough, beside the number of its trials. A zero
// field limits nothing; the search ends at the first that is reached, with the status
// study.Spent.
//
// But for Time, a limit is of all trials of the study, those before a Resume included,
// and copies cost nothing. It is looked at after each batch, so that the search ends at
// the same trial on any number of workers: with a batch of 1 after the trial that reaches
// it.
type Limit struct {
	// Time is how long Search or Resume may begin to estimate; what is under way is
	// finished. Where that ends a search differs from run to run, but every trial until
	// then is the same, and Resume goes on from there.
	Time   time.Duration
	Params int64 // trainable parameters of all networks together
	MACs   int64 // multiply-accumulates of a sample, of all networks together
	Epochs int   // of all learning curves together
}

// check says what is wrong with a limit.
func (l Limit) check() error {
	if l.Time < 0 || l.Params < 0 || l.MACs < 0 || l.Epochs < 0 {
		return fmt.Errorf("nasext: Config.Limit is %+v; a limit is above 0, or 0 for none", l)
	}
	return nil
}

// spent is what trials have cost.
type spent struct {
	params, macs int64
	epochs       int
}

func (s *spent) add(t Trial) {
	if t.CopyOf != 0 {
		return
	}
	s.params += t.Estimate.Params
	s.macs += t.Estimate.MACs
	s.epochs += len(t.Estimate.Curve)
}

// reached: so much is enough.
func (s spent) reached(l Limit) bool {
	return l.Params > 0 && s.params >= l.Params || l.MACs > 0 && s.macs >= l.MACs || l.Epochs > 0 && s.epochs >= l.Epochs
}
