// Sorting: by interface, by function, stable, searching, a heap and a list.
package main

import (
	"cmp"
	"container/heap"
	"container/list"
	"fmt"
	"slices"
	"sort"
)

type person struct {
	name string
	age  int
}

type byAge []person

func (p byAge) Len() int           { return len(p) }
func (p byAge) Less(i, j int) bool { return p[i].age < p[j].age }
func (p byAge) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }

type queue []*task

type task struct {
	what     string
	priority int
	index    int
}

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].priority > q[j].priority }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}
func (q *queue) Push(x any) {
	t := x.(*task)
	t.index = len(*q)
	*q = append(*q, t)
}
func (q *queue) Pop() any {
	old := *q
	t := old[len(old)-1]
	*q = old[:len(old)-1]
	return t
}

func main() {
	people := []person{{"Ada", 36}, {"Bob", 25}, {"Cyd", 36}, {"Dan", 19}}
	sort.Sort(byAge(people))
	fmt.Println(people)
	sort.Sort(sort.Reverse(byAge(people)))
	fmt.Println(people[0].age, people[3].name)
	sort.SliceStable(people, func(i, j int) bool { return people[i].name > people[j].name })
	fmt.Println(people)
	slices.SortFunc(people, func(a, b person) int {
		return cmp.Or(cmp.Compare(a.age, b.age), -cmp.Compare(a.name, b.name))
	})
	fmt.Println(people)

	xs := []float64{2.5, -1, 3, 0}
	sort.Float64s(xs)
	fmt.Println(xs, sort.SearchFloat64s(xs, 2), sort.IsSorted(byAge(people)))
	i, found := slices.BinarySearch(xs, 3)
	fmt.Println(i, found, slices.Max(xs), slices.Index(xs, -1), slices.Contains(xs, 9))
	ints := []int{3, 1, 4, 1, 5, 9, 2, 6}
	slices.Sort(ints)
	ints = slices.Compact(ints)
	slices.Reverse(ints)
	fmt.Println(ints, slices.Insert(ints, 1, 7, 8), slices.Delete(slices.Clone(ints), 0, 2))
	for chunk := range slices.Chunk(ints, 3) {
		fmt.Print(chunk, len(chunk), " ")
	}
	fmt.Println()

	q := &queue{}
	heap.Init(q)
	for i, w := range []string{"wash", "cook", "eat", "sleep"} {
		heap.Push(q, &task{what: w, priority: (i * 7) % 5})
	}
	first := (*q)[2]
	first.priority = 100
	heap.Fix(q, first.index)
	for q.Len() > 0 {
		t := heap.Pop(q).(*task)
		fmt.Print(t.what, ":", t.priority, " ")
	}
	fmt.Println()
	l := list.New()
	l.PushBack(2)
	l.PushFront("one")
	l.InsertAfter(3.5, l.Front())
	for e := l.Front(); e != nil; e = e.Next() {
		fmt.Print(e.Value, " ")
	}
	fmt.Println(l.Len())
}
