package space_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/space"
)

// stated is a tree with a State.
type stated struct {
	tree
	state func(space.Genotype) string
}

func (s stated) State(g space.Genotype) string { return s.state(g) }

// sized is a tree with a Size.
type sized struct {
	tree
	size *big.Int
}

func (s sized) Size() *big.Int { return s.size }

// bits are n decisions of two options each.
func bits(n int) tree {
	return func(g space.Genotype) (string, []string) {
		if len(g) == n {
			return "", nil
		}
		return "bit " + strconv.Itoa(len(g)), []string{"0", "1"}
	}
}

// spell is a genotype of small choices as a string.
func spell(g space.Genotype) string {
	b := make([]byte, len(g))
	for i, o := range g {
		b[i] = 'a' + byte(o)
	}
	return "." + string(b)
}

func length(g space.Genotype) string { return strconv.Itoa(len(g)) }

// forkState tells the states of fork apart: the colours of a square do not depend on its side.
func forkState(g space.Genotype) string {
	if len(g) == 2 {
		return "square with a side"
	}
	return fmt.Sprint(g)
}

// A space is the same list by Walk, by At and by IndexOf, and the sizes agree,
// whether states are known or every architecture is counted.
func TestEnumerationIsWalk(t *testing.T) {
	for _, c := range []struct {
		name string
		s    space.Space
		size int
	}{
		{"no decision", bits(0), 1},
		{"fork", tree(fork), 12},
		{"fork with states", stated{fork, forkState}, 12},
		{"bits", bits(10), 1024},
		{"bits with states", stated{bits(10), length}, 1024},
		{"bits with states in the end", stated{bits(10), func(g space.Genotype) string {
			if len(g) < 5 {
				return ""
			}
			return length(g)
		}}, 1024},
		{"NAS-Bench-201", made(t, space.NASBench201, space.NASBench201Config{}), 15625},
		{"NAS-Bench-201 one by one", plain{made(t, space.NASBench201, space.NASBench201Config{})}, 15625},
	} {
		t.Run(c.name, func(t *testing.T) {
			checkEnumeration(t, c.s, c.size)
		})
	}
}

// checkEnumeration holds a small space to the order of Walk.
func checkEnumeration(t *testing.T, s space.Space, size int) {
	t.Helper()
	e, err := space.Enumerate(s)
	if err != nil {
		t.Fatal(err)
	}
	if n := e.Size(); !n.IsInt64() || n.Int64() != int64(size) {
		t.Fatalf("size = %v, want %d", n, size)
	}
	i := 0
	err = space.Walk(s, func(g space.Genotype) bool {
		at, err := e.At(big.NewInt(int64(i)))
		if err != nil || !slices.Equal(at, g) {
			t.Errorf("At(%d) = %v, %v; the walk is at %v", i, at, err, g)
		}
		index, err := e.IndexOf(g)
		if err != nil || index.Cmp(big.NewInt(int64(i))) != 0 {
			t.Errorf("IndexOf(%v) = %v, %v; want %d", g, index, err, i)
		}
		i++
		return !t.Failed()
	})
	if err != nil || i != size {
		t.Errorf("the walk made %d visits, %v; want %d", i, err, size)
	}
}

// Numbers far above 64 bits go there and back: 2²⁰⁰ bit strings of 200.
func TestEnumerationOfAHugeSpace(t *testing.T) {
	e, err := space.Enumerate(stated{bits(200), length})
	if err != nil {
		t.Fatal(err)
	}
	if want := pow(2, 200); e.Size().Cmp(want) != 0 {
		t.Fatalf("size = %v, want %v", e.Size(), want)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		g, err := e.Uniform(rng)
		if err != nil {
			t.Fatal(err)
		}
		want := new(big.Int)
		for _, bit := range g {
			want.Lsh(want, 1).Or(want, big.NewInt(int64(bit)))
		}
		index, err := e.IndexOf(g)
		if err != nil || index.Cmp(want) != 0 {
			t.Fatalf("IndexOf(%v) = %v, %v; want %v", g, index, err, want)
		}
		if back, err := e.At(index); err != nil || !slices.Equal(back, g) {
			t.Fatalf("At(%v) = %v, %v; want %v", index, back, err, g)
		}
	}
}

// Every architecture is drawn equally often, though the branches of fork hold 1, 2
// and 9 of them. The bound is the 99.99 % quantile of chi-square with 11 degrees
// of freedom; what Random draws fails it by far.
func TestUniformIsUniform(t *testing.T) {
	e, err := space.Enumerate(tree(fork))
	if err != nil {
		t.Fatal(err)
	}
	const n, bound = 24000, 37.37
	if x := chiSquare(t, n, 12, e.Uniform); x > bound {
		t.Errorf("Uniform: chi-square is %.1f, above %.1f", x, bound)
	}
	random := func(rng *rand.Rand) (space.Genotype, error) { return space.Random(tree(fork), rng) }
	if x := chiSquare(t, n, 12, random); x < 10*bound {
		t.Errorf("Random: chi-square is %.1f, so the test cannot tell it from uniform", x)
	}
}

// The 15 625 cells of NAS-Bench-201 are drawn equally often: chi-square with
// 15 624 degrees of freedom is nearly normal.
func TestUniformCells(t *testing.T) {
	e, err := space.Enumerate(made(t, space.NASBench201, space.NASBench201Config{}))
	if err != nil {
		t.Fatal(err)
	}
	const cells = 15625
	x := chiSquare(t, 20*cells, cells, e.Uniform)
	if z := (x - (cells - 1)) / math.Sqrt(2*(cells-1)); math.Abs(z) > 4 {
		t.Errorf("chi-square is %.0f for %d degrees of freedom, %.1f standard deviations away", x, cells-1, z)
	}
}

// chiSquare draws n times and compares with equal frequencies of so many cells.
func chiSquare(t *testing.T, n, cells int, draw func(*rand.Rand) (space.Genotype, error)) float64 {
	t.Helper()
	rng := rand.New(rand.NewPCG(11, 12))
	count := make(map[string]int)
	for range n {
		g, err := draw(rng)
		if err != nil {
			t.Fatal(err)
		}
		count[fmt.Sprint(g)]++
	}
	want := float64(n) / float64(cells)
	x := float64(cells-len(count)) * want // those never drawn
	for _, k := range count {
		d := float64(k) - want
		x += d * d / want
	}
	return x
}

func TestEnumerateErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		s    space.Space
		want string
	}{
		{"nil", nil, "there is no space (nil)"},
		{"too large to count", bits(24), "it holds too many architectures to go through one by one, more than 2000000 choices in all; give it a State"},
		{"a state for each beginning", stated{bits(24), func(g space.Genotype) string { return spell(g) }}, "it has more than 500000 states, too many to count"},
		{"without end", stated{tree(func(space.Genotype) (string, []string) { return "q", []string{"a"} }), func(space.Genotype) string { return "" }}, "after 10000 choices it still asks"},
		{"different decisions in a state", stated{fork, length}, "3 options follow, but elsewhere 2 options follow this state; State must tell apart"},
		{"a wrong size", sized{fork, big.NewInt(13)}, "its Size is 13, but its decisions lead to 12 architectures"},
		{"no size", sized{fork, nil}, "its Size is <nil>; a space holds at least one architecture"},
		{"size 0", sized{fork, new(big.Int)}, "its Size is 0; a space holds at least one architecture"},
	} {
		if _, err := space.Enumerate(c.s); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want it to hold %q", c.name, err, c.want)
		}
	}
	if _, err := space.Size(sized{fork, nil}); err == nil || !strings.Contains(err.Error(), "its Size is <nil>") {
		t.Errorf("error is %v", err)
	}
	e, err := space.Enumerate(stated{fork, forkState})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		index *big.Int
		want  string
	}{
		{nil, "there is no index (nil)"},
		{big.NewInt(-1), "there is no architecture -1; they are numbered 0 to 11"},
		{big.NewInt(12), "there is no architecture 12; they are numbered 0 to 11"},
		{pow(10, 40), "there is no architecture 10000000000000000000000000000000000000000; they are numbered 0 to 11"},
	} {
		if _, err := e.At(c.index); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("At(%v): error is %v, want it to hold %q", c.index, err, c.want)
		}
	}
	if _, err := e.IndexOf(space.Genotype{2, 3, 0}); err == nil || !strings.Contains(err.Error(), "choice 1 (side) is option 3; there are options 0 to 2") {
		t.Errorf("error is %v", err)
	}
	if _, err := e.Uniform(nil); err == nil || !strings.Contains(err.Error(), "no stream of random numbers") {
		t.Errorf("error is %v", err)
	}
}

// A State that gives one name to subtrees of different sizes with equal first
// decisions is found when an index leads there.
func TestStateThatForgetsTooMuch(t *testing.T) {
	s := stated{tree(func(g space.Genotype) (string, []string) {
		switch {
		case len(g) < 2, len(g) == 2 && g[0] == 0:
			return strconv.Itoa(len(g)), []string{"a", "b"}
		}
		return "", nil
	}), length}
	e, err := space.Enumerate(s)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.At(big.NewInt(7))
	if err == nil || !strings.Contains(err.Error(), "after the choices [1] other architectures follow than were counted") {
		t.Errorf("error is %v", err)
	}
}

// A State that is another one each time is found as well, and no index is counted for ever.
func TestStateThatChanges(t *testing.T) {
	asked := 0
	e, err := space.Enumerate(stated{bits(8), func(space.Genotype) string { asked++; return strconv.Itoa(asked) }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.At(big.NewInt(7))
	if err == nil || !strings.Contains(err.Error(), "other architectures follow than were counted") {
		t.Errorf("error is %v", err)
	}
}
