package main

import (
	"fmt"
	"reflect"
)

type Set[T comparable] map[T]bool

type Box[T any] struct{ v T }

func (b Box[T]) Local() any {
	type inner struct{ x T }
	return inner{b.v}
}

func Make[A, B any]() (any, any) {
	type pair struct {
		a A
		b B
	}
	type tagged[C any] struct{ c C }
	return pair{}, func() any { return tagged[[]pair]{} }()
}

type Point struct{ x, y int }

func main() {
	type ID int
	fmt.Printf("%T %T %T\n", ID(1), Set[ID]{}, map[ID]Set[string]{})
	fmt.Printf("%T %T\n", Box[int]{1}.Local(), Box[ID]{1}.Local())
	fmt.Println(Box[int]{1}.Local() == Box[int]{1}.Local(), Box[int]{1}.Local() == Box[ID]{1}.Local())
	p, t := Make[int, string]()
	fmt.Printf("%T %T\n", p, t)
	p2, t2 := Make[Point, ID]()
	fmt.Printf("%T %T %+v\n", p2, t2, p2)
	fmt.Println(reflect.TypeOf(p).Name(), reflect.TypeOf(t2).Name(), reflect.TypeOf(p) == reflect.TypeOf(p2))
	{
		type ID string
		fmt.Printf("%T %T %T\n", ID(""), Set[ID]{}, Box[*ID]{})
	}
}
