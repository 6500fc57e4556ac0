package nn

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// Funcs are functions that compute custom nodes, by the name that the architecture has for
// them. A function takes samples×channels×height×width, and the node's parameters, a
// vector, nil if it has none; it gives samples×Out×KH×KW. It is built of operations of
// package grad, which differentiates it; what it computes it says with x and w alone, for
// it is called anew in each pass. It computes in float64 whatever the network is in.
type Funcs map[string]func(x, w *grad.Tensor) *grad.Tensor

// deviationOfCustom is that of the normal distribution from which the parameters of custom
// nodes are drawn, whose part in the function is not known.
const deviationOfCustom = 0.1

// give gives the custom nodes their functions: the first of that name.
func (n *NetworkOf[T]) give(tables []Funcs) error {
	for i := range n.plan.Steps {
		s := &n.plan.Steps[i]
		if s.Op.Kind != arch.Custom {
			continue
		}
		for _, t := range tables {
			if s.Func = t[s.Op.Func]; s.Func != nil {
				break
			}
		}
		if s.Func == nil {
			return fmt.Errorf("node %q needs the function %q, and %s; give it as in nn.New(a, 1, nn.Funcs{%q: f})", s.Name, s.Op.Func, given(tables), s.Op.Func)
		}
	}
	return nil
}

// Custom is the function of the custom node with that index, of the node's input and of its
// parameters, with its mistakes as errors; nil if the node is none.
func (n *NetworkOf[T]) Custom(node int) func(x, w *grad.Tensor) (*grad.Tensor, error) {
	if node < 0 || node >= len(n.plan.Steps) || n.plan.Steps[node].Func == nil {
		return nil
	}
	return n.plan.Steps[node].Apply
}

// given says which functions there are.
func given(tables []Funcs) string {
	var names []string
	for _, t := range tables {
		names = slices.AppendSeq(names, maps.Keys(t))
	}
	if len(names) == 0 {
		return "there are none"
	}
	slices.Sort(names)
	return "there are " + strings.Join(names, ", ")
}

// try calls the functions with two samples, so that what is wrong with one shows before
// it is trained, and what they take is known.
func (n *NetworkOf[T]) try(sd uint64) error {
	for i := range n.plan.Steps {
		s := &n.plan.Steps[i]
		if s.Op.Kind != arch.Custom {
			continue
		}
		in := n.plan.Steps[s.In[0]].Out
		x := grad.Normal(sd, s.Name, 1, 2, in.C, in.H, in.W).AsVar()
		y, w, err := s.Call(x, true)
		if err != nil {
			return err
		}
		by := []*grad.Tensor{x}
		if w != nil {
			by = append(by, w)
		}
		s.Held = grad.Numbers(append(grad.VJP(y, grad.Ones(y.Shape()...), by...), y)...) / 2
	}
	return nil
}
