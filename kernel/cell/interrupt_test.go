package cell

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/display"
)

// TestInterrupt stops cells that would never end: Run returns within a second, the
// next cell works, and nothing of what was stopped comes back to life.
func TestInterrupt(t *testing.T) {
	skipRace(t)
	for _, c := range []struct{ name, setup, src string }{
		{"empty loop", "", "for {}"},
		{"counting loop", "", "for { n++; out <- true }"},
		{"loop with work", "", "for i := 0; ; i++ { n++; _ = fmt.Sprint(i); out <- true }"},
		{"loop in a function", "func spin() { for { n++; out <- true } }", "spin()"},
		{"goto", "", "again:\nn++; out <- true\ngoto again"},
		{"select", "", "select {}"},
		{"receive", "", "<-make(chan int)"},
		{"receive from nil", "", "var c chan int\n<-c"},
		{"send", "", "make(chan int) <- 1"},
		{"range over a channel", "", "for range make(chan int) {}"},
		{"select with cases", "", "a, b := make(chan int), make(chan string)\nselect { case <-a: case b <- \"\": }"},
		{"sleep", "", "time.Sleep(time.Hour)"},
		{"wait group", "", "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()"},
		{"mutex", "", "var mu sync.Mutex\nmu.Lock()\nmu.Lock()"},
		{"recursion", "func down(k int) int { if k > 20000 { for {} }; return down(k+1) + 1 }", "down(0)"},
		{"recursion of two", "func ping(k int) { n++; if k > 0 { pong(k-1); pong(k-1) } }\nfunc pong(k int) { ping(k) }", "ping(1000)"},
		{"goroutine in a loop", "", "go func() { for { n++; out <- true } }()\nselect {}"},
		{"many goroutines", "", "for range 20 { go func() { for { n++; select { case out <- true: default: } } }() }\nselect {}"},
		{"loop that recovers", "func bad() { defer func() { recover() }(); for { n++; out <- true } }", "for { bad() }"},
		{"deferred loop", "", "defer func() { for { n++; out <- true } }()\nfor {}"},
		{"callback", "", "slices.SortFunc([]int{2, 1}, func(a, b int) int { for { n++; out <- true } })"},
		{"range over a func", "func each(yield func(int) bool) { for i := 0; yield(i); i++ {} }", "for range each { n++; out <- true }"},
		{"standard input", "", "n++; out <- true; bufio.NewReader(os.Stdin).ReadString('\\n')"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			nb := newNotebook(t)
			// out is read by a goroutine of a cell that goes on.
			if got := nb.run("n := 0\nout := make(chan bool)\ngo func() { for range out {} }()\n" + c.setup); got != "" {
				t.Fatal(got)
			}
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() {
				nb.n++
				_, err := nb.env.Run(ctx, Input{Number: nb.n, Source: c.src, Stdout: &buffer{}, Stderr: &buffer{}, Stdin: blocked{ctx}})
				ended <- err
			}()
			time.Sleep(50 * time.Millisecond) // whatever it is doing by then, it does not end by itself
			cancel()
			start := time.Now()
			select {
			case err := <-ended:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("the error is %v", err)
				}
				var f Failure
				if errors.As(err, &f) {
					t.Errorf("an interrupt is told as the cell's own failure: %v", err)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("Run does not return")
			}
			if d := time.Since(start); d > time.Second {
				t.Errorf("Run returned after %v", d)
			}
			if got := nb.run("40 + 2"); got != "=> 42\n" {
				t.Errorf("the next cell shows %q", got)
			}
			before := nb.run("n")
			for last := ""; last != before; { // a goroutine may be in the middle of its last round
				last = before
				time.Sleep(20 * time.Millisecond)
				before = nb.run("n")
			}
			nb.run("time.Sleep(100 * time.Millisecond)\nfor i := 0; i < 1000; i++ {}")
			if after := nb.run("n"); after != before {
				t.Errorf("what was stopped goes on: n is %s, then %s", before, after)
			}
		})
	}
}

// skipRace skips a test in which a goroutine of one cell runs while the next is
// loaded: the interpreter then puts a longer copy of its table of globals in the
// place of the old one without synchronisation, which does no harm to a reader of
// either and is a race in the words of the detector.
func skipRace(t *testing.T) {
	if raceEnabled {
		t.Skip("the interpreter's table of globals grows without synchronisation")
	}
}

// blocked is an input on which nobody writes.
type blocked struct{ ctx context.Context }

func (b blocked) Read([]byte) (int, error) {
	<-b.ctx.Done()
	return 0, b.ctx.Err()
}

// TestLateOutput: a goroutine writes to the cell that has started it, also after
// that cell has ended, and its panic is told there.
func TestLateOutput(t *testing.T) {
	skipRace(t)
	nb := newNotebook(t)
	first, second := &buffer{}, &buffer{}
	if _, err := nb.exec(context.Background(), first, `
go1, go2 := make(chan int), make(chan int)
func late() {
	<-go1
	fmt.Println("late")
	println("to stderr")
	go1 <- 1
	<-go2
	var m map[string]int
	m["x"] = 1
}
go late()
fmt.Println("first")`); err != nil {
		t.Fatal(err)
	}
	if _, err := nb.exec(context.Background(), second, "fmt.Println(\"second\")\ngo1 <- 1\n<-go1\nfmt.Println(\"end\")"); err != nil {
		t.Fatal(err)
	}
	if got, want := first.String(), "first\nlate\nto stderr\n"; got != want {
		t.Errorf("the first cell shows %q, not %q", got, want)
	}
	if got, want := second.String(), "second\nend\n"; got != want {
		t.Errorf("the second cell shows %q, not %q", got, want)
	}
	if got := nb.run("go2 <- 1"); got != "" {
		t.Errorf("the third cell shows %q", got)
	}
	want := "assignment to entry in nil map"
	for deadline := time.Now().Add(5 * time.Second); !strings.Contains(first.String(), want); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the first cell does not show %q: %q", want, first.String())
		}
	}
	if got := first.String(); !strings.Contains(got, "cell 1, late") || !strings.Contains(got, "line 10") {
		t.Errorf("the late panic does not say where: %q", got)
	}
	if got := nb.run("1"); got != "=> 1\n" {
		t.Errorf("after a late panic a cell shows %q", got)
	}
}

// TestShow: what cells show are values of package display.
func TestShow(t *testing.T) {
	nb := newNotebook(t)
	var texts []string
	sink := sinkFunc(func(ev display.Event) error {
		texts = append(texts, fmt.Sprint(ev.Bundle.Data["text/plain"]))
		return nil
	})
	show := func(src string) (Outcome, error) {
		nb.n++
		return nb.env.Run(context.Background(), Input{Number: nb.n, Source: src, Stdout: &buffer{}, Stderr: &buffer{}, Stdin: strings.NewReader(""), Display: sink})
	}
	if _, err := show("type P struct{ X, Y int }\ndisplay.Show(P{1, 2})\ndisplay.Show(\"text\", 5)"); err != nil {
		t.Fatal(err)
	}
	if len(texts) == 0 || !strings.Contains(strings.Join(texts, "\n"), "text") {
		t.Errorf("shown: %q", texts)
	}
	o, err := show("[]P{{1, 2}, {3, 4}}")
	if err != nil || len(o.Values) != 1 {
		t.Fatal(o, err)
	}
	b := display.Render(o.Values[0])
	if html, ok := b.Data["text/html"]; !ok || !strings.Contains(fmt.Sprint(html), ">X</th>") {
		t.Errorf("a slice of structs is no table: %v", b.Data)
	}
}

type sinkFunc func(display.Event) error

func (f sinkFunc) Emit(ev display.Event) error { return f(ev) }

// TestQuestionsWhileRunning: what the environment holds can be asked while a cell runs.
func TestQuestionsWhileRunning(t *testing.T) {
	nb := knownNotebook(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	running := make(chan bool)
	ended := make(chan error, 1)
	go func() {
		_, err := nb.env.Run(ctx, Input{Number: 9, Source: "fmt.Println(1)\nfor {}", Stdout: writerFunc(func() { close(running) }), Stderr: &buffer{}, Stdin: strings.NewReader("")})
		ended <- err
	}()
	<-running
	if got := nb.env.Complete(context.Background(), "pt.", 3); len(got.Items) == 0 {
		t.Error("nothing to complete while a cell runs")
	}
	if got := nb.env.Inspect(context.Background(), "scale(", 3, 0); got.Plain == "" {
		t.Error("nothing to inspect while a cell runs")
	}
	if got := nb.env.IsComplete("x := 1"); got.Status != "complete" {
		t.Errorf("completeness while a cell runs: %+v", got)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// writerFunc is called for each write.
type writerFunc func()

func (f writerFunc) Write(p []byte) (int, error) {
	f()
	return len(p), nil
}

// canceling is an input whose reads cancel a cell and say so themselves.
type canceling struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (c canceling) Read([]byte) (int, error) {
	c.cancel()
	return 0, c.ctx.Err()
}

// A cell that fails because a read was interrupted has been interrupted, whichever
// of both is noticed first.
func TestInterruptedReadIsInterrupt(t *testing.T) {
	nb := newNotebook(t)
	for range 50 {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := nb.env.Run(ctx, Input{Number: 1, Source: "bufio.NewReader(os.Stdin).ReadString('\\n')", Stdout: &buffer{}, Stderr: &buffer{}, Stdin: canceling{ctx, cancel}})
		var f Failure
		if !errors.Is(err, context.Canceled) || errors.As(err, &f) {
			t.Fatalf("the error is %v", err)
		}
	}
}
