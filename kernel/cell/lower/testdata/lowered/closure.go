package main

func main() {
	n := 1
	f := func(d int) { n += d }
	f(2)
	println(n)
}
