//go:build cuda && cgo && linux && amd64

package driver

// What gorgonia.org/cu v0.9.6 lacks: capturing a stream's work as a graph, and
// launching it.

/*
#include <cuda.h>
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"gorgonia.org/cu"
)

// Graph is work that was captured, to be launched at once.
type Graph struct {
	exec C.CUgraphExec
	work int
}

// Work is how many launches, copies and the like one launch of the graph stands for.
func (g *Graph) Work() int { return g.work }

// Capture makes a graph of what f gives to s, and to other streams that wait for events of s
// and are waited for by s in the end. Nothing of it is done.
func (*Thread) Capture(s Stream, f func() error) (*Graph, error) {
	captured, err := capture(s, f)
	if err != nil {
		return nil, err
	}
	defer C.cuGraphDestroy(captured)
	var nodes C.size_t
	if err := check(C.cuGraphGetNodes(captured, nil, &nodes)); err != nil {
		return nil, fmt.Errorf("counting the work of a captured graph: %w", err)
	}
	g := &Graph{work: int(nodes)}
	if err := check(C.cuGraphInstantiateWithFlags(&g.exec, captured, 0)); err != nil {
		return nil, fmt.Errorf("instantiating a captured graph of %d pieces: %w", nodes, err)
	}
	return g, nil
}

// Update captures again and gives g the new arguments. It fails if the work is of another form.
func (*Thread) Update(g *Graph, s Stream, f func() error) error {
	captured, err := capture(s, f)
	if err != nil {
		return err
	}
	defer C.cuGraphDestroy(captured)
	var result C.CUgraphExecUpdateResultInfo
	if err := check(C.cuGraphExecUpdate(g.exec, captured, &result)); err != nil {
		return fmt.Errorf("updating a graph of %d pieces, reason %d: %w", g.work, int(result.result), err)
	}
	return nil
}

// capture records what f gives to s. The graph belongs to the caller if there is no error.
func capture(s Stream, f func() error) (g C.CUgraph, err error) {
	if err := check(C.cuStreamBeginCapture(stream(s), C.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL)); err != nil {
		return nil, fmt.Errorf("beginning to capture a stream: %w", err)
	}
	failed := f()
	if err := check(C.cuStreamEndCapture(stream(s), &g)); err != nil {
		return nil, errors.Join(failed, fmt.Errorf("capturing a stream: %w", err))
	}
	if failed != nil {
		C.cuGraphDestroy(g)
		return nil, failed
	}
	return g, nil
}

// LaunchGraph gives a graph's work to s.
func (*Thread) LaunchGraph(g *Graph, s Stream) error {
	if err := check(C.cuGraphLaunch(g.exec, stream(s))); err != nil {
		return fmt.Errorf("launching a graph of %d pieces: %w", g.work, err)
	}
	return nil
}

// CloseGraph gives a graph back. Its launches have to be done.
func (*Thread) CloseGraph(g *Graph) error {
	if err := check(C.cuGraphExecDestroy(g.exec)); err != nil {
		return fmt.Errorf("closing a graph: %w", err)
	}
	return nil
}

func stream(s Stream) C.CUstream { return C.CUstream(unsafe.Pointer(s.s.C())) }

// check is the error that cu would make of r.
func check(r C.CUresult) error {
	if r == C.CUDA_SUCCESS {
		return nil
	}
	return like(cu.Success, int(r))
}

// like makes an error of the type of another, which has no name outside cu.
func like[E interface {
	~int
	error
}](_ E, code int) error {
	return E(code)
}
