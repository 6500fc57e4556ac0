package main

func main() {
	a, b := 0, 1
	for i := range 10 {
		a, b = b, a+b
		if i > 5 {
			println(a)
		}
	}
}
