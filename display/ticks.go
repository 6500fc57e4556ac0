package display

import (
	"math"
	"strconv"
	"strings"
)

// tick is a mark on an axis, with its text.
type tick struct {
	at   float64
	text string
}

// span is an axis with its range settled: it maps data to pixels.
type span struct {
	lo, hi float64 // in data
	log    bool
	names  []string
	named  bool
	p0, p1 float64 // pixels of lo and hi
}

// position returns the pixel of v, and whether v can be shown on this scale.
func (s span) position(v float64) (float64, bool) {
	lo, hi := s.lo, s.hi
	if !finite(v) || s.log && v <= 0 {
		return 0, false
	}
	if s.log {
		lo, hi, v = math.Log10(lo), math.Log10(hi), math.Log10(v)
	}
	p := s.p0 + fraction(v, lo, hi)*(s.p1-s.p0)
	return p, math.Abs(p) < farthest
}

// fraction is where v lies on the way from lo (0) to hi (1).
func fraction(v, lo, hi float64) float64 {
	if math.IsInf(hi-lo, 0) || math.IsInf(v-lo, 0) { // the largest numbers there are
		v, lo, hi = v/2, lo/2, hi/2
	}
	return (v - lo) / (hi - lo)
}

// farthest is how far from the picture, in pixels, something may lie: a rasteriser goes
// all the way.
const farthest = 1e6

// inside reports whether v lies in the range.
func (s span) inside(v float64) bool { return v >= s.lo && v <= s.hi }

// settle finds the range of an axis from its data: a little more than they
// span, and never empty. zero keeps 0 in it, whole says that they are integers.
func (a axis) settle(values []float64, zero bool) span {
	s := span{log: a.log, names: a.names, named: a.anything}
	lo, hi, n := math.Inf(1), math.Inf(-1), 0
	for _, v := range values {
		if finite(v) && (!a.log || v > 0) {
			lo, hi, n = min(lo, v), max(hi, v), n+1
		}
	}
	switch {
	case a.ranged:
		s.lo, s.hi = a.lo, a.hi
		return s
	case n == 0 && a.log:
		s.lo, s.hi = 1, 10
		return s
	case n == 0:
		s.lo, s.hi = 0, 1
		return s
	case a.log:
		f := math.Pow(hi/lo, 0.05)
		if hi == lo {
			f = 2
		}
		s.lo, s.hi = lo/f, hi*f
		if !(s.lo > 0) { // underflow
			s.lo = lo
		}
		return s
	}
	low, high := lo, hi
	if zero {
		lo, hi = min(lo, 0), max(hi, 0)
	}
	if lo == hi {
		d := max(math.Abs(lo)*0.1, 0.5)
		s.lo, s.hi = lo-d, hi+d
		return s
	}
	pad := hi/20 - lo/20
	s.lo, s.hi = lo-pad, hi+pad
	if zero && low >= 0 {
		s.lo = 0
	}
	if zero && high <= 0 {
		s.hi = 0
	}
	if !finite(s.lo) || !finite(s.hi) {
		s.lo, s.hi = lo, hi
	}
	return s
}

// ticks returns about n marks.
func (s span) ticks(n int, whole bool) []tick {
	if s.named {
		var out []tick
		for i, name := range s.names {
			if s.inside(float64(i + 1)) {
				out = append(out, tick{float64(i + 1), name})
			}
		}
		return out
	}
	if s.log {
		return s.logTicks(n)
	}
	step := niceStep((s.hi/float64(max(n, 1)) - s.lo/float64(max(n, 1))), whole)
	if !(step > 0) || !finite(step) {
		return nil
	}
	first := math.Ceil(s.lo/step - 1e-9)
	last := math.Floor(s.hi/step + 1e-9)
	if last-first > 100 {
		return nil
	}
	var out []tick
	places := 0
	for k := first; k <= last; k++ {
		v := k * step
		if v == 0 {
			v = 0 // not -0
		}
		out = append(out, tick{at: v})
	}
	switch {
	case step < 1:
		places = min(12, int(math.Ceil(-math.Log10(step)-1e-9)))
		if x := step * math.Pow10(places); math.Abs(x-math.Round(x)) > 1e-6 {
			places++ // 0.25
		}
	case step != math.Trunc(step): // 2.5
		places = 1
	}
	for i := range out {
		out[i].text = tickText(out[i].at, places, max(math.Abs(s.lo), math.Abs(s.hi)))
	}
	return out
}

// tickText writes a tick: 1,000s as 1k where all are large, tiny ones with an exponent.
func tickText(v float64, places int, largest float64) string {
	switch {
	case v == 0:
		return "0"
	case largest >= 1e15 || largest < 1e-4:
		return exponent(v)
	case largest >= 2e9:
		return trimmed(v/1e9) + "G"
	case largest >= 2e6:
		return trimmed(v/1e6) + "M"
	case largest >= 2e4:
		return trimmed(v/1e3) + "k"
	}
	return minus(strconv.FormatFloat(v, 'f', places, 64))
}

func trimmed(v float64) string {
	return minus(strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64))
}

// exponent writes 2e-5 rather than 2e-05.
func exponent(v float64) string {
	s := strconv.FormatFloat(v, 'g', 4, 64)
	mantissa, exp, ok := strings.Cut(s, "e")
	if !ok {
		return minus(s)
	}
	n, err := strconv.Atoi(exp)
	if err != nil {
		return s
	}
	return minus(mantissa + "e" + strconv.Itoa(n))
}

// minus sets the sign that belongs to digits.
func minus(s string) string { return strings.ReplaceAll(unsigned(s), "-", "−") }

// niceStep rounds up to 1, 2, 2.5 or 5 times a power of ten.
func niceStep(raw float64, whole bool) float64 {
	if !(raw > 0) || !finite(raw) {
		return 0
	}
	p := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		step := m * p
		if whole && (step < 1 || step != math.Trunc(step)) {
			continue
		}
		if raw <= step*(1+1e-9) {
			return step
		}
	}
	if whole && raw < 1 {
		return 1
	}
	return 10 * p
}

// logTicks marks powers of ten, and 2 and 5 times them where few decades show.
func (s span) logTicks(n int) []tick {
	lo, hi := math.Log10(s.lo), math.Log10(s.hi)
	if hi-lo < 0.5 { // too narrow for decades: as on a linear axis
		t := s
		t.log = false
		var out []tick
		for _, k := range t.ticks(n, false) {
			if k.at > 0 {
				out = append(out, k)
			}
		}
		return out
	}
	multiples := []float64{1}
	if hi-lo < float64(n)/3 {
		multiples = []float64{1, 2, 5}
	}
	stride := max(1, int(math.Ceil((hi-lo)/float64(max(n, 1)))))
	var out []tick
	for e := int(math.Floor(lo)); e <= int(math.Ceil(hi)); e++ {
		if ((e%stride)+stride)%stride != 0 {
			continue
		}
		for _, m := range multiples {
			if v := m * math.Pow10(e); v >= s.lo*(1-1e-9) && v <= s.hi*(1+1e-9) {
				out = append(out, tick{v, logText(v)})
			}
		}
	}
	return out
}

func logText(v float64) string {
	switch {
	case v >= 1e15 || v < 0.999e-3:
		return exponent(v)
	case v >= 1e9:
		return trimmed(v/1e9) + "G"
	case v >= 1e6:
		return trimmed(v/1e6) + "M"
	case v >= 1e4:
		return trimmed(v/1e3) + "k"
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}
