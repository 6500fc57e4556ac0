package toolchain

import (
	"reflect"
	"testing"
	"unsafe"

	"github.com/nascent-go/nascent/kernel/toolchain/remote"
)

// BenchmarkCall is a call of a function that does next to nothing, with a number, and with eight
// megabytes of which it changes one number.
func BenchmarkCall(b *testing.B) {
	g, err := Find(b.Context())
	if err != nil {
		b.Skip(err)
	}
	s := Source{Title: "a benchmark", Funcs: []string{"Inc", "Touch"}, Files: []File{{Parts: []Part{{
		Text: "func Inc(n int) int { return n + 1 }\n\nfunc Touch(xs []float64) { xs[0]++ }", Cell: "cell 1", Line: 1, Col: 1,
	}}}}}
	exe, err := g.Build(b.Context(), s)
	if err != nil {
		b.Fatal(err)
	}
	p := NewProgram(s, exe)
	defer p.Close()
	call := func(b *testing.B, fn int, in, out []reflect.Type, args, results []unsafe.Pointer) {
		how, err := remote.NewFunc(in, out)
		if err != nil {
			b.Fatal(err)
		}
		f := p.Func(fn, how, nil)
		b.ReportAllocs()
		for b.Loop() {
			if err := f.Call(args, results, Streams{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
	integer := []reflect.Type{reflect.TypeFor[int]()}
	n, m := 1, 0
	b.Run("number", func(b *testing.B) {
		call(b, 0, integer, integer, []unsafe.Pointer{unsafe.Pointer(&n)}, []unsafe.Pointer{unsafe.Pointer(&m)})
	})
	xs := make([]float64, 1e6)
	b.Run("8MB", func(b *testing.B) {
		call(b, 1, []reflect.Type{reflect.TypeFor[[]float64]()}, nil, []unsafe.Pointer{unsafe.Pointer(&xs)}, nil)
	})
}
