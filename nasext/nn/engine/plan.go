package engine

import (
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/seed"
)

// Needed says of each step whether the last one depends on it. Auxiliary heads, and nodes of a
// cell whose edges are zeros, compute what nothing looks at.
func (p *PlanOf[T]) Needed() []bool {
	needed := make([]bool, len(p.Steps))
	needed[0], needed[len(needed)-1] = true, true
	for i := len(p.Steps) - 1; i > 0; i-- {
		for _, from := range p.Steps[i].In {
			needed[from] = needed[from] || needed[i]
		}
	}
	return needed
}

// Takers counts for each step how many that are needed take its output; being the network's
// output counts too. Steps that only give another shape to an output count as their input.
func (p *PlanOf[T]) Takers(reshapes func(s *StepOf[T]) bool) []int {
	needed := p.Needed()
	takers, source := make([]int, len(p.Steps)), make([]int, len(p.Steps))
	for i := range p.Steps {
		s := &p.Steps[i]
		source[i] = i
		if reshapes(s) {
			source[i] = source[s.In[0]]
			continue
		}
		for _, from := range s.In {
			if needed[i] {
				takers[source[from]]++
			}
		}
	}
	takers[source[len(p.Steps)-1]]++
	for i, from := range source {
		takers[i] = takers[from]
	}
	return takers
}

// Draws are what a step of dropout or drop path draws from in a pass with the given number: one
// stream a sample, so that what a sample loses does not depend on the batch's size.
func (p *PlanOf[T]) Draws(s *StepOf[T], pass uint64) *seed.Streams {
	what := "dropout"
	if s.Op.Kind == arch.DropPath {
		what = "drop path"
	}
	return seed.NewStreams(seed.Derive(p.Seed, what, s.Name, strconv.FormatUint(pass, 10)), "sample")
}

// Keep writes what the first samples of a pass are multiplied by in a step of drop path: 0, or one
// over the share that stays; 1 if the pass drops nothing.
func (p *PlanOf[T]) Keep(keep []T, s *StepOf[T], pass Pass) {
	rate := 0.0
	if pass.Train {
		rate = s.Op.Rate * pass.DropPath
	}
	left := T(1 / (1 - rate))
	for i := range keep {
		keep[i] = left
	}
	if rate == 0 {
		return
	}
	draws := p.Draws(s, pass.Draw)
	for i := range keep {
		if draws.Open(i).Float64() < rate {
			keep[i] = 0
		}
	}
}

// Moves lists, for a step that puts numbers elsewhere and computes nothing (a channel shuffle, a
// slice, a shift, a crop or zero padding), where the numbers of an output come from in its input,
// both channels×height×width; -1 stands for a zero. None is taken twice.
func Moves(o arch.Op, in, out arch.Shape) []int32 {
	source := func(c, y, x int) (int, int, int) { return c, y - o.PadH, x - o.PadW } // ZeroPad: PadH and PadW lead
	switch o.Kind {
	case arch.Shuffle:
		source = func(c, y, x int) (int, int, int) { return c%o.Groups*(in.C/o.Groups) + c/o.Groups, y, x }
	case arch.Slice:
		source = func(c, y, x int) (int, int, int) { return o.From + c, y, x }
	case arch.Shift:
		source = func(c, y, x int) (int, int, int) { return c, y + 1, x + 1 }
	case arch.Crop:
		source = func(c, y, x int) (int, int, int) { return c, y + o.From, x + o.From }
	}
	var from []int32
	for c := range out.C {
		for y := range out.H {
			for x := range out.W {
				d, v, u := source(c, y, x)
				if v < 0 || v >= in.H || u < 0 || u >= in.W {
					from = append(from, -1)
					continue
				}
				from = append(from, int32((d*in.H+v)*in.W+u))
			}
		}
	}
	return from
}
