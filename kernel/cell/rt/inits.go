package rt

import (
	"fmt"
	"sync"
)

// inits are the packages that are initialised, or were to be. A package is initialised
// once, by the first cell that imports it; another one that imports it meanwhile waits. If
// the initialisation fails or is interrupted, nobody uses what it has left undone: the next cell
// that imports the package begins anew.
type inits struct {
	sync.Mutex
	packages map[string]*initialisation
}

type initialisation struct {
	by    *Cell
	begun *bool         // the variable of lowered code that says that it has begun
	over  chan struct{} // closed when it has ended or failed
	ok    bool          // it has ended
}

// Initialising is called when the initialisation of a package begins, with the variable that says so.
func (r *Runtime) Initialising(path string, begun *bool) {
	r.inits.Lock()
	defer r.inits.Unlock()
	if r.inits.packages == nil {
		r.inits.packages = map[string]*initialisation{}
	}
	r.inits.packages[path] = &initialisation{by: r.Current(), begun: begun, over: make(chan struct{})}
}

// Initialised is called when it has ended, and by those who find that it has begun.
func (r *Runtime) Initialised(path string) {
	c := r.Current()
	r.inits.Lock()
	it := r.inits.packages[path]
	if it == nil || it.ok {
		r.inits.Unlock()
		return
	}
	if it.by == c {
		it.ok, it.by = true, nil
		close(it.over)
		r.inits.Unlock()
		return
	}
	r.inits.Unlock()
	var stopped <-chan struct{}
	if c != nil {
		stopped = c.Done()
	}
	select {
	case <-it.over:
	case <-stopped:
		r.Poll()
	}
	r.inits.Lock()
	defer r.inits.Unlock()
	if !it.ok {
		panic(fmt.Errorf("package %s can't be used: its initialisation has failed in %s, for which this cell waited", path, it.by.Name))
	}
}

// failInits says of the packages that a cell has not initialised to the end that they have
// failed, and are to be initialised.
func (r *Runtime) failInits(c *Cell) {
	r.inits.Lock()
	defer r.inits.Unlock()
	for _, it := range r.inits.packages {
		if it.by == c && !it.ok {
			it.by = &Cell{Name: c.Name} // which keeps nothing
			*it.begun = false
			close(it.over)
		}
	}
}
