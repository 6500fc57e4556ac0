package display

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// recorder is a sink that remembers, or fails.
type recorder struct {
	mu     sync.Mutex
	events []Event
	err    error
}

func (r *recorder) Emit(e Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	return r.err
}

func (r *recorder) texts() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]string, len(r.events))
	for i, e := range r.events {
		out[i] = fmt.Sprint(e.Bundle.Data[MIMEPlain])
	}
	return out
}

func TestShowAndUpdate(t *testing.T) {
	r := &recorder{}
	p := To(r)
	if err := p.Show(1, "x"); err != nil {
		t.Fatal(err)
	}
	h := p.ShowLive(2)
	if err := errors.Join(h.Err(), h.Update(3), p.Clear(true)); err != nil {
		t.Fatal(err)
	}
	want := []struct {
		op   Op
		live bool
		text string
	}{{OpShow, false, "1"}, {OpShow, false, `"x"`}, {OpShow, true, "2"}, {OpUpdate, true, "3"}, {OpClear, false, "<nil>"}}
	if len(r.events) != len(want) {
		t.Fatalf("%d events, want %d", len(r.events), len(want))
	}
	for i, w := range want {
		e := r.events[i]
		if e.Op != w.op || (e.ID != "") != w.live || r.texts()[i] != w.text {
			t.Errorf("event %d is %+v, want %+v", i, e, w)
		}
	}
	if r.events[2].ID != h.ID() || r.events[3].ID != h.ID() || !r.events[4].Wait {
		t.Error("the handle's events differ in their ID, or Clear didn't wait")
	}
	if a, b := p.ShowLive(1), p.ShowLive(1); a.ID() == b.ID() {
		t.Error("two handles have one ID")
	}
}

func TestSinkErrors(t *testing.T) {
	gone := errors.New("front end gone")
	p := To(&recorder{err: gone})
	h := p.ShowLive(1)
	for name, err := range map[string]error{
		"Show": p.Show(1, 2), "Clear": p.Clear(false), "Err": h.Err(), "Update": h.Update(2), "Done": p.NewProgress("x", 3).Done(),
	} {
		if !errors.Is(err, gone) {
			t.Errorf("%s returned %v, want the sink's error", name, err)
		}
	}
}

func TestDefaultSink(t *testing.T) {
	before := Default()
	t.Cleanup(func() { SetDefault(before) })
	r := &recorder{}
	SetDefault(r)
	h := ShowLive(2)
	if err := errors.Join(Show(1), h.Update(3), Clear(false), Printer{}.Show(4), NewProgress("p", 1).Done()); err != nil {
		t.Fatal(err)
	}
	if got := len(r.events); got != 7 {
		t.Errorf("the default sink got %d events, want 7", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("SetDefault(nil) was accepted")
		}
	}()
	SetDefault(nil)
}

func TestTerminal(t *testing.T) {
	var b strings.Builder
	p := To(NewTerminal(&b, false))
	h := p.ShowLive("a")
	err := errors.Join(p.Show(1), p.Show(Markdown("**x**\n")), h.Update("a"), h.Update("b"), p.Clear(false))
	if want := "\"a\"\n1\n**x**\n\"b\"\n"; b.String() != want || err != nil {
		t.Errorf("got %q, %v; want %q", b.String(), err, want)
	}
	if err := NewTerminal(&b, false).Emit(Event{Op: OpShow}); err == nil {
		t.Error("a bundle without text was accepted")
	}
}

func TestProgressInNotebook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{}
		p := To(r).NewProgress("epoch", 4)
		p.Add(1) // too soon to be drawn
		p.Note("loss %.2f", 0.5)
		if n := len(r.texts()); n != 1 {
			t.Fatalf("%d drawings before the pause is over, want 1", n)
		}
		time.Sleep(time.Second) // the last state is delivered although nothing follows
		p.Set(3)
		p.Set(4)
		p.Note("loss 0.21")
		if err := p.Done(); err != nil {
			t.Fatal(err)
		}
		p.Add(1)
		p.Note("late")
		time.Sleep(time.Second)
		bar := func(n int) string { return strings.Repeat("━", n) + strings.Repeat("┄", 30-n) }
		want := []string{
			bar(0) + "  epoch 0/4",
			bar(7) + "  epoch 1/4, loss 0.50",
			bar(22) + "  epoch 3/4, loss 0.50",
			bar(30) + "  epoch 4/4, loss 0.21",
		}
		if got := r.texts(); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for i, e := range r.events {
			if e.ID != r.events[0].ID || (e.Op == OpShow) != (i == 0) {
				t.Errorf("event %d is %v of %q", i, e.Op, e.ID)
			}
		}
		if s := p.Display().Data[MIMEPlain]; s != want[3] {
			t.Errorf("shown again as %q", s)
		}
	})
}

func TestProgressIsThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{}
		p := To(r).NewProgress("step", 1000)
		for range 1000 {
			p.Add(1)
			time.Sleep(time.Millisecond)
		}
		if err := p.Done(); err != nil {
			t.Fatal(err)
		}
		texts := r.texts()
		if len(texts) > 13 || !strings.HasSuffix(texts[len(texts)-1], "step 1000/1000") {
			t.Errorf("%d drawings in a second, the last is %q", len(texts), texts[len(texts)-1])
		}
	})
}

func TestProgressOnTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		term := To(NewTerminal(&b, true))
		p := term.NewProgress("a", 2)
		q := term.NewProgress("b", 0) // waits for the line
		if err := term.Show("between"); err != nil {
			t.Fatal(err)
		}
		q.Set(7)
		p.Set(2)
		if err := errors.Join(q.Done(), p.Done()); err != nil {
			t.Fatal(err)
		}
		empty, full := strings.Repeat("┄", 30), strings.Repeat("━", 30)
		blank := "\r" + strings.Repeat(" ", 37) + "\r"
		want := "\r" + empty + "  a 0/2" +
			blank + "\"between\"\n" + empty + "  a 0/2" +
			blank + "b 7\n" + empty + "  a 0/2" +
			"\r" + full + "  a 2/2\n"
		if b.String() != want {
			t.Errorf("got\n%q\nwant\n%q", b.String(), want)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		p := To(NewTerminal(&b, false)).NewProgress("a", 2000)
		for range 2000 {
			p.Add(1)
			time.Sleep(3 * time.Millisecond)
		}
		if err := p.Done(); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != "a 0/2000\na 1667/2000, 333/s, 1s left\na 2000/2000\n" {
			t.Errorf("a log got\n%s", got)
		}
	})
}

func TestConcurrency(t *testing.T) {
	var b strings.Builder
	r := &recorder{}
	term := To(NewTerminal(&b, true))
	p := To(r).NewProgress("shared", 800)
	h := To(r).ShowLive(0)
	plot := Line("shared", Values("a", []float64{1, 2, 3}))
	graph := NewGraph("shared").AddNode(Node{ID: "a"}).AddNode(Node{ID: "b"}).AddEdge("a", "b", "")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 100 {
				p.Add(1)
			}
			own := term.NewProgress(fmt.Sprint(i), 10)
			own.Add(10)
			if err := errors.Join(term.Show(plot, graph), h.Update(i), own.Done()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := p.Done(); err != nil {
		t.Fatal(err)
	}
	texts := r.texts()
	if last := texts[len(texts)-1]; !strings.HasSuffix(last, "shared 800/800") {
		t.Errorf("the last drawing is %q", last)
	}
	if n := strings.Count(b.String(), "graph: shared, 2 nodes, 1 edge\n"); n != 8 {
		t.Errorf("the graph was shown %d times, want 8", n)
	}
}

// cells routes to the sink that is current.
type cells struct{ now Sink }

func (c *cells) Emit(e Event) error { return c.now.Emit(e) }
func (c *cells) Route() Sink        { return c.now }

func TestUpdatesGoThroughTheCurrentCell(t *testing.T) {
	first, second := new(recorder), new(recorder)
	r := &cells{first}
	h := To(r).ShowLive(1)
	for _, now := range []Sink{second, nil} { // nil: a timer's goroutine belongs to no cell
		r.now = now
		if err := h.Update(2); err != nil {
			t.Fatal(err)
		}
	}
	if len(first.events) != 2 || len(second.events) != 1 || second.events[0].Op != OpUpdate {
		t.Errorf("%d events on the first cell and %d on the second, want 2 and 1", len(first.events), len(second.events))
	}
}
