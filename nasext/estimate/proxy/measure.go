package proxy

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/exact"
)

// Measure is a measure by name, so that larger is better.
type Measure struct {
	Name string
	Data bool // it looks at data
	// Order is that of the derivatives it takes, Images how many images it makes itself: what
	// exact.Model.Memory asks for.
	Order, Images int
	// Score is the measure of a network. The batch is for those that look at data, the seed for
	// those that draw weights and images of their own.
	Score func(ctx context.Context, m *exact.Model, b Batch, seed uint64) (float64, error)
	// Fast is Score on the engine of a network, in single precision; nil for measures that need
	// other derivatives than first ones by weights or pixels, and for those that are fast anyway.
	Fast func(ctx context.Context, n *nn.Network, b Batch, seed uint64) (float64, error)
}

// Measures are all there are. Beside the functions of this package these are "params" and
// "macs", the counts, which are hard to beat. "ntk" is −log₁₀ of the condition number.
func Measures() []Measure {
	return []Measure{
		firstOrder("grad_norm", Gradients.GradNorm),
		firstOrder("snip", Gradients.SNIP),
		firstOrder("plain", Gradients.Plain),
		{Name: "grasp", Data: true, Order: 2, Score: summed(GraSP)},
		{Name: "fisher", Data: true, Order: 1, Score: summed(Fisher)},
		{Name: "synflow", Order: 1, Images: 1, Score: summed(func(m *exact.Model, _ Batch) (Layers, error) { return SynFlow(m) })},
		{Name: "jacob_cov", Data: true, Order: 1, Score: whole(JacobCov), Fast: func(_ context.Context, n *nn.Network, b Batch, _ uint64) (float64, error) {
			return FastJacobCov(n, b)
		}},
		{Name: "naswot", Data: true, Score: whole(NASWOT), Fast: func(_ context.Context, n *nn.Network, b Batch, _ uint64) (float64, error) {
			return FastNASWOT(n, b)
		}},
		{Name: "zen", Images: 32, Score: func(ctx context.Context, m *exact.Model, _ Batch, seed uint64) (float64, error) {
			return Zen(ctx, m, ZenConfig{Seed: seed})
		}, Fast: func(ctx context.Context, n *nn.Network, _ Batch, seed uint64) (float64, error) {
			return FastZen(ctx, n, ZenConfig{Seed: seed})
		}},
		{Name: "ntk", Data: true, Order: 1, Score: func(ctx context.Context, m *exact.Model, b Batch, _ uint64) (float64, error) {
			condition, err := NTKCondition(ctx, m, b)
			return -math.Log10(condition), err
		}, Fast: func(ctx context.Context, n *nn.Network, b Batch, _ uint64) (float64, error) {
			condition, err := FastNTKCondition(ctx, n, b)
			return -math.Log10(condition), err
		}},
		{Name: "params", Score: counted(func(params, _ int64) int64 { return params })},
		{Name: "macs", Score: counted(func(_, macs int64) int64 { return macs })},
	}
}

// firstOrder is a measure of gradients.
func firstOrder(name string, score func(Gradients) Layers) Measure {
	return Measure{
		Name: name, Data: true, Order: 1,
		Score: summed(func(m *exact.Model, b Batch) (Layers, error) {
			gs, err := NewGradients(m, b)
			return score(gs), err
		}),
		Fast: func(_ context.Context, n *nn.Network, b Batch, _ uint64) (float64, error) {
			gs, err := FastGradients(n, b)
			return score(gs).Sum(), err
		},
	}
}

// Named is the measure of that name.
func Named(name string) (Measure, error) {
	all := Measures()
	i := slices.IndexFunc(all, func(m Measure) bool { return m.Name == name })
	if i < 0 {
		var names []string
		for _, m := range all {
			names = append(names, m.Name)
		}
		return Measure{}, fmt.Errorf("there is no measure %q; there are %s", name, strings.Join(names, ", "))
	}
	return all[i], nil
}

type score = func(ctx context.Context, m *exact.Model, b Batch, seed uint64) (float64, error)

func summed(f func(*exact.Model, Batch) (Layers, error)) score {
	return func(_ context.Context, m *exact.Model, b Batch, _ uint64) (float64, error) {
		ls, err := f(m, b)
		return ls.Sum(), err
	}
}

func whole(f func(*exact.Model, Batch) (float64, error)) score {
	return func(_ context.Context, m *exact.Model, b Batch, _ uint64) (float64, error) { return f(m, b) }
}

func counted(of func(params, macs int64) int64) score {
	return func(_ context.Context, m *exact.Model, _ Batch, _ uint64) (float64, error) {
		infos, err := m.Arch().Infer()
		if err != nil {
			return 0, err
		}
		return float64(of(arch.Totals(infos))), nil
	}
}
