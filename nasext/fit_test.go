package nasext

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn"
)

// perceptron is a network of one layer for digits.
func perceptron(t *testing.T) *nn.Network {
	t.Helper()
	b := arch.NewBuilder("perceptron", arch.Shape{C: 1, H: 8, W: 8})
	b.Linear(b.Flatten(b.In()), 10)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := nn.New(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFitShows: a bar and a curve, both at their last state in the end, and nothing else
// that nn.Fit does not do.
func TestFitShows(t *testing.T) {
	parts, err := data.Digits().Parts(1)
	if err != nil {
		t.Fatal(err)
	}
	c := nn.FitConfig{Train: parts.Train, Valid: parts.Valid, Epochs: 3, Batch: 200}
	want, err := nn.Fit(context.Background(), perceptron(t), c)
	if err != nil {
		t.Fatal(err)
	}
	before := display.Default()
	defer display.SetDefault(before)
	shown := func(c nn.FitConfig) (string, *nn.History, error) {
		r := &recorder{}
		display.SetDefault(r)
		h, err := Fit(context.Background(), perceptron(t), c)
		last := map[string]string{}
		for _, e := range r.events {
			last[e.ID] = e.Bundle.Data[display.MIMEPlain].(string)
		}
		all := ""
		for _, text := range last {
			all += text + "\n"
		}
		return all, h, err
	}
	expect := func(what, text string, words ...string) {
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s shows %q, want %q in it", what, text, w)
			}
		}
	}

	steps, epochs := 0, 0
	c.OnStep, c.OnEpoch = func(nn.Progress) { steps++ }, func(nn.Progress) { epochs++ }
	c.Checkpoint = filepath.Join(t.TempDir(), "digits.safetensors")
	text, h, err := shown(c)
	if err != nil || !reflect.DeepEqual(h, want) || steps != 18 || epochs != 3 {
		t.Errorf("history %+v, want %+v (%v); %d steps, %d epochs", h, want, err, steps, epochs)
	}
	expect("a training", text, "steps 18/18, epoch 3 of 3, loss", "on validation")

	text, _, err = shown(c) // again, from the checkpoint of its end
	if err != nil {
		t.Fatal(err)
	}
	expect("a training that was over", text, "on validation")

	c.Valid, c.Checkpoint = nil, ""
	if text, _, err = shown(c); err != nil || strings.Contains(text, "validation") {
		t.Errorf("without validation data it shows %q (%v)", text, err)
	}
	expect("a training without validation", text, "in training")

	c.Schedule = nn.Constant{Base: 1e38}
	var diverged *nn.Diverged
	if text, _, err = shown(c); !errors.As(err, &diverged) {
		t.Errorf("error %v", err)
	}
	expect("a training that diverged", text, "steps ", "/18")

	c.Epochs = -1
	if text, _, err = shown(c); err == nil || text != "" {
		t.Errorf("a wrong configuration shows %q (%v)", text, err)
	}
}
