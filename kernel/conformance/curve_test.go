package conformance_test

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

// TestLearningCurveIsLive: one call trains a network, and while the cell runs its output
// holds the learning curve, first of one epoch, in the end of all of them.
func TestLearningCurveIsLive(t *testing.T) {
	k := start(t)
	k.run(`b := arch.NewBuilder("perceptron", arch.Shape{C: 1, H: 8, W: 8})
b.Linear(b.Flatten(b.In()), 10)
a, err := b.Build()
net, err := nn.New(a, 1)
parts, err := data.Digits().Parts(1)`, wire.StatusOK)
	a, _ := k.run("nasext.Fit(context.Background(), net, nn.FitConfig{Train: parts.Train, Valid: parts.Valid, Epochs: 5, Batch: 200});", wire.StatusOK)

	// What each place of the output shows, one after the other.
	states := map[string][]string{}
	var pictures int
	for _, m := range append(a.Of(wire.TypeDisplayData), a.Of(wire.TypeUpdateDisplayData)...) {
		var d wire.DisplayData
		if err := m.DecodeContent(&d); err != nil {
			t.Fatal(err)
		}
		text, _ := d.Data["text/plain"].(string)
		states[d.Transient.DisplayID] = append(states[d.Transient.DisplayID], text)
		if picture, _ := d.Data["image/svg+xml"].(string); strings.Contains(picture, "<svg") {
			pictures++
		}
	}
	if got := len(a.Of(wire.TypeDisplayData)); got != 2 || len(states) != 2 || states[""] != nil {
		t.Fatalf("%d outputs in %d places: %v; want a bar and a curve", got, len(states), states)
	}
	for _, s := range states {
		first, second, last := s[0], s[1], s[len(s)-1]
		switch {
		case strings.HasSuffix(first, "steps 0/30"):
			if !strings.Contains(last, "steps 30/30, epoch 5 of 5") {
				t.Errorf("the bar ends as %q", last)
			}
		case len(s) < 3 || !strings.Contains(first, "nothing was trained yet") || !strings.Contains(second, "validation (1 value,") || !strings.Contains(last, "validation (5 values,"):
			t.Errorf("the curve goes through %q", s)
		case pictures < len(s):
			t.Errorf("%d of %d curves are pictures", pictures, len(s))
		}
	}
}
