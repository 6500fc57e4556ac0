package viz

import (
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/oneshot"
)

// mostEpochs is how many columns a map of epochs has.
const mostEpochs = 100

// Relaxation draws how a search in a supernet makes up its mind: for each operation a
// map over the epochs of how much more than an equal share it has on every edge (α after
// the softmax, less one part in the number of operations, in percent of the whole), or
// how much less; and at the end how many edges each operation leads, and how many skip connections the
// architecture has that the search would choose.
func Relaxation(h oneshot.History) *display.Panels {
	var epochs []oneshot.Snapshot
	for _, e := range h.Epochs {
		if e.Alphas != nil {
			epochs = append(epochs, e)
		}
	}
	if len(epochs) == 0 || len(h.Edges) == 0 {
		return display.Grid(display.Heatmap("", nil)).Title("shares of the operations: no epochs with shares yet")
	}
	var ops []string
	for _, e := range h.Edges {
		for _, op := range e.Ops {
			if !slices.Contains(ops, op) {
				ops = append(ops, op)
			}
		}
	}
	last, epochs := epochs[len(epochs)-1], thinned(epochs)
	most := 0.1
	for _, e := range epochs {
		for _, shares := range e.Alphas {
			low, high := span(shares)
			equal := 1 / float64(max(len(shares), 1))
			most = max(most, 100*(high-equal), 100*(equal-low))
		}
	}
	var panels []*display.Plot
	for _, op := range ops {
		panels = append(panels, shareMap(h, epochs, op, most))
	}
	title := fmt.Sprintf("above or below an equal share, %%: %s, epoch %d, %s", count(len(h.Edges), "edge"), last.Epoch, count(last.Skips, "skip connection"))
	return display.Grid(append(panels, leads(h, epochs, ops))...).Columns(min(3, len(panels)+1)).Title(title)
}

// thinned keeps so many epochs as a map has room for, the first and the last among them.
func thinned(epochs []oneshot.Snapshot) []oneshot.Snapshot {
	n := len(epochs)
	if n <= mostEpochs {
		return epochs
	}
	var kept []oneshot.Snapshot
	for i := range mostEpochs {
		kept = append(kept, epochs[i*(n-1)/(mostEpochs-1)])
	}
	return kept
}

// shareMap is the map of one operation: a row for each edge that mixes it, and colours
// up to the largest distance from an equal share.
func shareMap(h oneshot.History, epochs []oneshot.Snapshot, op string, most float64) *display.Plot {
	var rows [][]float64
	var names []string
	for i, e := range h.Edges {
		at := slices.Index(e.Ops, op)
		if at < 0 {
			continue
		}
		var row []float64
		for _, s := range epochs {
			row = append(row, 100*(share(s, i, at)-1/float64(len(e.Ops))))
		}
		rows, names = append(rows, row), append(names, e.Name)
	}
	return epochMap(optionLabel(op), rows, names, epochs).Diverging().ColorRange(-most, most)
}

// share is how much of an operation is on an edge; NaN if the snapshot doesn't say.
func share(s oneshot.Snapshot, edge, op int) float64 {
	if edge >= len(s.Alphas) || op >= len(s.Alphas[edge]) {
		return math.NaN()
	}
	return s.Alphas[edge][op]
}

// leads counts over the epochs on how many edges each operation has the largest share,
// and below that how many skip connections would be chosen.
func leads(h oneshot.History, epochs []oneshot.Snapshot, ops []string) *display.Plot {
	counts := make([][]float64, len(ops)+1)
	for i := range counts {
		counts[i] = make([]float64, len(epochs))
	}
	for k, s := range epochs {
		counts[len(ops)][k] = float64(s.Skips)
		for i, e := range h.Edges {
			best := -1
			for at := range e.Ops {
				if v := share(s, i, at); !math.IsNaN(v) && (best < 0 || v > share(s, i, best)) {
					best = at
				}
			}
			if best >= 0 {
				counts[slices.Index(ops, e.Ops[best])][k]++
			}
		}
	}
	var names []string
	for _, op := range ops {
		names = append(names, optionLabel(op))
	}
	return epochMap("edges led by each", counts, append(names, "skips chosen"), epochs).ColorRange(0, float64(len(h.Edges)))
}

// epochMap is a heat map whose columns are epochs.
func epochMap(title string, rows [][]float64, names []string, epochs []oneshot.Snapshot) *display.Plot {
	ticks := make([]string, len(epochs))
	for i := 0; i < len(epochs); i += max(1, len(epochs)/5) {
		ticks[i] = fmt.Sprint(epochs[i].Epoch)
	}
	return display.Heatmap(title, rows).CellFormat("").YTicks(names...).XTicks(ticks...).XLabel("epoch")
}
