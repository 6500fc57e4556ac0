package callsite

import (
	"reflect"
	"runtime/debug"
	"unsafe"
)

// frames is where the interpreter keeps the values of a function call: offsets of
// fields of interp.frame, and the frame of the globals, from which all others hang.
type frames struct {
	ok              bool
	root, anc, data uintptr
	global          uintptr // address of the frame of the globals
}

func framesOf(interpreter reflect.Value) (fs frames) {
	v := interpreter.Elem().FieldByName("frame")
	if !v.IsValid() || v.Kind() != reflect.Pointer {
		return fs
	}
	t := v.Type().Elem()
	field := func(name, typ string) uintptr {
		f, ok := t.FieldByName(name)
		fs.ok = fs.ok && ok && f.Type.String() == typ
		return f.Offset
	}
	fs.ok, fs.global = true, v.Pointer()
	fs.root, fs.anc, fs.data = field("root", "*interp.frame"), field("anc", "*interp.frame"), field("data", "[]reflect.Value")
	return fs
}

// isFrame says whether a word is the address of a frame. A word that is no address
// at all is found out by reading there.
func (fs frames) isFrame(word uintptr) (yes bool) {
	if !fs.ok || word%wordSize != 0 || word < 1<<16 {
		return false
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	return peek(word+fs.root) == fs.global
}

// values are those of a frame.
func (fs frames) values(frame uintptr) []reflect.Value {
	p := *(*unsafe.Pointer)(unsafe.Pointer(&frame))
	return *(*[]reflect.Value)(unsafe.Add(p, fs.data))
}

func (fs frames) caller(frame uintptr) uintptr { return peek(frame + fs.anc) }

// operands are the values of the children of a node, in a frame. ok is false if
// one of them is not known.
func (l layout) operands(n, frame uintptr, fs frames) (vs []reflect.Value, ok bool) {
	p := *(*unsafe.Pointer)(unsafe.Pointer(&n))
	children := reflect.NewAt(l.node, p).Elem().Field(l.child)
	for i := range children.Len() {
		v, ok := l.operand(children.Index(i).Elem(), frame, fs)
		if !ok {
			return nil, false
		}
		vs = append(vs, v)
	}
	return vs, true
}

func (l layout) operand(n reflect.Value, frame uintptr, fs frames) (v reflect.Value, ok bool) {
	if v := *(*reflect.Value)(n.Field(l.rval).Addr().UnsafePointer()); v.IsValid() {
		return v, true
	}
	index, level := int(n.Field(l.findex).Int()), int(n.Field(l.level).Int())
	if sym := n.Field(l.sym); !sym.IsNil() {
		index = int(sym.Elem().FieldByName("index").Int())
		if sym.Elem().FieldByName("global").Bool() {
			level = -1
		}
	}
	if level < 0 {
		frame = fs.global
	}
	for ; level > 0; level-- {
		if frame = fs.caller(frame); !fs.isFrame(frame) {
			return v, false
		}
	}
	data := fs.values(frame)
	if index < 0 || index >= len(data) || !data[index].IsValid() {
		return v, false
	}
	return data[index], true
}
