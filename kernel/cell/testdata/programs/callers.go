package main

import (
	"bytes"
	"fmt"
	"log"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"sync"
)

func here() string {
	pc, _, line, ok := runtime.Caller(1)
	return fmt.Sprint(runtime.FuncForPC(pc).Name(), ":", line, " ", ok)
}

func stack() string {
	pcs := make([]uintptr, 20)
	fs := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	var out []string
	for {
		f, more := fs.Next()
		if !strings.HasPrefix(f.Function, "runtime.") && !strings.HasPrefix(f.Function, "sort.") && !strings.HasPrefix(f.Function, "slices.") {
			out = append(out, fmt.Sprint(f.Function, ":", f.Line))
		}
		if !more {
			break
		}
	}
	return strings.Join(out, " < ")
}

type T struct{}

func (T) Value() string    { return here() }
func (*T) Pointer() string { return here() }

type E struct{ *T }

type Box[K comparable, V any] struct{}

func (Box[K, V]) Get() string  { return here() }
func (*Box[K, V]) Set() string { return func() string { return here() }() }

func Generic[A any](a A) string { return func() string { return stack() }() }

var global = here()
var lit = func() string { return here() }()

func init() { fmt.Println("init", here()) }
func init() { fmt.Println("init", here()) }

func deep(n int) string {
	if n == 0 {
		return stack()
	}
	return deep(n - 1)
}

func deferred() (s string) {
	defer func() {
		s = stack()
		recover()
	}()
	var p *T
	_ = *p
	var m map[string]int
	m["a"] = 1 // a nil map
	return
}

func divide(a, b int) int { return a / b }

func main() {
	fmt.Println(here())
	fmt.Println(global, lit)
	fmt.Println(T{}.Value(), new(T).Pointer(), E{new(T)}.Pointer())
	fmt.Println(Box[int, string]{}.Get(), new(Box[int, string]).Set())
	fmt.Println(Generic(1))
	fmt.Println(func() string { return here() }(), func() string { return func() string { return here() }() }())
	fmt.Println(deep(3))
	for range 1 {
		func() { fmt.Println(stack()) }()
	}
	for i := range slices.Values([]int{1}) {
		fmt.Println(i, here())
		func() { fmt.Println(here()) }()
	}
	sort.Slice([]int{2, 1}, func(i, j int) bool {
		fmt.Println(here())
		return i < j
	})
	fmt.Println(deferred())
	func() {
		defer func() {
			fmt.Println(recover(), stack())
		}()
		divide(1, 0)
	}()
	func() {
		defer func() {
			_, _, line, _ := runtime.Caller(2) // over gopanic
			fmt.Println(recover(), line)
		}()
		panic("x")
	}()
	var wg sync.WaitGroup
	wg.Go(func() { fmt.Println(here()) })
	wg.Wait()
	done := make(chan bool)
	go func() {
		defer close(done)
		fmt.Println(stack())
	}()
	<-done
	f, m := deep, T.Value
	fmt.Println(runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name(), runtime.FuncForPC(reflect.ValueOf(m).Pointer()).Name())
	fmt.Println(runtime.FuncForPC(reflect.ValueOf(strings.ToUpper).Pointer()).Name())
	fmt.Println(reflect.ValueOf(deep).Pointer() == reflect.ValueOf(f).Pointer(), reflect.ValueOf(here).Pointer() == reflect.ValueOf(stack).Pointer())
	s := regexp.MustCompile(`(?m)^main\..*$`).FindAllString(string(debug.Stack()), -1)
	fmt.Println(s)
	_, _, _, ok := runtime.Caller(100)
	fmt.Println(ok)

	lines := regexp.MustCompile(`[^ "/]*(callers\.go|cell 1):`)
	show := func(b *bytes.Buffer) {
		fmt.Print(lines.ReplaceAllString(b.String(), "FILE:"))
		b.Reset()
	}
	var b bytes.Buffer
	l := log.New(&b, "p: ", log.Lshortfile)
	l.Println("hello", T{})
	l.Printf("%d", 1)
	l.SetFlags(log.Lshortfile | log.Lmsgprefix)
	l.Print("x")
	func() { l.Output(2, "out") }()
	log.SetOutput(&b)
	log.SetFlags(log.Lshortfile)
	log.Print("std")
	log.Default().Print("std2")
	show(&b)
	h := slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{AddSource: true, ReplaceAttr: func(g []string, a slog.Attr) slog.Attr {
		switch a.Key {
		case slog.TimeKey:
			return slog.Attr{}
		case slog.SourceKey:
			s := a.Value.Any().(*slog.Source)
			return slog.Any("src", fmt.Sprint(s.Function, ":", s.Line))
		}
		return a
	}}))
	h.Info("hi", "a", 1)
	h.With("b", 2).Warn("ho")
	show(&b)
	fmt.Fprintln(os.Stdout, "end")
}
