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

// Cosine falls from Base to Final along half a cosine (Loshchilov & Hutter 2017, eq. 5,
// without restarts), after a linear rise over the first Warmup share of the steps.
type Cosine struct {
	Base   float64 // above 0
	Final  float64 // 0 to Base
	Warmup float64 // 0 to below 1
}

// Rate implements Schedule.
func (c Cosine) Rate(step, steps int) float64 {
	warm := math.Round(c.Warmup * float64(steps))
	if s := float64(step); s < warm {
		return c.Base * (s + 1) / warm
	}
	done := (float64(step) - warm) / math.Max(float64(steps)-warm, 1)
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
	if !(c.Warmup >= 0 && c.Warmup < 1) {
		return fmt.Errorf("cosine schedule: warm-up over a share of %v of the steps; it has to be at least 0 and below 1", c.Warmup)
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

func checkRate(what string, rate float64) error {
	if !(rate > 0) || math.IsInf(rate, 1) {
		return fmt.Errorf("%s %v; it has to be a finite number above 0, such as 0.1", what, rate)
	}
	return nil
}
