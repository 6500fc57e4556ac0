package main

import (
	"errors"
	"fmt"
)

type point struct{ X, Y int }

func (p point) String() string { return fmt.Sprint(p.X, "/", p.Y) }

type id uint8

// What is left over behind a format is told with its type.
func main() {
	format := "%d"
	fmt.Printf(format+"\n", 1, point{1, 2}, &point{3, 4}, id(5), nil, "s", errors.New("e"))
	format = "no verb 100%%"
	fmt.Println(fmt.Sprintf(format, []id{1, 2}, map[string]point{"a": {}}))
	fmt.Println(fmt.Errorf("%T"+format, id(1), id(2)))
	fmt.Println(fmt.Sprintf("%[2]d %[1]v"+format, id(1), id(2), point{}))
}
