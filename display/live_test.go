package display

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// cellSink is a recorder that comes to an end.
type cellSink struct {
	recorder
	last []func()
}

func (c *cellSink) AtEnd(f func()) bool { c.last = append(c.last, f); return true }

func TestLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &cellSink{}
		l := To(r).NewLive(nil)
		for i := range 1000 {
			l.Set(i)
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		texts := r.texts()
		if n := len(texts); n > 22 || n < 19 || texts[0] != "" || texts[n-1] != "999" {
			t.Errorf("%d drawings of a second, %q", n, texts)
		}
		l.Set("a")
		l.Set("b")
		if err := l.Done(); err != nil {
			t.Fatal(err)
		}
		l.Set("c")
		time.Sleep(time.Second)
		if got := r.texts(); got[len(got)-1] != `"b"` {
			t.Errorf("in the end it shows %s", got[len(got)-1])
		}
		if len(r.last) != 1 {
			t.Errorf("it asked %d times for the end of the cell to be told", len(r.last))
		}
	})
}

// A value that is never drawn is never made.
func TestLiveFunc(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &cellSink{}
		l := To(r).NewLive(nil)
		var made []int
		for i := range 100 {
			l.SetFunc(func() any { made = append(made, i); return i })
		}
		if err := l.Done(); err != nil {
			t.Fatal(err)
		}
		if got, want := strings.Join(r.texts(), " "), " 0 99"; got != want || !slices.Equal(made, []int{0, 99}) {
			t.Errorf("shown is %q of %v, want %q", got, made, want)
		}
	})
}

// A cell that ends doesn't wait for the pause: what is saved is the last state.
func TestLiveAtTheEndOfACell(t *testing.T) {
	r := &cellSink{}
	l, bar := To(r).NewLive(1), To(r).NewProgress("step", 9)
	l.Set(2)
	l.Set(3)
	bar.Add(4)
	bar.Add(5)
	for _, f := range r.last {
		f()
	}
	if got := strings.Join(r.texts(), "\n"); !strings.Contains(got, "\n3\n") || !strings.HasSuffix(got, "step 9/9") {
		t.Errorf("shown: %s", got)
	}
}

// While it changes a picture is drawn for the eye; what stays has all forms.
func TestLivePicture(t *testing.T) {
	forms := func(b Bundle) string { return strings.Join(slices.Sorted(maps.Keys(b.Data)), " ") }
	plot := func(y float64) *Plot { return Line("loss", Values("train", []float64{1, y})) }
	synctest.Test(t, func(t *testing.T) {
		r := &cellSink{}
		l := To(r).NewLive(plot(9))
		for i := range 5 {
			l.Set(plot(float64(i)))
			time.Sleep(livePause)
		}
		l.Set((*Plot)(nil))
		l.Set(plot(7))
		for _, f := range r.last {
			f()
		}
		if n := len(r.events); n != 8 || forms(r.events[3].Bundle) != "image/svg+xml text/plain" || forms(r.events[7].Bundle) != "image/png image/svg+xml text/plain" {
			t.Errorf("%d drawings, the fourth as %s, the last as %s", n, forms(r.events[3].Bundle), forms(r.events[n-1].Bundle))
		}
		l.Set(plot(8)) // by a goroutine that outlives the cell
		if err := l.Done(); err != nil {
			t.Fatal(err)
		}
		if last := r.events[len(r.events)-1].Bundle; forms(last) != "image/png image/svg+xml text/plain" {
			t.Errorf("after the cell it is drawn as %s", forms(last))
		}
	})
}

func TestLiveErrors(t *testing.T) {
	gone := errors.New("front end gone")
	l := To(&recorder{err: gone}).NewLive(1)
	l.Set(2)
	if err := l.Done(); !errors.Is(err, gone) {
		t.Errorf("error is %v", err)
	}
}

func TestSpeed(t *testing.T) {
	for _, test := range []struct {
		n, total int
		took     time.Duration
		want     string
	}{
		{5, 10, time.Second, ""}, // too early to tell
		{0, 10, time.Hour, ""},
		{10, 10, time.Hour, ""},
		{5, 10, 10 * time.Second, ", 2 s each, 10s left"},
		{500, 10_000, 10 * time.Second, ", 50/s, 3m10s left"},
		{500, 0, 10 * time.Second, ", 50/s"},
		{999, 1000, 3 * time.Second, ", 333/s, 1s left"},
	} {
		if got := speed(test.n, test.total, test.took); got != test.want {
			t.Errorf("%d of %d in %v: %q, want %q", test.n, test.total, test.took, got, test.want)
		}
	}
}

func BenchmarkProgress(b *testing.B) {
	bar := To(&recorder{}).NewProgress("step", b.N)
	b.ReportAllocs()
	for b.Loop() {
		bar.Add(1)
	}
}

// What a live plot costs for each drawing: a curve of a thousand points.
func BenchmarkLivePlot(b *testing.B) {
	loss := make([]float64, 1000)
	for i := range loss {
		loss[i] = 1 / float64(i+1)
	}
	for _, form := range []struct {
		name string
		of   func(*Plot) Bundle
	}{{"draft", func(p *Plot) Bundle { return pictureDraft(p) }}, {"all forms", (*Plot).Display}} {
		b.Run(form.name, func(b *testing.B) {
			for b.Loop() {
				form.of(Line("loss", Values("train", loss)))
			}
		})
	}
}
