//go:build cuda && cgo && linux && amd64

package cuda

import (
	"errors"
	"runtime"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
)

// runner is a plan on the device. The parameters are those of the host: each pass takes them anew.
type runner struct {
	*home
	x, out driver.Pinned[float32]
	n      int // samples of the last pass; 0 if it was not for training
}

func (g *gpu) runner(p *engine.Plan, batch int, train bool) (engine.Runner, error) {
	t, err := lay(p, batch, train, train, g.tensor)
	if err != nil {
		return nil, err
	}
	h, err := settle(g.device, t)
	if err != nil {
		return nil, err
	}
	r := &runner{home: h}
	err = h.do(func(t *driver.Thread) (err error) {
		if r.x, err = pin[float32](h, t, batch*h.in.shape.Elems()); err != nil {
			return err
		}
		r.out, err = pin[float32](h, t, batch*h.out.shape.Elems())
		return err
	})
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	runtime.AddCleanup(r, func(h *home) { _ = h.Close() }, h)
	return r, nil
}

// Batch implements engine.Runner.
func (r *runner) Batch() int { return r.batch }

// Forward implements engine.Runner.
func (r *runner) Forward(x []float32, n int, p engine.Pass, out []float32) error {
	if err := r.usable(); err != nil {
		return err
	}
	if p.Train && !r.train {
		return errors.New("engine cuda: a pass for training in a runner that was built for inference")
	}
	r.n = 0
	copy(r.x.Data, x)
	r.draw(n, p)
	r.live = r.alive()
	r.gather(r.size, valuesOf)
	err := r.do(func(t *driver.Thread) error {
		q := r.queue(t, shape{n: n})
		err := errors.Join(
			driver.UploadAsync(t, r.stream, q.images(), r.x, len(x)),
			driver.UploadAsync(t, r.stream, r.at.host, r.values, r.size),
			r.uploadDraws(t, q), q.err,
			r.launch(t, shape{what: "ahead", n: n, train: p.Train}, func(q *queue) {
				q.take(q.at.values, r.size)
				r.ahead(q)
			}),
			driver.DownloadAsync(t, r.stream, r.out, q.mem(r.tape.out.data), len(out)),
		)
		if moments := r.size - r.graded; p.Train && moments > 0 {
			at := q.part(r.at.values, 4*int64(r.graded), 4*int64(moments))
			err = errors.Join(err, q.err, driver.DownloadAsync(t, r.stream, driver.Pinned[float32]{Data: r.values.Data[r.graded:]}, at, moments))
		}
		return errors.Join(err, t.Wait(r.stream))
	})
	if err != nil {
		return err
	}
	copy(out, r.out.Data)
	if p.Train {
		r.n = n
		r.scatter(r.graded, r.size, valuesOf)
	}
	return nil
}

// uploadDraws copies what was drawn, if something was.
func (h *home) uploadDraws(t *driver.Thread, q *queue) error {
	if h.draws == nil {
		return nil
	}
	words := h.drawn.Data[len(h.drawn.Data)-h.tape.drawn:]
	return driver.UploadAsync(t, h.stream, q.mem(h.draws), driver.Pinned[uint32]{Data: words}, len(words))
}

// Backward implements engine.Runner.
func (r *runner) Backward(dout, dx []float32) error {
	if err := r.usable(); err != nil {
		return err
	}
	if r.n == 0 {
		return errors.New("engine cuda: a way back without a pass for training before")
	}
	copy(r.out.Data, dout)
	err := r.do(func(t *driver.Thread) error {
		q := r.queue(t, shape{n: r.n})
		var err error
		if g := r.tape.out.grad; g != nil {
			err = driver.UploadAsync(t, r.stream, q.mem(g), r.out, len(dout))
		}
		err = errors.Join(err, r.launch(t, shape{what: "back", n: r.n, train: true, other: dx != nil}, func(q *queue) {
			r.back(q)
			q.give(q.at.grads, r.graded)
		}), driver.DownloadAsync(t, r.stream, r.values, r.at.host, r.graded))
		if dx != nil {
			err = errors.Join(err, driver.DownloadAsync(t, r.stream, r.x, q.mem(r.dInput), len(dx)))
		}
		return errors.Join(err, q.err, t.Wait(r.stream))
	})
	if err != nil {
		return err
	}
	r.scatter(0, r.graded, gradsOf)
	copy(dx, r.x.Data)
	return nil
}
