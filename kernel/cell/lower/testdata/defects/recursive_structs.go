package main

import "fmt"

type element struct {
	next, prev *element
	list       *list
	value      int
}

type list struct {
	root element
	n    int
}

func newList() *list {
	l := new(list)
	l.root.next = &l.root
	l.root.prev = &l.root
	return l
}

func (l *list) add(v int) {
	e := &element{next: l.root.next, prev: &l.root, list: l, value: v}
	e.next.prev = e
	l.root.next = e
	l.n++
}

func main() {
	l := newList()
	l.add(1)
	l.add(2)
	fmt.Println(l.n, l.root.next.value, l.root.prev.value, l.root.prev.list == l)
}
