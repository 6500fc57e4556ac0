package rt

import (
	"os"
	"os/signal"
	"reflect"
	"sync"
	"unsafe"
)

// signalRelays bring signals from channels that package signal can have to those of
// cells, whose elements are erased: by the address of the cell's channel.
type signalRelays struct {
	mu sync.Mutex
	m  map[unsafe.Pointer]*signalRelay
}

type signalRelay struct {
	from  chan os.Signal
	ended chan struct{}
}

// signalOverrides take channels of cells.
func (r *Runtime) signalOverrides(m map[symbol]override) {
	m[symbol{"os/signal", "Notify"}] = func(a []any) []any {
		r.notify(reflect.ValueOf(a[0]), r.toBin(reflect.ValueOf(a[1]), reflect.TypeFor[[]os.Signal](), boxed).Interface().([]os.Signal))
		return nil
	}
	m[symbol{"os/signal", "Stop"}] = func(a []any) []any {
		r.stopSignals(reflect.ValueOf(a[0]))
		return nil
	}
}

func (r *Runtime) notify(c reflect.Value, sigs []os.Signal) {
	if c.IsNil() {
		panic("os/signal: Notify using nil channel")
	}
	s := &r.signals
	s.mu.Lock()
	defer s.mu.Unlock()
	relay := s.m[c.UnsafePointer()]
	if relay == nil {
		relay = &signalRelay{make(chan os.Signal, max(1, c.Cap())), make(chan struct{})}
		if s.m == nil {
			s.m = map[unsafe.Pointer]*signalRelay{}
		}
		s.m[c.UnsafePointer()] = relay
		go relay.run(c)
	}
	signal.Notify(relay.from, sigs...)
}

// run sends to c as package signal does: it waits for no receiver.
func (s *signalRelay) run(c reflect.Value) {
	defer close(s.ended)
	for x := range s.from {
		v := reflect.New(c.Type().Elem()).Elem()
		v.Set(reflect.ValueOf(x))
		c.TrySend(v)
	}
}

// stopSignals is signal.Stop: when it returns, c gets no more.
func (r *Runtime) stopSignals(c reflect.Value) {
	s := &r.signals
	s.mu.Lock()
	relay := s.m[c.UnsafePointer()]
	delete(s.m, c.UnsafePointer())
	s.mu.Unlock()
	if relay != nil {
		signal.Stop(relay.from)
		close(relay.from)
		<-relay.ended
	}
}
