package main

import "os"

func main() {
	print("x = ", 1.5, "\n")
	os.Stdout.WriteString("done\n")
}
