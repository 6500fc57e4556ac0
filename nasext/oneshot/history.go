package oneshot

import (
	"fmt"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/space"
)

// Snapshot is where a search is after an epoch.
type Snapshot struct {
	Epoch int `json:"epoch"` // 0 before the first
	// Alphas are, for each edge, how much there is of each operation: shares with a sum of
	// 1. nil if the method prefers none.
	Alphas [][]float64 `json:"alphas,omitempty"`

	Loss     float64 `json:"loss"`     // mean of the supernet over the batches of Train, in nats
	Accuracy float64 `json:"accuracy"` // share of them that was right
	// The same of Valid, as far as the method looked at it; else 0.
	ValidLoss     float64 `json:"valid_loss"`
	ValidAccuracy float64 `json:"valid_accuracy"`

	Genotype space.Genotype `json:"genotype,omitempty"` // that the method would choose now; nil if it can't say yet
	Text     string         `json:"text,omitempty"`     // the same in the notation of the space
	Skips    int            `json:"skips"`              // skip connections that it has
}

// History is the course of a search.
type History struct {
	Settings string            `json:"settings"` // of the search, as Config's String
	Edges    []space.MixedEdge `json:"edges"`    // in the order of Alphas
	Epochs   []Snapshot        `json:"epochs"`   // with that before the first
	// Judged are the architectures that were judged by the shared weights, in their order,
	// and Updates those of a controller; nil for methods that do not.
	Judged  []Judgement        `json:"judged,omitempty"`
	Updates []controller.Stats `json:"updates,omitempty"`
}

// Result is what a search found.
type Result struct {
	History
	Genotype space.Genotype // of the architecture that is chosen
	Text     string         // the same in the notation of the space
	Arch     *arch.Arch     // the same as a network to be trained
	Skips    int            // skip connections that it has
	// Collapse is a warning if skip connections took over: if a cell has them on half of
	// the edges that it has, or on more. They train fast and have no weights, so the
	// supernet likes them better than what it is searched for (Zela et al. 2020; Liang et
	// al. 2019, who stop at two in a cell). Or if none took over, so that nothing of an image
	// reaches the output. "" if neither did.
	Collapse string
	Supernet *nn.Network // with the shared weights; where its mixes are sparse, it is the architecture
	search   *search
}

// String says what was found.
func (r *Result) String() string {
	text := r.Settings + "\nfound " + r.Text
	if r.Collapse != "" {
		text += "\n" + r.Collapse
	}
	return text
}

const (
	skipOp = "skip_connect"
	noOp   = "none"
)

// skips counts the skip connections of an architecture.
func (s *search) skips(g space.Genotype) (int, error) {
	path, err := s.c.Space.Path(g)
	if err != nil {
		return 0, err
	}
	n := 0
	for i, e := range s.edges {
		if e.Ops[path[i]] == skipOp {
			n++
		}
	}
	return n, nil
}

// collapse is the warning that belongs to an architecture; "" if none does.
func (s *search) collapse(g space.Genotype, a *arch.Arch) (string, error) {
	path, err := s.c.Space.Path(g)
	if err != nil {
		return "", err
	}
	if !carries(a) {
		return "nothing of an image reaches the output: every way through a cell has an edge that is none", nil
	}
	var kinds []string
	skips, edges := map[string]int{}, map[string]int{}
	for i, e := range s.edges {
		if !slices.Contains(kinds, e.Cell) {
			kinds = append(kinds, e.Cell)
		}
		switch e.Ops[path[i]] {
		case noOp:
			continue
		case skipOp:
			skips[e.Cell]++
		}
		edges[e.Cell]++
	}
	for _, kind := range kinds {
		if n := skips[kind]; n > 0 && 2*n >= edges[kind] {
			return fmt.Sprintf("%s: %d of %d operations are skip connections, as in a search that has collapsed; train the architecture before you trust it", kind, n, edges[kind]), nil
		}
	}
	return "", nil
}

// carries says whether an architecture's output depends on its input: whether there is a
// way between them without zeros.
func carries(a *arch.Arch) bool {
	live := make([]bool, len(a.Nodes))
	for i, n := range a.Nodes {
		live[i] = n.Op.Kind == arch.Input
		for _, from := range n.In {
			live[i] = live[i] || live[from] && n.Op.Kind != arch.Zero
		}
	}
	return live[len(live)-1]
}
