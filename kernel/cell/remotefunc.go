package cell

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"reflect"
	"runtime"
	"sync"
	"unsafe"

	"github.com/nascent-go/nascent/kernel/cell/rt"
	"github.com/nascent-go/nascent/kernel/toolchain"
	"github.com/nascent-go/nascent/kernel/toolchain/remote"
)

// remoteFunc is a function that the tool chain has compiled.
type remoteFunc struct {
	tier    *tier
	program *toolchain.Program
	number  int
	files   *sourceFiles
}

// remoteCall is how lowered code calls it.
type remoteCall struct {
	*remoteFunc
	results, params int

	once sync.Once
	fn   *toolchain.Func
	err  error
}

func (c *remoteCall) bind([]any) {}

func (c *remoteCall) variables() int { return c.results + c.params }

// prepare finds how values of the types of the variables are given to another process.
func (c *remoteCall) prepare(variables []reflect.Value) {
	var list []reflect.Type
	for _, v := range variables {
		list = append(list, v.Type())
	}
	how, err := remote.NewFunc(list[c.results:], list[:c.results])
	if err != nil {
		c.err = fmt.Errorf("native code cannot be called: %w", err)
		return
	}
	r := c.tier.rt
	c.fn = c.program.Func(c.number, how, &remote.Errors{
		Text: r.Text,
		Is:   func(err any, target error) bool { return errors.Is(r.AsError(err), target) },
	})
}

// call calls the function in its process.
func (c *remoteCall) call(variables []reflect.Value) bool {
	c.once.Do(func() { c.prepare(variables) })
	if c.err != nil {
		panic(c.err)
	}
	var room [16]unsafe.Pointer
	at := room[:0]
	for _, v := range variables {
		if !v.CanAddr() {
			return false
		}
		at = append(at, v.Addr().UnsafePointer())
	}
	var streams toolchain.Streams
	var stop <-chan struct{}
	if c := c.tier.rt.Current(); c != nil {
		streams, stop = toolchain.Streams{Stdout: c.Stdout, Stderr: c.Stderr}, c.Done()
	}
	if err := c.fn.Call(at[c.results:], at[:c.results], streams, stop); err != nil {
		c.fail(err)
	}
	return true
}

// fail ends a call as it has ended in the other process.
func (f *remoteFunc) fail(err error) {
	var p *toolchain.Panicked
	var died *toolchain.Died
	switch {
	case errors.Is(err, toolchain.ErrStopped):
		f.tier.rt.Poll() // ends the goroutine if it is its cell that was stopped
	case errors.Is(err, toolchain.ErrExited):
		runtime.Goexit()
	case errors.As(err, &died):
		f.tier.rt.Inner(f.tier.places.sites(f.files.frames(died.Frames)))
	case errors.As(err, &p):
		f.tier.rt.Inner(f.tier.places.sites(f.files.frames(p.Frames)))
		if p.Fault != "" {
			panic(rt.RuntimeError(p.Fault))
		}
		panic(p.Value)
	}
	panic(err)
}

// closeRemote ends the processes of native code.
func (t *tier) closeRemote() {
	for _, f := range t.remote {
		f.program.Close()
	}
	clear(t.remote)
}

// forgetRemote forgets the functions that are none any more. It says whether they are all of a program.
func (t *tier) forgetRemote(units map[string]*unit) (program bool) {
	if len(t.remote) == 0 {
		return false
	}
	live := map[token.Pos]bool{}
	for _, u := range units {
		if f, ok := u.decl.(*ast.FuncDecl); ok {
			live[f.Name.Pos()] = true
		}
	}
	needed, gone := map[*toolchain.Program]bool{}, map[*toolchain.Program]bool{}
	for pos, f := range t.remote {
		if live[pos] {
			needed[f.program] = true
		} else {
			gone[f.program] = true
			delete(t.remote, pos)
		}
	}
	for p := range gone {
		if !needed[p] {
			p.Rest()
			program = true
		}
	}
	return program
}
