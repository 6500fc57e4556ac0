// Cell types as the interfaces of compiled packages.
package main

import (
	"bytes"
	"container/heap"
	"encoding/json"
	"expvar"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"math/rand"
	"os"
	"slices"
	"sort"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

type job struct {
	Name string
	D    time.Duration
	At   time.Time
	M    time.Month
	W    *time.Duration
}
type hp []*job

func (h hp) Len() int           { return len(h) }
func (h hp) Less(i, j int) bool { return h[i].D < h[j].D }
func (h hp) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *hp) Push(x any)        { *h = append(*h, x.(*job)) }
func (h *hp) Pop() any          { o := *h; x := o[len(o)-1]; *h = o[:len(o)-1]; return x }

type buf struct {
	b []byte
	n int
}
type rot struct{ r io.Reader }

func (r rot) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	for i := range n {
		if c := p[i]; c >= 'a' && c <= 'z' {
			p[i] = 'a' + (c-'a'+13)%26
		}
	}
	return n, err
}

type cnt struct{ n int }

func (c *cnt) Write(p []byte) (int, error) { c.n += len(p); return len(p), nil }
func (c *cnt) Close() error                { fmt.Println("closed", c.n); return nil }

type sq struct{ n int }

func (s sq) ColorModel() color.Model { return color.RGBAModel }
func (s sq) Bounds() image.Rectangle { return image.Rect(0, 0, s.n, s.n) }
func (s sq) At(x, y int) color.Color { return gray(x * y) }

type gray uint8

func (g gray) RGBA() (r, gg, b, a uint32) { v := uint32(g) * 0x101; return v, v, v, 0xffff }

type src struct{ n uint64 }

func (s *src) Int63() int64 { s.n = s.n*6364136223846793005 + 1; return int64(s.n >> 1) }
func (s *src) Seed(x int64) { s.n = uint64(x) }
func main() {
	d := 1500 * time.Millisecond
	j := job{"a", d, time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC), time.March, &d}
	fmt.Println(j.D, j.D.Seconds(), j.M.String(), j.W.Seconds(), j.At.Add(j.D).Format(time.RFC3339Nano))
	fmt.Printf("%v %+v\n", j.D, struct{ D time.Duration }{d})
	h := &hp{}
	for i, n := range []string{"x", "y", "z"} {
		heap.Push(h, &job{Name: n, D: time.Duration(10 - i)})
	}
	(*h)[2].D = 0
	heap.Fix(h, 2)
	for h.Len() > 0 {
		x := heap.Pop(h).(*job)
		fmt.Print(x.Name, x.D, " ")
	}
	fmt.Println()
	p := sync.Pool{New: func() any { fmt.Println("new"); return &buf{b: make([]byte, 0, 4)} }}
	b := p.Get().(*buf)
	b.n = 4
	p.Put(b)
	_, ok := p.Get().(*buf)
	fmt.Println(ok)
	var p2 = &sync.Pool{New: func() any { return new(bytes.Buffer) }}
	bb := p2.Get().(*bytes.Buffer)
	bb.WriteString("hi")
	fmt.Println(bb.String())
	at := fmt.Sprint(time.Now().UnixNano()) // names are the process's, which may run this again
	expvar.Publish("f"+at, expvar.Func(func() any { return map[string]any{"a": 1, "j": job{Name: "q"}} }))
	fmt.Println(expvar.Get("f" + at))
	m := expvar.NewMap("mm" + at)
	m.Add("k", 2)
	m.Set("v", ev{5})
	fmt.Println(m)
	expvar.Publish("ev"+at, ev{7})
	fmt.Println(expvar.Get("ev"+at), expvar.Get("ev"+at).(ev).n)
	io.Copy(os.Stdout, rot{strings.NewReader("uryyb\n")})
	c := &cnt{}
	mw := io.MultiWriter(c, os.Stdout)
	fmt.Fprintf(mw, "%d\n", 42)
	tw := tabwriter.NewWriter(mw, 0, 8, 1, ' ', 0)
	fmt.Fprintln(tw, "a\tb")
	tw.Flush()
	var wc io.WriteCloser = c
	wc.Close()
	if _, ok := wc.(io.ReaderFrom); !ok {
		fmt.Println("no ReaderFrom")
	}
	tr := io.TeeReader(rot{strings.NewReader("abc")}, c)
	all, _ := io.ReadAll(tr)
	fmt.Println(string(all), c.n)
	pr, pw := io.Pipe()
	go func() { json.NewEncoder(pw).Encode(j); pw.CloseWithError(fmt.Errorf("done %d", 1)) }()
	all, err := io.ReadAll(pr)
	fmt.Println(string(all), err)
	sort.Sort(sort.Reverse(sort.StringSlice([]string{"a"})))
	hh := hp{{Name: "b", D: 2}, {Name: "a", D: 1}}
	sort.Stable(sort.Reverse(hh))
	fmt.Println(hh[0].Name, sort.IsSorted(hh))
	slices.SortFunc(hh, func(a, b *job) int { return strings.Compare(a.Name, b.Name) })
	fmt.Println(hh[0].Name)
	r := image.NewRGBA(image.Rect(0, 0, 4, 4))
	draw.Draw(r, r.Bounds(), sq{4}, image.Point{}, draw.Src)
	fmt.Println(r.Pix[60:64], r.At(3, 3))
	draw.Draw(r, r.Bounds(), &image.Uniform{gray(7)}, image.Point{}, draw.Src)
	fmt.Println(r.At(0, 0), color.GrayModel.Convert(gray(200)))
	rr := rand.New(&src{1})
	fmt.Println(rr.Intn(100), rr.Perm(5))
	var once sync.Once
	once.Do(func() { fmt.Println("once") })
	ov := sync.OnceValue(func() job { fmt.Println("ov"); return job{Name: "ov"} })
	fmt.Println(ov().Name, ov().Name)
	var sm sync.Map
	sm.Store(key{1}, job{Name: "s"})
	v, _ := sm.Load(key{1})
	fmt.Println(v.(job).Name)
	sm.Range(func(k, v any) bool { fmt.Println(k.(key).a, v.(job).Name); return true })
	actual, loaded := sm.LoadOrStore(key{1}, job{})
	fmt.Println(actual.(job).Name, loaded)
	fmt.Println(sm.CompareAndSwap(key{2}, 1, 2))
	var cond = sync.NewCond(lk{&sync.Mutex{}})
	cond.L.Lock()
	cond.Signal()
	cond.L.Unlock()
	if fw, ok := any(c).(interface{ Write([]byte) (int, error) }); ok {
		fw.Write([]byte("x"))
		fmt.Println(c.n)
	}
}

type lk struct{ *sync.Mutex }

func (l lk) Lock() { fmt.Println("lock"); l.Mutex.Lock() }

type key struct{ a int }
type ev struct{ n int }

func (e ev) String() string { return fmt.Sprintf("{\"n\": %d}", e.n) }
