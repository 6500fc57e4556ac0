package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

type Celsius float64

type Name string

type Names []Name

type item struct {
	name string
	n    int
}

func lengths(a, b Name) int { return cmp.Compare(len(a), len(b)) }

// Functions of package slices, on elements of all kinds.
func main() {
	a := []int{3, 1, 2, 1}
	slices.Sort(a)
	fmt.Println(a, slices.IsSorted(a), slices.Contains(a, 2), slices.Index(a, 3), slices.Index(a, 9))
	fmt.Println(slices.BinarySearch(a, 2))
	fmt.Println(slices.Max(a), slices.Min(a), slices.Compact(a), slices.Equal(a, []int{1, 2, 3, 3}))

	f := []float64{math.Inf(1), 2.5, math.Copysign(0, -1), math.NaN(), -1}
	fmt.Println(slices.Index(f, 0), slices.Contains(f, math.NaN()), slices.Max(f[:3]), slices.Min(f), 1/slices.Min(f[:3]))
	slices.Sort(f)
	fmt.Println(f)

	t := []Celsius{20.5, -3, 7}
	slices.Sort(t)
	slices.Reverse(t)
	fmt.Printf("%v %T %T\n", t, t, slices.Max(t))

	n := Names{"carol", "al", "bob", "ed", "dave"}
	slices.SortStableFunc(n, lengths)
	fmt.Printf("%v %T\n", n, n)
	slices.SortFunc(n, func(a, b Name) int { return strings.Compare(string(b), string(a)) })
	fmt.Println(n, slices.IsSortedFunc(n, func(a, b Name) int { return -cmp.Compare(a, b) }))

	bytes := []byte("hello")
	slices.Sort(bytes)
	fmt.Println(string(bytes))
	fmt.Println(string(slices.Compact(bytes)))

	items := []item{{"b", 2}, {"a", 2}, {"c", 1}}
	slices.SortFunc(items, func(x, y item) int {
		return cmp.Or(cmp.Compare(x.n, y.n), strings.Compare(x.name, y.name))
	})
	fmt.Println(items, slices.Contains(items, item{"a", 2}), slices.IndexFunc(items, func(x item) bool { return x.n == 2 }))

	var none []int
	slices.Sort(none)
	func() {
		defer func() { fmt.Println(recover()) }()
		fmt.Println(slices.Max(none))
	}()
	calls := 0
	func() {
		defer func() { fmt.Println(recover(), calls) }()
		slices.SortFunc(a, func(x, y int) int {
			if calls++; calls == 3 {
				panic("enough")
			}
			return x - y
		})
	}()
	sort := slices.Sort[[]string]
	words := strings.Fields("so it goes")
	sort(words)
	fmt.Println(words, slices.Sorted(slices.Values([]int8{3, -1})))
}
