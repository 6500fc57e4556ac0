package main

import (
	"errors"
	"fmt"
)

type missing string

func (m missing) Error() string { return "no " + string(m) }

func main() {
	err := fmt.Errorf("lunch: %w", missing("bread"))
	var m missing
	fmt.Println(errors.As(err, &m), m, err)
}
