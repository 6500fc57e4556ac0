package cell

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/cell/library"
)

// notebook runs cells one after the other.
type notebook struct {
	t   *testing.T
	env *Env
	n   int
}

func newNotebook(t *testing.T) *notebook {
	t.Helper()
	lib, err := library.Std()
	if err != nil {
		t.Fatal(err)
	}
	env, err := New(lib)
	if err != nil {
		t.Fatal(err)
	}
	return &notebook{t: t, env: env}
}

// run is what a reader sees of a cell: its output, the values of its last
// expression behind "=> ", warnings behind "! ", the failure behind "error ".
func (nb *notebook) run(src string) string {
	nb.n++
	var out bytes.Buffer
	o, err := nb.env.Run(context.Background(), Input{Number: nb.n, Source: src, Stdout: &out, Stderr: &out, Stdin: strings.NewReader("")})
	for _, w := range o.Warnings {
		fmt.Fprintln(&out, "!", w)
	}
	if len(o.Values) > 0 {
		fmt.Fprint(&out, "=>")
		for _, v := range o.Values {
			fmt.Fprintf(&out, " %v", v)
		}
		fmt.Fprintln(&out)
	}
	if f, ok := err.(Failure); ok {
		fmt.Fprintln(&out, "error", strings.Join(f.Traceback(false), "\n"))
	} else if err != nil {
		fmt.Fprintln(&out, "error", err)
	}
	return out.String()
}

func TestFirst(t *testing.T) {
	nb := newNotebook(t)
	for _, src := range []string{
		"x := 40",
		"x + 2",
		`fmt.Println("hello", x)`,
		"x := \"now a string\"\nx",
		"func f(n int) int { if n < 2 { return n }; return f(n-1) + f(n-2) }\nf(20)",
		"type P struct { X, Y int }\nfunc (p P) Sum() int { return p.X + p.Y }\np := P{1, 2}\np.Sum()",
		"p",
		"for i := range 3 { fmt.Print(i, \" \") }",
		"y := undefinedThing + 1",
		"func g() int { return f(3) * 10 }\ng()",
		"func f(n int) int { return n }",
		"g()",
		"a := []int{1,2,3}\na[5]",
		"m := map[string]int{\"a\": 1}\nm[\"a\"]++\nm",
		"slices.Sorted(maps.Keys(m))",
		"func (p P) String() string { return fmt.Sprint(\"P:\", p.Sum()) }",
		"fmt.Println(p)",
		"n := strconv.Atoi(\"12\")\nn",
		"n := strconv.Atoi(\"xx\")\nn",
		"defer fmt.Println(\"bye\")\npanic(\"boom\")",
		"x := len(x)\nx",
		"func Map[T, U any](xs []T, f func(T) U) []U { var r []U; for _, x := range xs { r = append(r, f(x)) }; return r }\nMap([]int{1,2,3}, func(i int) string { return strings.Repeat(\"a\", i) })",
		"go func() { panic(\"in goroutine\") }()\ntime.Sleep(50*time.Millisecond)",
		"1 + 1",
	} {
		t.Logf("--- %s\n%s", src, nb.run(src))
	}
}
