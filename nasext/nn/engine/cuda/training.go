//go:build cuda && cgo && linux && amd64

package cuda

import (
	"errors"
	"fmt"
	"math"
	"runtime"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/arena"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/kernels"
)

// training takes whole steps on the device, each as one graph. While one is under way, the next
// batch is copied there.
type training struct {
	*home
	*trainer
}

// trainer is what a training has beside its home.
type trainer struct {
	recipe engine.Recipe
	slots  [][]*engine.Param
	// Beside the tape in the block: what the rule remembers, what changes from step to step, losses and right answers of the
	// samples, what a step comes to, scratch.
	memory            []*arena.Piece
	step              *arena.Piece
	losses, right     *arena.Piece
	score, norm, work *arena.Piece
	staged            [2]*arena.Piece // batches to come
	batches           [2]driver.Pinned[uint32]
	copies            driver.Stream   // of batches
	arrived           [2]driver.Event // a batch on the device
	stepped           driver.Event
	count             [2]int // samples of the batches
	mixed             [2]bool
	now               int // which batch was staged last
	waiting           [2]bool
	outcome           driver.Pinned[uint32]
	classes, underway int
}

// Trainer implements engine.Trainer.
func (g *gpu) Trainer(p *engine.Plan, batch int, r engine.Recipe) (engine.Training, error) {
	t, err := lay(p, batch, true, false, g.tensor)
	if err != nil {
		return nil, err
	}
	t.order(p, r.Params, r.Decays)
	heads := len(r.Heads)
	if heads == 0 || t.out.shape.C%heads != 0 {
		return nil, fmt.Errorf("engine cuda: %d outputs for %d heads; each has to have as many", t.out.shape.C, heads)
	}
	if len(r.Slots) != r.Rule.Slots() && t.learned > 0 {
		return nil, fmt.Errorf("engine cuda: a rule that remembers %d numbers of each weight has %d slots", r.Rule.Slots(), len(r.Slots))
	}
	piece := func(bytes int64) *arena.Piece { return &arena.Piece{Size: max(bytes, 4)} }
	w := &trainer{recipe: r, slots: r.Slots, classes: t.out.shape.C / heads}
	w.step, w.score, w.norm = piece(4*kernels.StepWords), piece(4*2*int64(heads)), piece(8)
	w.losses, w.right = piece(4*int64(batch)), piece(4*int64(batch))
	w.work = piece(kernels.Arena{N: t.learned}.Work())
	w.staged = [2]*arena.Piece{piece(t.batches.Size), piece(t.batches.Size)}
	more := []*arena.Piece{w.step, w.score, w.norm, w.losses, w.right, w.work, w.staged[0], w.staged[1]}
	for range r.Slots {
		w.memory = append(w.memory, piece(4*int64(t.learned)))
	}
	h, err := settle(g.device, t, append(more, w.memory...)...)
	if err != nil {
		return nil, err
	}
	if err := h.do(func(t *driver.Thread) error { return w.furnish(h, t) }); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	s := &training{h, w}
	runtime.AddCleanup(s, func(h *home) { _ = h.Close() }, h)
	return s, nil
}

// furnish makes what copies and waits.
func (w *trainer) furnish(h *home, t *driver.Thread) (err error) {
	if w.copies, err = t.NewStream(); err != nil {
		return err
	}
	h.later(func(t *driver.Thread) error { return errors.Join(t.Wait(w.copies), t.CloseStream(w.copies)) })
	for _, e := range []*driver.Event{&w.arrived[0], &w.arrived[1], &w.stepped} {
		if *e, err = t.NewEvent(); err != nil {
			return err
		}
		h.later(func(t *driver.Thread) error { return t.CloseEvent(*e) })
	}
	for i := range w.batches {
		if w.batches[i], err = pin[uint32](h, t, int(w.staged[i].Size/4)); err != nil {
			return err
		}
	}
	w.outcome, err = pin[uint32](h, t, 2*len(w.recipe.Heads))
	return err
}

// Stage implements engine.Training.
func (s *training) Stage(b engine.Batch) error {
	if err := s.usable(); err != nil {
		return err
	}
	n, k := len(b.Y), 1-s.now
	if n < 1 || n > s.batch || len(b.X) != n*s.in.shape.Elems() {
		return fmt.Errorf("engine cuda: %d labels and %d numbers of samples of %v; at most %d samples are taken", n, len(b.X), s.in.shape, s.batch)
	}
	return s.do(func(t *driver.Thread) error {
		if s.waiting[k] { // the memory is still being copied
			if err := t.WaitEvent(s.arrived[k]); err != nil {
				return err
			}
		}
		words, room := s.trainer.batches[k].Data, s.room()
		for i, y := range b.Y {
			words[i] = uint32(int32(y))
		}
		for i, y := range b.Partner {
			words[room+i], words[2*room+i] = uint32(int32(y)), math.Float32bits(b.Own[i])
		}
		for i, x := range b.X {
			words[3*room+i] = math.Float32bits(x)
		}
		s.count[k], s.mixed[k], s.now, s.waiting[k] = n, b.Own != nil, k, true
		q := s.queue(t, shape{n: n})
		return errors.Join(
			driver.UploadAsync(t, s.copies, q.mem(s.staged[k]), s.trainer.batches[k], 3*room+len(b.X)), q.err,
			t.Record(s.arrived[k], s.copies),
		)
	})
}

// Begin implements engine.Training.
func (s *training) Begin(a engine.StepArgs) error {
	if err := s.usable(); err != nil {
		return err
	}
	k := s.now
	n := s.count[k]
	if n == 0 {
		return errors.New("engine cuda: a step without a batch; stage one before")
	}
	s.count[k], s.underway = 0, n
	for i, v := range s.settings(a).Words() {
		s.drawn.Data[i] = math.Float32bits(v)
	}
	s.draw(n, a.Pass)
	return s.do(func(t *driver.Thread) error {
		q := s.queue(t, shape{n: n})
		batch := q.part(q.mem(s.staged[k]), 0, 4*int64(3*s.room()+n*s.in.shape.Elems()))
		return errors.Join(
			driver.UploadAsync(t, s.stream, q.mem(s.step), s.drawn, kernels.StepWords),
			s.uploadDraws(t, q),
			t.WaitFor(s.stream, s.arrived[k]),
			t.Copy(s.stream, q.mem(s.tape.batches), batch),
			q.err,
			s.launch(t, shape{what: "step", n: n, train: true, other: s.mixed[k]}, s.whole(s.mixed[k])),
			driver.DownloadAsync(t, s.stream, s.outcome, q.mem(s.score), 2*len(s.recipe.Heads)),
			t.Record(s.stepped, s.stream),
		)
	})
}

// settings are what changes from step to step.
func (s *training) settings(a engine.StepArgs) kernels.Step {
	step := kernels.Step{Rate: float32(a.Rate), Keep: 1, Limit: float32(s.recipe.Clip), Clip: 1}
	if r := s.recipe.Rule.Adam; r != nil {
		t := float64(a.Step)
		step.Size, step.Root = float32(a.Rate/(1-math.Pow(r.Beta1, t))), float32(1/math.Sqrt(1-math.Pow(r.Beta2, t)))
		if r.Decoupled {
			step.Keep = float32(1 - a.Rate*s.recipe.Decay)
		}
	}
	return step
}

// whole is a step: outputs, losses, gradients and the update.
func (s *training) whole(mixed bool) func(q *queue) {
	return func(q *queue) {
		q.input = false
		s.ahead(q)
		s.loss(q, mixed)
		s.back(q)
		if s.learned > 0 {
			s.update(q)
		}
	}
}

// loss scores all heads.
func (s *training) loss(q *queue, mixed bool) {
	var partner, own driver.Memory
	if mixed {
		partner, own = q.labels(1), q.labels(2)
	}
	outputs, score := q.mem(s.out.data), q.mem(s.score)
	width, heads := s.out.shape.C, len(s.recipe.Heads)
	for h, share := range s.recipe.Heads {
		from := 4 * int64(h*s.classes)
		var grad driver.Memory
		if g := s.out.grad; g != nil {
			grad = q.part(q.mem(g), from, g.Size-from)
		}
		c := kernels.CrossEntropy{N: q.n, Classes: s.classes, LD: width, LDGrad: width, Weight: float32(share)}
		q.run(
			c.Run(q.part(outputs, from, outputs.Bytes()-from), q.labels(0), partner, own, grad, q.mem(s.losses), q.mem(s.right)),
			kernels.Score(q.mem(s.losses), q.mem(s.right), q.n, q.part(score, 4*int64(h), 4), q.part(score, 4*int64(heads+h), 4)),
		)
	}
}

// update moves the weights that learn.
func (s *training) update(q *queue) {
	a := kernels.Arena{W: q.at.values, G: q.at.grads, Step: q.mem(s.step), N: s.learned, Decayed: s.decayed}
	q.run(a.Clip(q.mem(s.norm), q.mem(s.work))...)
	q.run(a.Guard(q.mem(s.score), len(s.recipe.Heads)))
	decay := float32(s.recipe.Decay)
	switch r := s.recipe.Rule; {
	case r.SGD != nil:
		q.run(a.Momentum(q.mem(s.memory[0]), float32(r.SGD.Momentum), decay, r.SGD.Nesterov))
	case r.Adam != nil:
		if r.Adam.Decoupled {
			decay = 0
		}
		q.run(a.Adam(q.mem(s.memory[0]), q.mem(s.memory[1]), decay, float32(1-r.Adam.Beta1), float32(1-r.Adam.Beta2), float32(r.Adam.Eps)))
	case r.RMSprop != nil:
		q.run(a.RMSprop(q.mem(s.memory[1]), q.mem(s.memory[0]), float32(r.RMSprop.Momentum), decay, float32(1-r.RMSprop.Decay), float32(r.RMSprop.Eps)))
	}
}

// Finish implements engine.Training.
func (s *training) Finish() (o engine.Outcome, err error) {
	if s.underway == 0 {
		return o, errors.New("engine cuda: no step is under way")
	}
	s.underway = 0
	if err := s.do(func(t *driver.Thread) error { return t.WaitEvent(s.stepped) }); err != nil {
		return o, err
	}
	heads := len(s.recipe.Heads)
	for _, w := range s.outcome.Data[:heads] {
		o.Losses = append(o.Losses, float64(math.Float32frombits(w)))
	}
	o.Correct = int(int32(s.outcome.Data[heads]))
	return o, nil
}

// Push implements engine.Training.
func (s *training) Push() error {
	s.live = s.alive()
	return s.each(func(t *driver.Thread, q *queue, there driver.Memory, numbers int, here func(p *engine.Param) []float32) error {
		s.gather(numbers, here)
		err := driver.UploadAsync(t, s.stream, s.at.host, s.values, numbers)
		q.take(there, numbers)
		return errors.Join(err, q.err, t.Wait(s.stream))
	})
}

// Pull implements engine.Training.
func (s *training) Pull() error {
	return s.each(func(t *driver.Thread, q *queue, there driver.Memory, numbers int, here func(p *engine.Param) []float32) error {
		q.give(there, numbers)
		err := errors.Join(q.err, driver.DownloadAsync(t, s.stream, s.values, s.at.host, numbers), t.Wait(s.stream))
		if err == nil {
			s.scatter(0, numbers, here)
		}
		return err
	})
}

// each does something with the parameters, and with each slot of what the rule remembers.
func (s *training) each(f func(t *driver.Thread, q *queue, there driver.Memory, numbers int, here func(p *engine.Param) []float32) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	return s.do(func(t *driver.Thread) error {
		q := s.queue(t, shape{})
		if err := f(t, q, s.at.values, s.size, valuesOf); err != nil {
			return err
		}
		for k, slot := range s.slots {
			of := map[*engine.Param][]float32{}
			for i, p := range s.recipe.Params {
				of[p] = slot[i].W
			}
			if err := f(t, q, q.mem(s.memory[k]), s.learned, func(p *engine.Param) []float32 { return of[p] }); err != nil {
				return err
			}
		}
		return nil
	})
}
