package cpu

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/seed"
)

func random(d *rand.Rand, n int) []float32 { return randomOf[float32](d, n) }

func randomOf[T engine.Float](d *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(d.NormFloat64())
	}
	return x
}

// sets are all sets of inner loops that this processor can run, the portable one first.
func sets[T engine.Float]() []*kernels[T] {
	all := every[T]()
	slices.Reverse(all)
	return all
}

// near compares with a sum in double precision of terms whose absolute sum is size.
func near[T engine.Float](got T, want, size float64) bool {
	relative, absolute := 1e-5, 1e-7
	if unsafe.Sizeof(got) == 8 {
		relative, absolute = 1e-14, 1e-16
	}
	return math.Abs(float64(got)-want) <= relative*size+absolute
}

func TestTile(t *testing.T) {
	testTile[float32](t)
	testTile[float64](t)
}

func testTile[T engine.Float](t *testing.T) {
	draw := seed.Stream(1, "tile")
	for range 200 {
		rows, cols, depth, bs := 1+draw.IntN(panel), width*(1+draw.IntN(20)), 1+draw.IntN(9), 400
		as, ad := 1+draw.IntN(9), 1+draw.IntN(9)
		taps := make([]tap, draw.IntN(5))
		for i := range taps {
			taps[i] = tap{int32(draw.IntN(9)), int32(draw.IntN(20))}
		}
		a, b := randomOf[T](draw, 9+9*panel+9*depth), randomOf[T](draw, 20+400*depth)
		ldc := cols + draw.IntN(20)
		before, other, which := randomOf[T](draw, panel*ldc), randomOf[T](draw, panel*ldc), draw.IntN(4)
		from := func(c []T) start[T] {
			return []start[T]{{}, {c, ldc, 1}, {other, ldc, 1}, {other, 1, 0}}[which]
		}
		var first []T
		for _, k := range sets[T]() {
			c := slices.Clone(before)
			k.tile(rows, cols, taps, depth, a, as, ad, b, bs, c, ldc, from(c))
			for i := range c {
				r, j := i/ldc, i%ldc
				if r >= rows || j >= cols {
					if c[i] != before[i] {
						t.Fatalf("%s: wrote outside of the %d×%d tile at %d, %d", k.name, rows, cols, r, j)
					}
					continue
				}
				var want, size float64
				if f := from(before); f.x != nil {
					want = float64(f.x[r*f.ld+j*f.step])
					size = math.Abs(want)
				}
				for _, p := range taps {
					for d := range depth {
						v := float64(a[int(p.a)+r*as+d*ad]) * float64(b[int(p.b)+d*bs+j])
						want += v
						size += math.Abs(v)
					}
				}
				if !near(c[i], want, size) {
					t.Fatalf("%s: %d×%d tile, %d taps, depth %d: %v at %d, %d, want %v", k.name, rows, cols, len(taps), depth, c[i], r, j, want)
				}
			}
			if k.name == "portable" {
				continue
			}
			if first == nil {
				first = c
			}
			if !slices.Equal(first, c) {
				t.Fatalf("%s: a %d×%d tile has other bits than with the set before", k.name, rows, cols)
			}
		}
	}
}

func TestChannel(t *testing.T) {
	testChannel[float32](t)
	testChannel[float64](t)
}

func testChannel[T engine.Float](t *testing.T) {
	draw := seed.Stream(1, "channel")
	for range 100 {
		lanes := width * (1 + draw.IntN(3))
		var s strips
		pixels := 1 + draw.IntN(20)
		for range pixels {
			taps := make([]tap, draw.IntN(4))
			for i := range taps {
				taps[i] = tap{int32(draw.IntN(9)), int32(draw.IntN(20) * lanes)}
			}
			s = s.add(taps, lanes)
		}
		w, src, before, add := randomOf[T](draw, 9), randomOf[T](draw, 40*lanes), randomOf[T](draw, pixels*lanes), draw.IntN(2) == 0
		first := T(draw.NormFloat64())
		var known []T
		for _, k := range sets[T]() {
			dst := slices.Clone(before)
			k.channel(newProgram(s, lanes), w, src, dst, add, first)
			for _, strip := range s {
				for j := range strip.n * lanes {
					at := strip.pixel*lanes + j
					want := float64(first)
					if add {
						want = float64(before[at])
					}
					size := math.Abs(want)
					for _, p := range strip.taps {
						v := float64(w[p.a]) * float64(src[int(p.b)+j])
						want, size = want+v, size+math.Abs(v)
					}
					if !near(dst[at], want, size) {
						t.Fatalf("%s: %v at %d, want %v", k.name, dst[at], at, want)
					}
				}
			}
			if k.name == "portable" {
				continue
			}
			if known == nil {
				known = dst
			}
			if !slices.Equal(known, dst) {
				t.Fatalf("%s: other bits than with the set before", k.name)
			}
		}
	}
}

func TestDot(t *testing.T) {
	testDot[float32](t)
	testDot[float64](t)
}

func testDot[T engine.Float](t *testing.T) {
	draw := seed.Stream(1, "dot")
	for range 200 {
		rows, cols := 1+draw.IntN(4), 1+draw.IntN(4)
		runs := make([]run, draw.IntN(4))
		for i := range runs {
			runs[i] = run{a: int32(draw.IntN(20)), b: int32(draw.IntN(20)), n: int32(1 + draw.IntN(4))}
		}
		ds, xs := 90+draw.IntN(9), 90+draw.IntN(9)
		dy, x := randomOf[T](draw, 4*ds), randomOf[T](draw, 4*xs)
		var first [16]T
		for _, k := range sets[T]() {
			var out [16]T
			k.dot(rows, cols, runs, dy, ds, x, xs, &out)
			for i := range rows {
				for j := range cols {
					var want, size float64
					for _, r := range runs {
						for l := range int(r.n) * width {
							v := float64(dy[i*ds+int(r.a)+l]) * float64(x[j*xs+int(r.b)+l])
							want += v
							size += math.Abs(v)
						}
					}
					if !near(out[4*i+j], want, size) {
						t.Fatalf("%s: %d×%d dot: %v at %d, %d, want %v", k.name, rows, cols, out[4*i+j], i, j, want)
					}
				}
			}
			if k.name == "portable" {
				continue
			}
			if first == [16]T{} {
				first = out
			}
			if first != out {
				t.Fatalf("%s: a %d×%d dot has other bits than with the set before", k.name, rows, cols)
			}
		}
	}
}

func TestTranspose(t *testing.T) {
	draw := seed.Stream(1, "transpose")
	for range 200 {
		rows, cols := 1+draw.IntN(40), 1+draw.IntN(40)
		ss, ds := cols+draw.IntN(5), rows+draw.IntN(5)
		src := random(draw, (rows-1)*ss+cols)
		for _, k := range sets[float32]() {
			dst := make([]float32, (cols-1)*ds+rows)
			k.transpose(dst, ds, src, ss, rows, cols)
			for at, got := range dst {
				want := float32(0)
				if i, j := at%ds, at/ds; i < rows {
					want = src[i*ss+j]
				}
				if got != want {
					t.Fatalf("%s: %d×%d: %v at %d, want %v", k.name, rows, cols, got, at, want)
				}
			}
		}
	}
}

// TestMaxPool compares with the definition, for windows that overlap nothing.
func TestMaxPool(t *testing.T) {
	draw := seed.Stream(1, "max pool")
	for range 100 {
		lanes, n := width*(1+draw.IntN(3)), 1+draw.IntN(9)
		x, dx0 := random(draw, n*lanes), random(draw, n*lanes)
		for range draw.IntN(4) {
			x[draw.IntN(len(x))] = float32(math.NaN())
			copy(x, x[len(x)-lanes:]) // equal numbers, too
		}
		at := make([]int32, n)
		for i, p := range draw.Perm(n) {
			at[i] = int32(p * lanes)
		}
		dy := random(draw, lanes)
		for _, k := range sets[float32]() {
			y, which, dx, set := make([]float32, lanes), make([]int32, lanes), slices.Clone(dx0), slices.Clone(dx0)
			k.maxPool(y, which, x, at)
			k.maxPoolGrad(dx, dy, which, at, true)
			k.maxPoolGrad(set, dy, which, at, false)
			for l := range lanes {
				best, want := x[int(at[0])+l], at[0]
				for _, off := range at {
					if v := x[int(off)+l]; v > best || v != v {
						best, want = v, off
					}
				}
				if math.Float32bits(y[l]) != math.Float32bits(best) || which[l] != want {
					t.Fatalf("%s: %v from %d, want %v from %d", k.name, y[l], which[l], best, want)
				}
				for _, off := range at {
					grad := float32(0)
					if off == want {
						grad = dy[l]
					}
					if got, alone := dx[int(off)+l], set[int(off)+l]; alone != grad || got != dx0[int(off)+l]+grad {
						t.Fatalf("%s: gradient %v, alone %v at %d of lane %d, want %v", k.name, got, alone, off, l, grad)
					}
				}
			}
		}
	}
}

// TestSimpleLoops compares the other loops of every set with those in Go, to the bit.
func TestSimpleLoops(t *testing.T) {
	draw := seed.Stream(1, "simple")
	for range 50 {
		m := width * (1 + draw.IntN(3))
		n := m * (1 + draw.IntN(5))
		x, dy, y0, mask := random(draw, n), random(draw, n), random(draw, n), make([]float32, m)
		for i := range mask[:draw.IntN(m+1)] {
			mask[i] = 1
		}
		x[draw.IntN(n)] = float32(math.Copysign(0, -1))
		f, g, h, s := float32(draw.NormFloat64()), float32(draw.NormFloat64()), float32(draw.NormFloat64()), float32(draw.NormFloat64())
		results := func(k *kernels[float32]) [][]float32 {
			var a, b, c, d [width]float32
			dst := make([][]float32, 7)
			for i := range dst {
				dst[i] = slices.Clone(y0)
			}
			k.add(dst[0], x)
			k.addMul(dst[1], x, f)
			k.affine(dst[2], x, f, g)
			k.relu(dst[3], x)
			k.reluGrad(dst[4], dy, x)
			k.normGrad(dst[5], dy, x, mask, f, g, h, s)
			k.plus(dst[6], x, dy)
			k.sum(x, mask, &a)
			k.sqdev(x, mask, s, &b)
			k.normSums(dy, x, s, &c, &d)
			return append(dst, a[:], b[:], c[:], d[:])
		}
		want := results(portable[float32]())
		for _, k := range sets[float32]() {
			for i, got := range results(k) {
				for j := range got {
					if math.Float32bits(got[j]) != math.Float32bits(want[i][j]) {
						t.Fatalf("%s: loop %d gives %v at %d, Go gives %v", k.name, i, got[j], j, want[i][j])
					}
				}
			}
		}
	}
}

func TestReLUKeepsNaN(t *testing.T) {
	for _, k := range sets[float32]() {
		x, y := make([]float32, width), make([]float32, width)
		x[3] = float32(math.NaN())
		k.relu(y, x)
		if y[3] == y[3] {
			t.Errorf("%s: ReLU of NaN is %v; a network that diverged has to show it", k.name, y[3])
		}
	}
}

// TestTeamTakesEveryTurnOnce: of one loop after the other, which helpers may still look for
// turns of when the next begins.
func TestTeamTakesEveryTurnOnce(t *testing.T) {
	var team team
	for loop := range 20000 {
		n := 2 + loop%9
		taken := make([]int32, n)
		team.share(4, n, func(i int) { taken[i]++ })
		for i, c := range taken {
			if c != 1 {
				t.Fatalf("loop %d: turn %d of %d was taken %d times", loop, i, n, c)
			}
		}
	}
}

func TestParallelTakesEveryTurnOnce(t *testing.T) {
	for _, threads := range []int{1, 2, 5} {
		for _, n := range []int{0, 1, 2, 100, mostTurns + 2} {
			taken := make([]int32, n)
			parallel(threads, n, func(i int) { taken[i]++ })
			for i, c := range taken {
				if c != 1 {
					t.Fatalf("%d threads, %d turns: turn %d was taken %d times", threads, n, i, c)
				}
			}
		}
	}
}
