package native

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// Options are what compiled code needs of the world around it.
type Options struct {
	// Poll is called by running code, on its goroutine, every millisecond or so. An error
	// ends the call with that error.
	Poll func() error
	// Room panics if n values of a size are more memory than there may be.
	Room func(n, size int)
}

// Engine compiles functions and runs them. It is safe for concurrent use.
type Engine struct {
	options Options
	window  window
	ctx     context.Context
	runtime wazero.Runtime
}

// Supported says whether there is a compiler for this machine.
func Supported() bool {
	switch runtime.GOOS {
	case "linux", "darwin", "windows", "freebsd":
		return runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64"
	}
	return false
}

// New makes an engine.
func New(o Options) (e *Engine, err error) {
	if !Supported() {
		return nil, fmt.Errorf("there is no compiler for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	defer func() { // of a processor without what wazero needs
		if r := recover(); r != nil {
			e, err = nil, fmt.Errorf("starting the compiler: %v", r)
		}
	}()
	e = &Engine{options: o, window: newWindow()}
	e.ctx = experimental.WithMemoryAllocator(context.Background(), experimental.MemoryAllocatorFunc(func(_, _ uint64) experimental.LinearMemory {
		return e.window.linear()
	}))
	e.runtime = wazero.NewRuntimeWithConfig(e.ctx, wazero.NewRuntimeConfigCompiler())
	if err := e.host(); err != nil {
		return nil, fmt.Errorf("starting the compiler: %w", err)
	}
	return e, nil
}

// Close frees the machine code. Nothing may run any more.
func (e *Engine) Close() error { return e.runtime.Close(e.ctx) }

// instance is a module that one goroutine at a time runs, with what its present
// outermost call has made.
type instance struct {
	*module
	mod  api.Module
	main api.Function // with a stack, which never gets smaller
	call call         // the context of calls
	room []uint64     // for arguments and results

	locals  []uint64                // local variables that have addresses
	base    uint32                  // where they are, for compiled code
	extra   [][]uint64              // more of them, of a call each
	extras  int                     // how many of extra are in use
	held    []any                   // what compiled code has made
	lost    map[unsafe.Pointer]bool // what it has overwritten, and may still have
	made    int                     // bytes
	trace   []uint64                // where it was when it failed, innermost first: offsets in the module
	refused any                     // why nothing could be made
	failure error
	looked  int              // at how many slices in slices
	polls   int              // in the call in progress
	fuel    api.Global       // what is left of it
	yielded time.Time        // when others had the processor last
	sizes   []metrics.Sample // of the heap, if the code makes objects
}

// frameBytes is the room for local variables of one call from outside and of those that
// it leads to; what does not fit is made on the heap.
const frameBytes = 64 << 10

// instantiate makes an instance.
func (m *module) instantiate() (*instance, error) {
	e := m.engine
	in := &instance{module: m, lost: map[unsafe.Pointer]bool{}}
	in.call = call{e.ctx, in}
	if len(m.types) > 0 {
		in.sizes = heapSizes()
	}
	in.locals = make([]uint64, frameBytes/8)
	base, ok := e.window.offset(unsafe.Pointer(&in.locals[0]), frameBytes)
	if !ok {
		return nil, errFull
	}
	mod, err := e.runtime.InstantiateModule(e.ctx, m.compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, fmt.Errorf("loading compiled code: %w", err)
	}
	in.mod, in.base = mod, base
	in.main = mod.ExportedFunction(mainName)
	in.set(limitName, base+frameBytes)
	in.set(fuelName, fuel)
	for i, at := range m.addresses {
		in.set(varName(i), at)
	}
	in.fuel = mod.ExportedGlobal(fuelName)
	in.reset()
	return in, nil
}

// left goes down by one for about each instruction that is run.
func (in *instance) left() int { return int(int32(in.fuel.Get())) - in.polls*fuel }

// set sets a variable of compiled code.
func (in *instance) set(name string, x uint32) {
	in.mod.ExportedGlobal(name).(api.MutableGlobal).Set(uint64(x))
}

// reset makes the instance ready for a call from outside, after one that was not ended.
func (in *instance) reset() {
	in.set(stackName, in.base)
	in.set(depthName, 0)
	for _, o := range in.outer {
		in.set(o.global, 0)
	}
}

// errFull: something that has no other way lies outside of the window.
var errFull = errors.New("machine code sees 4 GiB of memory, and there is no room left in them (after %tier off, the function is interpreted)")

// module is code that is ready to run.
type module struct {
	*Code
	engine    *Engine
	compiled  wazero.CompiledModule
	variables []unsafe.Pointer
	addresses []uint32 // of the variables, for compiled code

	last atomic.Pointer[instance] // one that nothing runs in
	pool struct {                 // of others
		mu   sync.Mutex
		free []*instance
	}
}

// close frees the machine code. Nothing may run in it any more.
func (m *module) close() error {
	if in := m.last.Swap(nil); in != nil {
		m.pool.free = append(m.pool.free, in)
	}
	for _, in := range m.pool.free {
		if err := in.mod.Close(m.engine.ctx); err != nil {
			return err
		}
	}
	m.pool.free = nil
	return m.compiled.Close(m.engine.ctx)
}

func (m *module) take() (*instance, error) {
	if in := m.last.Swap(nil); in != nil {
		return in, nil
	}
	m.pool.mu.Lock()
	if n := len(m.pool.free); n > 0 {
		in := m.pool.free[n-1]
		m.pool.free = m.pool.free[:n-1]
		m.pool.mu.Unlock()
		return in, nil
	}
	m.pool.mu.Unlock()
	return m.instantiate()
}

func (m *module) give(in *instance) {
	clear(in.held)
	in.held = in.held[:0]
	clear(in.lost)
	in.extra = nil
	in.made = 0
	if in.polls > 0 { // it ran for long, and its stack may be large
		in.main, in.polls = in.mod.ExportedFunction(mainName), 0
	}
	if m.last.CompareAndSwap(nil, in) {
		return
	}
	m.pool.mu.Lock()
	full := len(m.pool.free) >= runtime.GOMAXPROCS(0)
	if !full {
		m.pool.free = append(m.pool.free, in)
	}
	m.pool.mu.Unlock()
	if full {
		_ = in.mod.Close(m.engine.ctx) // it has nothing that could fail to be closed
	}
}
