package nasext

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
	"github.com/nascent-go/nascent/nasext/study"
)

// traced is noisy with a provenance.
type traced struct {
	noisy
	from estimate.Provenance
}

func (t traced) Provenance() estimate.Provenance { return t.from }

// A study is not resumed with other data; with another engine it is, with a note.
func TestResumeComparesProvenance(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	config := func(data, engine string, trials int) Config {
		cfg := reinforced(t, trials)
		cfg.Estimator = traced{from: estimate.Provenance{Data: data, Engine: engine}}
		return cfg
	}
	cfg := config("set (sum 1)", "cpu/a", 10)
	cfg.Path = path
	if r := search(t, cfg); r.Notes != nil || r.Spec.Data != "set (sum 1)" || len(r.Programs) != 1 || r.Programs[0].Engine != "cpu/a" {
		t.Errorf("notes %q, data %q, programs %+v", r.Notes, r.Spec.Data, r.Programs)
	}
	_, err := Resume(context.Background(), path, config("set (sum 2)", "cpu/a", 20))
	if !errors.Is(err, study.ErrMismatch) || !strings.Contains(err.Error(), "its data is set (sum 1), not set (sum 2)") {
		t.Errorf("with other data: %v", err)
	}
	r, err := Resume(context.Background(), path, config("set (sum 1)", "cpu/b", 20))
	if err != nil {
		t.Fatal(err)
	}
	if want := `its engine was "cpu/a", and is "cpu/b" now`; len(r.Notes) != 1 || !strings.Contains(r.Notes[0], want) || !strings.Contains(r.String(), want) || len(r.Programs) != 2 {
		t.Errorf("notes %q, programs %+v, text %q", r.Notes, r.Programs, r)
	}
	if r.Record().Trials[0].Number != 1 || len(r.Record().Programs) != 2 {
		t.Errorf("the record is %+v", r.Record())
	}
}

// A training is traced to its images: one pixel is another study.
func TestTrainingIsTraced(t *testing.T) {
	parts, err := data.Digits().Parts(1)
	if err != nil {
		t.Fatal(err)
	}
	few, err := parts.Train.First(32)
	if err != nil {
		t.Fatal(err)
	}
	nets, err := space.Global(space.DefaultGlobal(few.Shape, few.Classes))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "study.db")
	config := func() Config {
		trainer, err := estimate.Train(estimate.TrainConfig{Train: few, Valid: few, Epochs: 1, Batch: 32, Rate: 0.05})
		if err != nil {
			t.Fatal(err)
		}
		return Config{Space: nets, Strategy: strategy.Random(nets, 1), Estimator: trainer, Trials: 1}
	}
	cfg := config()
	cfg.Path = path
	if r := search(t, cfg); !strings.HasPrefix(r.Spec.Data, "digits/train (32 images, sum ") || !strings.HasPrefix(r.Programs[0].Engine, "cpu/") {
		t.Errorf("data %q, engine %q", r.Spec.Data, r.Programs[0].Engine)
	}
	few.X[7]++
	if _, err := Resume(context.Background(), path, config()); !errors.Is(err, study.ErrMismatch) || !strings.Contains(err.Error(), "its data is ") {
		t.Errorf("after a pixel has changed: %v", err)
	}
}

// Two searches in one file: the second is told so, and the first goes on.
func TestTwoSearchesInOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	cfg := reinforced(t, 10)
	cfg.Path = path
	told := false
	cfg.OnTrial = func(trial Trial) {
		if told {
			return
		}
		told = true
		if _, err := Resume(context.Background(), path, reinforced(t, 10)); !errors.Is(err, study.ErrLocked) || !strings.Contains(err.Error(), "is in use: process") {
			t.Errorf("error is %v", err)
		}
		if s, err := study.Read(path); err != nil || len(s.Trials()) == 0 {
			t.Errorf("a look at the study gives %v", err)
		}
	}
	if r := search(t, cfg); r.Status != study.Done || !told {
		t.Errorf("status %s", r.Status)
	}
}
