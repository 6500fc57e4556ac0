package native

import "math"

type point struct {
	x, y float64
	n    int8
	on   bool
	v    [3]int16
}

type matrix struct {
	rows, cols int
	data       []float64
}

type sums [4]int

func sumBytes(s []byte) (n int) {
	for _, b := range s {
		n += int(b)
	}
	return n
}

func scale(s []float32, by float32) {
	for i := range s {
		s[i] *= by
	}
}

func reversed(s []int32) []int32 {
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
	return s
}

func parts(s []int, a, b, c int) ([]int, []int, []int, []int) {
	return s[a:], s[:b], s[a:b], s[a:b:c]
}

func grown(s []int16, n int) ([]int16, int) {
	for i := range n {
		s = append(s, int16(i), int16(-i))
	}
	return s, cap(s)
}

func joined(a, b []uint8, text string) []uint8 { return append(append(a, b...), text...) }

func moved(s []int, from, to int) int { return copy(s[to:], s[from:]) }

func cleared(s []int, from int) []int {
	clear(s[from:])
	return s
}

func made(n, c int) []point {
	s := make([]point, n, c)
	for i := range s {
		s[i].x, s[i].n = float64(i), int8(i)
		s[i].v[i%3] = int16(-i)
	}
	return s
}

func mirrored(p point) point {
	p.x, p.y = p.y, p.x
	p.v = [3]int16{p.v[2], p.v[1], p.v[0]}
	q := p
	q.on = !p.on
	return q
}

func (p point) norm() float64 { return math.Sqrt(p.x*p.x + p.y*p.y) }

func norms(ps []point) (s float64) {
	for _, p := range ps {
		s += p.norm()
	}
	return s
}

func (m *matrix) at(i, j int) float64     { return m.data[i*m.cols+j] }
func (m *matrix) set(i, j int, x float64) { m.data[i*m.cols+j] = x }

func transposed(m *matrix) float64 {
	t := matrix{m.cols, m.rows, make([]float64, len(m.data))}
	for i := range m.rows {
		for j := range m.cols {
			t.set(j, i, m.at(i, j))
		}
	}
	copy(m.data, t.data)
	m.rows, m.cols = m.cols, m.rows
	return m.at(0, 0)
}

func trace(a [][]float64) (s float64) {
	for i := range a {
		s += a[i][i]
	}
	return s
}

func again(a [][]float64, i, n int) (s float64) {
	for range n {
		for _, x := range a[i] {
			s += x
		}
	}
	return s
}

func swapped(a [][]float64, i, j int) [][]float64 {
	a[i], a[j] = a[j], a[i]
	a[i] = append(a[i], 1)
	return a[:len(a):len(a)]
}

func counted(s []uint8) (r sums) {
	var count [256]int
	for _, b := range s {
		count[b]++
	}
	for i, n := range count {
		r[i%4] += n * i
	}
	return r
}

func localSlice(n int) int {
	var a [10]int
	s := a[2:5]
	for i := range n {
		s[i%3] += i
		a[9] += s[0]
	}
	return a[2] + a[3] + a[4] + a[9]
}

func pick(a [3]int, i int) int { return a[i] }

func letters(s string) (n, m int) {
	for i := range len(s) {
		if s[i] == 'e' {
			n++
		}
	}
	return n, len(s[n:])
}

func at(s []int, i int) int               { return s[i] }
func atU(s []int, i uint64) int           { return s[i] }
func charAt(s string, i int) byte         { return s[i] }
func substring(s string, i, j int) string { return s[i:j] }
func deref(p *point) float64              { return p.x }
func fails(n int) int {
	if n > 2 {
		panic("too large")
	}
	if n < 0 {
		panic(n)
	}
	return n
}

func ackermann(m, n int) int {
	switch {
	case m == 0:
		return n + 1
	case n == 0:
		return ackermann(m-1, 1)
	}
	return ackermann(m-1, ackermann(m, n-1))
}

func even(n int) bool { return n == 0 || odd(n-1) }
func odd(n int) bool  { return n != 0 && even(n-1) }

func labels(n int) (s int) {
outer:
	for i := 0; ; i++ {
		for j := range i {
			switch {
			case j == 7:
				continue outer
			case i*j > n:
				break outer
			case j%2 == 0:
				continue
			}
			s += i ^ j
		}
	}
	return s
}

func jumps(n int) (s int) {
	i := 0
again:
	if i < n {
		s += i * i
		i++
		if s%3 == 0 {
			goto again
		}
		s ^= 5
		goto again
	}
	return s
}

func sqrt(x float64) [8]float64 {
	return [8]float64{math.Sqrt(x), math.Abs(x), math.Floor(x), math.Ceil(x), math.Trunc(x), math.RoundToEven(x), math.Copysign(x, -1), math.Sin(x)}
}

func power(x, y float64) (float64, float64, float64, bool) {
	return math.Pow(x, y), math.Max(x, y), math.Mod(x, y), math.IsNaN(x) || math.Signbit(x)
}

func endless(n int) {
	for n != 0 {
		n |= 1
	}
}

func falls(n int) int {
	return fall(n) + 1
}

func fall(n int) int {
	var a [100]int
	a[n] = n
	if n == 0 {
		return 1 / n
	}
	return fall(n-1) + a[n]
}

func forever(n int) int {
	if n == 0 {
		return 0
	}
	return forever(n|1) + 1
}

func frames(n int) int {
	var a [100]int
	for i := range n {
		a[i%100] = i
	}
	if n == 0 {
		return 0
	}
	return frames(n-1) + a[n/2]
}

func fixedCapacity(n int) []int8 { return make([]int8, n, 4) }

func copies(a, b []byte, n int) (s int) {
	for range n {
		s += copy(a, b)
	}
	return s
}

func wiped(a []byte, n int) int {
	for range n {
		clear(a)
	}
	return len(a)
}

func appended(a, b []byte, n int) int {
	for range n {
		a = append(a[:0], b...)
	}
	return len(a)
}

func arrays(p *[1 << 10]int, n int) (s int) {
	for range n {
		for i, v := range *p {
			p[i]++
			s += v
		}
	}
	return s
}
