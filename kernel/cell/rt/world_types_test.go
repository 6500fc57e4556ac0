package rt

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// The types of this file stand for a cell's types. They exist twice: compiled, and as
// descriptors made by go/types from this very text.

type Celsius float64

type Level int

func (l Level) String() string { return "level " + strconv.Itoa(int(l)) }

type Name string

type Flags uint8

type Bytes []byte

type Key [2]int

type Point struct{ X, Y int }

type Tagged struct {
	A int    `json:"a"`
	B string `json:"b,omitempty"`
}

type hidden struct {
	a  int
	l  Level
	b  string
	p  *Point
	fs []float64
}

type Mixed struct {
	Point
	L     Level
	M     map[string]Point
	S     []Level
	P     *Point
	Any   any
	C     chan int
	F     func()
	T     time.Duration
	t     time.Duration
	bytes []byte
	Z     complex128
}

type Ptr struct{ N int }

func (p *Ptr) String() string { return fmt.Sprintf("ptr %d", p.N) }

type MyErr struct{ Code int }

func (e MyErr) Error() string { return "my error " + strconv.Itoa(e.Code) }

type PtrErr struct {
	Op  string
	Err error
}

func (e *PtrErr) Error() string { return e.Op + ": failed" }

type GoS struct{ A int }

func (g GoS) GoString() string { return "GoS!" }

type Custom struct{ A int }

func (c Custom) Format(s fmt.State, verb rune) { fmt.Fprintf(s, "<%c %d>", verb, c.A) }

type Panics struct{ A int }

func (p Panics) String() string {
	if p.A == 0 {
		panic("zero")
	}
	panic(errors.New("not zero"))
}

type Node struct {
	Val  int
	Next *Node
	Kids []Node
}

type Pair[K any, V any] struct {
	Key K
	Val V
}

type Grid [][]Celsius

type Table map[Name][]Point

type Stringy interface{ String() string }

type Holder struct {
	S Stringy
	E error
	A any
}

type Pred func(int) bool

type Stream chan Point
