// Properties of cell types, checked.
package main

import (
	"errors"
	"fmt"
	"math/rand"
	"reflect"
	"strings"
	"testing/quick"
)

type Small int

func (Small) Generate(r *rand.Rand, size int) reflect.Value {
	return reflect.ValueOf(Small(r.Intn(10)))
}

type Point struct {
	X, Y int8
	Name string
	Tags []string
	M    map[string]Small
}
type Shape struct {
	Points []Point
	N      Small
}

func main() {
	rnd := func() *quick.Config { return &quick.Config{Rand: rand.New(rand.NewSource(1)), MaxCount: 50} }
	fmt.Println(quick.Check(func(s Small) bool { return s >= 0 && s < 10 }, rnd()))
	n := 0
	fmt.Println(quick.Check(func(p Point, q *Point, s Shape) bool {
		n++
		for _, x := range p.M {
			if x > 9 {
				return false
			}
		}
		return s.N < 10 && (q == nil || len(q.M) < 100)
	}, rnd()), n)
	err := quick.Check(func(s Small, b bool) bool { return s < 5 }, rnd())
	var ce *quick.CheckError
	if errors.As(err, &ce) {
		fmt.Println(ce.Count, ce.In, err)
	}
	fmt.Println(quick.CheckEqual(func(a, b uint8) uint8 { return a + b }, func(a, b uint8) uint8 { return b + a }, rnd()))
	err = quick.CheckEqual(func(s Small) Point { return Point{X: int8(s)} }, func(s Small) Point { return Point{X: int8(s % 9)} }, rnd())
	var e2 *quick.CheckEqualError
	if errors.As(err, &e2) {
		fmt.Println(e2.In, strings.HasPrefix(fmt.Sprint(e2.Out1), "[{9"), err)
	}
	cfg := rnd()
	cfg.Values = func(a []reflect.Value, r *rand.Rand) { a[0] = reflect.ValueOf(Small(100)) }
	fmt.Println(quick.Check(func(s Small) bool { return s == 100 }, cfg))
	v, ok := quick.Value(reflect.TypeOf(Point{}), rand.New(rand.NewSource(2)))
	fmt.Println(v.Interface().(Point).X, ok)
	defer func() { fmt.Println(recover()) }()
	errors.As(errors.New("x"), new(Small))
}
