// Structs that hold each other in slices, maps, channels and functions.
package main

import "fmt"

type Menu struct {
	title string
	items []Item
}
type Item struct {
	name string
	subs []Menu
	act  func(Menu) Item
}
type A struct{ m map[string]B }
type B struct {
	as []A
	c  chan A
}
type X struct{ y []Y }
type Y struct{ z map[int]Z }
type Z struct {
	x []X
	p *Y
}

func main() {
	m := Menu{"main", []Item{{"a", nil, nil}, {"b", []Menu{{"sub", nil}}, nil}}}
	m.items[0].subs = append(m.items[0].subs, Menu{title: "new"})
	m.items[0].act = func(m Menu) Item { return m.items[1] }
	fmt.Println(len(m.items), m.items[1].subs[0].title, m.items[0].act(m).name, m.items[0].subs)
	a := A{map[string]B{"k": {as: []A{{}}}}}
	b := a.m["k"]
	b.as = append(b.as, a)
	b.c = make(chan A, 1)
	b.c <- a
	a.m["z"] = b
	fmt.Println(len(a.m["z"].as), len((<-b.c).m), a.m["k"])
	x := X{[]Y{{map[int]Z{1: {x: []X{{}}}}}}}
	x.y[0].z[2] = Z{x: []X{x}, p: &x.y[0]}
	fmt.Println(len(x.y[0].z[2].x[0].y), x.y[0].z[2].p.z[1].x)
	for _, y := range x.y {
		for k, z := range y.z {
			y.z[k] = z
		}
	}
	var any1 any = x.y
	_, ok := any1.([]Y)
	fmt.Println(ok)
}
