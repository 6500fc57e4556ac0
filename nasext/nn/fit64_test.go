package nn

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/data"
)

// In double precision a network learns what it does in single, but for rounding, and a
// training that stops goes on to the same bits.
func TestFit64(t *testing.T) {
	train, valid := digits(t, 70, 30)
	augment := data.Augment{Crop: 1, Mixup: .4}
	recipe := func(path string) FitConfig64 {
		return FitConfig64{
			Train: train, Valid: valid, Epochs: 3, Batch: 20, Seed: 7, Augment: augment, Average: .9, Clip: 1, Checkpoint: path,
			Optimizer: &Adam64{Beta1: .9, Beta2: .999, Eps: 1e-8, WeightDecay: .1, Decoupled: true}, Rate: .01,
		}
	}
	fresh := func() *Network64 {
		n, err := New64(digitNet(t, 1).Arch(), 1)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	whole := fresh()
	want, err := Fit64(context.Background(), whole, recipe(""))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "single.safetensors")
	single := fit(t, digitNet(t, 1), FitConfig{
		Train: train, Valid: valid, Epochs: 3, Batch: 20, Seed: 7, Augment: augment, Average: .9, Clip: 1, Checkpoint: path,
		Optimizer: NewAdamW(.1), Rate: .01,
	})
	for i, e := range want.Epochs {
		s := single.Epochs[i]
		if math.Abs(e.TrainLoss-s.TrainLoss) > 1e-4 || math.Abs(e.ValidLoss-s.ValidLoss) > 1e-4 || e.Rate != s.Rate {
			t.Errorf("epoch %d is %+v, in single precision %+v", i+1, e, s)
		}
	}
	if _, err := NewTraining64(fresh(), recipe(path)); err == nil || !strings.Contains(err.Error(), "it has numbers in float32, this one numbers in float64") {
		t.Errorf("a checkpoint in single precision: %v", err)
	}
	for stop := 1; stop < want.Steps; stop++ {
		path := filepath.Join(t.TempDir(), "double.safetensors")
		ctx, cancel := context.WithCancel(context.Background())
		c := recipe(path)
		c.OnStep = func(p Progress64) {
			if p.Step == stop {
				cancel()
			}
		}
		if _, err := Fit64(ctx, fresh(), c); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped after step %d: error %v", stop, err)
		}
		n := fresh()
		got, err := Fit64(context.Background(), n, recipe(path))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("stopped after step %d: history %+v, want %+v (%v)", stop, got, want, err)
		}
		for i, p := range n.blocks() {
			if !slices.Equal(p.W, whole.blocks()[i].W) {
				t.Fatalf("stopped after step %d: another %s", stop, p.Name)
			}
		}
	}
}
