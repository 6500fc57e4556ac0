// Embedded structs and interfaces, promoted and shadowed methods, method values.
package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

type shape interface {
	area() float64
	fmt.Stringer
}

type base struct {
	name string
	log  []string
}

func (b *base) note(s string)   { b.log = append(b.log, b.name+" "+s) }
func (b base) String() string   { return "shape " + b.name }
func (b base) describe() string { return "a " + b.name }
func (base) kind() string       { return "base" }

type rect struct {
	*base
	w, h float64
}

func (r rect) area() float64 { return r.w * r.h }

type square struct {
	rect
	side float64
}

func (s square) String() string { return "square, " + s.rect.String() }
func (square) kind() string     { return "square" }

type counter struct {
	sync.Mutex
	counts map[string]int
}

func (c *counter) add(k string) int {
	c.Lock()
	defer c.Unlock()
	if c.counts == nil {
		c.counts = make(map[string]int)
	}
	c.counts[k]++
	return c.counts[k]
}

type upper struct{ io.Writer }

func (u upper) Write(p []byte) (int, error) {
	return u.Writer.Write([]byte(strings.ToUpper(string(p))))
}

type walker interface{ walk() string }
type runner interface {
	walker
	run() string
}
type dog struct{}

func (dog) walk() string { return "walks" }
func (*dog) run() string { return "runs" }

type loud struct{ walker }

func (l loud) walk() string { return strings.ToUpper(l.walker.walk()) + "!" }

func main() {
	r := rect{&base{name: "rect"}, 2, 3}
	sq := square{rect{&base{name: "sq"}, 2, 2}, 2}
	for _, s := range []shape{r, sq, &sq} {
		fmt.Println(s, s.area())
	}
	r.note("made")
	sq.note("made")
	sq.rect.note("again")
	fmt.Println(r.log, sq.log, sq.describe(), sq.kind(), sq.rect.kind())
	note := sq.note
	note("through a method value")
	(*base).note(sq.base, "through an expression")
	fmt.Println(len(sq.log), sq.log[3])
	area := rect.area
	fmt.Println(area(sq.rect), shape.area(sq))

	var c counter
	c.add("a")
	c.add("a")
	fmt.Println(c.add("b"), c.counts)

	var b strings.Builder
	fmt.Fprintf(upper{&b}, "written %d times", 1)
	fmt.Println(b.String())
	var d dog
	var w walker = d
	_, isRunner := w.(runner)
	_, pointerIs := any(&d).(runner)
	fmt.Println(loud{loud{d}}.walk(), isRunner, pointerIs)
	if s, ok := any(sq).(fmt.Stringer); ok {
		fmt.Println("stringer:", s)
	}
	anon := struct {
		dog
		n int
	}{n: 1}
	fmt.Println(anon.walk(), anon.n, anon)
	type local struct {
		base
		extra int
	}
	x := local{base{name: "local"}, 1}
	x.note("kept")
	y := x
	y.name = "copy"
	fmt.Println(x.name, y.name, x, len(y.log))
}
