// The verbs of fmt on many kinds of values.
package main

import (
	"errors"
	"fmt"
	"os"
	"time"
)

type weekday int

const (
	monday weekday = iota
	tuesday
)

func (d weekday) String() string { return [...]string{"Mon", "Tue"}[d] }

type vec struct{ X, Y float64 }

type named struct {
	Name string
	At   *vec
	tags []string
	in   any
}

type secret string

func (secret) Format(s fmt.State, verb rune) { fmt.Fprintf(s, "<%c %v>", verb, s.Flag('+')) }

type gos struct{ n int }

func (g gos) GoString() string { return fmt.Sprintf("gos(%d)", g.n) }

func main() {
	v := vec{1, -2.5}
	fmt.Printf("%v %+v %#v %T\n", v, v, v, v)
	fmt.Printf("%v %+v %T\n", &v, &v, &v)
	n := named{Name: "n", tags: []string{"a", "b c"}, in: 3}
	fmt.Printf("%v %+v\n%#v\n", n, n, n)
	fmt.Printf("%v %d %s %q %x %#v\n", tuesday, tuesday, tuesday, tuesday, tuesday, tuesday)
	fmt.Printf("%5d|%-5d|%05d|%+d|%x|%X|%#o|%b|%c|%U|%#U\n", 42, 42, 42, 42, 255, 255, 8, 5, 'ö', 'ö', 'ö')
	fmt.Printf("%f|%.2f|%8.3f|%-8.1f|%e|%g|%G|%6.2f%%\n", 3.14159, 3.14159, 3.14159, 3.14159, 123456.789, 1e21, 1e-7, 99.5)
	fmt.Printf("%s|%10s|%-10s|%.2s|%q|%x|% x|%#q\n", "héllo", "hé", "hé", "héllo", "a\"b\n", "hé", "hé", "raw`")
	fmt.Printf("%t %v %p\n", true, false, nil)
	fmt.Printf("%v %v %v %v\n", []int(nil), map[string]int(nil), error(nil), (*int)(nil))
	fmt.Printf("%#v %#v %#v %#v\n", []int(nil), map[string]bool{"x": true}, [2]string{"a"}, struct {
		A int
		B any
	}{1, "x"})
	fmt.Printf("%v %s %d\n", []byte("hi"), []byte("hi"), []byte("hi"))
	fmt.Printf("%v %q\n", []string{"a b", "c"}, []string{"a b", "c"})
	fmt.Printf("%d %s\n", "text", 5)
	fmt.Printf("%d\n", 1, 2)
	fmt.Printf("%d %d\n", 1)
	fmt.Printf("%!\n")
	fmt.Printf("%[2]d %[1]d %*d|%-*d|\n", 1, 2, 5, 42, 6, 7)
	fmt.Printf("%v %+v %s %#v\n", secret("x"), secret("x"), secret("x"), gos{3})
	fmt.Printf("%v %v\n", []weekday{monday, tuesday}, map[weekday]vec{monday: {1, 2}})
	fmt.Printf("%v %v %.3v\n", 1+2i, complex64(3), 1.0/3)
	fmt.Printf("%v %s\n", time.Duration(90)*time.Second, 1500*time.Microsecond)
	fmt.Printf("%v %v\n", errors.New("bad"), []error{errors.New("a"), nil})
	fmt.Println(int8(-128), uint8(255), float32(0.1), 0.1, 1e6, 1e20, 1e21, 100000000.0, 'a', "x", nil, struct{}{})
	fmt.Print("a", 1, 2, "b", 3.5, nil, "\n")
	fmt.Fprintln(os.Stderr, "to", "stderr")
	fmt.Fprintf(os.Stdout, "%s\n", fmt.Sprint(weekday(1), []any{1, "a", nil, 2.5}))
	var a, b int
	var s string
	k, err := fmt.Sscanf("7 of 9: abc", "%d of %d: %s", &a, &b, &s)
	fmt.Println(k, err, a, b, s)
	k, err = fmt.Sscan("12 x", &a, &b)
	fmt.Println(k, err, a)
}
