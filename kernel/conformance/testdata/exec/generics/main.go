// Type parameters: functions, types with methods, constraints, inference.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
)

type number interface {
	~int | ~int64 | ~float64
}

func sum[T number](xs ...T) (t T) {
	for _, x := range xs {
		t += x
	}
	return t
}

func mapTo[A, B any](xs []A, f func(A) B) []B {
	out := make([]B, 0, len(xs))
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

func reduce[A, B any](xs []A, b B, f func(B, A) B) B {
	for _, x := range xs {
		b = f(b, x)
	}
	return b
}

type stack[T any] struct{ items []T }

func (s *stack[T]) push(x T) { s.items = append(s.items, x) }

func (s *stack[T]) pop() (T, error) {
	var zero T
	if len(s.items) == 0 {
		return zero, errEmpty
	}
	x := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x, nil
}

var errEmpty = errors.New("empty stack")

type tree[K cmp.Ordered, V any] struct {
	root *node[K, V]
	size int
}

type node[K cmp.Ordered, V any] struct {
	key         K
	value       V
	left, right *node[K, V]
}

func (t *tree[K, V]) put(k K, v V) {
	at := &t.root
	for *at != nil {
		switch c := cmp.Compare(k, (*at).key); {
		case c < 0:
			at = &(*at).left
		case c > 0:
			at = &(*at).right
		default:
			(*at).value = v
			return
		}
	}
	*at = &node[K, V]{key: k, value: v}
	t.size++
}

func (t *tree[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) { t.root.walk(yield) }
}

func (n *node[K, V]) walk(yield func(K, V) bool) bool {
	return n == nil || n.left.walk(yield) && yield(n.key, n.value) && n.right.walk(yield)
}

type celsius float64

type optional[T any] struct {
	value T
	ok    bool
}

func some[T any](v T) optional[T] { return optional[T]{v, true} }

func (o optional[T]) or(v T) T {
	if o.ok {
		return o.value
	}
	return v
}

func main() {
	fmt.Println(sum(1, 2, 3), sum(1.5, 2), sum[celsius](20, 1.5), sum[int64]())
	squares := mapTo([]int{1, 2, 3}, func(x int) string { return strconv.Itoa(x * x) })
	fmt.Printf("%q %d\n", squares, reduce(squares, 0, func(n int, s string) int { return n + len(s) }))

	var s stack[rune]
	for _, r := range "héy" {
		s.push(r)
	}
	for {
		r, err := s.pop()
		if err != nil {
			fmt.Println(err, errors.Is(err, errEmpty))
			break
		}
		fmt.Printf("%c", r)
	}

	var t tree[string, int]
	for i, w := range []string{"m", "c", "x", "a", "m", "d"} {
		t.put(w, i)
	}
	for k, v := range t.all() {
		if k == "x" {
			break
		}
		fmt.Print(k, "=", v, " ")
	}
	fmt.Println(t.size)
	fmt.Println(some(3).or(4), optional[string]{}.or("none"), some([]int{1}))
	fmt.Printf("%T %v\n", some(1.5), slices.MaxFunc([]string{"a", "ccc", "bb"}, func(a, b string) int { return cmp.Compare(len(a), len(b)) }))
}
