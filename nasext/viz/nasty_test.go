package viz

import (
	"encoding/json"
	"flag"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/oneshot"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
	"github.com/nascent-go/nascent/nasext/study"
)

var rounds = flag.Int("rounds", 6, "how many studies of odd numbers are drawn")

var noNumber = regexp.MustCompile(`="[^"]*(NaN|Inf)`)

// Whatever numbers a study holds, each picture is drawn or says in words what is wrong,
// and none holds a script.
func TestNastyData(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, -1, 1, 1e308, -1e308, 5e-324, 0.5}
	number := func() float64 { return odd[rng.IntN(len(odd))] }
	numbers := func(n int) []float64 {
		all := make([]float64, n)
		for i := range all {
			all[i] = number()
		}
		return all
	}
	const script = "<script>alert(1)</script>"
	for range *rounds {
		var trials []study.Trial
		var members []strategy.Member
		var history []controller.Record
		h := oneshot.History{Edges: []space.MixedEdge{{Name: script, Ops: []string{script, "skip_connect"}}, {}}}
		for i := range rng.IntN(12) {
			curve := []estimate.Epoch{{Epoch: i, ValidAcc: number(), TrainAcc: number(), TrainLoss: number()}}
			g := []space.Genotype{{0}, {1, 0}, {1, 1}, {2, 1, 0}}[rng.IntN(4)]
			trials = append(trials, study.Trial{
				Number: rng.IntN(6) - 1, Genotype: g, Budget: rng.IntN(5) - 1, Score: number(), Failed: rng.IntN(4) == 0, Error: script,
				Estimate: estimate.Estimate{Params: int64(rng.IntN(3)) - 1, Latency: number(), Curve: curve},
				Started:  time.Unix(int64(rng.IntN(3)), 0), Seconds: number(),
			})
			members = append(members, strategy.Member{Genotype: g, Score: number(), Number: rng.IntN(6) - 1, Parent: rng.IntN(6) - 1, Other: rng.IntN(6) - 1})
			history = append(history, controller.Record{Update: i, Rewards: numbers(2), Advantages: numbers(rng.IntN(3)),
				Stats: controller.Stats{Reward: number(), Baseline: number(), Entropy: number(), GradNorm: number()}})
			h.Epochs = append(h.Epochs, oneshot.Snapshot{Epoch: i, Alphas: [][]float64{numbers(rng.IntN(3)), numbers(1)}[:rng.IntN(3)], Skips: rng.IntN(3)})
		}
		x, y := numbers(len(trials)), numbers(len(trials))
		runs := Runs{script, [][]study.Trial{trials, trials}}
		for name, v := range map[string]display.Displayer{
			"BestSoFar": BestSoFar(trials), "BestOverSeeds": BestOverSeeds(runs, runs), "Regret": Regret(number(), runs), "Timeline": Timeline(trials),
			"Front": Front(trials, Parameters()), "Latency": Front(trials, Latency()), "Hypervolume": Hypervolume(trials, Latency()),
			"Importance": Importance(trials, letters{}), "ParallelChoices": ParallelChoices(trials, letters{}),
			"FamilyTree": FamilyTree(members), "Lineage": Lineage(members, 0, letters{}), "Diversity": Diversity(trials, 3),
			"Relaxation": Relaxation(h), "Controller": Controller(history), "Predictions": Predictions(x, y, numbers(len(x))),
			"Ranks": Ranks(x, Proxy{script, y}), "Rungs": Rungs(trials), "TrialCurves": TrialCurves(trials),
		} {
			b := v.Display()
			svg, ok := b.Data[display.MIMESVG].(string)
			if !ok {
				t.Errorf("%s is not drawn: %v", name, b.Data[display.MIMEPlain])
			}
			if strings.Contains(svg, "<script") || noNumber.MatchString(svg) {
				t.Errorf("%s has a script or a coordinate that is no number", name)
			}
			chart, ok := display.Interactive(v).Data[display.MIMEVegaLite].(json.RawMessage)
			if _, graph := v.(*display.Graph); ok == graph || ok && (!json.Valid(chart) || strings.Contains(string(chart), "<script")) {
				t.Errorf("%s as a chart: %.300s", name, chart)
			}
		}
	}
}
