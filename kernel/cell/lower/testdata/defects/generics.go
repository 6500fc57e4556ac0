package main

import "fmt"

type pair[K comparable, V any] struct {
	key   K
	value V
}

func (p pair[K, V]) swapped() pair[string, K] { return pair[string, K]{fmt.Sprint(p.value), p.key} }

func each[T, U any](xs []T, f func(T) U) (us []U) {
	for _, x := range xs {
		us = append(us, f(x))
	}
	return us
}

func main() {
	fmt.Println(each([]int{1, 2}, func(i int) string { return fmt.Sprint(i, "!") }))
	fmt.Printf("%v %T\n", pair[int, bool]{1, true}.swapped(), pair[int, bool]{})
}
