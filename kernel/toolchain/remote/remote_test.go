package remote

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// call takes a function and its arguments to the other end and back, in one process: what fn gets are
// the arguments as the helper has them, and what it returns comes back.
func call(t testing.TB, fn any, args ...any) []any {
	t.Helper()
	results, err := tryCall(fn, args...)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func tryCall(fn any, args ...any) ([]any, error) {
	v := reflect.ValueOf(fn)
	var in, out []reflect.Type
	for i := range v.Type().NumIn() {
		in = append(in, v.Type().In(i))
	}
	for i := range v.Type().NumOut() {
		out = append(out, v.Type().Out(i))
	}
	how, err := NewFunc(in, out)
	if err != nil {
		return nil, err
	}
	var at, to []unsafe.Pointer
	for i, a := range args {
		p := reflect.New(in[i])
		if a != nil {
			p.Elem().Set(reflect.ValueOf(a))
		}
		at = append(at, p.UnsafePointer())
	}
	text, ours, err := how.Request(at, nil)
	if err != nil {
		return nil, err
	}
	theirArgs, theirs, err := how.Arguments(text)
	if err != nil {
		return nil, err
	}
	reply, err := how.Reply((&function{how, v}).invoke(theirArgs), theirs, nil)
	if err != nil {
		return nil, err
	}
	var results []any
	for _, o := range out {
		to = append(to, reflect.New(o).UnsafePointer())
	}
	err = how.Answer(reply, to, ours)
	for i, o := range out {
		results = append(results, reflect.NewAt(o, to[i]).Elem().Interface())
	}
	return results, err
}

// randomType is a type that can be given, of some depth.
func randomType(r *rand.Rand, depth int) reflect.Type {
	basics := []any{
		false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0), uintptr(0),
		float32(0), 0.0, complex64(0), 0i, "", struct{}{},
	}
	if depth == 0 || r.IntN(3) == 0 {
		return reflect.TypeOf(basics[r.IntN(len(basics))])
	}
	elem := randomType(r, depth-1)
	switch r.IntN(5) {
	case 0:
		return reflect.SliceOf(elem)
	case 1:
		return reflect.ArrayOf(r.IntN(4), elem)
	case 2:
		return reflect.PointerTo(elem)
	case 3:
		key := randomType(r, 1)
		for !key.Comparable() || strings.Contains(key.String(), "*") { // the pointers would be others
			key = randomType(r, 1)
		}
		return reflect.MapOf(key, elem)
	}
	fields := []reflect.StructField{}
	for i := range r.IntN(4) {
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: randomType(r, depth-1)})
	}
	return reflect.StructOf(fields)
}

// fill sets v to something.
func fill(r *rand.Rand, v reflect.Value) {
	bits := func() uint64 {
		if special := []uint64{0, 1, math.MaxUint64, math.Float64bits(math.Copysign(0, -1)), math.Float64bits(math.Inf(1))}; r.IntN(3) == 0 {
			return special[r.IntN(len(special))]
		}
		return r.Uint64()
	}
	float := func() float64 { return math.Float64frombits(bits()) }
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.String:
		v.SetString(strings.Repeat("ä\x00", r.IntN(3)))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float())
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(complex(float(), float()))
	case reflect.Slice:
		if n := r.IntN(5); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n-1, n))
		}
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case reflect.Pointer:
		if r.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem())
		}
	case reflect.Map:
		if n := r.IntN(5); n > 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n - 1 {
				k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				fill(r, k)
				fill(r, e)
				if k.Equal(k) { // a NaN would be another entry each time
					v.SetMapIndex(k, e)
				}
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i))
		}
	default:
		if v.CanInt() {
			v.SetInt(int64(bits()))
		} else {
			v.SetUint(bits())
		}
	}
}

// TestRoundTrip: what goes there and back is the same to the bit, NaN, -0, nil and empty
// slices and maps included.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		rt := randomType(r, 4)
		v := reflect.New(rt)
		fill(r, v.Elem())
		same := reflect.MakeFunc(reflect.FuncOf([]reflect.Type{rt}, []reflect.Type{rt}, false), func(in []reflect.Value) []reflect.Value { return in })
		got := call(t, same.Interface(), v.Elem().Interface())[0]
		if a, b := text(v.Elem()), text(reflect.ValueOf(got)); a != b {
			t.Fatalf("%v:\n%s\nbecame\n%s", rt, a, b)
		}
	}
}

// text tells all bits of a value, without addresses.
func text(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		if v.Float() != v.Float() {
			return "NaN"
		}
		return fmt.Sprint(math.Float64bits(v.Float()))
	case reflect.Complex64, reflect.Complex128:
		return text(reflect.ValueOf(real(v.Complex()))) + text(reflect.ValueOf(imag(v.Complex())))
	case reflect.Pointer:
		if v.IsNil() {
			return "nil"
		}
		return "&" + text(v.Elem())
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return "nil"
		}
		s := "["
		for i := range v.Len() {
			s += text(v.Index(i)) + " "
		}
		return s + "]"
	case reflect.Struct:
		s := "{"
		for i := range v.NumField() {
			s += text(v.Field(i)) + " "
		}
		return s + "}"
	case reflect.Map:
		if v.IsNil() {
			return "nil"
		}
		entries := map[string]string{}
		for it := v.MapRange(); it.Next(); {
			entries[text(it.Key())] = text(it.Value())
		}
		return fmt.Sprint(entries)
	}
	return fmt.Sprintf("%#v", v.Interface())
}

type point struct{ x, y int } // fields that are not exported

// TestSharedMemory: what the caller's arguments share, the function sees shared, and its changes
// are the caller's.
func TestSharedMemory(t *testing.T) {
	a := []int{1, 2, 3, 4, 5}
	call(t, func(x, y []int) { x[2] = 30; y[0] *= 2; y[1] = 40 }, a[:3], a[2:4])
	if want := []int{1, 2, 60, 40, 5}; !reflect.DeepEqual(a, want) {
		t.Errorf("overlapping slices: %v, want %v", a, want)
	}
	p := &point{1, 2}
	got := call(t, func(a, b *point) *point { a.x++; b.y++; return b }, p, p)[0]
	if *p != (point{2, 3}) || got != p {
		t.Errorf("one pointer twice: %v, and %p for %p", *p, got, p)
	}
	ps := []point{{1, 2}, {3, 4}}
	call(t, func(all []point, one *point) { one.x = 9; all[1].y = 8 }, ps, &ps[1])
	if ps[1] != (point{9, 8}) {
		t.Errorf("a pointer into a slice: %v", ps)
	}
	m := map[string][]int{"a": a, "b": nil}
	out := call(t, func(m map[string][]int, s []int) map[string][]int {
		delete(m, "b")
		m["c"] = append(s[:1], 7)
		s[0] = 100
		return m
	}, m, a)[0].(map[string][]int)
	if want := (map[string][]int{"a": a, "c": {100, 7}}); !reflect.DeepEqual(m, want) || reflect.ValueOf(out).Pointer() != reflect.ValueOf(m).Pointer() {
		t.Errorf("a map: %v, want %v", m, want)
	}
	if m["c"][0] = 5; a[0] != 5 || a[1] != 7 {
		t.Errorf("a slice of what was given is a slice of it here: %v", a)
	}
	if _, err := tryCall(func(*point, *int) {}, p, &p.x); !errors.Is(err, errShared) {
		t.Errorf("a pointer to a field of a struct: %v", err)
	}
	if _, err := tryCall(func() (*point, *int) { p := &point{}; return p, &p.y }); !errors.Is(err, errShared) {
		t.Errorf("results that share memory: %v", err)
	}
}

// TestOnlyChangesComeBack: what the function has not touched is not written, so that calls may fill
// parts of one slice at the same time.
func TestOnlyChangesComeBack(t *testing.T) {
	for _, s := range []any{[]int{1, 2, 3, 4}, []string{"1", "2", "3", "4"}} {
		v := reflect.ValueOf(s)
		how, err := NewFunc([]reflect.Type{v.Type()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, ours, err := how.Request([]unsafe.Pointer{copyOf(v)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		args, theirs, err := how.Arguments(text)
		if err != nil {
			t.Fatal(err)
		}
		remote := reflect.NewAt(v.Type(), args[0]).Elem()
		remote.Index(1).SetZero()
		remote.Index(3).SetZero()
		reply, err := how.Reply(nil, theirs, nil)
		if err != nil {
			t.Fatal(err)
		}
		v.Index(2).Set(v.Index(0)) // somebody else, meanwhile
		if err := how.Answer(reply, nil, ours); err != nil {
			t.Fatal(err)
		}
		zero := reflect.Zero(v.Type().Elem())
		if !v.Index(2).Equal(v.Index(0)) || !v.Index(1).Equal(zero) || !v.Index(3).Equal(zero) {
			t.Errorf("%v", s)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, err := range []error{nil, io.EOF, errors.New("no"), fmt.Errorf("reading: %w", fs.ErrNotExist)} {
		got, _ := call(t, func(err error) error { return err }, err)[0].(error)
		if fmt.Sprint(got) != fmt.Sprint(err) || (err == io.EOF) != (got == io.EOF) || errors.Is(got, fs.ErrNotExist) != errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v became %v", err, got)
		}
	}
}

func TestTimes(t *testing.T) {
	zone := time.FixedZone("here", 5400)
	for _, at := range []time.Time{{}, time.Now(), time.Date(2026, 11, 30, 1, 2, 3, 4, zone), time.Date(1, 1, 1, 0, 0, 0, 0, time.FixedZone("odd", 1<<30))} {
		got := call(t, func(all []time.Time) time.Time { return all[0] }, []time.Time{at})[0].(time.Time)
		if !got.Equal(at) || at.Location() == zone && got.Hour() != at.Hour() || at.IsZero() != got.IsZero() {
			t.Errorf("%v became %v", at, got)
		}
	}
}

// TestFrames: messages arrive whole, whatever their parts are; a cut one is an error.
func TestFrames(t *testing.T) {
	long := strings.Repeat("x", 3*copied)
	for _, parts := range [][]string{{}, {""}, {"a", "b"}, {"a", long}, {long, "b", long}, {long[:copied-8]}, {long[:copied]}, {"a", long[:copied], "b"}} {
		var b bytes.Buffer
		var list [][]byte
		for _, p := range parts {
			list = append(list, []byte(p))
		}
		if err := WriteFrame(&b, list...); err != nil {
			t.Fatal(err)
		}
		whole := b.Bytes()
		got, err := ReadFrame(&b)
		if want := strings.Join(parts, ""); err != nil || string(got) != want || b.Len() > 0 {
			t.Errorf("%d bytes became %d, %v", len(want), len(got), err)
		}
		if _, err := ReadFrame(bytes.NewReader(whole[:len(whole)-1])); err == nil || err == io.EOF {
			t.Errorf("a message of %d bytes that is cut: %v", len(whole)-8, err)
		}
	}
	if _, err := ReadFrame(bytes.NewReader(nil)); err != io.EOF {
		t.Error(err)
	}
}

type list struct{ Next *list }

func TestTypesThatCannotBeGiven(t *testing.T) {
	for _, v := range []any{make(chan int), func() {}, &list{}, map[string]chan int{}, unsafe.Pointer(nil)} {
		if _, err := NewType(reflect.TypeOf(v)); err == nil {
			t.Errorf("a %T can be given", v)
		}
	}
}

// FuzzMessages: whatever comes over the pipe is read, or is an error.
func FuzzMessages(f *testing.F) {
	type deep struct {
		A []string
		B map[int8]*point
		C [2][]point
		D error
		E *[]bool
		F []struct{}
		G map[struct{}][0]int
	}
	rt := reflect.TypeFor[deep]()
	how, err := NewFunc([]reflect.Type{rt, reflect.TypeFor[[]uint16]()}, []reflect.Type{rt})
	if err != nil {
		f.Fatal(err)
	}
	arguments := func() []unsafe.Pointer {
		p := &point{1, 2}
		d := deep{[]string{"a", "b"}, map[int8]*point{1: p, 2: p}, [2][]point{{*p}, nil}, io.EOF, &[]bool{true, false}, make([]struct{}, 3), map[struct{}][0]int{{}: {}}}
		return []unsafe.Pointer{unsafe.Pointer(&d), unsafe.Pointer(&[]uint16{1, 2})}
	}
	request, _, err := how.Request(arguments(), nil)
	if err != nil {
		f.Fatal(err)
	}
	theirs, m, err := how.Arguments(request)
	if err != nil {
		f.Fatal(err)
	}
	(*deep)(theirs[0]).A[0] = "changed"
	reply, err := how.Reply(theirs[:1], m, nil)
	if err != nil {
		f.Fatal(err)
	}
	w := &writer{}
	w.uint(1)
	w.text = append(w.text, byte(Panicked))
	w.panic("no", []Frame{{"f", "cell 1", 2}})
	f.Add(request)
	f.Add(reply)
	f.Add(w.text)
	f.Add(hello([]string{how.Shape()}))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, m, err := how.Arguments(text); err == nil {
			if _, err := how.Reply(nil, m, nil); err != nil {
				t.Errorf("what was read can't be written: %v", err)
			}
		}
		_, ours, err := how.Request(arguments(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var out deep
		how.Answer(text, []unsafe.Pointer{unsafe.Pointer(&out)}, ours) //nolint:errcheck // any will do
		ReadAnswer(text)                                               //nolint:errcheck
		ReadHello(text)                                                //nolint:errcheck
		ReadFrame(strings.NewReader(string(text)))                     //nolint:errcheck
	})
}
