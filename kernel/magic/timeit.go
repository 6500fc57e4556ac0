package magic

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/pflag"
)

// Limits of what %timeit is asked for.
const (
	mostRuns  = 1000
	mostLoops = 1 << 40
)

func timeit() Command {
	return Command{
		Name: "timeit", Usage: "[-n N] [-r R] [-t TIME] STATEMENT", Form: Line | Whole, Rest: Program, Least: 1,
		Short: "run Go many times and print how long it takes",
		Long: "The statements are compiled as the body of a loop, and their variables are their own: what they declare is gone\n" +
			"afterwards. A run is N loops; R runs are timed. A run is an outlier if it is further from the middle half of the runs\n" +
			"than 1.5 times the width of that half. The loop itself takes some time, too: %timeit {} says how much.",
		Setup: func(options *pflag.FlagSet) Runner {
			loops := options.IntP("loops", "n", 0, "`N` loops in a run (default: as many as take TIME)")
			runs := options.IntP("runs", "r", 7, "`R` runs")
			least := options.DurationP("time", "t", 200*time.Millisecond, "`TIME` that a run takes at least, if N is not given")
			return func(ctx context.Context, c *Call) error {
				if *loops < 0 || *loops > mostLoops || *runs < 1 || *runs > mostRuns || *least < 0 {
					return fmt.Errorf("%%timeit takes 1 to %d runs of 1 to %d loops", mostRuns, mostLoops)
				}
				in, ok := c.Statement()
				if !ok {
					return &problem{"%timeit runs Go only", "%time also runs commands"}
				}
				var times []time.Duration
				n := *loops
				err := c.Go.Loop(ctx, in, func(loop func(int)) {
					runtime.GC() // of what was there before
					if n == 0 {
						n = scale(loop, *least)
					}
					for range *runs {
						times = append(times, timed(loop, n))
					}
				})
				if err != nil {
					return err
				}
				return c.Printf("%s%s", newSample(times, n), tiersOf(c))
			}
		},
	}
}

func timed(loop func(int), n int) time.Duration {
	start := time.Now()
	loop(n)
	return time.Since(start)
}

// scale finds how many loops take at least so long: 1, 2, 5, 10, …
func scale(loop func(int), least time.Duration) int {
	for n := 1; ; n *= 10 {
		for _, step := range []int{1, 2, 5} {
			if timed(loop, n*step) >= least || n*step >= mostLoops {
				return n * step
			}
		}
	}
}

// sample is what runs took, a loop each, in nanoseconds.
type sample struct {
	loops                          int
	sorted                         []float64
	mean, deviation, least, median float64
	outliers                       int
}

func newSample(times []time.Duration, loops int) sample {
	s := sample{loops: loops}
	for _, t := range times {
		x := float64(t) / float64(loops)
		s.sorted = append(s.sorted, x)
		s.mean += x / float64(len(times))
	}
	slices.Sort(s.sorted)
	for _, x := range s.sorted {
		s.deviation += (x - s.mean) * (x - s.mean)
	}
	if n := len(s.sorted); n > 1 {
		s.deviation = math.Sqrt(s.deviation / float64(n-1))
	}
	s.least, s.median = s.sorted[0], s.quantile(0.5)
	low, high := s.quantile(0.25), s.quantile(0.75)
	for _, x := range s.sorted {
		if x < low-1.5*(high-low) || x > high+1.5*(high-low) {
			s.outliers++
		}
	}
	return s
}

// quantile is between the nearest two runs.
func (s sample) quantile(q float64) float64 {
	at := q * float64(len(s.sorted)-1)
	i := int(at)
	if i+1 >= len(s.sorted) {
		return s.sorted[i]
	}
	return s.sorted[i] + (at-float64(i))*(s.sorted[i+1]-s.sorted[i])
}

func (s sample) String() string {
	runs := uint64(len(s.sorted))
	text := fmt.Sprintf("%s ± %s per loop (mean ± standard deviation of %s, %s each)\n", nanoseconds(s.mean), nanoseconds(s.deviation),
		counted(runs, "run"), counted(uint64(s.loops), "loop"))
	text += fmt.Sprintf("least %s, median %s", nanoseconds(s.least), nanoseconds(s.median))
	if s.outliers > 0 {
		text += fmt.Sprintf(", %s", counted(uint64(s.outliers), "outlier"))
	}
	return text + "\n"
}

// nanoseconds writes a time of which there may be less than one.
func nanoseconds(ns float64) string {
	if ns < 1000 {
		return fmt.Sprintf("%.3g ns", ns)
	}
	return short(time.Duration(ns))
}
