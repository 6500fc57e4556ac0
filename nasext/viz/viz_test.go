package viz

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/study"
)

// trialsOf makes n trials; every fifth fails, and scores rise slowly.
func trialsOf(n int) []study.Trial {
	var all []study.Trial
	for i := range n {
		t := study.Trial{
			Number: i + 1, Batch: i/4 + 1, Genotype: space.Genotype{i % 3, i % 2}, Hash: fmt.Sprint("hash ", i),
			Score: 0.5 + 0.4*math.Sin(float64(i)), Estimate: estimate.Estimate{Params: int64(100 + 37*(i*i%50)), MACs: 5000},
		}
		if i%5 == 4 {
			t = study.Trial{Number: i + 1, Batch: 1, Genotype: space.Genotype{}, Failed: true, Error: "the image is too small"}
		}
		all = append(all, t)
	}
	return all
}

func historyOf(n int, reached float64) []controller.Record {
	var all []controller.Record
	for i := range n {
		p := 1 / (1 + math.Exp(-float64(i)/3))
		all = append(all, controller.Record{
			Update: i + 1, Rewards: []float64{p, p / 2}, Advantages: []float64{0.1, -0.1},
			Stats: controller.Stats{Reward: 0.75 * p, Baseline: 0.5, Entropy: 1 - p, GradNorm: 3 / float64(i+1)},
			Policy: []controller.Odds{
				{Decision: "edge 0→1", Options: []string{"none", "skip"}, Probs: []float64{p, 1 - p}, Reached: 1},
				{Decision: "edge 0→2", Options: []string{"skip", "conv"}, Probs: []float64{1 - p, p}, Reached: reached},
			},
		})
	}
	return all
}

func epochsOf(n int) []estimate.Epoch {
	var all []estimate.Epoch
	for i := range n {
		all = append(all, estimate.Epoch{Epoch: i + 1, TrainLoss: 2 / float64(i+1), ValidLoss: 2.1 / float64(i+1), TrainAcc: 0.9, ValidAcc: 0.875})
	}
	return all
}

// Every picture of values can be drawn of no, one and many of them, and of no
// values it says so.
func TestEveryAmount(t *testing.T) {
	for _, test := range []struct {
		name  string
		draw  func(n int) display.Displayer
		empty string
	}{
		{"BestSoFar", func(n int) display.Displayer { return BestSoFar(trialsOf(n)) }, "no trials yet"},
		{"Front", func(n int) display.Displayer { return Front(trialsOf(n), Parameters()) }, "no trials yet"},
		{"BestOverSeeds", func(n int) display.Displayer { return BestOverSeeds(Runs{"a", [][]study.Trial{trialsOf(n)}}) }, "no trials yet"},
		{"Regret", func(n int) display.Displayer { return Regret(1, Runs{"a", [][]study.Trial{trialsOf(n)}}) }, "no trials yet"},
		{"Hypervolume", func(n int) display.Displayer { return Hypervolume(trialsOf(n), MACs()) }, "no trials yet"},
		{"Timeline", func(n int) display.Displayer { return Timeline(shifts()[:min(n, 16)]) }, "no trials yet"},
		{"Importance", func(n int) display.Displayer { return Importance(spelled()[:min(n, 7)], letters{}) }, "no trials yet"},
		{"ParallelChoices", func(n int) display.Displayer { return ParallelChoices(spelled()[:min(n, 7)], letters{}) }, "no trials yet"},
		{"FamilyTree", func(n int) display.Displayer { return FamilyTree(clan()[:min(n, 6)]) }, "nobody lives yet"},
		{"Relaxation", func(n int) display.Displayer { return Relaxation(relaxed(n)) }, "no epochs"},
		{"Rungs", func(n int) display.Displayer { return Rungs(ladder()[:min(n, 9)]) }, "no trials with budgets yet"},
		{"LearningCurve", func(n int) display.Displayer { return LearningCurve(epochsOf(n)) }, "nothing was trained yet"},
		{"LearningCurves", func(n int) display.Displayer { return LearningCurves(Curve{"one", epochsOf(n)}, Curve{"other", nil}) }, "nothing was trained yet"},
		{"Controller", func(n int) display.Displayer { return Controller(historyOf(n, 1)) }, "no updates yet"},
		{"Probabilities", func(n int) display.Displayer { return Probabilities(historyOf(n, 0.5)) }, "no updates yet"},
	} {
		for _, n := range []int{0, 1, 2, 3, 30} {
			v := test.draw(n)
			if err := v.(interface{ Err() error }).Err(); err != nil {
				t.Errorf("%s of %d: %v", test.name, n, err)
			}
			b := v.Display()
			for _, mime := range []string{display.MIMESVG, display.MIMEPNG, display.MIMEPlain} {
				if s, ok := b.Data[mime].(string); !ok || s == "" {
					t.Errorf("%s of %d has no %s form", test.name, n, mime)
				}
			}
			if says := strings.Contains(b.Data[display.MIMEPlain].(string), test.empty); says != (n == 0) {
				t.Errorf("%s of %d reads %q", test.name, n, b.Data[display.MIMEPlain])
			}
		}
	}
}

func text(v display.Displayer) string { return v.Display().Data[display.MIMEPlain].(string) }

func TestBestSoFar(t *testing.T) {
	trials := []study.Trial{
		{Number: 4, Failed: true}, {Number: 1, Score: 0.25}, {Number: 2, Failed: true}, {Number: 3, Score: 0.125},
	}
	got := text(BestSoFar(trials))
	for _, want := range []string{"best so far: 0.25 after 4 trials, 2 failed", "best so far (3 values, 0.25 to 0.25"} {
		if !strings.Contains(got, want) {
			t.Errorf("it reads %q, want %q in it", got, want)
		}
	}
	if got := text(BestSoFar(trials[:1])); !strings.Contains(got, "none, 1 trial failed") {
		t.Errorf("of a failed trial it reads %q", got)
	}
	if trials[0].Number != 4 {
		t.Error("the caller's trials were put in order")
	}
}

func TestTables(t *testing.T) {
	s, err := space.NASBench201(space.NASBench201Config{C: 2, N: 1})
	if err != nil {
		t.Fatal(err)
	}
	g := space.Genotype{3, 1, 2, 4, 0, 3}
	trials := []study.Trial{
		{Number: 2, Genotype: g, Hash: "a", Score: 0.5, CopyOf: 1},
		{Number: 1, Genotype: g, Hash: "a", Score: 0.5},
		{Number: 3, Genotype: g, Failed: true, Error: "out of memory"},
		{Number: 4, Genotype: g, Hash: "b", Score: 0.75, Estimate: estimate.Estimate{Note: "diverged"}},
	}
	all := Trials(trials, s)
	if len(all.Rows) != 4 || all.Rows[0][0] != 1 || all.Rows[2][1] != nil {
		t.Errorf("rows are %v", all.Rows)
	}
	const cell = "|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|avg_pool_3x3~0|none~1|nor_conv_3x3~2|"
	for i, want := range []string{"", "same as trial 1", "failed: out of memory", "diverged"} {
		if got := all.Rows[i][5]; got != want {
			t.Errorf("remark on trial %d is %q, want %q", i+1, got, want)
		}
		if got := all.Rows[i][4]; got != cell {
			t.Errorf("architecture of trial %d is %q", i+1, got)
		}
	}
	top := Top(trials[1:2], 10, nil)
	if len(top.Columns) != 5 || len(top.Rows[0]) != 5 {
		t.Errorf("columns %v and row %v, want no remark where there is none", top.Columns, top.Rows[0])
	}
	top = Top(trials, 10, nil)
	if len(top.Rows) != 2 || top.Rows[0][0] != 4 || top.Rows[1][0] != 1 || top.Rows[0][4] != "[3 1 2 4 0 3]" {
		t.Errorf("the best are %v, want trials 4 and 1", top.Rows)
	}
	if n := len(Top(trials, -1, nil).Rows) + len(Trials(nil, s).Rows); n != 0 {
		t.Errorf("%d rows where there should be none", n)
	}
}

func TestWindowWeighsByReach(t *testing.T) {
	history := []controller.Record{
		{Policy: []controller.Odds{{Decision: "a", Options: []string{"x", "y"}, Probs: []float64{1, 0}, Reached: 1}}},
		{Policy: []controller.Odds{
			{Decision: "a", Options: []string{"x", "y"}, Probs: []float64{0, 1}, Reached: 0.25},
			{Decision: "a", Options: []string{"x"}, Probs: []float64{1}, Reached: 0.75},
		}},
	}
	got := window(history, 0, 2)
	if len(got) != 2 || math.Abs(got[0].Probs[0]-0.8) > 1e-12 || got[1].Probs[0] != 1 {
		t.Errorf("the mean policy is %+v", got)
	}
	if uniform(history[0].Policy) != math.Log(2) || uniform(history[1].Policy) != 0 || uniform(nil) != 0 {
		t.Error("the entropy of equal options is wrong")
	}
}

// A space with many different words gets columns by number and the words in the cells.
func TestManyOptions(t *testing.T) {
	var policy []controller.Odds
	for i := range 50 {
		var options []string
		for j := range 3 {
			options = append(options, fmt.Sprintf("word %d of %d", j, i))
		}
		policy = append(policy, controller.Odds{Decision: fmt.Sprint("decision ", i), Options: options, Probs: []float64{0.2, 0.3, 0.5}, Reached: 1 / float64(i+1)})
	}
	rows := mostReached(policy)
	if len(rows) != maxRows || rows[0].Decision != "decision 0" || rows[maxRows-1].Decision != "decision 39" {
		t.Errorf("%d rows, from %s on", len(rows), rows[0].Decision)
	}
	var options [][]string
	for _, o := range rows {
		options = append(options, o.Options)
	}
	header, names := optionColumns(options)
	if names || len(header) != 3 {
		t.Errorf("columns are %v", header)
	}
	values, texts := line(rows[1], policy, header, names)
	if values[2] != 0.5 || texts[2] != "word 2 of 1" {
		t.Errorf("a row is %v, %v", values, texts)
	}
	if err := Probabilities([]controller.Record{{Update: 1, Policy: policy}}).Err(); err != nil {
		t.Error(err)
	}
}

func TestMagnitude(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 950: "950", 999: "999", 1000: "1k", 12345: "12.3k", 999999: "1M", 5_000_000_000: "5G"} {
		if got := magnitude(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
}

func TestColoursBelongToKinds(t *testing.T) {
	known := map[string]bool{}
	for _, k := range kinds() {
		known[k] = true
	}
	for _, k := range arch.Kinds() {
		if !known[kindOf(k)] {
			t.Errorf("%s has the kind %q, which has no colour", k, kindOf(k))
		}
	}
}

// TestCurvesWithoutValidation: zeros that stand for nothing are not drawn.
func TestCurvesWithoutValidation(t *testing.T) {
	epochs := []estimate.Epoch{{Epoch: 1, TrainLoss: 2, TrainAcc: .5}, {Epoch: 2, TrainLoss: 1, TrainAcc: .75}}
	if got := text(LearningCurve(epochs)); strings.Contains(got, "validation") || !strings.Contains(got, "training (2 values, 1 to 2") {
		t.Errorf("it reads %q", got)
	}
	if got := text(LearningCurves(Curve{"net", epochs})); !strings.Contains(got, "net (2 values, 1 to 2") {
		t.Errorf("it reads %q", got)
	}
}
