// Package gpucheck says in Markdown how an engine does on a device: whether it passes what every
// engine has to, and how long the fixed workloads take, beside PyTorch where there is one.
package gpucheck

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda"
	"github.com/nascent-go/nascent/nasext/nn/engine/enginetest"
)

// Config says what is checked.
type Config struct {
	Engine cuda.Engine
	Cases  []enginetest.Case // nil: all
	Steps  int               // of an epoch of the trainings that are timed; 0: 50
	Epochs int               // that are timed, after one that is not; 0: 5
	Sizes  []int             // of square matrices that are multiplied; nil: 1024 and 4096
	Python string            // interpreter that has PyTorch for the device; "": there is no comparison
	// Only are the names of the workloads that are timed; nil: all.
	Only []string
}

// Failed is the error of a check that found mistakes.
type Failed struct{ Cases []string }

func (f *Failed) Error() string {
	return fmt.Sprintf("the engine fails %d cases: %s", len(f.Cases), strings.Join(f.Cases, "; "))
}

// Run checks, and writes what it finds as it finds it.
func Run(ctx context.Context, w io.Writer, c Config) error {
	c.Steps, c.Epochs = cmp.Or(c.Steps, 50), cmp.Or(c.Epochs, 5)
	if c.Cases == nil {
		c.Cases = enginetest.Cases()
	}
	if c.Sizes == nil {
		c.Sizes = []int{1024, 4096}
	}
	r := &report{w: w}
	about(r, c.Engine)
	failed, err := suite(ctx, r, c)
	if err != nil {
		return err
	}
	if err := products(r, c); err != nil {
		return err
	}
	if err := steps(ctx, r, c); err != nil {
		return err
	}
	if r.err == nil && len(failed) > 0 {
		return &Failed{failed}
	}
	return r.err
}

// report writes until something fails.
type report struct {
	w   io.Writer
	err error
}

func (r *report) line(format string, args ...any) {
	if r.err == nil {
		_, r.err = fmt.Fprintf(r.w, format+"\n", args...)
	}
}

// row is one of a table.
func (r *report) row(cells ...string) { r.line("| %s |", strings.Join(cells, " | ")) }

// head begins a table.
func (r *report) head(cells ...string) {
	r.line("")
	r.row(cells...)
	r.line("|%s", strings.Repeat("---|", len(cells)))
}

func about(r *report, e cuda.Engine) {
	d := e.Device()
	r.line("# nascent gpu-check")
	r.head("", "")
	r.row("engine", e.Name())
	r.row("device", fmt.Sprintf("%s, %.1f GiB, compute capability %s", d.Name, float64(d.Memory)/(1<<30), d.Capability))
	r.row("driver", "CUDA "+d.Driver)
	r.row("host", fmt.Sprintf("%s/%s, %d threads, %s", runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), runtime.Version()))
}

// suite runs all cases.
func suite(ctx context.Context, r *report, c Config) (failed []string, err error) {
	r.line("\n## What every engine has to pass")
	r.head("case", "result", "s")
	for _, check := range c.Cases {
		if err := ctx.Err(); err != nil {
			return failed, err
		}
		begin := time.Now()
		result := "passed"
		if err := check.Check(c.Engine); err != nil {
			result = "**" + strings.ReplaceAll(err.Error(), "|", "\\|") + "**"
			failed = append(failed, check.Name)
		}
		r.row(check.Name, result, fmt.Sprintf("%.2f", time.Since(begin).Seconds()))
	}
	r.line("\n%d of %d cases passed.", len(c.Cases)-len(failed), len(c.Cases))
	return failed, nil
}

// products times matrix products.
func products(r *report, c Config) error {
	r.line("\n## Matrix products, float32")
	r.head("rows", "ms", "TFLOPS")
	for _, n := range c.Sizes {
		each, err := c.Engine.Product(n, 10)
		if err != nil {
			return err
		}
		s := each.Seconds()
		r.row(fmt.Sprintf("%d×%d×%d", n, n, n), fmt.Sprintf("%.3f", 1e3*s), fmt.Sprintf("%.2f", 2*float64(n)*float64(n)*float64(n)/s/1e12))
	}
	return nil
}

// steps times the training steps of the workloads.
func steps(ctx context.Context, r *report, c Config) error {
	workloads, err := enginetest.Workloads()
	if err != nil {
		return err
	}
	r.line("\n## Training steps")
	r.line("\nForward, cross-entropy, backward and SGD; of W5 a step of Adam for the mixing numbers before. A bar is on every step: at most 0.5 of PyTorch's eager mode and at most 1.0 of torch.compile(mode=\"reduce-overhead\").")
	r.head("workload", "batch", "ms a step", "graphs a step", "launches and copies in them", "PyTorch eager, ms", "compiled, ms", "of eager", "of compiled")
	peer, err := startPeer(ctx, c.Python)
	if err != nil {
		return err
	}
	for _, w := range workloads {
		if c.Only != nil && !slices.Contains(c.Only, w.Name) {
			continue
		}
		before := c.Engine.Counts()
		each, steps, err := stepOf(ctx, w, c)
		if err != nil {
			return fmt.Errorf("workload %s: %w", w.Name, err)
		}
		after := c.Engine.Counts()
		cells := []string{
			w.Name + ", " + w.Text, fmt.Sprint(w.Batch), fmt.Sprintf("%.3f", 1e3*each),
			fmt.Sprintf("%.1f", float64(after.Graphs-before.Graphs)/steps), fmt.Sprintf("%.0f", float64(after.Launches-before.Launches)/steps),
		}
		times, err := peer.times(w)
		if err != nil {
			return fmt.Errorf("workload %s: PyTorch: %w", w.Name, err)
		}
		r.row(append(cells, times.cells(each)...)...)
	}
	version, err := peer.close()
	if err == nil && version != "" {
		r.line("\n%s on the same device.", version)
	}
	return err
}

// stepOf is how many seconds a step takes, and how many steps were taken in all.
func stepOf(ctx context.Context, w enginetest.Workload, c Config) (each, steps float64, err error) {
	n, err := nn.NewOn(c.Engine, w.Arch, 1)
	if err != nil {
		return 0, 0, err
	}
	set := w.Images(w.Batch * c.Steps)
	if len(n.Alphas()) > 0 {
		return searchStep(ctx, n, set.X, set.Y, w.Batch, c)
	}
	var begin time.Time
	var took time.Duration
	_, err = nn.Fit(ctx, n, nn.FitConfig{
		Train: set, Epochs: c.Epochs + 1, Batch: w.Batch, Schedule: nn.Constant{Base: .001},
		OnEpoch: func(p nn.Progress) {
			if p.Epoch == 1 { // which has made and captured everything
				begin = time.Now()
			}
			took = time.Since(begin)
		},
	})
	return took.Seconds() / float64(c.Steps*c.Epochs), float64(c.Steps * (c.Epochs + 1)), err
}

// searchStep is stepOf of a supernet: its mixing numbers learn from one batch, its weights from
// another.
func searchStep(ctx context.Context, n *nn.Network, x []float32, y []int, batch int, c Config) (each, steps float64, err error) {
	weights, alphas := nn.NewSGD(.9, 5e-4), &nn.Adam{Beta1: .5, Beta2: .999, Eps: 1e-8, WeightDecay: 1e-3}
	size := len(x) / len(y) * batch
	turn := func(k int) error {
		k %= len(y) / batch
		_, err := n.Gradients(x[k*size:(k+1)*size], y[k*batch:(k+1)*batch])
		return err
	}
	var begin time.Time
	for k := range c.Steps * (c.Epochs + 1) {
		if k == c.Steps {
			begin = time.Now()
		}
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		if err := turn(2 * k); err != nil {
			return 0, 0, err
		}
		if err := alphas.Step(n.Alphas(), 3e-4); err != nil {
			return 0, 0, err
		}
		if err := turn(2*k + 1); err != nil {
			return 0, 0, err
		}
		if err := weights.Step(n.Params(), .001); err != nil {
			return 0, 0, err
		}
	}
	return time.Since(begin).Seconds() / float64(c.Steps*c.Epochs), float64(c.Steps * (c.Epochs + 1)), nil
}
