// Maps: keys of several kinds, nested, sorted, cleared, copied.
package main

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
)

type point struct{ x, y int }

type grid map[point]rune

func (g grid) String() string {
	var b strings.Builder
	for y := range 3 {
		for x := range 4 {
			if r, ok := g[point{x, y}]; ok {
				b.WriteRune(r)
			} else {
				b.WriteByte('.')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func main() {
	g := grid{{0, 0}: 'ä', {3, 2}: 'z'}
	g[point{1, 1}] = '#'
	fmt.Print(g)
	fmt.Println(len(g), g[point{9, 9}])

	words := map[string]int{}
	for _, w := range strings.Fields("the cat and the dog and the bird") {
		words[w]++
	}
	fmt.Println(words)
	byCount := slices.Collect(maps.Keys(words))
	sort.Slice(byCount, func(i, j int) bool {
		if words[byCount[i]] != words[byCount[j]] {
			return words[byCount[i]] > words[byCount[j]]
		}
		return byCount[i] < byCount[j]
	})
	fmt.Println(byCount)

	deep := map[string]map[int][]string{}
	for i, w := range byCount {
		if deep[w[:1]] == nil {
			deep[w[:1]] = map[int][]string{}
		}
		deep[w[:1]][i%2] = append(deep[w[:1]][i%2], w)
	}
	fmt.Printf("%v\n%#v\n", deep, deep["t"])

	any1 := map[any]any{1: "one", "two": 2, 3.5: []int{3}, point{1, 2}: nil, true: 'x'}
	fmt.Println(any1[1], any1["two"], any1[3.5], any1[point{1, 2}], any1[true], any1["none"])

	copied := maps.Clone(words)
	delete(copied, "the")
	delete(copied, "the")
	clear(words)
	fmt.Println(len(words), len(copied))
	funcs := map[string]func(float64, float64) float64{
		"+": func(a, b float64) float64 { return a + b },
		"/": func(a, b float64) float64 { return a / b },
	}
	zero := 0.0
	fmt.Println(funcs["+"](1, 2), funcs["/"](1, zero), funcs["/"](zero, zero), funcs["-"] == nil)
	for range 3 {
		for k := range copied {
			delete(copied, k)
		}
	}
	fmt.Println(copied, copied == nil)
	type pair [2]string
	m := map[pair]*point{{"a", "b"}: {1, 2}}
	m[pair{"a", "b"}].x += 10
	fmt.Println(*m[pair{"a", "b"}])
}
