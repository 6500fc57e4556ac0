package cell

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// subshell runs cells of a notebook beside others of it.
type subshell struct {
	env  *Env
	name string
	n    int
}

func (s *subshell) run(ctx context.Context, src string) string {
	s.n++
	out := &buffer{}
	o, err := s.env.Run(ctx, Input{Number: s.n, Name: fmt.Sprintf("%s %d", s.name, s.n), Source: src, Stdout: out, Stderr: out})
	return out.String() + told(o, err)
}

func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// Two cells that run at the same time meet, and each shows what is its own.
func TestCellsMeet(t *testing.T) {
	env, ctx := newNotebook(t).env, limited(t)
	a, b := &subshell{env: env, name: "a"}, &subshell{env: env, name: "b"}
	if got := a.run(ctx, "ping, pong := make(chan int), make(chan string)\nimport \"fmt\""); got != "" {
		t.Fatal(got)
	}
	got := make(chan string)
	go func() { got <- a.run(ctx, "fmt.Println(\"a asks\")\nping <- 42\nfmt.Println(\"a hears\")\n<-pong") }()
	if s := b.run(ctx, "n := <-ping\nfmt.Println(\"b\", n)\npong <- fmt.Sprint(\"from b: \", n)\nn+1"); s != "b 42\n=> 43\n" {
		t.Errorf("b: %q", s)
	}
	if s := <-got; s != "a asks\na hears\n=> from b: 42\n" {
		t.Errorf("a: %q", s)
	}
}

// An interrupt stops the cell that it is for, and no other.
func TestInterruptOfOneCell(t *testing.T) {
	env, ctx := newNotebook(t).env, limited(t)
	a, b := &subshell{env: env, name: "a"}, &subshell{env: env, name: "b"}
	a.run(ctx, "begun, done := make(chan bool), make(chan bool)\nfunc spin(n int) int { k := 0; for i := 0; i < n; i++ { k += i % 3 }; return k }")
	got := make(chan string)
	go func() {
		got <- b.run(ctx, "begun <- true\nx := 0\nfor going := true; going; { select { case <-done: going = false; default: x += spin(10) } }\nx > 0")
	}()
	for range 20 {
		stop, cancel := context.WithCancel(ctx)
		ended := make(chan error)
		go func() {
			_, err := a.env.Run(stop, Input{Number: 9, Source: "import \"fmt\"\nfmt.Println(1)\nfor { spin(100) }", Stdout: cancelling{cancel}, Stderr: &buffer{}})
			ended <- err
		}()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Fatalf("interrupted cell: %v", err)
		}
		select {
		case s := <-got:
			t.Fatalf("the other cell has ended: %q", s)
		default:
		}
		if s := a.run(ctx, "select { case <-begun: default: }\n1+1"); s != "=> 2\n" {
			t.Fatalf("a cell after the interrupt: %q", s)
		}
	}
	a.run(ctx, "done <- true")
	if s := <-got; s != "=> true\n" {
		t.Errorf("the other cell: %q", s)
	}
}

// cancelling is a cell's output that interrupts it at its first word.
type cancelling struct{ cancel context.CancelFunc }

func (c cancelling) Write(p []byte) (int, error) {
	c.cancel()
	return len(p), nil
}

// While cells run, others define anew what they use.
func TestRedefinitionBesideRunningCells(t *testing.T) {
	env, ctx := newNotebook(t).env, limited(t)
	main := &subshell{env: env, name: "main"}
	if got := main.run(ctx, `
import ("fmt"; "sync/atomic")
var total atomic.Int64
type point struct{ x, y int }
func (p point) sum() int { return p.x + p.y }
type summer interface{ sum() int }
func scale(n int) int { return 10 * n }
func work(n int) int { p := point{scale(n), scale(n)}; var s summer = p; return s.sum() }
limit := 100`); got != "" {
		t.Fatal(got)
	}
	cells := 150
	if testing.Short() {
		cells = 30
	}
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			s := &subshell{env: env, name: fmt.Sprint("worker ", g)}
			for i := range cells {
				src := fmt.Sprintf("for i := 0; i < 20; i++ { if w := work(i); w != 20*i && w != 22*i && w != 40*i && w != 44*i { panic(fmt.Sprint(w, \" at \", i)) }; total.Add(1) }\nown%d := %d\nfmt.Println(%d, %d)\nlimit > 0", g, i, g, i)
				if got, want := s.run(ctx, src), fmt.Sprintf("%d %d\n=> true\n", g, i); got != want {
					t.Errorf("worker %d, cell %d: %q, want %q", g, i, got, want)
					return
				}
			}
		})
	}
	all.Go(func() {
		s := &subshell{env: env, name: "changes"}
		for i := range cells {
			src := [...]string{
				"func scale(n int) int { return 11 * n }",
				"type point struct{ x, y, z int }\nfunc (p point) sum() int { return p.x + p.y + p.z }\nfunc work(n int) int { p := point{x: scale(n), y: scale(n)}; var s summer = p; return s.sum() }",
				"const size = 3\nfunc sized() [size]int { return [size]int{} }",
				"func scale(n int) int { return 10 * n }",
				"func (p point) sum() int { return 2 * (p.x + p.y) }",
				"func scale(n int) int { return 10 * n }\nfunc (p point) sum() int { return p.x + p.y }",
			}[i%6]
			if got := s.run(ctx, src); got != "" {
				t.Errorf("changing cell %d: %q", i, got)
				return
			}
		}
	})
	all.Wait()
	if got, want := main.run(ctx, "total.Load()"), fmt.Sprintf("=> %d\n", 4*20*cells); got != want {
		t.Errorf("all cells together: %s, want %s", got, want)
	}
	for g := range 4 {
		if got, want := main.run(ctx, fmt.Sprintf("own%d", g)), fmt.Sprintf("=> %d\n", cells-1); got != want {
			t.Errorf("worker %d left %s, want %s", g, got, want)
		}
	}
}

// What a cell defines is there for others as soon as it is loaded, not when it ends.
func TestDefinitionsOfARunningCell(t *testing.T) {
	env, ctx := newNotebook(t).env, limited(t)
	a, b := &subshell{env: env, name: "a"}, &subshell{env: env, name: "b"}
	a.run(ctx, "begun, done := make(chan bool), make(chan bool)")
	got := make(chan string)
	go func() {
		got <- a.run(ctx, "begun <- true\n_ = <-done\ntype greeter struct{ name string }\nfunc (g greeter) String() string { return \"hello \" + g.name }\nfunc twice(f func() string) string { return f() + f() }")
	}()
	b.run(ctx, "<-begun")
	if s := b.run(ctx, "import \"fmt\"\ng := greeter{\"b\"}\nfmt.Sprint(g) + twice(g.String)"); s != "=> hello bhello bhello b\n" {
		t.Errorf("b: %s", s)
	}
	b.run(ctx, "done <- true")
	if s := <-got; s != "" {
		t.Errorf("a: %s", s)
	}
}
