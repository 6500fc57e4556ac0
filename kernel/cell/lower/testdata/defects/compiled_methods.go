package main

import (
	"fmt"
	"strings"
)

func main() {
	size := (*strings.Reader).Len
	fmt.Println(size(strings.NewReader("four")))
}
