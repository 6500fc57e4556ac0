package progen

// prelude is what every program begins with: operations that can't panic, and
// means to tell what happens. Its declarations are apart by empty lines.
const prelude = `
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

type Number interface {
	Integer | ~float32 | ~float64
}

// trace is a sum over all that was traced, in order.
var trace uint64

func mark(n int) { trace = trace*1099511628211 + uint64(n) }

func tr[T any](n int, v T) T { mark(n); return v }

func id[T any](v T) T { return v }

// mix puts values into the trace.
func mix(vs ...any) {
	for _, c := range []byte(fmt.Sprintf("%v %+v", vs, vs)) {
		mark(int(c))
	}
}

func show(n int, vs ...any) {
	fmt.Print(n, ":")
	for _, v := range vs {
		if e, ok := v.(interface {
			error
			RuntimeError()
		}); ok {
			v = e.Error() // its fields are the run time's own
		}
		switch n % 4 {
		case 0:
			fmt.Printf(" %v", v)
		case 1:
			fmt.Printf(" %+v", v)
		case 2:
			fmt.Printf(" %#v", v)
		case 3:
			fmt.Printf(" %T(%v)", v, v)
		}
	}
	fmt.Println()
}

// try runs f and tells of its panic.
func try(n int, f func()) {
	defer func() {
		r := recover()
		if e, ok := r.(error); ok {
			fmt.Printf("%d: error %v\n", n, e)
		} else if r != nil {
			fmt.Printf("%d: panic %v %T\n", n, r, r)
		}
	}()
	f()
}

func at[S ~[]E, E any](s S, i int) (e E) {
	if len(s) == 0 {
		return e
	}
	return s[uint(i)%uint(len(s))]
}

func put[S ~[]E, E any](s S, i int, e E) {
	if len(s) > 0 {
		s[uint(i)%uint(len(s))] = e
	}
}

func cut[S ~[]E, E any](s S, i, j int) S {
	i, j = int(uint(i)%uint(len(s)+1)), int(uint(j)%uint(len(s)+1))
	if i > j {
		i, j = j, i
	}
	return s[i:j]
}

func cap3[S ~[]E, E any](s S, i, j int) S {
	s = cut(s, i, j)
	return s[0:len(s):len(s)]
}

func sub[S ~string](s S, i, j int) S {
	i, j = int(uint(i)%uint(len(s)+1)), int(uint(j)%uint(len(s)+1))
	if i > j {
		i, j = j, i
	}
	return s[i:j]
}

func char[S ~string](s S, i int) byte {
	if len(s) == 0 {
		return 0
	}
	return s[uint(i)%uint(len(s))]
}

func clip[S ~string](s S) S { return s[:min(len(s), 24)] }

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func whole[F ~float32 | ~float64](f F) int {
	if f != f || f > 1e9 || f < -1e9 {
		return -1
	}
	return int(f)
}

func keys[M ~map[K]V, K cmp.Ordered, V any](m M) []K {
	var ks []K
	for k := range m {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	return ks
}
`
