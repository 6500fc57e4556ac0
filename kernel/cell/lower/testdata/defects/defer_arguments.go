package main

import "fmt"

type counter struct{ n int }

func (c counter) show() { fmt.Println(c.n) }

func main() {
	c := counter{1}
	p := &c
	defer p.show()
	p = nil
	c.n = 2
}
