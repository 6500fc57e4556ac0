package main

import "fmt"

type color uint8

func (c color) String() string { return [...]string{"red", "green"}[c] }

type tree struct{ left *tree }

func (t tree) String() string { return fmt.Sprint(t.left.left != nil) }

type quoted []string

func (q quoted) GoString() string { return q[len(q):][0] }

// What fmt tells of a method that panics has the words of the run time.
func main() {
	fmt.Println(color(1), color(7))
	fmt.Printf("%s %#v|%v\n", []color{0, 2}, quoted{"a"}, tree{})
	fmt.Println(tree{&tree{}})
}
