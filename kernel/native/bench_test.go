package native

import (
	"testing"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// BenchmarkPrograms runs programs as compiled code and as Go has compiled them.
func BenchmarkPrograms(b *testing.B) {
	w := newWorld(b, sampleSource)
	for _, p := range []struct {
		name string
		args []int
		like func() any
	}{
		{"fib", []int{30}, func() any { return fib(30) }},
		{"loop", []int{1e7}, func() any { return loop(1e7) }},
		{"matmul", []int{120}, func() any { return matmul(120) }},
		{"sieve", []int{1e7}, func() any { return sieve(1e7) }},
		{"mandelbrot", []int{400, 400, 200}, func() any { return mandelbrot(400, 400, 200) }},
	} {
		b.Run(p.name+"/native", func(b *testing.B) {
			f := w.fn(p.name)
			var in []unsafe.Pointer
			for i := range p.args {
				in = append(in, unsafe.Pointer(&p.args[i]))
			}
			var out uint64
			for b.Loop() {
				if err := f.Call(in, []unsafe.Pointer{unsafe.Pointer(&out)}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(p.name+"/Go", func(b *testing.B) {
			for b.Loop() {
				p.like()
			}
		})
	}
}

// BenchmarkCompile is the time that it takes until a function runs.
func BenchmarkCompile(b *testing.B) {
	w := newWorld(b, sampleSource)
	for _, name := range []string{"fib", "loop", "matmul", "sieve", "mandelbrot"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				code, err := w.engine.Translate(&Analysis{}, w.pkg.Func(name), func(*ssa.Function) any { return nil })
				if err != nil {
					b.Fatal(err)
				}
				f, err := w.engine.Load(code, nil)
				if err != nil {
					b.Fatal(err)
				}
				in, err := f.module.take()
				if err != nil {
					b.Fatal(err)
				}
				f.module.give(in)
			}
		})
	}
	b.Run("start", func(b *testing.B) {
		for b.Loop() {
			e, err := New(Options{})
			if err != nil {
				b.Fatal(err)
			}
			if err := e.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
