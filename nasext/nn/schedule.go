package nn

import (
	"fmt"
	"math"
)

// Schedule is a learning rate that changes as training goes on.
type Schedule interface {
	// Rate is the learning rate of the given step, 0 to steps-1, of a training of steps steps.
	Rate(step, steps int) float64
	// Check says what is wrong with the settings.
	Check() error
}

// Constant is one rate throughout.
type Constant struct {
	Base float64 // above 0
}

// Rate implements Schedule.
func (c Constant) Rate(step, steps int) float64 { return c.Base }

// Check implements Schedule.
func (c Constant) Check() error { return checkRate("constant schedule: rate", c.Base) }

// Linear goes from From, which is the rate before the first step, to To, which is that
// of the last.
type Linear struct {
	From, To float64 // at least 0
}

// Rate implements Schedule.
func (l Linear) Rate(step, steps int) float64 {
	return l.From + (l.To-l.From)*float64(step+1)/float64(max(steps, 1))
}

// Check implements Schedule.
func (l Linear) Check() error {
	for _, v := range []float64{l.From, l.To} {
		if !(v >= 0) || math.IsInf(v, 1) {
			return fmt.Errorf("linear schedule: from %v to %v; both have to be finite numbers of at least 0", l.From, l.To)
		}
	}
	return nil
}

// Cosine falls from Base to Final along half a cosine (Loshchilov & Hutter 2017, eq. 5,
// without restarts). Its last step is one before Final.
type Cosine struct {
	Base  float64 // above 0
	Final float64 // 0 to Base
}

// Rate implements Schedule.
func (c Cosine) Rate(step, steps int) float64 {
	done := float64(step) / math.Max(float64(steps), 1)
	return c.Final + (c.Base-c.Final)*(1+math.Cos(math.Pi*done))/2
}

// Check implements Schedule.
func (c Cosine) Check() error {
	if err := checkRate("cosine schedule: base rate", c.Base); err != nil {
		return err
	}
	if !(c.Final >= 0 && c.Final <= c.Base) {
		return fmt.Errorf("cosine schedule: final rate %v; it has to be 0 to the base rate %v", c.Final, c.Base)
	}
	return nil
}

// Steps multiplies the rate by Factor each time another Every share of the steps is over.
type Steps struct {
	Base   float64 // above 0
	Factor float64 // above 0, at most 1
	Every  float64 // above 0, at most 1: with 0.3 the rate falls at 30, 60 and 90 %
}

// Rate implements Schedule.
func (s Steps) Rate(step, steps int) float64 {
	falls := math.Floor(float64(step)/(s.Every*float64(steps)) + 1e-9)
	return s.Base * math.Pow(s.Factor, falls)
}

// Check implements Schedule.
func (s Steps) Check() error {
	if err := checkRate("step schedule: base rate", s.Base); err != nil {
		return err
	}
	if !(s.Factor > 0 && s.Factor <= 1) {
		return fmt.Errorf("step schedule: factor %v; it has to be above 0 and at most 1", s.Factor)
	}
	if !(s.Every > 0 && s.Every <= 1) {
		return fmt.Errorf("step schedule: a fall every share of %v; it has to be above 0 and at most 1", s.Every)
	}
	return nil
}

// Phase is a part of a training with a schedule of its own.
type Phase struct {
	Share    float64 // of all steps, above 0
	Schedule Schedule
}

// Phases are schedules one after the other. Each sees the steps of its part as if they
// were all; the last one has those that rounding leaves.
type Phases []Phase

// Warmup is a schedule after a linear rise to its first rate over a share of the steps,
// above 0 and below 1.
func Warmup(share float64, s Schedule) Phases {
	rise := Linear{}
	if s != nil {
		rise.To = s.Rate(0, 1)
	}
	return Phases{{share, rise}, {1 - share, s}}
}

// Rate implements Schedule.
func (p Phases) Rate(step, steps int) float64 {
	from, upTo := 0, 0.0
	for i, phase := range p {
		upTo += phase.Share
		to := int(math.Round(upTo * float64(steps)))
		if i == len(p)-1 {
			to = steps
		}
		if step < to {
			return phase.Schedule.Rate(step-from, to-from)
		}
		from = to
	}
	return 0
}

// Check implements Schedule.
func (p Phases) Check() error {
	var sum float64
	for i, phase := range p {
		if !(phase.Share > 0) {
			return fmt.Errorf("phase %d of the schedule: a share of %v of the steps; it has to be above 0", i+1, phase.Share)
		}
		if phase.Schedule == nil {
			return fmt.Errorf("phase %d of the schedule has none; set Schedule, such as nn.Cosine{Base: 0.1}", i+1)
		}
		if err := phase.Schedule.Check(); err != nil {
			return fmt.Errorf("phase %d of the schedule: %w", i+1, err)
		}
		sum += phase.Share
	}
	if math.Abs(sum-1) > 1e-9 {
		return fmt.Errorf("the shares of the schedule's %d phases add up to %.6g; they have to add up to 1", len(p), sum)
	}
	return nil
}

func checkRate(what string, rate float64) error {
	if !(rate > 0) || math.IsInf(rate, 1) {
		return fmt.Errorf("%s %v; it has to be a finite number above 0, such as 0.1", what, rate)
	}
	return nil
}
