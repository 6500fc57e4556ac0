package main

import "fmt"

func f(b bool) {
	if b {
		goto end
	}
	fmt.Println("f")
	goto end
end:
	return
}

func main() { f(false) }
