package rt

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"
	"unsafe"
)

func TestIterate(t *testing.T) {
	for _, s := range []string{"", "a", "aé世\xff\xfe�\xe4\xb8", "\x00"} {
		var want, got []any
		for i, r := range s {
			want = append(want, i, r)
		}
		for it := RangeStr(s); it.Next(); {
			got = append(got, it.Key(), it.Val())
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("range %q: %v, want %v", s, got, want)
		}
	}
	r := New(library{})
	m := map[string]int{"a": 1, "b": 2, "c": 3}
	got := map[string]int{}
	for it := r.RangeMap(m); it.Next(); {
		got[it.Key().(string)] = it.Val().(int)
	}
	if !reflect.DeepEqual(got, m) {
		t.Errorf("range: %v", got)
	}
	for it := r.RangeMap(map[string]int(nil)); it.Next(); {
		t.Error("a nil map has entries")
	}
	if r.RangeMap(nil).Next() {
		t.Error("nil has entries")
	}
	r.Delete(m, "a")
	r.Delete(map[string]int(nil), "a")
	r.Delete(map[any]int{nil: 1}, nil)
	if len(m) != 2 {
		t.Errorf("after Delete: %v", m)
	}
	r.Clear(m)
	l := []int{1, 2, 3}
	if n := r.Copy(l, []int{7, 8}); n != 2 || l[0] != 7 || len(m) != 0 {
		t.Errorf("Copy: %d %v, Clear: %v", n, l, m)
	}
	b := make([]byte, 2)
	if n := r.Copy(b, "xyz"); n != 2 || string(b) != "xy" {
		t.Errorf("Copy of a string: %d %s", n, b)
	}
	r.Clear(l)
	if l[0] != 0 {
		t.Errorf("Clear of a slice: %v", l)
	}
}

func TestAddresses(t *testing.T) {
	a := [3]int8{1, 2, 3}
	*IA(&a, 1).(*int8) = 5
	s := []string{"a", "b"}
	*IA(s, 1).(*string) = "c"
	*IA([]any{1}, 0).(*any) = 2
	p := struct{ A, B int }{1, 2}
	*FA(&p, 1).(*int) = 7
	if a[1] != 5 || s[1] != "c" || p.B != 7 {
		t.Errorf("set %v %v %v", a, s, p)
	}
	for want, f := range map[string]func(){
		"runtime error: index out of range [3] with length 3":                                          func() { IA(&a, 3) },
		"runtime error: index out of range [-1]":                                                       func() { IA([]int8{1}, -1) },
		"runtime error: index out of range [2] with length 2":                                          func() { IA(s, 2) },
		"runtime error: invalid memory address or nil pointer dereference":                             func() { IA((*[2]int)(nil), 0) },
		"value method main.T.M called using nil *T pointer":                                            func() { WrapNil("main.T", "M") },
		"value method p.T.M called using nil *T pointer":                                               func() { WrapNil("example.com/x/p.T", "M") },
		"close of nil channel":                                                                         func() { Close((chan int)(nil)) },
		"close of closed channel":                                                                      func() { c := make(chan int); Close(c); Close(c) },
		"runtime error: unsafe.Slice: len out of range":                                                func() { USlice(new(int), -1) },
		"runtime error: unsafe.Slice: ptr is nil and len is not zero":                                  func() { USlice((*int)(nil), 1) },
		"runtime error: negative shift amount":                                                         func() { Shc(-2) },
		"runtime error: slice bounds out of range":                                                     func() { reflect.ValueOf([]int{}).Slice(1, 5) },
		"runtime error: makeslice: len out of range":                                                   func() { reflect.MakeSlice(reflect.TypeFor[[]int](), -1, 0) },
		"makechan: size out of range":                                                                  func() { reflect.MakeChan(reflect.TypeFor[chan int](), -1) },
		"runtime error: cannot convert slice with length 1 to array or pointer to array with length 2": func() { S2A([]int{1}, (*[2]int)(nil)) },
	} {
		if p, _ := try(f); fmt.Sprint(p) != want {
			t.Errorf("panics with %v, want %s", p, want)
		}
	}
	if p, _ := try(func() { var v reflect.Value; v.Type() }); fmt.Sprint(p) != fmt.Sprint(nilError()) {
		t.Errorf("a ValueError becomes %v", p)
	}
	if p, _ := try(func() { panic(reflect.ValueOf("x")) }); p != "x" {
		t.Errorf("a panic in a reflect.Value becomes %v", p)
	}
}

func TestArithmetic(t *testing.T) {
	for i, ok := range []bool{
		C128(1, 2) == 1+2i, C64(1, 2) == 1+2i, Cx("+", 1, 2i) == 1+2i, Cx("-", 1, 2i) == 1-2i, Cx("*", 1i, 1i) == -1, Cx("/", 4, 2) == 2,
		Re(1+2i) == 1, Im(1+2i) == 2, math.Signbit(Neg(0)), U(1<<31, 1) == 1<<63|1, IntStr('é') == "é", IntStr(-1) == "\uFFFD", IntStr(1<<40) == "\uFFFD",
		Int32(-2.9) == -2, Int32(1<<31) == math.MinInt32, Int32(-1<<31-0.5) == math.MinInt32, Int32(1e300) == math.MinInt32, Int32(math.NaN()) == math.MinInt32,
		Shc(3) == 3, math.IsNaN(Fmin(math.NaN(), 1)), Fmax(math.Copysign(0, -1), 0) == 0, !math.Signbit(Fmax(math.Copysign(0, -1), 0)),
	} {
		if !ok {
			t.Errorf("test %d fails", i)
		}
	}
}

func TestUnsafe(t *testing.T) {
	a := [4]int{1, 2, 3, 4}
	p := ToUP(&a[0])
	if *(FromUP(UAdd(p, 8), (*int)(nil)).(*int)) != 2 || UPInt(p) != uintptr(unsafe.Pointer(&a)) || ToUP(UPInt(p)) != p || ToUP(p) != p || ToUP(nil) != nil {
		t.Error("pointer conversions")
	}
	if s := USlice(&a[0], 3).([]int); !slices.Equal(s, []int{1, 2, 3}) || USliceData(s, (*int)(nil)).(*int) != &a[0] {
		t.Errorf("slice %v", s)
	}
	if USlice((*int)(nil), 0).([]int) != nil {
		t.Error("a slice of nothing")
	}
	b := []byte("xyz")
	if UString(&b[0], 2) != "xy" || *UStringData("abc") != 'a' {
		t.Error("strings")
	}
	if S2A(a[:], (*[2]int)(nil)).(*[2]int)[1] != 2 {
		t.Error("slice to array pointer")
	}
}

func TestChannels(t *testing.T) {
	r := New(library{})
	for _, ch := range []any{make(chan int, 2), make(chan bool, 2), make(chan string, 2), make(chan float64, 2), make(chan any, 2), make(chan struct{}, 2), make(chan int8, 2), make(chan error, 2)} {
		v := reflect.ValueOf(ch)
		x := reflect.Zero(v.Type().Elem()).Interface()
		r.Send(ch, x)
		r.Send(ch, x)
		if got := r.Recv(ch); got != x {
			t.Errorf("%T: received %v", ch, got)
		}
		dir := v.Convert(reflect.ChanOf(reflect.RecvDir, v.Type().Elem())).Interface()
		if got, ok := r.Recv2(dir); got != x || !ok {
			t.Errorf("%T: received %v, %v", dir, got, ok)
		}
		Close(ch)
		if got, ok := r.Recv2(ch); got != x || ok {
			t.Errorf("%T: received %v, %v after the close", ch, got, ok)
		}
		if p, _ := try(func() { r.Send(ch, x) }); fmt.Sprint(p) != "send on closed channel" {
			t.Errorf("%T: sending panics with %v", ch, p)
		}
	}
	timer := make(chan time.Time, 1)
	timer <- time.Time{}
	if r.Recv((<-chan time.Time)(timer)) != (time.Time{}) {
		t.Error("no time")
	}
	send := make(chan int, 2)
	r.Send((chan<- int)(send), 1)
	anys := make(chan any, 1)
	r.Send((chan<- any)(anys), nil)
	if <-send != 1 || <-anys != nil {
		t.Error("sent something else")
	}

	a, b := make(chan int, 1), make(chan any, 1)
	if n, ok, vs := r.Select(false, 2, a, nil, 2, b, nil); n != -1 || ok || len(vs) != 2 {
		t.Errorf("default: %d %v %v", n, ok, vs)
	}
	if n, ok, vs := r.Select(true, 2, a, nil, 1, b, nil); n != 1 || ok || vs[0] != nil {
		t.Errorf("send: %d %v %v", n, ok, vs)
	}
	if n, ok, vs := r.Select(true, 2, a, nil, 2, b, nil); n != 1 || !ok || vs[1] != nil {
		t.Errorf("receive nil: %d %v %v", n, ok, vs)
	}
	a <- 4
	if n, ok, vs := r.Select(false, 2, a, nil, 2, (chan int)(nil), nil); n != 0 || !ok || vs[0] != 4 {
		t.Errorf("receive: %d %v %v", n, ok, vs)
	}
	close(a)
	if n, ok, vs := r.Select(true, 2, a, nil); n != 0 || ok || vs[0] != 0 {
		t.Errorf("closed: %d %v %v", n, ok, vs)
	}
}
