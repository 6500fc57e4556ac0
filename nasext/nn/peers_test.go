//go:build unix

package nn

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nascent-go/nascent/nasext/arch"
)

var peer = flag.Int("peer", 0, "answer testdata/peers/bench.py on standard input and output, with so many threads")

// TestMain makes the test binary a worker of the comparison with other frameworks, if it is asked to be one.
func TestMain(m *testing.M) {
	flag.Parse()
	if *peer == 0 {
		m.Run()
		return
	}
	if err := answer(os.Stdin, os.Stdout, *peer); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

// question is a line that bench.py writes, reply the line that it reads.
type (
	question struct {
		Do       string  // describe, check, train or infer
		Workload string  // W1 to W7, or gemm:M,N,K
		Seconds  float64 // how long to go on
	}
	reply struct {
		Batch   int          `json:"batch,omitempty"` // samples, or products
		Params  int          `json:"params,omitempty"`
		Nodes   []node       `json:"nodes,omitempty"`   // of the network, if it is one
		Product []int        `json:"product,omitempty"` // M, N and K, if it is one
		Loss    []float64    `json:"loss,omitempty"`    // before a step and after it, with the numbers of the golden files; of a product two corners
		Times   [][2]float64 `json:"times,omitempty"`   // of each step, in seconds: by the clock, of the processor
		Error   string       `json:"error,omitempty"`
	}
	node struct {
		Op  arch.Op    `json:"op"` // its defaults are filled in
		In  []int      `json:"in"`
		Out arch.Shape `json:"out"` // of one sample
	}
)

// answer answers questions, a line each, until there are no more.
func answer(r io.Reader, w io.Writer, threads int) error {
	workloads := map[string]workload{}
	in, out := bufio.NewScanner(r), json.NewEncoder(w)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			return fmt.Errorf("question %q: %w", in.Text(), err)
		}
		a, err := q.answer(workloads, threads)
		if err != nil {
			a = reply{Error: fmt.Sprintf("%s %s: %v", q.Do, q.Workload, err)}
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return in.Err()
}

// answer keeps the workloads that it makes.
func (q question) answer(workloads map[string]workload, threads int) (reply, error) {
	w := workloads[q.Workload]
	if w == nil {
		var err error
		if w, err = newWorkload(q.Workload, threads); err != nil {
			return reply{}, err
		}
		workloads[q.Workload] = w
	}
	switch q.Do {
	case "describe":
		return describe(w), nil
	case "check":
		return check(w)
	case "train":
		return measure(w.train, q.Seconds)
	case "infer":
		return measure(w.infer, q.Seconds)
	}
	return reply{}, errors.New("it must be describe, check, train or infer")
}

func describe(w workload) reply {
	r := reply{Batch: w.samples(), Params: w.params()}
	switch w := w.(type) {
	case *training:
		for _, s := range w.plan.Steps {
			r.Nodes = append(r.Nodes, node{s.Op, s.In, s.Out})
		}
	case *product:
		r.Product = []int{w.c.Rows, w.c.Cols, w.a.Cols}
	}
	return r
}

// checked is a workload whose numbers others can be held against. Those of the controller
// are left to its own test.
type checked interface{ check() ([]float64, error) }

// check takes a step.
func check(w workload) (r reply, err error) {
	if w, ok := w.(checked); ok {
		r.Loss, err = w.check()
	}
	return r, err
}

// measure repeats a step for some time, at least once.
func measure(step func() error, seconds float64) (reply, error) {
	var a reply
	for begun := time.Now(); len(a.Times) == 0 || time.Since(begun).Seconds() < seconds; {
		before, at := processor(), time.Now()
		if err := step(); err != nil {
			return reply{}, err
		}
		wall := time.Since(at)
		a.Times = append(a.Times, [2]float64{wall.Seconds(), (processor() - before).Seconds()})
	}
	return a, nil
}

// processor is the time that the process has had of processors.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// near says whether numbers are those that are wanted, give or take tolerance.
func near(got, want []float64, tolerance float64) bool {
	return slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= tolerance })
}

// A worker answers what bench.py asks, and says what it cannot do.
func TestPeerAnswers(t *testing.T) {
	questions := strings.Join([]string{
		`{"do": "describe", "workload": "W4"}`,
		`{"do": "check", "workload": "W4"}`,
		`{"do": "train", "workload": "W4"}`,
		`{"do": "describe", "workload": "W5"}`,
		`{"do": "check", "workload": "W5"}`,
		`{"do": "describe", "workload": "W6b8"}`,
		`{"do": "infer", "workload": "W6b8"}`,
		`{"do": "describe", "workload": "gemm:3,5,4"}`,
		`{"do": "check", "workload": "gemm:3,5,4"}`,
		`{"do": "infer", "workload": "gemm:3,5,4"}`,
		`{"do": "train", "workload": "gemm:3,5,4"}`,
		`{"do": "infer", "workload": "gemm:3,5"}`,
		`{"do": "infer", "workload": "gemm:3,0,4"}`,
		`{"do": "train", "workload": "W9"}`,
		`{"do": "jump", "workload": "W6"}`,
	}, "\n")
	var out strings.Builder
	if err := answer(strings.NewReader(questions), &out, 1); err != nil {
		t.Fatal(err)
	}
	var replies []reply
	for d := json.NewDecoder(strings.NewReader(out.String())); d.More(); {
		var r reply
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		replies = append(replies, r)
	}
	expected := []func(reply) bool{
		func(r reply) bool { return r.Batch == 32 && r.Params == 67282 && len(r.Nodes) > 100 },
		func(r reply) bool { return len(r.Loss) == 2 && r.Loss[1] < r.Loss[0] },
		func(r reply) bool { return len(r.Times) == 1 && r.Times[0][0] > 0 },
		func(r reply) bool { return r.Batch == 32 && r.Params == 118742+224 && len(r.Nodes) > 1000 },
		// PyTorch's in double precision: --peers torch/double.
		func(r reply) bool { return near(r.Loss, []float64{2.4376052, 2.3575601, 2.3990331, 2.0082245}, 2e-6) },
		func(r reply) bool { return r.Batch == 8 && r.Params == 20621 },
		func(r reply) bool { return len(r.Times) == 1 },
		func(r reply) bool { return r.Batch > 1 && r.Params == 0 && slices.Equal(r.Product, []int{3, 5, 4}) },
		func(r reply) bool {
			return near(r.Loss, []float64{-.2170676832, -.0178242883}, 1e-7)
		},
		func(r reply) bool { return len(r.Times) == 1 },
		func(r reply) bool { return strings.HasPrefix(r.Error, "train gemm:3,5,4: a product has no training") },
		func(r reply) bool { return strings.HasPrefix(r.Error, "infer gemm:3,5: it must be gemm:M,N,K") },
		func(r reply) bool { return strings.HasPrefix(r.Error, "infer gemm:3,0,4: it must be gemm:M,N,K") },
		func(r reply) bool { return strings.HasPrefix(r.Error, "train W9: there is no such workload") },
		func(r reply) bool { return strings.HasPrefix(r.Error, "jump W6: it must be") },
	}
	if len(replies) != len(expected) {
		t.Fatalf("%d replies to %d questions", len(replies), len(expected))
	}
	for i, ok := range expected {
		if !ok(replies[i]) {
			t.Errorf("reply %d is %+v", i, replies[i])
		}
	}
	if err := answer(strings.NewReader("W1"), io.Discard, 1); err == nil {
		t.Error("a question that is no JSON was answered")
	}
}
