package nasext

import "sync"

// Control pauses, resumes and stops searches from another goroutine, such as that of a
// button. The zero value is ready for use, its methods can be called at any time, and
// what it does changes no trial.
//
//	control := &nasext.Control{}
//	go nasext.Search(ctx, nasext.Config{Control: control, …})
//	control.Pause()
type Control struct {
	mu              sync.Mutex
	paused, stopped bool
	changed         chan struct{} // closed at the next change; nil if nobody waits for it
}

// Pause lets no further estimate begin until Resume. Those under way are finished and
// stored.
func (c *Control) Pause() { c.set(true, false) }

// Resume goes on after Pause.
func (c *Control) Resume() { c.set(false, false) }

// Stop ends the search as soon as the estimates under way are finished and stored. The
// search returns what it has found, without an error, and its study can be resumed by a
// search with another Control.
func (c *Control) Stop() { c.set(false, true) }

// Paused says whether a search waits for Resume.
func (c *Control) Paused() bool { paused, _, _ := c.state(); return paused }

// Stopped says whether Stop was called.
func (c *Control) Stopped() bool { _, stopped, _ := c.state(); return stopped }

func (c *Control) set(paused, stopped bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = c.stopped || stopped
	c.paused = paused && !c.stopped
	if c.changed != nil {
		close(c.changed)
		c.changed = nil
	}
}

// state is what is wanted, and a channel that is closed at the next change. Without a
// Control nothing is ever wanted.
func (c *Control) state() (paused, stopped bool, changed <-chan struct{}) {
	if c == nil {
		return false, false, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changed == nil {
		c.changed = make(chan struct{})
	}
	return c.paused, c.stopped, c.changed
}
