package morph

import (
	"errors"
	"fmt"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/seed"
)

// spread says how channels were multiplied; nil: they were not.
type spread struct {
	of    []int     // the old channel that each new one copies
	share []float64 // of the old channel's weights that whoever takes the new one gives it
}

// doubled copies each of n channels once.
func doubled(n int, sd uint64) *spread {
	draw := seed.Stream(sd, "morph", "widen")
	s := &spread{of: make([]int, 2*n), share: make([]float64, 2*n)}
	for c := range n {
		s.of[c], s.of[n+c] = c, c
		s.share[c] = 0.25 + draw.Float64()/2
		s.share[n+c] = 1 - s.share[c]
	}
	return s
}

// widen doubles the output of layer i, and of those that are tied to it by sums.
func (e *edit[T]) widen(i int, sd uint64) error {
	n := e.arch.Nodes[i]
	if !mixes(n.Op) {
		return fmt.Errorf("%s is no convolution or linear layer whose channels all mix", n.Name)
	}
	s := doubled(n.Op.Out, sd)
	tied := []int{i}
	for {
		spreads, more, err := e.propagate(tied, s)
		if err != nil {
			return err
		}
		more = slices.DeleteFunc(more, func(k int) bool { return slices.Contains(tied, k) })
		if len(more) > 0 {
			slices.Sort(more)
			tied = append(tied, slices.Compact(more)...)
			continue
		}
		last := len(e.arch.Nodes) - 1
		for _, k := range append([]int{last}, e.arch.Aux...) {
			if spreads[k] != nil {
				return fmt.Errorf("it would change the number of outputs of %s", e.arch.Nodes[k].Name)
			}
		}
		e.spread(spreads)
		return nil
	}
}

// mixes says whether every output channel of a layer is a sum over all input channels.
func mixes(op arch.Op) bool { return weighted(op.Kind) && op.Groups <= 1 }

// propagate follows the channels of the tied layers through the network. If a sum has
// inputs that are tied to it and others that aren't, more has the layers that make these.
func (e *edit[T]) propagate(tied []int, s *spread) (spreads []*spread, more []int, err error) {
	spreads = make([]*spread, len(e.arch.Nodes))
	for i, n := range e.arch.Nodes {
		ins := make([]*spread, len(n.In))
		changed := false
		for k, from := range n.In {
			ins[k] = spreads[from]
			changed = changed || ins[k] != nil
		}
		switch {
		case slices.Contains(tied, i):
			spreads[i] = s
		case !changed || mixes(n.Op):
		case n.Op.Kind == arch.Conv && !e.depthwise(i), n.Op.Kind == arch.Slice, n.Op.Kind == arch.Shuffle, n.Op.Kind == arch.Custom:
			return nil, nil, fmt.Errorf("%s counts the channels that would be doubled", n.Name)
		case n.Op.Kind == arch.Flatten:
			spreads[i] = ins[0].flat(e.infos[n.In[0]].Out)
		case n.Op.Kind == arch.Concat:
			spreads[i] = e.joined(n.In, ins)
		case len(ins) == 1: // goes through each channel by itself
			spreads[i] = ins[0]
		default: // a sum, a product or a mix
			for k, from := range n.In {
				if ins[k] == nil {
					makers, err := e.makers(from)
					if err != nil {
						return nil, nil, err
					}
					more = append(more, makers...)
				} else if ins[k] != s {
					return nil, nil, fmt.Errorf("%s takes channels of several layers that would have to be doubled alike", n.Name)
				}
			}
			spreads[i] = s
		}
	}
	return spreads, more, nil
}

// depthwise says whether a convolution has a filter of its own for each channel.
func (e *edit[T]) depthwise(i int) bool {
	op := e.arch.Nodes[i].Op
	return op.Kind == arch.Conv && op.Groups == op.Out && op.Out == e.infos[e.arch.Nodes[i].In[0]].Out.C
}

// makers are the layers that decide how many channels node i has.
func (e *edit[T]) makers(i int) ([]int, error) {
	n := e.arch.Nodes[i]
	switch k := n.Op.Kind; {
	case mixes(n.Op):
		return []int{i}, nil
	case k == arch.Input:
		return nil, errors.New("its output is added to the image, whose channels cannot be doubled")
	case k == arch.Conv && !e.depthwise(i), k == arch.Slice, k == arch.Shuffle, k == arch.Custom, k == arch.Concat, k == arch.Flatten:
		return nil, fmt.Errorf("its output is added to that of %s, a %s, whose channels cannot be doubled alike", n.Name, k)
	}
	var list []int
	for _, from := range n.In {
		makers, err := e.makers(from)
		if err != nil {
			return nil, err
		}
		list = append(list, makers...)
	}
	return list, nil
}

// flat is the spread of the numbers of images of a shape, in the order of Flatten.
func (s *spread) flat(shape arch.Shape) *spread {
	pixels := shape.H * shape.W
	out := &spread{}
	for c, old := range s.of {
		for p := range pixels {
			out.of = append(out.of, old*pixels+p)
			out.share = append(out.share, s.share[c])
		}
	}
	return out
}

// joined is the spread of channels that are put one behind the other.
func (e *edit[T]) joined(nodes []int, parts []*spread) *spread {
	out := &spread{}
	before := 0
	for k, p := range parts {
		channels := e.infos[nodes[k]].Out.C
		for c := range channels {
			if p == nil {
				out.of, out.share = append(out.of, before+c), append(out.share, 1)
			}
		}
		if p != nil {
			for c, old := range p.of {
				out.of, out.share = append(out.of, before+old), append(out.share, p.share[c])
			}
		}
		before += channels
	}
	return out
}

// spread changes layers and weights as their inputs and outputs were multiplied.
func (e *edit[T]) spread(spreads []*spread) {
	for i := range e.arch.Nodes {
		n := &e.arch.Nodes[i]
		if len(n.In) == 0 {
			continue
		}
		in, out := spreads[n.In[0]], spreads[i]
		switch {
		case mixes(n.Op) && (in != nil || out != nil):
			from, to := e.infos[n.In[0]].Out.C, n.Op.Out
			e.change(n.Name, "weight", func(old []T) []T { return mixed(old, from, to, in, out) })
			if out != nil {
				n.Op.Out = len(out.of)
				e.change(n.Name, "bias", func(old []T) []T { return rows(old, out) })
			}
		case out == nil:
		case n.Op.Kind == arch.Conv: // depthwise
			n.Op.Out, n.Op.Groups = len(out.of), len(out.of)
			e.change(n.Name, "weight", func(old []T) []T { return rows(old, out) })
			e.change(n.Name, "bias", func(old []T) []T { return rows(old, out) })
		case n.Op.Kind == arch.BatchNorm:
			for _, word := range []string{"weight", "bias", "running_mean", "running_var"} {
				e.change(n.Name, word, func(old []T) []T { return rows(old, out) })
			}
		}
	}
}

// change replaces a parameter, if it is there.
func (e *edit[T]) change(node, word string, change func(old []T) []T) {
	name := node + "." + word
	if old, ok := e.weights[name]; ok {
		e.weights[name] = change(old)
	}
}

// rows has, for each new channel, the numbers of the old one that it copies.
func rows[T engine.Float](old []T, out *spread) []T {
	channels := 0
	for _, c := range out.of {
		channels = max(channels, c+1)
	}
	size := len(old) / channels
	var list []T
	for _, c := range out.of {
		list = append(list, old[c*size:][:size]...)
	}
	return list
}

// mixed is the weight of a layer that had from inputs and to outputs.
func mixed[T engine.Float](old []T, from, to int, in, out *spread) []T {
	size := len(old) / (from * to) // of a filter
	if in != nil {
		wide := make([]T, 0, to*len(in.of)*size)
		for o := range to {
			for k, c := range in.of {
				for _, w := range old[(o*from+c)*size:][:size] {
					wide = append(wide, w*T(in.share[k]))
				}
			}
		}
		old = wide
	}
	if out != nil {
		old = rows(old, out)
	}
	return old
}
