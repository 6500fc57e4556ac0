package nasext

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/study"
)

// rings is a table of two columns, of which no line parts the classes: near the middle,
// and around it.
func rings(n int) *data.Set {
	s := &data.Set{Name: "rings", Shape: arch.Shape{C: 2, H: 1, W: 1}, Classes: 2, Names: []string{"inner", "outer"}}
	draw := seed.Stream(1, "rings")
	for i := range n {
		class := i % 2
		angle, radius := 2*math.Pi*draw.Float64(), 1+2*float64(class)+0.3*draw.NormFloat64()
		s.X = append(s.X, float32(1000+50*radius*math.Cos(angle)), float32(-3+0.01*radius*math.Sin(angle)))
		s.Y = append(s.Y, class)
	}
	return s
}

func automl(t *testing.T, set *data.Set, b AutoBudget) *AutoReport {
	t.Helper()
	r, err := AutoML(context.Background(), set, b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The digits, which a good program has right for 97 of 100 and more.
func TestAutoMLOnDigits(t *testing.T) {
	r := automl(t, data.Digits(), AutoBudget{Trials: 13, Seed: 1})
	if a := r.Score.Accuracy(); a < 0.97 || r.Score.Samples != r.Test {
		t.Errorf("%.2f %% of %d are right", 100*a, r.Score.Samples)
	}
	if r.Train != 1078 || r.Valid != 360 || r.Test != 359 || r.Searched != 1078 {
		t.Errorf("the parts have %d, %d and %d samples, of which %d are searched with", r.Train, r.Valid, r.Test, r.Searched)
	}
	shown, _ := r.Display().Data[display.MIMEPlain].(string)
	for _, want := range []string{"right of what it has not seen", "Hyperband(budgets 1 to 9 eta 3 seed 1)", "done: 13 trainings", "to 95 % of between 9"} {
		if !strings.Contains(shown, want) {
			t.Errorf("it shows as\n%s\nwant %q in it", shown, want)
		}
	}
	// What is saved is what was trained, to the last bit, and takes images as they are.
	path := filepath.Join(t.TempDir(), "digits.safetensors")
	if err := r.Model.Save(path); err != nil {
		t.Fatal(err)
	}
	m, err := LoadModel(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := r.Model.Probabilities(data.Digits())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Probabilities(data.Digits()); err != nil || !reflect.DeepEqual(got, want) || !reflect.DeepEqual(m.Names, data.Digits().Names) {
		t.Errorf("the saved model answers otherwise: %v", err)
	}
	if s, err := m.Evaluate(data.Digits()); err != nil || s.Accuracy() < 0.98 {
		t.Errorf("the saved model has %.2f %% of all right, %v", 100*s.Accuracy(), err)
	}
}

// Gratings of unknown phase, of which a network without a mean over the image learns
// nothing from so few: the best possible has 95 of 100 right, a guess 25.
func TestAutoMLOnGratings(t *testing.T) {
	set, err := data.Gratings(data.GratingsConfig{Images: 1000, Height: 8, Width: 8, Error: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	r := automl(t, set, AutoBudget{Trials: 13})
	if low, _ := r.Score.Interval(0.95); low < 0.6 {
		t.Errorf("%v", r)
	}
}

// A table is learned too, the same again with the same seed, and a study that is there is
// gone on with.
func TestAutoMLOnATable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	first := automl(t, rings(300), AutoBudget{Trials: 12, Path: path})
	if a := first.Score.Accuracy(); a < 0.9 {
		t.Errorf("%.2f %% are right", 100*a)
	}
	again := automl(t, rings(300), AutoBudget{Trials: 12})
	sameTrials(t, "again", again.Search.Trials, first.Search.Trials)
	x := rings(40)
	a, err := first.Model.Probabilities(x)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := again.Model.Probabilities(x); err != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("the same seed gives another model: %v", err)
	}
	classes, err := first.Model.Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i, c := range classes {
		if c == x.Y[i] {
			right++
		}
	}
	if right < 36 {
		t.Errorf("%d of 40 are predicted", right)
	}
	if more := automl(t, rings(300), AutoBudget{Trials: 14, Path: path}); len(more.Search.Trials) != 14 {
		t.Errorf("resumed, it has %d trials", len(more.Search.Trials))
	}
	if _, err := AutoML(context.Background(), rings(302), AutoBudget{Trials: 14, Path: path}); !errors.Is(err, study.ErrMismatch) {
		t.Errorf("with other data: %v", err)
	}
}

// A time ends the search, and the model is there.
func TestAutoMLInATime(t *testing.T) {
	r := automl(t, rings(100), AutoBudget{Time: 50 * time.Millisecond})
	if r.Search.Status != study.Spent || r.Model == nil || len(r.History.Epochs) < autoLeast {
		t.Errorf("status %s, %d epochs", r.Search.Status, len(r.History.Epochs))
	}
}

// Every shape has a space with networks that can be trained.
func TestAutoMLOnShapes(t *testing.T) {
	for _, shape := range []arch.Shape{{C: 1, H: 1, W: 1}, {C: 5, H: 1, W: 1}, {C: 1, H: 1, W: 20}, {C: 3, H: 20, W: 20}, {C: 1, H: 2, W: 9}} {
		s := &data.Set{Name: "shapes", Shape: shape, Classes: 3}
		draw := seed.Stream(1, "shapes")
		for i := range 30 {
			s.Y = append(s.Y, i%3)
			for range shape.Elems() {
				s.X = append(s.X, float32(i%3)+0.1*float32(draw.NormFloat64()))
			}
		}
		r := automl(t, s, AutoBudget{Time: time.Millisecond})
		if r.Score.Samples != 6 || r.Search.Best.Failed {
			t.Errorf("shape %v: %v", shape, r)
		}
	}
}

func TestAutoMLErrors(t *testing.T) {
	few := rings(300)
	few.Y[0] = 2
	few.Classes, few.Names = 3, nil
	for _, test := range []struct {
		set  *data.Set
		b    AutoBudget
		want string
	}{
		{rings(100), AutoBudget{}, "a budget of nothing; give AutoBudget a Time"},
		{rings(100), AutoBudget{Time: -1}, "a budget of -1ns and 0 trials"},
		{nil, AutoBudget{Trials: 1}, "there is no data set (nil)"},
		{&data.Set{Name: "none"}, AutoBudget{Trials: 1}, `data set "none"`},
		{few, AutoBudget{Trials: 1}, "class 2 has 1 samples; at least 5 are needed"},
		{rings(100), AutoBudget{Trials: 1, Path: t.TempDir()}, "is a folder"},
	} {
		if r, err := AutoML(context.Background(), test.set, test.b); r != nil || err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "nasext: AutoML: ") {
			t.Errorf("error is %v, want one that says %q", err, test.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := AutoML(ctx, rings(100), AutoBudget{Trials: 3}); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
}
