package main

type point struct{ x, y int }

func (p point) sum() int { return p.x + p.y }

func main() {
	var i interface{ sum() int } = point{1, 2}
	println(i.sum())
}
