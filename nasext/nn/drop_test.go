package nn

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// pathRate is that of the paths of dropping.
const pathRate = 0.3

// dropping gives its input back after two drop paths, side by side.
func dropping(t testing.TB) *arch.Arch {
	t.Helper()
	b := arch.NewBuilder("two paths", arch.Shape{C: 2, H: 3, W: 1})
	b.Flatten(b.Concat(b.DropPath(b.In(), pathRate), b.DropPath(b.In(), pathRate)))
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestDropPath(t *testing.T) {
	for _, e := range cpu.Every(1) {
		dropPaths(t, e, 1e-6)
	}
	dropPaths(t, cpu.New(2), 1e-6)
	dropPaths(t, cpu.New64(1), 1e-14)
}

// dropPaths checks what drop path is defined by: a sample's path is there as a whole,
// divided by the probability of this, or not at all, and so is its gradient; the paths of
// a sample are dropped independently of each other; the mean stays.
func dropPaths[T engine.Float](t *testing.T, e engine.EngineOf[T], tolerance float64) {
	n, err := newOn(e, dropping(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	const batch, elems, passes = 21, 6, 400
	x := make([]T, batch*elems)
	for i := range x {
		x[i] = T(i + 1)
	}
	dout, dx := make([]T, 2*len(x)), make([]T, len(x))
	for i := range dout {
		dout[i] = T(i%7 + 1)
	}
	for _, share := range []float64{1, 0.5, 0} {
		n.DropPath = share
		left := 1 / (1 - share*pathRate)
		var kept [2][2]float64
		for range passes {
			y, err := n.Forward(x, true)
			if err != nil {
				t.Fatal(err)
			}
			if err := n.Backward(dout, dx); err != nil {
				t.Fatal(err)
			}
			for s := range batch {
				var there [2]int
				for p := range there {
					if y[(2*s+p)*elems] != 0 {
						there[p] = 1
					}
				}
				kept[there[0]][there[1]]++
				for i := range elems {
					want, slope := float64(x[s*elems+i])*left, 0.0
					for p, on := range there {
						at := (2*s+p)*elems + i
						slope += float64(on) * left * float64(dout[at])
						if got := float64(y[at]); math.Abs(got-float64(on)*want) > tolerance*want {
							t.Fatalf("%s: path %d of sample %d gives %v of %v at a share of %v", e.Name(), p, s, got, x[s*elems+i], share)
						}
					}
					if got := float64(dx[s*elems+i]); math.Abs(got-slope) > tolerance*20 {
						t.Fatalf("%s: the gradient of sample %d is %v, want %v", e.Name(), s, got, slope)
					}
				}
			}
		}
		rate := share * pathRate
		for first, line := range kept {
			for second, got := range line {
				p := probability(first, rate) * probability(second, rate)
				all := float64(batch * passes)
				if math.Abs(got-all*p) > 5*math.Sqrt(all*p*(1-p)) {
					t.Errorf("%s, at a share of %v: the first path is kept %d, the second %d times in %v of %v samples; the probability is %v", e.Name(), share, first, second, got, all, p)
				}
			}
		}
	}
}

// probability is that of a path to be kept (1) or dropped (0).
func probability(kept int, rate float64) float64 {
	if kept == 1 {
		return 1 - rate
	}
	return rate
}

// What a sample loses follows from the pass, not from how many there are or from the
// precision, and nothing is lost but in training.
func TestDropPathOfASample(t *testing.T) {
	a := dropping(t)
	few, err := New(a, 3)
	if err != nil {
		t.Fatal(err)
	}
	many, err := New64(a, 3)
	if err != nil {
		t.Fatal(err)
	}
	x, x64 := imagesOf[float32](5*6), imagesOf[float64](37*6)
	lost := 0
	for range 10 {
		y, err := few.Forward(x, true)
		if err != nil {
			t.Fatal(err)
		}
		y64, err := many.Forward(x64, true)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range y {
			if (v == 0) != (y64[i] == 0) {
				t.Fatalf("number %d is %v in a batch of 5 and %v in one of 37", i, v, y64[i])
			}
			if v == 0 {
				lost++
			}
		}
	}
	if lost == 0 {
		t.Error("nothing was lost in 10 passes")
	}
	y, err := few.Forward(x, false)
	if err != nil {
		t.Fatal(err)
	}
	for s := range 5 {
		if want := x[6*s : 6*s+6]; !slices.Equal(y[12*s:12*s+12], slices.Concat(want, want)) {
			t.Errorf("sample %d is %v in inference, want it twice: %v", s, y[12*s:12*s+12], want)
		}
	}
}

// In the first of n steps a share of 1/n of the rates holds, in the last all, unless a
// schedule says otherwise.
func TestDropPathGrows(t *testing.T) {
	train, _ := digits(t, 100, 1)
	for name, c := range map[string]struct {
		schedule Schedule
		want     []float64
	}{
		"as it is set":    {nil, []float64{.125, .25, .375, .5, .625, .75, .875, 1}},
		"by the schedule": {Steps{Base: 1, Factor: .5, Every: .5}, []float64{1, 1, 1, 1, .5, .5, .5, .5}},
	} {
		var got []float64
		fit(t, digitNet(t, 1), FitConfig{Train: train, Epochs: 4, Batch: 50, DropPath: c.schedule, OnStep: func(p Progress) { got = append(got, p.Network.DropPath) }})
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: shares are %v, want %v", name, got, c.want)
		}
	}
}

func TestDropPathBadShare(t *testing.T) {
	for _, share := range []float64{-0.1, 1.1, math.NaN()} {
		n := digitNet(t, 1)
		n.DropPath = share
		if _, err := n.Gradients(images(2*64), []int{1, 2}); err == nil || !strings.Contains(err.Error(), "it is a share of the rates of drop path, 0 to 1") {
			t.Errorf("%v: error is %v", share, err)
		}
	}
	train, _ := digits(t, 10, 1)
	if err := (FitConfig{Train: train, DropPath: Linear{From: -1}}).Check(); err == nil || !strings.Contains(err.Error(), "DropPath: linear schedule: from -1") {
		t.Errorf("error is %v", err)
	}
}
