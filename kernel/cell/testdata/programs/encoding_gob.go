package main

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"time"
)

type Point struct{ X, Y int }

type Shape interface{ Area() float64 }
type Square struct{ Side float64 }
type Circle struct{ R float64 }

func (s Square) Area() float64  { return s.Side * s.Side }
func (c *Circle) Area() float64 { return 3 * c.R * c.R }

type Doc struct {
	Name   string
	Points []Point
	M      map[string]*Point
	Shapes []Shape
	When   time.Time
	Level  Level
	hidden int
	Inner
}

type Inner struct{ Z []byte }
type Level uint8

type Secret struct{ v string }

func (s Secret) GobEncode() ([]byte, error) { return []byte("s:" + s.v), nil }
func (s *Secret) GobDecode(b []byte) error  { s.v = string(b[2:]); return nil }

type Tree struct {
	L, R *Tree
	V    int
}

type Other struct {
	Name  string
	Extra int
}

func main() {
	gob.Register(Square{})
	gob.Register(&Circle{})
	var buf bytes.Buffer
	enc := gob.NewEncoder(&buf)
	d := Doc{"d", []Point{{1, 2}, {3, 4}}, map[string]*Point{"a": {5, 6}}, []Shape{Square{2}, &Circle{1}}, time.Unix(0, 0).UTC(), 7, 9, Inner{[]byte("z")}}
	fmt.Println(enc.Encode(d))
	fmt.Println(enc.Encode(&Secret{"abc"}))
	fmt.Println(enc.Encode(Tree{&Tree{nil, nil, 1}, &Tree{V: 3}, 2}))
	dec := gob.NewDecoder(&buf)
	var e Doc
	fmt.Println(dec.Decode(&e))
	fmt.Println(e.Name, e.Points, *e.M["a"], len(e.Shapes), e.When, e.Level, e.hidden, string(e.Z))
	for _, s := range e.Shapes {
		fmt.Printf("%T %v\n", s, s.Area())
	}
	var s Secret
	fmt.Println(dec.Decode(&s), s.v)
	var t Tree
	fmt.Println(dec.Decode(&t), t.V, t.L.V, t.R.V)
	buf.Reset()
	gob.NewEncoder(&buf).Encode(d)
	var o Other
	fmt.Println(gob.NewDecoder(&buf).Decode(&o), o)
	buf.Reset()
	gob.NewEncoder(&buf).Encode(Point{1, 2})
	var wrong struct{ X string }
	fmt.Println(gob.NewDecoder(&buf).Decode(&wrong))
	fmt.Println(gob.NewEncoder(&buf).Encode(func() {}))
	type pair[T any] struct{ A, B T }
	buf.Reset()
	fmt.Println(gob.NewEncoder(&buf).Encode(pair[int]{1, 2}))
	var p pair[int]
	fmt.Println(gob.NewDecoder(&buf).Decode(&p), p)
	buf.Reset()
	fmt.Println(gob.NewEncoder(&buf).Encode(map[Level]Point{1: {1, 1}}))
	var m map[Level]Point
	fmt.Println(gob.NewDecoder(&buf).Decode(&m), m)
	var x any = Square{3}
	buf.Reset()
	fmt.Println(gob.NewEncoder(&buf).Encode(&x))
	var y any
	fmt.Println(gob.NewDecoder(&buf).Decode(&y), y)
	fmt.Println(errors.Is(gob.NewDecoder(&buf).Decode(&y), errors.ErrUnsupported))
}
