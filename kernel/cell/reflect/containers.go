package reflect

import (
	"iter"
	goreflect "reflect"
)

// Len is the length of an array, a channel, a map, a slice, a string, or of the array
// that a pointer points to.
func (v Value) Len() int {
	if v.Kind() == goreflect.Pointer && v.t.elem().Kind() == goreflect.Array {
		return v.t.elem().Len()
	}
	return v.of("Len", goreflect.Array, goreflect.Chan, goreflect.Map, goreflect.Slice, goreflect.String).Len()
}

func (v Value) Cap() int {
	if v.Kind() == goreflect.Pointer && v.t.elem().Kind() == goreflect.Array {
		return v.t.elem().Len()
	}
	return v.of("Cap", goreflect.Array, goreflect.Chan, goreflect.Slice).Cap()
}

// part is an element of the value, of type t in lowered code.
func (v Value) part(x goreflect.Value, t func() *rtype) Value {
	if v.isReal() {
		return v.t.m.wrap(x, v.t.m.ofReal(x.Type()), v.flag)
	}
	return v.t.m.wrap(x, t(), v.flag)
}

func (v Value) Index(i int) Value {
	x := v.of("Index", goreflect.Array, goreflect.Slice, goreflect.String).Index(i)
	if v.Kind() == goreflect.String {
		return v.t.m.wrap(x, v.t.m.ofReal(x.Type()), v.flag)
	}
	return v.part(x, v.t.elem)
}

func (v Value) Slice(i, j int) Value {
	x := v.of("Slice", goreflect.Array, goreflect.Slice, goreflect.String).Slice(i, j)
	return v.t.m.wrap(x, v.sliced(), v.flag)
}

func (v Value) Slice3(i, j, k int) Value {
	x := v.of("Slice3", goreflect.Array, goreflect.Slice).Slice3(i, j, k)
	return v.t.m.wrap(x, v.sliced(), v.flag)
}

// sliced is the type of a slice of v.
func (v Value) sliced() *rtype {
	if v.Kind() == goreflect.Array {
		return SliceOf(v.t.elem()).mirrored()
	}
	return v.t
}

func (v Value) Clear() { v.of("Clear", goreflect.Map, goreflect.Slice).Clear() }

func (v Value) MapIndex(key Value) Value {
	m := v.of("MapIndex", goreflect.Map)
	x := m.MapIndex(key.as("reflect.Value.MapIndex", v.t.key(), m.Type().Key()))
	if !x.IsValid() {
		return Value{}
	}
	return v.part(x, v.t.elem)
}

func (v Value) MapKeys() []Value {
	keys := v.of("MapKeys", goreflect.Map).MapKeys()
	out := make([]Value, len(keys))
	for i, k := range keys {
		out[i] = v.part(k, v.t.key)
	}
	return out
}

// SetMapIndex sets an element, or deletes it if elem is the zero Value.
func (v Value) SetMapIndex(key, elem Value) {
	v.mustBeFree("SetMapIndex")
	m := v.of("SetMapIndex", goreflect.Map)
	k := key.as("reflect.Value.SetMapIndex", v.t.key(), m.Type().Key())
	if elem.t == nil {
		m.SetMapIndex(k, goreflect.Value{})
		return
	}
	m.SetMapIndex(k, elem.as("reflect.Value.SetMapIndex", v.t.elem(), m.Type().Elem()))
}

// MapIter is reflect.MapIter.
type MapIter struct {
	m  Value
	it *goreflect.MapIter
}

func (v Value) MapRange() *MapIter {
	return &MapIter{v, v.of("MapRange", goreflect.Map).MapRange()}
}

// Key is the key of the present entry.
func (i *MapIter) Key() Value { return i.m.part(i.it.Key(), i.m.t.key) }

// Value is the element of the present entry.
func (i *MapIter) Value() Value { return i.m.part(i.it.Value(), i.m.t.elem) }

// Next goes to the next entry and reports whether there is one.
func (i *MapIter) Next() bool { return i.it.Next() }

// Reset begins again, with another map.
func (i *MapIter) Reset(v Value) {
	if v.t == nil {
		i.it.Reset(goreflect.Value{})
		return
	}
	i.m, i.it = v, v.of("Reset", goreflect.Map).MapRange()
}

func (v Value) SetIterKey(i *MapIter)   { v.Set(i.Key()) }
func (v Value) SetIterValue(i *MapIter) { v.Set(i.Value()) }

// Seq goes over what for i := range v gives.
func (v Value) Seq() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Kind() == goreflect.Func {
			v.Call([]Value{v.yield(func(x []Value) bool { return yield(x[0]) })})
			return
		}
		m := v.t.m
		switch v.Kind() {
		case goreflect.Map:
			for i := v.MapRange(); i.Next(); {
				if !yield(i.Key()) {
					return
				}
			}
		case goreflect.Chan:
			for x, ok := v.Recv(); ok; x, ok = v.Recv() {
				if !yield(x) {
					return
				}
			}
		default:
			for x := range v.v.Seq() {
				t := m.ofReal(x.Type())
				if v.CanInt() || v.CanUint() {
					t, x = v.t, x.Convert(v.t.form())
				}
				if !yield(m.wrap(x, t, 0)) {
					return
				}
			}
		}
	}
}

// Seq2 goes over what for i, x := range v gives.
func (v Value) Seq2() iter.Seq2[Value, Value] {
	return func(yield func(Value, Value) bool) {
		switch v.Kind() {
		case goreflect.Func:
			v.Call([]Value{v.yield(func(x []Value) bool { return yield(x[0], x[1]) })})
		case goreflect.Map:
			for i := v.MapRange(); i.Next(); {
				if !yield(i.Key(), i.Value()) {
					return
				}
			}
		case goreflect.String:
			for i, c := range v.v.String() {
				if !yield(v.t.m.valueOf(i), v.t.m.valueOf(c)) {
					return
				}
			}
		default:
			if v.Kind() == goreflect.Pointer {
				v = v.Elem()
			}
			v.mustBe("Seq2", goreflect.Array, goreflect.Slice)
			for i := range v.Len() {
				if !yield(v.t.m.valueOf(i), v.Index(i)) {
					return
				}
			}
		}
	}
}

// yield is f as the function that the iterator v wants.
func (v Value) yield(f func([]Value) bool) Value {
	return MakeFunc(v.t.in(0), func(in []Value) []Value { return []Value{v.t.m.valueOf(f(in))} })
}

// Fields goes over the fields of a struct.
func (v Value) Fields() iter.Seq2[StructField, Value] {
	v.mustBe("Fields", goreflect.Struct)
	return func(yield func(StructField, Value) bool) {
		for i := range v.NumField() {
			if !yield(v.t.Field(i), v.Field(i)) {
				return
			}
		}
	}
}

func (v Value) Close() { v.of("Close", goreflect.Chan).Close() }

// Recv receives, and waits until it can; ok is false when the channel has been closed.
func (v Value) Recv() (x Value, ok bool) {
	_, r, ok := v.t.m.r.Wait([]goreflect.SelectCase{{Dir: goreflect.SelectRecv, Chan: v.of("Recv", goreflect.Chan)}})
	return v.part(r, v.t.elem), ok
}

// Send sends, and waits until it can.
func (v Value) Send(x Value) {
	c := v.of("Send", goreflect.Chan)
	v.t.m.r.Wait([]goreflect.SelectCase{{Dir: goreflect.SelectSend, Chan: c, Send: x.as("reflect.Value.Send", v.t.elem(), c.Type().Elem())}})
}

func (v Value) TryRecv() (x Value, ok bool) {
	r, ok := v.of("TryRecv", goreflect.Chan).TryRecv()
	if !r.IsValid() {
		return Value{}, false
	}
	return v.part(r, v.t.elem), ok
}

func (v Value) TrySend(x Value) bool {
	c := v.of("TrySend", goreflect.Chan)
	return c.TrySend(x.as("reflect.Value.TrySend", v.t.elem(), c.Type().Elem()))
}

// SelectCase is reflect.SelectCase.
type SelectCase struct {
	Dir  goreflect.SelectDir
	Chan Value
	Send Value
}

// Select is reflect.Select.
func (m *Mirror) Select(cases []SelectCase) (chosen int, recv Value, recvOK bool) {
	list := make([]goreflect.SelectCase, len(cases))
	block := true
	for i, c := range cases {
		list[i].Dir = c.Dir
		block = block && c.Dir != goreflect.SelectDefault
		if c.Chan.t == nil {
			continue
		}
		list[i].Chan = c.Chan.of("Select", goreflect.Chan)
		if c.Dir == goreflect.SelectSend {
			list[i].Send = c.Send.as("reflect.Select", c.Chan.t.elem(), list[i].Chan.Type().Elem())
		}
	}
	var r goreflect.Value
	if block {
		chosen, r, recvOK = m.r.Wait(list)
	} else {
		chosen, r, recvOK = goreflect.Select(list)
	}
	if c := cases[chosen]; c.Dir == goreflect.SelectRecv {
		return chosen, c.Chan.part(r, c.Chan.t.elem), recvOK
	}
	return chosen, Value{}, recvOK
}
