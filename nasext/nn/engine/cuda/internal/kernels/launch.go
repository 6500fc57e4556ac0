//go:build cuda && cgo && linux && amd64

package kernels

import (
	_ "embed"
	"fmt"
	"math/bits"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
)

// What the sources compile to.
var (
	//go:embed base.ptx
	basePTX string
	//go:embed tc.ptx
	tensorPTX string
)

// Launch is one launch of a device function.
type Launch struct {
	Func        string
	Grid, Block driver.Dim
	Args        []any
}

// Library are the device functions, compiled for a device.
type Library struct {
	funcs  map[string]*driver.Function
	Tensor bool // those with tensor cores are there
}

// Open compiles the device functions for the device of the thread; with tensor also those
// that need compute capability 8.0.
func Open(t *driver.Thread, tensor bool) (*Library, error) {
	l := &Library{map[string]*driver.Function{}, tensor}
	if err := l.load(t, "base", basePTX); err != nil {
		return nil, err
	}
	if tensor {
		if err := l.load(t, "tc", tensorPTX); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *Library) load(t *driver.Thread, name, ptx string) error {
	m, err := t.Load(name, ptx)
	if err != nil {
		return err
	}
	for _, f := range Functions(ptx) {
		if l.funcs[f], err = m.Function(f); err != nil {
			return err
		}
	}
	return nil
}

// Run lets a stream run launches one after the other.
func (l *Library) Run(t *driver.Thread, s driver.Stream, launches ...Launch) error {
	for _, a := range launches {
		f, ok := l.funcs[a.Func]
		if !ok {
			return fmt.Errorf("there is no device function %s", a.Func)
		}
		if err := t.Launch(s, f, a.Grid, a.Block, 0, a.Args...); err != nil {
			return err
		}
	}
	return nil
}

// threads is the size of a block of most functions: THREADS of common.cuh.
const threads = 256

// processors is for how many multiprocessors work is cut up. It is a constant, and not what the device has,
// so that equal devices and unequal ones give the same bits.
const processors = 132

// number is what is passed for a bool.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func ceil(n, d int) int { return (n + d - 1) / d }

// divisor is the multiplier and the shift by which Div of common.cuh divides by d, at least 1.
func divisor(d int) (mul uint32, shift int) {
	shift = bits.Len(uint(d - 1))
	return uint32((uint64(1)<<shift-uint64(d))<<32/uint64(d) + 1), shift
}

// divisors are those of several divisors as arguments.
func divisors(ds ...int) (args []any) {
	for _, d := range ds {
		mul, shift := divisor(d)
		args = append(args, mul, shift)
	}
	return args
}

// quads is n/4 where this is a whole number, else n: what functions that take four numbers at a time divide by.
func quads(n int) int {
	if n%4 == 0 {
		return n / 4
	}
	return n
}

// flat is a launch over size numbers, which are done four at a time if multiple is a multiple of 4.
func flat(name string, size, multiple int, args ...any) Launch {
	n := size
	if multiple%4 == 0 {
		n = ceil(size, 4)
	}
	return Launch{name, driver.Dim{X: max(1, min(ceil(n, threads), 16*processors))}, driver.Dim{X: threads}, args}
}

// chunks is how rows of c channels are cut up for sums.
type chunks struct {
	lanes, blocks int // channels of a block, and blocks for all channels
	size, count   int // rows of a chunk, and how many chunks there are
}

func chunksOf(rows, c int) chunks {
	k := chunks{lanes: min(32, 1<<bits.Len(uint(c-1)))}
	k.blocks = ceil(c, k.lanes)
	const least = 8 // rows of a thread
	n := min(ceil(rows*k.lanes, threads*least), max(1, 2*processors/k.blocks))
	k.size = ceil(rows, max(1, n))
	k.count = ceil(rows, k.size)
	return k
}

func (k chunks) launch(name string, z int, args ...any) Launch {
	return Launch{name, driver.Dim{X: k.blocks, Y: k.count, Z: z}, driver.Dim{X: threads}, args}
}

// columns is a launch with a block for every few channels: FEW of common.cuh.
func columns(name string, c int, args ...any) Launch {
	const few = 8
	return Launch{name, driver.Dim{X: ceil(c, few)}, driver.Dim{X: threads}, args}
}

func join(lists ...[]any) (all []any) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
