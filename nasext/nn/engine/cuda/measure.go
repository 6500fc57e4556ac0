//go:build cuda && cgo && linux && amd64

package cuda

import (
	"errors"
	"fmt"
	"time"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/kernels"
)

// Counts implements Engine.
func (g *gpu) Counts() Counts {
	return Counts{Graphs: g.graphs.Load(), Launches: g.launches.Load()}
}

// Device implements Engine.
func (g *gpu) Device() Device { return known(g.Info) }

// Product implements Engine.
func (g *gpu) Product(n, times int) (each time.Duration, err error) {
	if n < 1 || n > 1<<14 || times < 1 {
		return 0, fmt.Errorf("engine cuda: %d products of %d×%d matrices; at least 1, of 1 to 16384 rows", times, n, n)
	}
	lane, err := g.NewLane()
	if err != nil {
		return 0, g.fault(err)
	}
	defer lane.Close()
	err = lane.Do(func(t *driver.Thread) error {
		each, err = g.product(t, n, times)
		return err
	})
	return each, g.fault(err)
}

func (g *gpu) product(t *driver.Thread, n, times int) (each time.Duration, err error) {
	p := kernels.Gemm{Form: kernels.NN, M: n, N: n, K: n, LDA: n, LDB: n, LDC: n, Tensor: g.tensor}
	bytes := 4 * int64(n) * int64(n)
	all, err := t.Alloc(3*bytes + max(p.Work(), 4))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, t.Free(all)) }()
	var m [4]driver.Memory
	for i := range m {
		size := bytes
		if i == 3 {
			size = all.Bytes() - 3*bytes
		}
		if m[i], err = all.Slice(int64(i)*bytes, size); err != nil {
			return 0, err
		}
	}
	s, err := t.NewStream()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, t.CloseStream(s)) }()
	var points [2]driver.Event
	for i := range points {
		if points[i], err = t.NewEvent(); err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, t.CloseEvent(points[i])) }()
	}
	run := func() error {
		return g.lib.Run(t, s, p.Run(m[0], m[1], m[2], driver.Memory{}, false, false, m[3])...)
	}
	if err := errors.Join(t.Zero(s, all), run(), t.Record(points[0], s)); err != nil {
		return 0, err
	}
	for range times {
		if err := run(); err != nil {
			return 0, err
		}
	}
	if err := errors.Join(t.Record(points[1], s), t.WaitEvent(points[1])); err != nil {
		return 0, err
	}
	whole, err := t.Between(points[0], points[1])
	return whole / time.Duration(times), err
}
