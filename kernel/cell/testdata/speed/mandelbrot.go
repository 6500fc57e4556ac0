package main

import "fmt"

func mandelbrot(w, h, most int) int {
	inside := 0
	for y := range h {
		for x := range w {
			c := complex(3*float64(x)/float64(w)-2, 2*float64(y)/float64(h)-1)
			z := 0i
			n := 0
			for ; n < most && real(z)*real(z)+imag(z)*imag(z) <= 4; n++ {
				z = z*z + c
			}
			if n == most {
				inside++
			}
		}
	}
	return inside
}

func main() { fmt.Println(mandelbrot(400, 400, 200)) }
