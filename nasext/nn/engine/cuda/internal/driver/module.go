//go:build cuda && cgo && linux && amd64

package driver

/*
#include <cuda.h>
*/
import "C"

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"unsafe"

	"gorgonia.org/cu"
)

// Module is a compiled set of device functions.
type Module struct {
	name string
	mod  cu.Module
	args map[string][]string // parameters of each function: f32, u64 and so on
}

// Load compiles PTX for the device. The name is for errors.
func (*Thread) Load(name, ptx string) (*Module, error) {
	args := signatures(ptx)
	mod, err := cu.LoadData(ptx)
	if err != nil {
		return nil, fmt.Errorf("loading the module %s of %d device functions: %w", name, len(args), err)
	}
	return &Module{name, mod, args}, nil
}

// Unload gives a module back with its functions.
func (*Thread) Unload(m *Module) error {
	// cu has no call for it, and keeps the handle to itself.
	if err := check(C.cuModuleUnload(*(*C.CUmodule)(unsafe.Pointer(&m.mod)))); err != nil {
		return fmt.Errorf("unloading the module %s: %w", m.name, err)
	}
	return nil
}

var (
	entry     = regexp.MustCompile(`\.entry\s+(\w+)\s*\(([^)]*)\)`)
	parameter = regexp.MustCompile(`\.param\s+(?:\.align\s+\d+\s+)?\.(\w+)`)
)

// signatures reads the device functions of PTX with their parameters.
func signatures(ptx string) map[string][]string {
	all := map[string][]string{}
	for _, e := range entry.FindAllStringSubmatch(ptx, -1) {
		args := []string{}
		for _, p := range parameter.FindAllStringSubmatch(e[2], -1) {
			args = append(args, p[1])
		}
		all[e[1]] = args
	}
	return all
}

// Function is a device function.
type Function struct {
	name string
	fn   cu.Function
	args []string
}

// Name is the function's name in its source.
func (f *Function) Name() string { return f.name }

// Function finds a device function by name.
func (m *Module) Function(name string) (*Function, error) {
	args, ok := m.args[name]
	if !ok {
		return nil, fmt.Errorf("the module %s has no device function %s", m.name, name)
	}
	fn, err := m.mod.Function(name)
	if err != nil {
		return nil, fmt.Errorf("device function %s of module %s: %w", name, m.name, err)
	}
	return &Function{name, fn, args}, nil
}

// AllowShared lets launches of f ask for up to so many bytes of shared memory, beyond
// the 48 KiB that every device has.
func (*Thread) AllowShared(f *Function, bytes int) error {
	fn := *(*C.CUfunction)(unsafe.Pointer(&f.fn)) // cu has no call for it, and keeps the handle to itself
	if err := check(C.cuFuncSetAttribute(fn, C.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, C.int(bytes))); err != nil {
		return fmt.Errorf("letting device function %s have %d bytes of shared memory: %w", f.name, bytes, err)
	}
	return nil
}

// Resources is what a device function takes.
type Resources struct{ Registers, Spilled, Shared int } // per thread; bytes per thread; bytes per block that are not asked for by launches

// Resources says what the compiled function takes.
func (f *Function) Resources() (r Resources, err error) {
	for attribute, to := range map[cu.FunctionAttribute]*int{cu.NumRegs: &r.Registers, cu.LocalSizeBytes: &r.Spilled, cu.SharedSizeBytes: &r.Shared} {
		if *to, err = f.fn.Attribute(attribute); err != nil {
			return r, fmt.Errorf("asking what device function %s takes: %w", f.name, err)
		}
	}
	return r, nil
}

// Dim is how many blocks or threads there are along x, y and z; 0 is 1.
type Dim struct{ X, Y, Z int }

func (d Dim) or1() Dim { return Dim{max(d.X, 1), max(d.Y, 1), max(d.Z, 1)} }

// Launch lets stream s run f on grid blocks of block threads with so many bytes of shared memory. Arguments are
// Memory, int, int32, uint32, uint64, float32 and float64, of the parameters' types.
func (*Thread) Launch(s Stream, f *Function, grid, block Dim, shared int, args ...any) error {
	grid, block = grid.or1(), block.or1()
	if len(args) != len(f.args) {
		return fmt.Errorf("launching %s: %d arguments given, it takes %d", f.name, len(args), len(f.args))
	}
	boxes := make([]uint64, len(args)) // cu reads 8 bytes of each
	params := make([]unsafe.Pointer, len(args))
	for i, a := range args {
		bits, types, err := box(a)
		if err != nil {
			return fmt.Errorf("launching %s: argument %d: %w", f.name, i+1, err)
		}
		if !strings.Contains(types, f.args[i]) {
			return fmt.Errorf("launching %s: argument %d is %v of type %T; the parameter is %s", f.name, i+1, a, a, f.args[i])
		}
		boxes[i], params[i] = bits, unsafe.Pointer(&boxes[i])
	}
	if err := f.fn.Launch(grid.X, grid.Y, grid.Z, block.X, block.Y, block.Z, shared, s.s, params); err != nil {
		return fmt.Errorf("launching %s on %d×%d×%d blocks of %d×%d×%d threads with %d bytes of shared memory: %w",
			f.name, grid.X, grid.Y, grid.Z, block.X, block.Y, block.Z, shared, err)
	}
	return nil
}

// box is an argument's bits, and PTX's names of the types that it is good for.
func box(a any) (bits uint64, types string, err error) {
	switch a := a.(type) {
	case Memory:
		return uint64(a.at), "u64 b64", nil
	case int:
		if a < math.MinInt32 || a > math.MaxInt32 {
			return 0, "", fmt.Errorf("%d is no number of 32 bits", a)
		}
		return uint64(uint32(int32(a))), "u32 s32 b32", nil
	case int32:
		return uint64(uint32(a)), "u32 s32 b32", nil
	case uint32:
		return uint64(a), "u32 b32", nil
	case uint64:
		return a, "u64 b64", nil
	case float32:
		return uint64(math.Float32bits(a)), "f32", nil
	case float64:
		return math.Float64bits(a), "f64", nil
	}
	return 0, "", fmt.Errorf("the type %T can't be given to a device function", a)
}
