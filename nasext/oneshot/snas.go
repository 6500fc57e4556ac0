package oneshot

import (
	"fmt"
	"math"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/nn"
)

// SNAS is Stochastic Neural Architecture Search (Xie et al. 2019). Operations are mixed by
// samples of a soft Gumbel softmax (equation 4), and one backward pass gives the gradients
// of weights and logits of the same training loss: the search is not bilevel. What an
// architecture costs can be part of the loss (section 2.3).
type SNAS struct {
	Temperature Temperature // from 1 to 0.03
	Alphas      Alphas      // how the logits learn
	// Price is η in equation 11: what the costliest architecture costs, in nats of the loss.
	// Costs are sums over operations, half of them by their parameters and half by their
	// multiply-accumulates. 0: nothing costs anything.
	Price float64
}

func (m SNAS) withDefaults() SNAS {
	return SNAS{m.Temperature.or(Temperature{1, 0.03}), m.Alphas.withDefaults(dartsRate), m.Price}
}

// Name implements Method.
func (m SNAS) Name() string {
	m = m.withDefaults()
	return fmt.Sprintf("SNAS(temperature %g to %g, %v, price %g)", m.Temperature.From, m.Temperature.To, m.Alphas, m.Price)
}

// Check implements Method.
func (m SNAS) Check() error {
	m = m.withDefaults()
	if err := m.Temperature.check(); err != nil {
		return fmt.Errorf("SNAS: %w", err)
	}
	if err := m.Alphas.check(); err != nil {
		return fmt.Errorf("SNAS: %w", err)
	}
	if !(m.Price >= 0) || math.IsInf(m.Price, 1) {
		return fmt.Errorf("SNAS: price %g; it has to be a finite number of at least 0", m.Price)
	}
	return nil
}

func (m SNAS) usual() (int, Weights) {
	w := dartsWeights()
	w.Final = 0
	return 64, w
}

func (m SNAS) mixing() cell.Mixing { return cell.Mixing{Gate: arch.AsIs} }

func (m SNAS) start(s *search) (learner, error) {
	m = m.withDefaults()
	costs, err := costs(s.net.Arch())
	if err != nil {
		return nil, err
	}
	return &snasLearner{newGumbel(s, false, m.Temperature, m.Alphas), m.Price, costs}, nil
}

type snasLearner struct {
	*gumbel
	price float64
	costs map[string][]float64
}

func (l *snasLearner) step(b batch) (train, valid nn.Score, err error) {
	l.draw()
	if train, err = l.learnWeights(b); err != nil {
		return train, valid, err
	}
	for _, p := range l.net.Alphas() {
		for k, c := range l.costs[edgeOf(p)] {
			p.G[k] += float32(l.price * c)
		}
	}
	return train, valid, l.learn()
}

// costs are, for each edge and operation, the share that it has in the cost of the
// costliest architecture, over all cells that share the edge's numbers.
func costs(a *arch.Arch) (map[string][]float64, error) {
	infos, err := a.Infer()
	if err != nil {
		return nil, err
	}
	params, macs := map[string][]float64{}, map[string][]float64{}
	for i, n := range a.Nodes {
		if n.Op.Kind != arch.Mix {
			continue
		}
		if params[n.Op.Alpha] == nil {
			params[n.Op.Alpha], macs[n.Op.Alpha] = make([]float64, len(n.In)), make([]float64, len(n.In))
		}
		for k, own := range operations(a, i) {
			for _, j := range own {
				params[n.Op.Alpha][k] += float64(infos[j].Params)
				macs[n.Op.Alpha][k] += float64(infos[j].MACs)
			}
		}
	}
	most := func(of map[string][]float64) (sum float64) {
		for _, costs := range of {
			sum += costs[largest(costs)]
		}
		return max(sum, 1)
	}
	mostParams, mostMACs := most(params), most(macs)
	shares := map[string][]float64{}
	for name, p := range params {
		for k := range p {
			shares[name] = append(shares[name], (p[k]/mostParams+macs[name][k]/mostMACs)/2)
		}
	}
	return shares, nil
}

// operations are, for each input of a mix, the nodes that it needs and that no other input
// does.
func operations(a *arch.Arch, mix int) [][]int {
	in := a.Nodes[mix].In
	takers := make([]map[int]bool, mix) // for each node, the inputs that need it
	var need func(node, k int)
	need = func(node, k int) {
		if takers[node][k] {
			return
		}
		if takers[node] == nil {
			takers[node] = map[int]bool{}
		}
		takers[node][k] = true
		for _, from := range a.Nodes[node].In {
			need(from, k)
		}
	}
	for k, node := range in {
		need(node, k)
	}
	own := make([][]int, len(in))
	for node, by := range takers {
		if len(by) == 1 {
			for k := range by {
				own[k] = append(own[k], node)
			}
		}
	}
	return own
}
