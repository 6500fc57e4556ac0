package strategy_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

func tabular(t testing.TB, s space.Space, seed uint64) *strategy.TabularPolicyGradient {
	t.Helper()
	return made(t, strategy.ReinforceTabular, s, seed, strategy.Tabular{})
}

// arms is the bandit of n arms.
type arms int

func (a arms) Name() string { return fmt.Sprintf("bandit of %d arms", int(a)) }

func (a arms) Next(chosen space.Genotype) (space.Decision, bool, error) {
	d := space.Decision{Name: "arm"}
	for i := range int(a) {
		d.Options = append(d.Options, fmt.Sprint(i))
	}
	return d, len(chosen) == 0, nil
}

func (arms) Build(space.Genotype) (*arch.Arch, error) {
	return nil, fmt.Errorf("bandits build nothing")
}

// payout of the five arms is 0.1, 0.3, 0.5, 0.7, 0.9.
func payout(g space.Genotype) float64 { return []float64{.1, .3, .5, .7, .9}[g[0]] }

func policy(t testing.TB, s space.Space) *strategy.PolicyTable {
	t.Helper()
	p, err := strategy.NewPolicyTable(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The exact policy gradient of the five-armed softmax bandit, with steps of size 1. The
// expected rewards and the probabilities of the best arm were computed independently.
func TestExactPolicyGradient(t *testing.T) {
	p := policy(t, arms(5))
	known := map[int][2]float64{0: {.500000, .2}, 10: {.658393, .427168}, 100: {.889451, .972399}, 1000: {.899172, .997835}}
	for step := range 1001 {
		j, gradient, err := p.Expected(payout, 0)
		if err != nil {
			t.Fatal(err)
		}
		if want, ok := known[step]; ok {
			best, err := p.Probability(space.Genotype{4})
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(j-want[0]) > 1e-6 || math.Abs(best-want[1]) > 1e-6 {
				t.Errorf("after %d steps the expected reward is %.7f and the best arm's probability %.7f, want %.6f and %.6f", step, j, best, want[0], want[1])
			}
		}
		if err := p.Ascend(gradient, 1); err != nil {
			t.Fatal(err)
		}
	}
}

// trained is a policy of the space that is not uniform.
func trained(t *testing.T, s space.Space) *strategy.PolicyTable {
	t.Helper()
	p := policy(t, s)
	_, gradient, err := p.Expected(func(space.Genotype) float64 { return 0 }, 0)
	if err != nil {
		t.Fatal(err)
	}
	rng := seed.Stream(3, "theta")
	for i := range gradient {
		gradient[i] = rng.NormFloat64()
	}
	if err := p.Ascend(gradient, 1); err != nil {
		t.Fatal(err)
	}
	return p
}

// fork asks for a side if the shape is a square, and offers circles fewer colours.
type fork struct{ bits }

func (fork) Name() string { return "fork" }

func (fork) State(space.Genotype) string { return "" }

func (fork) Next(chosen space.Genotype) (space.Decision, bool, error) {
	switch {
	case len(chosen) == 0:
		return space.Decision{Name: "shape", Options: []string{"point", "circle", "square"}}, true, nil
	case chosen[0] == 1 && len(chosen) == 1:
		return space.Decision{Name: "colour", Options: []string{"green", "blue"}}, true, nil
	case chosen[0] == 2 && len(chosen) == 1:
		return space.Decision{Name: "side", Options: []string{"1", "2", "3"}}, true, nil
	case chosen[0] == 2 && len(chosen) == 2:
		return space.Decision{Name: "colour", Options: []string{"red", "green", "blue"}}, true, nil
	}
	return space.Decision{}, false, nil
}

// What REINFORCE does on average, whatever the baseline, is the policy gradient, which
// the differences of the expected reward know as well.
func TestReinforceIsUnbiased(t *testing.T) {
	for _, s := range []space.Space{arms(5), bits{6}, fork{}} {
		score := func(g space.Genotype) float64 {
			sum := float64(len(g))
			for i, o := range g {
				sum += float64((i+1)*o*o) / 3
			}
			return sum
		}
		p := trained(t, s)
		j, exact, err := p.Expected(score, 0)
		if err != nil {
			t.Fatal(err)
		}
		total := 0.0
		for _, baseline := range []float64{-7, 0, j, 100} {
			sum := make([]float64, len(exact))
			total = 0
			err := space.Walk(s, func(g space.Genotype) bool {
				q, err := p.Probability(g)
				if err != nil {
					t.Fatal(err)
				}
				part, err := p.Gradient(g, score(g)-baseline)
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range part {
					sum[i] += q * v
				}
				total += q
				return true
			})
			if err != nil {
				t.Fatal(err)
			}
			for i := range exact {
				if math.Abs(sum[i]-exact[i]) > 1e-12*(1+math.Abs(baseline)) {
					t.Errorf("%s: with a baseline of %g the mean step is %v, want %v", s.Name(), baseline, sum, exact)
					break
				}
			}
		}
		if math.Abs(total-1) > 1e-12 {
			t.Errorf("%s: the probabilities sum to %v", s.Name(), total)
		}
		for i := range exact {
			const h = 1e-5
			at := func(by float64) float64 {
				step := make([]float64, len(exact))
				step[i] = by
				if err := p.Ascend(step, 1); err != nil {
					t.Fatal(err)
				}
				j, _, err := p.Expected(score, 0)
				if err != nil {
					t.Fatal(err)
				}
				return j
			}
			up := at(h)
			down := at(-2 * h)
			at(h)
			if d := (up - down) / (2 * h); math.Abs(d-exact[i]) > 1e-6 {
				t.Errorf("%s: the derivative by %v is %v, its difference quotient %v", s.Name(), p.Parameters()[i], exact[i], d)
			}
		}
	}
}

// Architectures are drawn with the probabilities that the policy says they have.
func TestPolicyTableSamples(t *testing.T) {
	p := trained(t, fork{})
	seen := map[string]float64{}
	rng := seed.Stream(5, "sample")
	const n = 20000
	for range n {
		g, err := p.Sample(rng)
		if err != nil {
			t.Fatal(err)
		}
		seen[fmt.Sprint(g)] += 1. / n
	}
	err := space.Walk(fork{}, func(g space.Genotype) bool {
		q, err := p.Probability(g)
		if err != nil {
			t.Fatal(err)
		}
		if got := seen[fmt.Sprint(g)]; math.Abs(got-q) > 4*math.Sqrt(q/n) {
			t.Errorf("%v came with frequency %.4f, want %.4f", g, got, q)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTabularErrors(t *testing.T) {
	refuses(t, strategy.ReinforceTabular, []refused[strategy.Tabular]{
		{nil, strategy.Tabular{}, "needs a space"},
		{bits{2}, strategy.Tabular{Rate: -1}, "a rate of -1; it must be a finite number above 0, or 0 for 0.01"},
		{bits{2}, strategy.Tabular{Rate: math.Inf(1)}, "a rate of +Inf"},
		{bits{2}, strategy.Tabular{Decay: 1}, "a decay of 1; it must be above 0 and below 1, or 0 for 0.9"},
		{bits{2}, strategy.Tabular{Decay: math.NaN()}, "a decay of NaN"},
	})
	p := policy(t, bits{2})
	_, err := p.Gradient(space.Genotype{0, 2}, 1)
	wantError(t, err, "choice 1 (bit 1) is option 2")
	_, err = p.Probability(space.Genotype{0, 0, 0})
	wantError(t, err, "but is complete after 2")
	_, err = p.Gradient(space.Genotype{0}, 1)
	wantError(t, err, "is not complete")
	wantError(t, p.Ascend(nil, 1), "a gradient of 0 numbers for a policy of 4 parameters")
	_, _, err = policy(t, bits{21}).Expected(ones, 0)
	wantError(t, err, "goes through at most 1000000 architectures")
}

// The first step of Adam is of the size of the rate, in the direction of the advantage;
// failures alone teach nothing.
func TestTabularUpdate(t *testing.T) {
	r, err := strategy.ReinforceTabular(arms(2), 1, strategy.Tabular{Rate: .25})
	if err != nil {
		t.Fatal(err)
	}
	tell := func(failed bool, n int) {
		batch, err := r.Ask(n)
		if err != nil {
			t.Fatal(err)
		}
		o := observe(batch, func(g space.Genotype) float64 { return float64(g[0]) })
		for i := range o {
			o[i].Failed = failed
		}
		if err := r.Tell(o); err != nil {
			t.Fatal(err)
		}
	}
	tell(true, 4)
	if got := fmt.Sprint(r.Policy().Theta()); got != "[0 0]" {
		t.Errorf("after failures the parameters are %s", got)
	}
	tell(false, 8) // both arms came
	if theta := r.Policy().Theta(); math.Abs(theta[0]+.25) > 1e-6 || math.Abs(theta[1]-.25) > 1e-6 {
		t.Errorf("after one step the parameters are %v, want -0.25 and 0.25", theta)
	}
}
