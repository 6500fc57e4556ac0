package main

import "fmt"

type namer interface{ Name() string }

type deep interface {
	namer
	fmt.Stringer
}

func try(f func()) {
	defer func() { fmt.Println("recovered:", recover()) }()
	f()
}

func bind[T namer](x T) func() string { return x.Name }

// A method value of a nil interface panics when it is made, as a use of nil.
func main() {
	var n namer
	var d deep
	try(func() { f := n.Name; fmt.Println("made", f != nil) })
	try(func() { f := d.String; fmt.Println("made", f != nil) })
	try(func() {
		var nothing namer
		f := nothing.Name
		fmt.Println("made", f != nil)
	})
	try(func() { defer n.Name(); fmt.Println("before") })
	try(func() { bind(n); fmt.Println("made") })
	try(func() { _ = n.(namer); fmt.Println("asserted") })
	try(func() { _ = n.(deep); fmt.Println("asserted") })
	try(func() { fmt.Println(n.(interface{ Name() string }).Name) })
}
