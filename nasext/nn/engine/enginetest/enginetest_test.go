package enginetest

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

func TestCPU(t *testing.T) {
	for _, e := range cpu.Every(2) {
		for _, c := range Cases() {
			t.Run(e.Name()+"/"+c.Name, func(t *testing.T) {
				if err := c.Check(e); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// wrong is an engine with a mistake.
type wrong struct {
	engine.Engine
	forward  func(out []float32)
	backward func(p *engine.Plan)
}

func (w wrong) Build(p *engine.Plan, batch int) (engine.Runner, error) {
	r, err := w.Engine.Build(p, batch)
	return wrongRunner{r, w, p}, err
}

func (w wrong) Inference(p *engine.Plan, batch int) (engine.Runner, error) {
	r, err := w.Engine.Inference(p, batch)
	return wrongRunner{r, w, p}, err
}

type wrongRunner struct {
	engine.Runner
	w wrong
	p *engine.Plan
}

func (r wrongRunner) Forward(x []float32, n int, p engine.Pass, out []float32) error {
	err := r.Runner.Forward(x, n, p, out)
	r.w.forward(out)
	return err
}

func (r wrongRunner) Backward(dout, dx []float32) error {
	err := r.Runner.Backward(dout, dx)
	r.w.backward(r.p)
	return err
}

// TestMistakesAreFound: small ones in each direction, and one that is another each time.
func TestMistakesAreFound(t *testing.T) {
	calls := 0
	good := wrong{cpu.New(1), func([]float32) {}, func(*engine.Plan) {}}
	for _, m := range []struct {
		kind string // of the case
		want string
		e    func(w *wrong)
	}{
		{"operation conv", "output in training: number 0", func(w *wrong) { w.forward = func(out []float32) { out[0] += 1e-2 } }},
		{"operation linear", "gradient of op.weight: number 0", func(w *wrong) {
			w.backward = func(p *engine.Plan) {
				for _, s := range p.Steps {
					if s.Weight != nil {
						s.Weight.G[0] *= 1.01
					}
				}
			}
		}},
		{"operation batchnorm", "running_mean: number 0", func(w *wrong) {
			w.backward = func(p *engine.Plan) {
				for _, s := range p.Steps {
					if s.Mean != nil {
						s.Mean.W[0] += 1e-2
					}
				}
			}
		}},
		{"training W3, SGD", "the loss is", func(w *wrong) { w.forward = func(out []float32) { out[3] += 1e-2 } }},
		{"training Adam", "gives other bits", func(w *wrong) {
			w.forward = func(out []float32) {
				calls++
				out[0] += float32(calls) * 1e-6
			}
		}},
	} {
		e := good
		m.e(&e)
		for _, c := range Cases() {
			if c.Name != m.kind {
				continue
			}
			if err := c.Check(e); err == nil || !strings.Contains(err.Error(), m.want) {
				t.Errorf("%s: %v, want %q", m.kind, err, m.want)
			}
			m.kind = ""
		}
		if m.kind != "" {
			t.Errorf("there is no case %q", m.kind)
		}
	}
}

// TestWorkloads: they have as many parameters as other programs count (testdata/peers of package nn).
func TestWorkloads(t *testing.T) {
	all, err := Workloads()
	if err != nil {
		t.Fatal(err)
	}
	want := []int64{20490, 1288506, 79634, 67282, 118966 - 224} // the last without mixing numbers
	for i, w := range all {
		got, err := w.Arch.Params()
		if err != nil || got != want[i] {
			t.Errorf("%s: %d parameters (%v), want %d", w.Name, got, err, want[i])
		}
		if s := w.Images(3); s.Check() != nil || s.Shape != w.Arch.Input {
			t.Errorf("%s: images %v", w.Name, s.Check())
		}
	}
}
