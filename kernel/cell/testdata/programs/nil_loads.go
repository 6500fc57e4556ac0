package main

import "fmt"

func try(name string, f func()) {
	defer func() { fmt.Println(name, recover() != nil) }()
	f()
}

var p *[3]int

func get() *[3]int { return nil }

func main() {
	try("&*p", func() { _ = &*p })
	try("_ = *p", func() { _ = *p })
	try("range *p", func() {
		for range *p {
		}
	})
	try("range (*p)", func() {
		for i := range *p {
			_ = i
		}
	})
	try("i range *p", func() {
		for i := range *p {
			_ = i
		}
	})
	try("i _ range *p", func() {
		for i, _ := range *p {
			_ = i
		}
	})
	try("i v range *p", func() {
		for i, v := range *p {
			_, _ = i, v
		}
	})
	try("range *get()", func() {
		for range *get() {
		}
	})
	try("range *(conv)", func() {
		for range *(*[3]int)(p) {
		}
	})
	try("len *get", func() { _ = len(*get()) })
	try("len *p", func() { _ = len(*p) })
	try("range get", func() {
		for range get() {
		}
	})
	try("i, v range p", func() {
		for i, v := range p {
			_, _ = i, v
		}
	})
}
