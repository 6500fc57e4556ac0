package nasext

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/strategy"
	"github.com/nascent-go/nascent/nasext/study"
)

var (
	kills    = flag.Int("kills", 50, "how many children TestKill kills in all")
	killSeed = flag.Uint64("killseed", 1, "of the moments at which TestKill kills")
)

// killed names the study of the child process, which is the test binary, started again;
// killedAs is its method and workers.
const (
	killed   = "NASEXT_TEST_STUDY"
	killedAs = "NASEXT_TEST_SEARCH"
)

const killTrials = 60

// budgeted is noisy, and less so with a larger budget.
type budgeted struct {
	noisy
	budget estimate.Budget
}

func (b budgeted) At(budget estimate.Budget) estimate.Estimator {
	b.budget = budget
	return b
}

func (b budgeted) Estimate(ctx context.Context, a *arch.Arch, s uint64) (estimate.Estimate, error) {
	e, err := b.noisy.Estimate(ctx, a, s)
	e.Score += seed.Stream(s, "short").NormFloat64() / float64(1+b.budget.Epochs)
	return e, err
}

// killMethods are the strategies that are killed.
var killMethods = []struct {
	name string
	new  func(toy) (strategy.Strategy, error)
}{
	{"random", func(s toy) (strategy.Strategy, error) { return strategy.Random(s, 3), nil }},
	{"evolution", func(s toy) (strategy.Strategy, error) {
		return strategy.RegularizedEvolution(s, 3, strategy.Evolution{Population: 10, Sample: 3})
	}},
	{"REINFORCE", func(s toy) (strategy.Strategy, error) {
		return strategy.Reinforce(s, 3, controller.Config{Hidden: 6, Rate: 0.05})
	}},
	{"BANANAS", func(s toy) (strategy.Strategy, error) { return strategy.BANANAS(s, 3, strategy.Bananas{Round: 20}) }},
	{"Hyperband", func(s toy) (strategy.Strategy, error) { return strategy.Hyperband(s, 3, strategy.Halving{Most: 9}) }},
}

func killConfig(t testing.TB, method string, workers int) Config {
	t.Helper()
	for _, m := range killMethods {
		if m.name == method {
			s := toy{4}
			search, err := m.new(s)
			if err != nil {
				t.Fatal(err)
			}
			return Config{Space: s, Strategy: search, Estimator: budgeted{}, Trials: killTrials, Batch: 7, Seed: 11, Workers: workers}
		}
	}
	t.Fatalf("there is no method %q", method)
	return Config{}
}

// TestKillChild is the child of TestKill: it searches, or resumes, and says on its
// standard output when a trial is there.
func TestKillChild(t *testing.T) {
	path := os.Getenv(killed)
	if path == "" {
		t.Skip("this is the child process of TestKill")
	}
	method, count, _ := strings.Cut(os.Getenv(killedAs), " ")
	workers, err := strconv.Atoi(count)
	if err != nil {
		t.Fatal(err)
	}
	cfg := killConfig(t, method, workers)
	cfg.OnTrial = func(Trial) { fmt.Println("trial") }
	if info, e := os.Stat(path); e == nil && info.Size() > 0 {
		_, err = Resume(context.Background(), path, cfg)
	} else {
		cfg.Path = path
		_, err = Search(context.Background(), cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// history is what a search has found, as bytes: all but times.
func history(t *testing.T, r *Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Record().JSON(&b, study.Export{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A search that is killed again and again, at any moment of a batch and of a write, has
// in the end the history of one that was left alone, byte for byte: by every method, on
// any number of workers.
func TestKill(t *testing.T) {
	draw := rand.New(rand.NewPCG(*killSeed, 0))
	workers := []int{1, 2, 4}
	searches := len(killMethods) * len(workers)
	done, left := 0, searches
	for _, m := range killMethods {
		want := history(t, search(t, killConfig(t, m.name, 1)))
		for _, w := range workers {
			path := filepath.Join(t.TempDir(), "study.db")
			most := (*kills - done + left - 1) / left // of this search, so that they add up
			now := killAgainAndAgain(t, path, m.name, w, most, draw)
			done, left = done+now, left-1
			got, err := Resume(context.Background(), path, killConfig(t, m.name, 1))
			if err != nil {
				t.Fatalf("%s, %d workers: %v", m.name, w, err)
			}
			if text := history(t, got); text != want {
				t.Errorf("%s, %d workers: killed %d times, the history is\n%s\nwant\n%s", m.name, w, now, text, want)
			}
		}
	}
	if done < *kills*4/5 {
		t.Errorf("only %d of %d children were killed: this test does not show what it should", done, *kills)
	}
	t.Logf("%d children were killed", done)
}

// killAgainAndAgain starts searches in a file and kills them, so many times at most, and
// says how many times.
func killAgainAndAgain(t *testing.T, path, method string, workers, most int, draw *rand.Rand) (count int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for range most {
		cmd := exec.Command(self, "-test.run=^TestKillChild$")
		cmd.Env = append(os.Environ(), killed+"="+path, fmt.Sprintf("%s=%s %d", killedAs, method, workers))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// The moment is some way into what is left, and then anywhere in a trial: at
		// its estimate, its write, or between the two; or while the file is made or read.
		trials, moment := draw.IntN(1+killTrials/(most+1)), time.Duration(draw.IntN(2000))*time.Microsecond
		if trials == 0 {
			moment *= 50
		}
		text := ""
		scanner := bufio.NewScanner(out)
		for seen := 0; seen < trials && scanner.Scan(); seen++ {
			text += scanner.Text() + "\n"
		}
		timer := time.AfterFunc(moment, func() { cmd.Process.Kill() })
		for scanner.Scan() {
			text += scanner.Text() + "\n"
		}
		err = cmd.Wait()
		timer.Stop()
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit) && exit.ExitCode() == -1:
			count++
		case err != nil:
			t.Fatalf("%s, %d workers: the child failed: %v\n%s", method, workers, err, text)
		}
	}
	return count
}
