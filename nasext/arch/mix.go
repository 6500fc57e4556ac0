package arch

import (
	"errors"
	"fmt"
	"slices"
)

// Gate says how the weights of a mix follow from its mixing numbers α, of which there
// is one for each input.
type Gate string

// The gates.
const (
	// Softmax is wₖ = exp(αₖ)/Σⱼ exp(αⱼ) (Liu et al. 2019, "DARTS", equation 2).
	Softmax Gate = "softmax"
	// Logistic is wₖ = 1/(1+exp(-αₖ)), each for itself (Chu et al. 2020, "Fair DARTS", equation 3).
	Logistic Gate = "sigmoid"
	// AsIs weights are the mixing numbers themselves: whoever trains sets them before each
	// pass, such as to a sample of a Gumbel softmax (Dong and Yang 2019, "GDAS").
	AsIs Gate = "linear"
	// Sparse weights are the mixing numbers themselves, too, and an input whose number is 0
	// is left out: it is not computed, nor what only it needs, and its number has the
	// gradient 0. So a path through a supernet costs what it would cost by itself (Guo et al.
	// 2020, "Single Path One-Shot").
	Sparse Gate = "sparse"
)

// Gates lists the gates.
func Gates() []Gate { return []Gate{Softmax, Logistic, AsIs, Sparse} }

// checkMix says what is wrong with the settings of a mix.
func (o *Op) checkMix() error {
	if o.Alpha == "" {
		return errors.New("has no alpha; name the numbers that its inputs are mixed by")
	}
	if o.Gate != "" && !slices.Contains(Gates(), o.Gate) {
		return fmt.Errorf("has the gate %q; the gates are %s", string(o.Gate), gates())
	}
	return nil
}

// gates lists every gate, for error messages.
func gates() string {
	var words []string
	for _, g := range Gates() {
		words = append(words, string(g))
	}
	return inWords(words)
}

// alphas are the mixing numbers that nodes have named so far.
type alphas struct {
	of map[string]alpha
}

type alpha struct {
	size int
	gate Gate
}

// name is how many numbers are new that a mix of so many inputs names. Nodes that share
// them must have as many inputs and the same gate.
func (k *alphas) name(o *Op, inputs int) (int64, error) {
	now := alpha{inputs, o.Gate}
	if known, ok := k.of[o.Alpha]; ok {
		if known != now {
			return 0, fmt.Errorf("mixes %d inputs with the gate %s by alpha “%s”, which an earlier node names for %d inputs with the gate %s; nodes that share an alpha must have as many inputs and one gate",
				now.size, now.gate, o.Alpha, known.size, known.gate)
		}
		return 0, nil
	}
	if k.of == nil {
		k.of = map[string]alpha{}
	}
	k.of[o.Alpha] = now
	return int64(inputs), nil
}

// Alphas is the number of mixing numbers, each counted once however many nodes share it.
// They are learned, but apart from the weights, and Params leaves them out.
func (a *Arch) Alphas() (int64, error) {
	infos, err := a.Infer()
	var n int64
	for i := range infos {
		n += infos[i].Alphas
	}
	return n, err
}
