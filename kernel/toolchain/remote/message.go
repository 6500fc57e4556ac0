package remote

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"runtime"
)

// Files of a helper besides the standard ones: where calls come from and answers go to.
const (
	CallsFD = 3 + iota
	AnswersFD
)

// Hello is the first message of a helper.
func hello(shapes []string) []byte {
	w := &writer{}
	w.uint(len(shapes))
	for _, s := range shapes {
		w.string(s)
	}
	return w.text
}

// ReadHello reads the first message of a helper: the shapes of its functions.
func ReadHello(text []byte) (shapes []string, err error) {
	r := &reader{text: text}
	for range r.count(1) {
		shapes = append(shapes, r.string())
	}
	return shapes, r.end()
}

// CallHead is what a call begins with: its number, and that of the function.
func CallHead(id uint64, fn int) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, id), uint64(fn))
}

// Status is how a call has ended.
type Status byte

// The ways in which calls end.
const (
	Returned Status = iota // followed by what Reply has written
	Panicked               // by the panic, and what Reply has written of the changes
	Exited                 // by runtime.Goexit
	Failed                 // before it began, or since its results can't be given: followed by a text
)

// Answered is the beginning of an answer.
type Answered struct {
	ID     uint64
	Status Status
	Panic  *Panic // if it is Panicked
	Text   string // if it Failed
	Rest   []byte // what Answer reads
}

// Panic is one in a helper.
type Panic struct {
	Value  any    // as it was, if it is of a basic type or a known error; else an error or a Value with its text
	Fault  string // the text of a runtime.Error, for which Value is nil
	Frames []Frame
}

// Value is a value that only the helper has, as Go prints it.
type Value string

func (v Value) String() string { return string(v) }

// Frame is a call of a function, with the place in the source.
type Frame struct {
	Function, File string
	Line           int
}

// How the value of a panic is written.
const (
	asFault = iota
	asError
	asText
	asBasic // followed by its kind and its value
)

func (w *writer) panic(v any, frames []Frame) {
	switch x := v.(type) {
	case runtime.Error:
		w.uint(asFault)
		w.string(x.Error())
	case error:
		w.uint(asError)
		w.error(x)
	default:
		if t := basic(reflect.TypeOf(v).Kind()); t == reflect.TypeOf(v) {
			w.uint(asBasic)
			w.uint(int(t.Kind()))
			bt, _ := NewType(t)
			w.value(copyOf(reflect.ValueOf(v)), bt)
		} else {
			w.uint(asText)
			w.string(panicText(v))
		}
	}
	w.uint(len(frames))
	for _, f := range frames {
		w.string(f.Function)
		w.string(f.File)
		w.uint(f.Line)
	}
}

// panicText is how Go prints a panic's value; where that is an address, the value is
// written in Go syntax.
func panicText(v any) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprintf("%T (its method panicked: %v)", v, p)
		}
	}()
	if s, ok := v.(fmt.Stringer); ok {
		return s.String()
	}
	x := reflect.ValueOf(v)
	switch k := x.Kind(); {
	case k == reflect.String:
		return fmt.Sprintf(`%T("%s")`, v, x.String())
	case k >= reflect.Bool && k <= reflect.Complex128:
		return fmt.Sprintf("%T(%v)", v, v)
	}
	return fmt.Sprintf("%#v", v)
}

// basic is the predeclared type of a kind, nil if there is none.
func basic(k reflect.Kind) reflect.Type {
	for _, v := range []any{
		false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0), uintptr(0),
		float32(0), 0.0, complex64(0), 0i, "",
	} {
		if t := reflect.TypeOf(v); t.Kind() == k {
			return t
		}
	}
	return nil
}

func (r *reader) panic() *Panic {
	p := &Panic{}
	switch r.uint(asBasic) {
	case asFault:
		p.Fault = r.string()
	case asError:
		p.Value = r.error()
	case asText:
		p.Value = Value(r.string())
	case asBasic:
		t := basic(reflect.Kind(r.uint(int(reflect.UnsafePointer))))
		if t == nil {
			r.fail("a message has no basic type for a panic")
			return p
		}
		bt, _ := NewType(t)
		v := reflect.New(t)
		r.value(v.UnsafePointer(), bt)
		p.Value = v.Elem().Interface()
	}
	for range r.count(3) {
		p.Frames = append(p.Frames, Frame{r.string(), r.string(), r.uint(limit)})
	}
	return p
}

// ReadAnswer reads an answer up to what Answer reads.
func ReadAnswer(text []byte) (Answered, error) {
	r := &reader{text: text}
	a := Answered{ID: uint64(r.uint(limit)), Status: Status(r.byte())}
	switch a.Status {
	case Returned, Exited:
	case Panicked:
		a.Panic = r.panic()
	case Failed:
		a.Text = r.string()
	default:
		r.fail("a message has the status %d", a.Status)
	}
	a.Rest = r.text
	return a, r.err
}
