package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

type Config struct {
	Name string
	N    int
}
type Other struct{ Name string }
type Shape interface{ Area() float64 }

func (c Config) String() string { return "cfg " + c.Name }

func try(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "panic:", r)
		}
	}()
	f()
}

func main() {
	var v atomic.Value
	fmt.Println(v.Load() == nil)
	v.Store(Config{"a", 1})
	c, ok := v.Load().(Config)
	fmt.Println(c, ok)
	try("inconsistent", func() { v.Store(Other{"x"}) })
	try("nil", func() { v.Store(nil) })
	fmt.Println(v.CompareAndSwap(Config{"a", 1}, Config{"b", 2}), v.CompareAndSwap(Config{"a", 1}, Config{"c", 2}), v.Load())
	fmt.Println(v.Swap(Config{"z", 0}))
	var m atomic.Value
	m.Store(map[Config]int{{"a", 1}: 2})
	fmt.Println(m.Load().(map[Config]int)[Config{"a", 1}])
	try("type", func() { fmt.Println(m.Load().(map[string]int)) })
	try("uncomparable", func() { m.CompareAndSwap(map[Config]int{}, map[Config]int{}) })

	var p atomic.Pointer[Config]
	fmt.Println(p.Load() == nil)
	p.Store(&Config{"p", 1})
	old := p.Swap(&Config{"q", 2})
	fmt.Println(old, p.Load().N, p.CompareAndSwap(old, nil))

	var sm sync.Map
	sm.Store(Config{"k", 1}, Other{"v"})
	sm.Store("s", Config{"v", 2})
	x, ok := sm.Load(Config{"k", 1})
	fmt.Println(x, ok)
	_, ok = sm.Load(Config{"k", 2})
	y, loaded := sm.LoadOrStore("s", 1)
	fmt.Println(ok, y.(Config).N, loaded)
	sm.Range(func(k, v any) bool {
		switch k := k.(type) {
		case Config:
			fmt.Println("config", k.N, v.(Other))
		}
		return true
	})
	fmt.Println(sm.CompareAndSwap(Config{"k", 1}, Other{"v"}, Other{"w"}), sm.CompareAndDelete("s", Config{"v", 3}))
	try("unhashable", func() { sm.Store([]Config{}, 1) })

	pool := sync.Pool{New: func() any { return &Config{"new", 0} }}
	o := pool.Get().(*Config)
	fmt.Println(o)
	pool.Put(o)

	var once sync.Once
	once.Do(func() { fmt.Println("once") })
	once.Do(func() { fmt.Println("twice") })
	f := sync.OnceValue(func() Config { fmt.Println("computed"); return Config{"ov", 1} })
	fmt.Println(f(), f())
	g := sync.OnceValues(func() (Shape, error) { return nil, fmt.Errorf("e") })
	fmt.Println(g())
	var n atomic.Int64
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() { n.Add(int64(i)) })
	}
	wg.Wait()
	fmt.Println(n.Load())
	var mu sync.RWMutex
	cond := sync.NewCond(&mu)
	ready := false
	go func() { mu.Lock(); ready = true; mu.Unlock(); cond.Broadcast() }()
	mu.Lock()
	for !ready {
		cond.Wait()
	}
	mu.Unlock()
	fmt.Println(mu.TryLock())
	type counter struct {
		sync.Mutex
		m map[string]int
	}
	cs := counter{m: map[string]int{}}
	for i := range 5 {
		wg.Go(func() {
			cs.Lock()
			defer cs.Unlock()
			cs.m[fmt.Sprint(i%2)]++
		})
	}
	wg.Wait()
	fmt.Println(cs.m)
	var flag atomic.Bool
	fmt.Println(flag.CompareAndSwap(false, true), flag.Load())
	var i32 int32
	atomic.AddInt32(&i32, 5)
	fmt.Println(atomic.LoadInt32(&i32))
}
