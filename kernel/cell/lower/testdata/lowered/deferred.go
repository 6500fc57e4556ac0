package main

func last(s []int) (n int) {
	defer func() {
		recover()
	}()
	return s[len(s)-1]
}

func main() { println(last(nil)) }
