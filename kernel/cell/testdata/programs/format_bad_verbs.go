package main

import "fmt"

type U uint8
type I int
type F float64
type B bool
type St string
type C complex128

// The operand of a verb that is not for it prints with the flags of the verb, not of %v.
func main() {
	for _, fl := range []string{"+", "# 0.2", "+#10.1"} {
		for _, v := range "vdxqsgbctUz" {
			f := "%" + fl + string(v)
			fmt.Printf("%q: ", f)
			fmt.Printf(f+" "+f+" "+f+" "+f+" "+f+" "+f+"\n", U(7), I(-30), F(2.5), B(true), St("h\xffi"), C(1+2i))
			fmt.Printf(f+" "+f+" "+f+" "+f+" "+f+" "+f+"\n", []U{7}, [1]I{-30}, []F{2.5}, struct{ B }{true}, map[St]St{"a": "b"}, &[]C{1 + 2i})
			fmt.Printf(f+" "+f+" "+f+"\n", struct {
				u U
				i any
				p *int
				s []string
			}{1, I(2), nil, nil}, []any{U(1), nil, "x", 2.5, []byte("hi"), error(nil)}, map[U]any{1: St("x"), 0: nil})
		}
	}
}
