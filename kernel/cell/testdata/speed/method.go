package main

import "fmt"

type P struct{ x, y int }

func (p *P) Add(d int) { p.x += d; p.y -= d }

type Adder interface{ Add(int) }

func meth() int {
	var p P
	var a Adder = &p
	for i := 0; i < 300000; i++ {
		a.Add(i)
		p.Add(1)
	}
	return p.x
}

func main() { fmt.Println(meth()) }
