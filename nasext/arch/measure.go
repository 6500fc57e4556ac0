package arch

// Peak is the largest amount of activations that have to be held at once.
type Peak struct {
	Elems int64 // numbers, of one sample
	Node  int   // the first node at which so many are held
}

// Bytes is the size of the activations as float32.
func (p Peak) Bytes() int64 { return 4 * p.Elems }

// Peak is the activation memory of inference on one sample, with the nodes computed in
// their order. Every node has memory of its own, from its computation up to and
// including that of the last node that takes it; the output's is kept to the end. What
// only auxiliary outputs need is not computed. Weights, and what an engine works with
// inside of an operation, do not count.
func (a *Arch) Peak() (Peak, error) {
	infos, err := a.Infer()
	if err != nil {
		return Peak{}, err
	}
	end := make([]int, len(infos)) // the last node that needs each
	for i, n := range a.Nodes {
		end[i] = i
		if infos[i].Aux {
			continue
		}
		for _, from := range n.In {
			end[from] = i
		}
	}
	ending := make([]int64, len(infos)) // activations that nobody needs after each node
	for i, info := range infos {
		ending[end[i]] += held(info)
	}
	var peak Peak
	var live int64
	for i, info := range infos {
		live += held(info)
		if live > peak.Elems {
			peak = Peak{Elems: live, Node: i}
		}
		live -= ending[i]
	}
	return peak, nil
}

// held is the number of activations of a node at inference.
func held(i Info) int64 {
	if i.Aux {
		return 0
	}
	return int64(i.Out.Elems())
}

// Depth is the length of the longest path from the input to the output: in nodes, the
// input not counted, and in layers with weights, which are convolutions and linear
// layers. The longest in nodes and the longest in layers may be different paths.
func (a *Arch) Depth() (nodes, layers int, err error) {
	if _, err := a.Infer(); err != nil {
		return 0, 0, err
	}
	type length struct{ nodes, layers int }
	paths := make([]length, len(a.Nodes))
	for i, n := range a.Nodes {
		for _, from := range n.In {
			paths[i].nodes = max(paths[i].nodes, paths[from].nodes+1)
			paths[i].layers = max(paths[i].layers, paths[from].layers)
		}
		if n.Op.Kind == Conv || n.Op.Kind == Linear {
			paths[i].layers++
		}
	}
	last := paths[len(paths)-1]
	return last.nodes, last.layers, nil
}
