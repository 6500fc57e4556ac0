//go:build cuda && cgo && linux && amd64

package cuda

import (
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/arena"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/kernels"
)

// home is what a runner or a training has on the device: a thread, a stream, one block of
// memory and the graphs that were captured there.
type home struct {
	*device
	*tape
	lane   *driver.Lane
	stream driver.Stream
	block  driver.Memory
	at     weightsAt
	graphs map[shape]*driver.Graph
	live   []bool                         // see alive
	frees  []func(t *driver.Thread) error // in the end, last first
	once   sync.Once
	end    error

	values driver.Pinned[float32] // parameters, or their gradients, in the host's order
	drawn  driver.Pinned[uint32]  // what is drawn
	keep   []float32
}

// shape is what graphs differ in.
type shape struct {
	what         string
	n            int
	train, other bool
}

// settle gives a tape a place on the device. More is memory beside it that is freed with it, whose
// places are written to the pieces.
func settle(d *device, t *tape, more ...*arena.Piece) (*home, error) {
	if err := d.usable(); err != nil {
		return nil, err
	}
	h := &home{device: d, tape: t, graphs: map[shape]*driver.Graph{}, keep: make([]float32, t.batch)}
	lane, err := d.NewLane()
	if err != nil {
		return nil, d.fault(err)
	}
	h.lane = lane
	if err := h.do(func(t *driver.Thread) error { return h.furnish(t, more) }); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// furnish allocates.
func (h *home) furnish(t *driver.Thread, more []*arena.Piece) (err error) {
	if h.stream, err = t.NewStream(); err != nil {
		return err
	}
	h.later(func(t *driver.Thread) error { return t.CloseStream(h.stream) })
	total := h.bytes
	for _, p := range more {
		p.At = total
		total += (p.Size + arena.Align - 1) / arena.Align * arena.Align
	}
	numbers := 4 * int64(max(h.size, 1))
	row := (numbers + arena.Align - 1) / arena.Align * arena.Align
	first := total
	total += 5 * row
	if h.block, err = h.alloc(t, total); err != nil {
		return fmt.Errorf("%d steps in batches of %d samples: %w", len(h.plan.Steps), h.batch, err)
	}
	h.later(func(t *driver.Thread) error { return t.Free(h.block) })
	for i, m := range []*driver.Memory{&h.at.values, &h.at.grads, &h.at.host, &h.at.in, &h.at.back} {
		if *m, err = h.block.Slice(first+int64(i)*row, numbers); err != nil {
			return err
		}
	}
	if h.values, err = pin[float32](h, t, h.size); err != nil {
		return err
	}
	if h.drawn, err = pin[uint32](h, t, kernels.StepWords+h.tape.drawn); err != nil {
		return err
	}
	if err := t.Zero(h.stream, h.block); err != nil {
		return err
	}
	if err := t.Wait(h.stream); err != nil {
		return err
	}
	return h.write(t)
}

// alloc allocates. Memory of networks that nobody has any more is collected if there is too little.
func (h *home) alloc(t *driver.Thread, bytes int64) (driver.Memory, error) {
	m, err := t.Alloc(bytes)
	var full *driver.OutOfMemoryError
	if !errors.As(err, &full) {
		return m, err
	}
	collect()
	return t.Alloc(bytes)
}

// collect collects garbage and waits until what it leads to has begun.
func collect() {
	done := make(chan struct{})
	sentinel := new([64]byte)
	runtime.AddCleanup(sentinel, func(done chan struct{}) { close(done) }, done)
	runtime.GC()
	<-done
	runtime.GC()
}

// write writes the tables.
func (h *home) write(t *driver.Thread) error {
	q := h.queue(t, shape{n: h.batch})
	for _, table := range h.tables {
		if err := driver.Upload(t, q.mem(table.Piece), table.words(q)); err != nil {
			return err
		}
	}
	if h.size > 0 {
		return errors.Join(q.err, driver.Upload(t, h.at.in, h.tableOf(false)), driver.Upload(t, h.at.back, h.tableOf(true)))
	}
	return q.err
}

// pin is pinned memory for n numbers, one at least.
func pin[T driver.Number](h *home, t *driver.Thread, n int) (driver.Pinned[T], error) {
	p, err := driver.Pin[T](t, max(n, 1))
	if err == nil {
		h.later(func(t *driver.Thread) error { return driver.Unpin(t, p) })
	}
	return p, err
}

// later is done in the end.
func (h *home) later(f func(t *driver.Thread) error) { h.frees = append(h.frees, f) }

// do does something on the home's thread.
func (h *home) do(f func(t *driver.Thread) error) error { return h.fault(h.lane.Do(f)) }

// Close gives everything back. It waits for what is under way.
func (h *home) Close() error {
	h.once.Do(func() {
		h.end = h.do(func(t *driver.Thread) error {
			var all error
			if h.block.Bytes() > 0 {
				all = t.Wait(h.stream)
			}
			for _, g := range h.graphs {
				all = errors.Join(all, t.CloseGraph(g))
			}
			for i := len(h.frees) - 1; i >= 0; i-- {
				all = errors.Join(all, h.frees[i](t))
			}
			return all
		})
		h.lane.Close()
	})
	return h.end
}

func (h *home) queue(t *driver.Thread, s shape) *queue {
	return &queue{t: t, stream: h.stream, lib: h.lib, block: h.block, tape: h.tape, at: h.at, n: s.n, train: s.train, input: s.other, live: h.live}
}

// launch does f as a graph, which is captured the first time that this shape comes up. Where other
// operations are live each time, that would not pay, and f is done as it is.
func (h *home) launch(t *driver.Thread, s shape, f func(q *queue)) error {
	if h.live != nil {
		q := h.queue(t, s)
		f(q)
		return q.err
	}
	g := h.graphs[s]
	if g == nil {
		q := h.queue(t, s)
		var err error
		if g, err = t.Capture(h.stream, func() error { f(q); return q.err }); err != nil {
			return err
		}
		h.graphs[s] = g
	}
	h.device.graphs.Add(1)
	h.device.launches.Add(int64(g.Work()))
	return t.LaunchGraph(g, h.stream)
}

// draw writes what a pass draws behind the words in front.
func (h *home) draw(n int, pass engine.Pass) {
	for _, d := range h.drops {
		d.draw(h.drawn.Data[kernels.StepWords:], h.plan, n, pass, h.keep)
	}
}

// gather copies what read says of each parameter among the first numbers to pinned memory; scatter the
// other way round.
func (h *home) gather(numbers int, read func(p *engine.Param) []float32) {
	for _, b := range h.blocks {
		if b.at < numbers {
			copy(h.values.Data[b.at:], read(b.Param))
		}
	}
}

func (h *home) scatter(from, numbers int, write func(p *engine.Param) []float32) {
	for _, b := range h.blocks {
		if b.at >= from && b.at < numbers {
			copy(write(b.Param), h.values.Data[b.at:])
		}
	}
}

func valuesOf(p *engine.Param) []float32 { return p.W }
func gradsOf(p *engine.Param) []float32  { return p.G }
