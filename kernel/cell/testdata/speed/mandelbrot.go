package main

import "fmt"

func mandelbrot(w, h, most int) int {
	inside := 0
	for y := 0; y < h; y++ {
		for x := 0; x < w; x++ {
			cr, ci := 3*float64(x)/float64(w)-2, 2*float64(y)/float64(h)-1
			zr, zi := 0.0, 0.0
			n := 0
			for n < most && zr*zr+zi*zi <= 4 {
				zr, zi = zr*zr-zi*zi+cr, 2*zr*zi+ci
				n++
			}
			if n == most {
				inside++
			}
		}
	}
	return inside
}

func main() { fmt.Println(mandelbrot(400, 400, 200)) }
