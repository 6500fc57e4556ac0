//go:build cuda && cgo && linux && amd64

package kernels

import (
	"math"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
)

// tile is a kind of tile that products are computed in.
type tile struct {
	name       string
	m, n, k    int // rows and columns of the result, places of the sum at a time
	threads    int
	efficiency float64 // share of a multiprocessor's multiplications that are of use, when it is full
}

// The tiles of product.cuh, and those with tensor cores, which multiply 8 times as fast as the others.
var (
	tiles = []tile{
		{"64x64", 64, 64, 16, 128, .75}, {"128x32", 128, 32, 16, 128, .75},
		{"128x16", 128, 16, 16, 128, .5}, {"32x32", 32, 32, 16, 64, .5},
	}
	gemmTiles   = []tile{{"128x128", 128, 128, 8, 256, .9}, tiles[0], tiles[3]}
	small       = tile{"any", 32, 32, 16, 64, .4} // for numbers that are no multiples of 4
	tensorTiles = []tile{{"128x64_tf32", 128, 64, 16, 256, 4}, {"64x64_tf32", 64, 64, 16, 128, 3}, {"64x32_tf32", 64, 32, 16, 64, 2}}
)

// sum is a product: rows × cols numbers of groups, each a sum over so many places.
type sum struct{ rows, cols, groups, places int }

// cut is how a product is computed: in tiles of a kind, with each sum in so many parts.
type cut struct {
	tile
	parts int
}

const (
	units     = 128  // multiplications of a multiprocessor in a cycle
	busy      = 384  // threads that keep it busy
	turn      = 500  // cycles of a turn of the loop over the places at least
	bandwidth = 1900 // bytes from memory in a cycle
	another   = 4000 // cycles of one more function
	load      = 100  // cycles to add one number of a part
	mostParts = 512
)

// cycles is about how long the product takes. Only the order of such estimates counts.
func (s sum) cycles(t tile, parts int) float64 {
	blocks := ceil(s.rows, t.m) * ceil(s.cols, t.n) * s.groups * parts
	turns := ceil(ceil(s.places, t.k), parts)
	each := float64(ceil(blocks, processors)) // of a multiprocessor
	speed := min(1, each*float64(t.threads)/busy) * t.efficiency * units
	c := float64(turns) * max(each*float64(t.m*t.n*t.k)/speed, turn)
	if parts > 1 {
		c += another + load*float64(ceil(parts, 8)) + float64(s.rows*s.cols*s.groups*4*(2*parts+1))/bandwidth
	}
	return c
}

// cutOf is the fastest way of those with the given tiles.
func (s sum) cutOf(tiles ...tile) cut {
	best, least := cut{}, math.Inf(1)
	for _, t := range tiles {
		for parts := 1; parts <= mostParts && (parts == 1 || parts*2*t.k <= s.places); parts *= 2 {
			if c := s.cycles(t, parts); c < least {
				best, least = cut{t, parts}, c
			}
		}
	}
	return best
}

// least is the estimate of the fastest way.
func (s sum) least(tiles []tile) float64 {
	k := s.cutOf(tiles...)
	return s.cycles(k.tile, k.parts)
}

// work is how many numbers its parts take.
func (s sum) work(c cut) int {
	if c.parts == 1 {
		return 0
	}
	return c.parts * s.rows * s.cols * s.groups
}

func (s sum) launch(c cut, name string, args ...any) Launch {
	return Launch{name + "_" + c.name, driver.Dim{X: ceil(s.rows, c.m), Y: ceil(s.cols, c.n), Z: s.groups * c.parts}, driver.Dim{X: c.threads}, args}
}

// finish adds up parts, if there are any, of rows of cols numbers that lie ld apart in y.
func finish(parts driver.Memory, count, rows, cols int, y driver.Memory, ld int, bias driver.Memory, add, rectify bool) []Launch {
	if count == 1 {
		return nil
	}
	lanes := threads
	for lanes > 32 && count > 4*threads/lanes { // no thread adds up many
		lanes /= 2
	}
	size := rows * cols
	return []Launch{{"finish_parts", driver.Dim{X: ceil(size, lanes)}, driver.Dim{X: threads},
		[]any{parts, count, size, lanes, cols, y, ld, bias, number(add), number(rectify)}}}
}

// Conv is a convolution of N images. A linear layer is one of 1×1 on images of 1×1.
type Conv struct {
	N, H, W, C, OutH, OutW, Out  int // images, and their outputs
	KH, KW, StrideH, StrideW     int
	Dilation, PadH, PadW, Groups int  // padding before the image
	Tensor                       bool // on tensor cores, with factors rounded to 10 bits behind the point
}

func (c Conv) args() []any {
	return []any{c.N, c.H, c.W, c.C, c.OutH, c.OutW, c.Out, c.KH, c.KW, c.StrideH, c.StrideW, c.Dilation, c.PadH, c.PadW, c.Groups}
}

// depthwise: each channel is a group with one output.
func (c Conv) depthwise() bool { return c.Groups == c.C && c.Groups == c.Out }

// The three directions as products.
func (c Conv) forward() sum {
	return sum{c.N * c.OutH * c.OutW, c.Out / c.Groups, c.Groups, c.KH * c.KW * c.C / c.Groups}
}

func (c Conv) backward() sum {
	return sum{c.N * c.H * c.W, c.C / c.Groups, c.Groups, c.KH * c.KW * c.Out / c.Groups}
}

func (c Conv) gradient() sum {
	return sum{c.KH * c.KW * c.C / c.Groups, c.Out / c.Groups, c.Groups, c.N * c.OutH * c.OutW}
}

func (c Conv) cut(s sum) cut {
	switch {
	case c.C/c.Groups%4 != 0 || c.Out/c.Groups%4 != 0:
		return s.cutOf(small)
	case c.Tensor:
		return s.cutOf(tensorTiles...)
	}
	return s.cutOf(tiles...)
}

// matrix is a direction of a convolution of 1×1 as a product of matrices: forward as NN, backward as NT, the gradient as TN.
func (c Conv) matrix(f Form) Gemm {
	pixels := c.N * c.H * c.W
	switch f {
	case NN:
		return Gemm{Form: f, M: pixels, N: c.Out, K: c.C, LDA: c.C, LDB: c.Out, LDC: c.Out}
	case NT:
		return Gemm{Form: f, M: pixels, N: c.C, K: c.Out, LDA: c.Out, LDB: c.Out, LDC: c.C}
	}
	return Gemm{Form: f, M: c.C, N: c.Out, K: pixels, LDA: c.C, LDB: c.Out, LDC: c.Out}
}

// wide: it is one of 1×1 of so many channels that its matrices are multiplied in larger tiles.
func (c Conv) wide(f Form) bool {
	if c.Tensor || c.KH*c.KW*c.StrideH*c.StrideW*c.Groups != 1 || c.PadH != 0 || c.PadW != 0 || c.OutH != c.H || c.OutW != c.W {
		return false
	}
	g := c.matrix(f)
	return g.cut().tile == gemmTiles[0] && g.sum().least(gemmTiles) < g.sum().least(tiles)
}

// Work is how many bytes of scratch memory the three directions need at most.
func (c Conv) Work() int64 {
	if c.depthwise() {
		return 4 * int64(c.pixels().count*c.KH*c.KW*c.C)
	}
	var most int64
	for f, s := range map[Form]sum{NN: c.forward(), NT: c.backward(), TN: c.gradient()} {
		if c.wide(f) {
			most = max(most, c.matrix(f).Work())
			continue
		}
		most = max(most, 4*int64(s.work(c.cut(s))))
	}
	return most
}

// pixels is how the output pixels are cut up for the gradients of depthwise filters.
func (c Conv) pixels() chunks {
	return chunksOf(c.N*c.OutH*c.OutW, c.C)
}

// Forward computes y = bias + Σ x·filters, rectified if asked for. Without a bias it is the zero Memory.
func (c Conv) Forward(x, filters, bias, y driver.Memory, rectify bool, work driver.Memory) []Launch {
	if c.depthwise() {
		size := c.N * c.OutH * c.OutW * c.C
		return []Launch{flat("depthwise_forward", size, c.C,
			join([]any{x, filters, bias, y, number(rectify)}, c.args(), divisors(quads(c.C), c.OutW, c.OutH))...)}
	}
	if c.wide(NN) {
		return c.matrix(NN).Run(x, filters, y, bias, false, rectify, work)
	}
	return c.forwardBy(c.cut(c.forward()), x, filters, bias, y, rectify, work)
}

func (c Conv) forwardBy(k cut, x, filters, bias, y driver.Memory, rectify bool, work driver.Memory) []Launch {
	s := c.forward()
	return append([]Launch{s.launch(k, "conv_forward",
		join([]any{x, filters, bias, y, number(rectify), work, k.parts}, c.args(), divisors(c.C/c.Groups, c.KW))...)},
		finish(work, k.parts, s.rows, c.Out, y, c.Out, bias, false, rectify)...)
}

// Backward computes dx = Σ dy·filters, or adds it to dx.
func (c Conv) Backward(dy, filters, dx driver.Memory, add bool, work driver.Memory) []Launch {
	if c.depthwise() {
		size := c.N * c.H * c.W * c.C
		return []Launch{flat("depthwise_backward", size, c.C,
			join([]any{dy, filters, dx, number(add)}, c.args(), divisors(quads(c.C), c.W, c.H))...)}
	}
	if c.wide(NT) {
		return c.matrix(NT).Run(dy, filters, dx, driver.Memory{}, add, false, work)
	}
	return c.backwardBy(c.cut(c.backward()), dy, filters, dx, add, work)
}

func (c Conv) backwardBy(k cut, dy, filters, dx driver.Memory, add bool, work driver.Memory) []Launch {
	s := c.backward()
	return append([]Launch{s.launch(k, "conv_backward",
		join([]any{dy, filters, dx, number(add), work, k.parts}, c.args(), divisors(c.Out/c.Groups, c.KW, c.StrideH, c.StrideW))...)},
		finish(work, k.parts, s.rows, c.C, dx, c.C, driver.Memory{}, add, false)...)
}

// Gradient computes the gradients of the filters.
func (c Conv) Gradient(x, dy, dfilters, work driver.Memory) []Launch {
	switch {
	case c.depthwise():
	case c.wide(TN):
		return c.matrix(TN).Run(x, dy, dfilters, driver.Memory{}, false, false, work)
	default:
		return c.gradientBy(c.cut(c.gradient()), x, dy, dfilters, work)
	}
	k, to := c.pixels(), work
	if k.count == 1 {
		to = dfilters
	}
	return append([]Launch{k.launch("depthwise_gradient", c.KH*c.KW,
		join([]any{x, dy, to, k.lanes, k.size}, c.args(), divisors(c.OutW, c.OutH))...)},
		finish(work, k.count, c.KH*c.KW, c.C, dfilters, c.C, driver.Memory{}, false, false)...)
}

func (c Conv) gradientBy(k cut, x, dy, dfilters, work driver.Memory) []Launch {
	s := c.gradient()
	return append([]Launch{s.launch(k, "conv_gradient",
		join([]any{x, dy, dfilters, work, k.parts}, c.args(), divisors(c.OutW, c.OutH))...)},
		finish(work, k.parts, s.rows, c.Out, dfilters, c.Out, driver.Memory{}, false, false)...)
}

// Form says which factors of a Gemm are transposed: N as it lies, T transposed.
type Form string

// The forms.
const (
	NN Form = "nn"
	NT Form = "nt"
	TN Form = "tn"
)

// Gemm is a product of matrices that lie row by row: M×N numbers, each a sum over K.
type Gemm struct {
	Form          Form
	M, N, K       int
	LDA, LDB, LDC int // from the beginning of a row to that of the next
	Tensor        bool
}

func (g Gemm) sum() sum { return sum{g.M, g.N, 1, g.K} }

func (g Gemm) cut() cut {
	across := []int{g.N, g.LDA, g.LDB, g.LDC} // what has to be whole groups of four
	switch g.Form {
	case TN:
		across = append(across, g.M)
	default:
		across = append(across, g.K)
	}
	for _, n := range across {
		if n%4 != 0 {
			return g.sum().cutOf(small)
		}
	}
	if g.Tensor {
		return g.sum().cutOf(tensorTiles...)
	}
	return g.sum().cutOf(gemmTiles...)
}

// Work is how many bytes of scratch memory it needs.
func (g Gemm) Work() int64 { return 4 * int64(g.sum().work(g.cut())) }

// Run computes c = a·b + bias of each column, or adds it to c, and rectifies it in the end if asked for. Without a bias it is the zero Memory.
func (g Gemm) Run(a, b, c, bias driver.Memory, add, rectify bool, work driver.Memory) []Launch {
	return g.runBy(g.cut(), a, b, c, bias, add, rectify, work)
}

func (g Gemm) runBy(k cut, a, b, c, bias driver.Memory, add, rectify bool, work driver.Memory) []Launch {
	return append([]Launch{g.sum().launch(k, "gemm_"+string(g.Form),
		g.M, g.N, g.K, a, g.LDA, b, g.LDB, c, g.LDC, bias, number(add), number(rectify), work, k.parts)},
		finish(work, k.parts, g.M, g.N, c, g.LDC, bias, add, rectify)...)
}
