package main

import "fmt"

type celsius float64

func (c celsius) String() string { return fmt.Sprintf("%.1f °C", float64(c)) }

func main() {
	c := celsius(20)
	f := (*celsius).String
	fmt.Println(f(&c))
}
