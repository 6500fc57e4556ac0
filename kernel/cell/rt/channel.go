package rt

import (
	"reflect"
	"time"
)

// waiter is how a blocking operation gives way when its cell is stopped.
type waiter struct {
	r    *Runtime
	cell *Cell
	done <-chan struct{}
	late <-chan time.Time
}

func (r *Runtime) waiter() waiter {
	w := waiter{r: r, cell: r.Current()}
	if w.cell != nil {
		w.done = w.cell.done
	}
	return w
}

// stopped is called when done is closed: it ends the goroutine, or sets how long it may wait yet.
func (w *waiter) stopped() {
	w.late, w.done = time.After(w.r.depart(w.cell)), nil
}

func recv[T any](r *Runtime, ch <-chan T) (any, bool) {
	select {
	case v, ok := <-ch:
		return v, ok
	default:
	}
	for w := r.waiter(); ; {
		select {
		case v, ok := <-ch:
			return v, ok
		case <-w.done:
			w.stopped()
		case <-w.late:
			panic(leave{})
		}
	}
}

func send[T any](r *Runtime, ch chan<- T, v T) {
	select {
	case ch <- v:
		return
	default:
	}
	for w := r.waiter(); ; {
		select {
		case ch <- v:
			return
		case <-w.done:
			w.stopped()
		case <-w.late:
			panic(leave{})
		}
	}
}

// Recv is <-ch.
func (r *Runtime) Recv(ch any) any {
	v, _ := r.Recv2(ch)
	return v
}

// Recv2 is v, ok := <-ch.
func (r *Runtime) Recv2(ch any) (any, bool) {
	switch ch := ch.(type) {
	case chan int:
		return recv(r, ch)
	case <-chan int:
		return recv(r, ch)
	case chan bool:
		return recv(r, ch)
	case <-chan bool:
		return recv(r, ch)
	case chan string:
		return recv(r, ch)
	case <-chan string:
		return recv(r, ch)
	case chan float64:
		return recv(r, ch)
	case <-chan float64:
		return recv(r, ch)
	case chan struct{}:
		return recv(r, ch)
	case <-chan struct{}:
		return recv(r, ch)
	case chan any:
		return recv(r, ch)
	case <-chan any:
		return recv(r, ch)
	case <-chan time.Time:
		return recv(r, ch)
	}
	c := reflect.ValueOf(ch)
	if c.IsValid() && !c.IsNil() {
		if v, ok := c.TryRecv(); v.IsValid() {
			return v.Interface(), ok
		}
	}
	_, v, ok := r.wait([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: c}})
	return v.Interface(), ok
}

// Send is ch <- v.
func (r *Runtime) Send(ch, v any) {
	switch ch := ch.(type) {
	case chan int:
		send(r, ch, v.(int))
		return
	case chan<- int:
		send(r, ch, v.(int))
		return
	case chan bool:
		send(r, ch, v.(bool))
		return
	case chan string:
		send(r, ch, v.(string))
		return
	case chan float64:
		send(r, ch, v.(float64))
		return
	case chan any:
		send(r, ch, v)
		return
	case chan<- any:
		send(r, ch, v)
		return
	}
	c := reflect.ValueOf(ch)
	s := reflect.SelectCase{Dir: reflect.SelectSend, Chan: c}
	if c.IsValid() {
		s.Send = toType(reflect.ValueOf(v), c.Type().Elem())
		if !c.IsNil() && c.TrySend(s.Send) {
			return
		}
	}
	r.wait([]reflect.SelectCase{s})
}

// wait is reflect.Select that gives way when the cell is stopped.
func (r *Runtime) wait(cs []reflect.SelectCase) (int, reflect.Value, bool) {
	w := r.waiter()
	n := len(cs)
	cs = append(cs, reflect.SelectCase{}, reflect.SelectCase{})
	for {
		cs[n] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(w.done)}
		cs[n+1] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(w.late)}
		switch i, v, ok := reflect.Select(cs); i {
		case n:
			w.stopped()
		case n + 1:
			panic(leave{})
		default:
			return i, v, ok
		}
	}
}

// Select is a select statement. Its cases come as triples: 1 (send) or 2 (receive),
// the channel, the value to send. It returns the number of the chosen case, -1 for the
// default one, whether a received value was sent rather than the zero value of a
// closed channel, and the values received: one for each case, nil for those not chosen.
func (r *Runtime) Select(blocking bool, a ...any) (int, bool, []any) {
	cs := make([]reflect.SelectCase, 0, len(a)/3+2)
	for i := 0; i+2 < len(a); i += 3 {
		c := reflect.SelectCase{Dir: reflect.SelectDir(a[i].(int)), Chan: reflect.ValueOf(a[i+1])}
		if c.Dir == reflect.SelectSend && c.Chan.IsValid() {
			c.Send = toType(reflect.ValueOf(a[i+2]), c.Chan.Type().Elem())
		}
		cs = append(cs, c)
	}
	out := make([]any, len(cs))
	var n int
	var v reflect.Value
	var ok bool
	if blocking {
		n, v, ok = r.wait(cs)
	} else {
		d := len(cs)
		n, v, ok = reflect.Select(append(cs, reflect.SelectCase{Dir: reflect.SelectDefault}))
		if n == d {
			return -1, false, out
		}
	}
	if cs[n].Dir == reflect.SelectRecv {
		out[n] = v.Interface()
	}
	return n, ok, out
}

// Close is close(c).
func Close(c any) {
	v := reflect.ValueOf(c)
	if !v.IsValid() || v.IsNil() {
		panic(runtimeError(func() { var c chan int; close(c) }))
	}
	v.Close()
}

// sleep is time.Sleep that gives way when the cell is stopped.
func (r *Runtime) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	for w := r.waiter(); ; {
		select {
		case <-t.C:
			return
		case <-w.done:
			w.stopped()
		case <-w.late:
			panic(leave{})
		}
	}
}
