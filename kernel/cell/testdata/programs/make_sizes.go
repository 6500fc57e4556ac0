package main

import "fmt"

func try(name string, f func()) {
	defer func() { fmt.Println(name, recover()) }()
	f()
}

func main() {
	n := 11
	neg := -1
	big := 1 << 50
	i8 := int8(-3)
	try("len > const cap", func() { _ = make([]int, n, 10) })
	try("neg const cap", func() { _ = make([]int, neg, 10) })
	try("len > cap", func() { c := n - 1; fmt.Println(len(make([]int, n, c))) })
	try("1<<50", func() { s := make([]int, 1<<50); fmt.Println(len(s)) })
	try("0,1<<50", func() { s := make([]int, 0, 1<<50); fmt.Println(len(s)) })
	try("big", func() { s := make([]int, big); fmt.Println(len(s)) })
	try("i8", func() { s := make([]int, i8); fmt.Println(len(s)) })
	try("struct{}", func() { s := make([]struct{}, big*1024); fmt.Println(len(s)) })
	try("uint8", func() { s := make([]string, uint8(200)); fmt.Println(len(s)) })
	try("chan", func() { s := make(chan int, neg); fmt.Println(len(s)) })
	try("chan", func() { s := make(chan int, big); fmt.Println(len(s)) })
	try("map", func() { s := make(map[int]int, neg); fmt.Println(len(s)) })
	fmt.Println(uint64(neg), uint8(n*100), int8(n*20), uint32(neg))
	const c = 300
	x := c
	fmt.Println(uint8(x), int8(x), float32(x)/7)
}
