package onnx

import (
	"encoding/binary"
	"io"
	"math"
)

// message is a protocol buffer that is being written: fields, each with its number.
// The numbers in this package are those of onnx.proto3.
type message []byte

// The ways in which a field's value is written.
const (
	varint  = 0
	bytes   = 2
	fixed32 = 5
)

func (m *message) tag(field, way int) { *m = binary.AppendUvarint(*m, uint64(field<<3|way)) }

func (m *message) integer(field int, v int64) {
	m.tag(field, varint)
	*m = binary.AppendUvarint(*m, uint64(v))
}

func (m *message) float(field int, v float32) {
	m.tag(field, fixed32)
	*m = binary.LittleEndian.AppendUint32(*m, math.Float32bits(v))
}

func (m *message) text(field int, s string) {
	m.tag(field, bytes)
	*m = binary.AppendUvarint(*m, uint64(len(s)))
	*m = append(*m, s...)
}

func (m *message) message(field int, v message) {
	m.tag(field, bytes)
	*m = binary.AppendUvarint(*m, uint64(len(v)))
	*m = append(*m, v...)
}

// The element types of tensors.
const (
	typeFloat = 1
	typeInt64 = 7
)

// tensorHead is a TensorProto without its numbers, which are its field 9. Without dims
// it is a single number.
func tensorHead(name string, elem int, dims []int) message {
	var t message
	for _, d := range dims {
		t.integer(1, int64(d))
	}
	t.integer(2, int64(elem))
	t.text(8, name)
	return t
}

// weights are a tensor of a graph whose numbers are written where they lie.
type weights struct {
	head   message // what stands before the numbers, from the tag of the graph's field on
	values []float32
}

func newWeights(name string, dims []int, values []float32) weights {
	tensor := tensorHead(name, typeFloat, dims)
	tensor.tag(9, bytes)
	tensor = binary.AppendUvarint(tensor, uint64(4*len(values)))
	var head message
	head.tag(5, bytes)
	head = binary.AppendUvarint(head, uint64(len(tensor)+4*len(values)))
	return weights{append(head, tensor...), values}
}

func (t weights) size() int { return len(t.head) + 4*len(t.values) }

// write writes a part of the numbers at a time.
func (t weights) write(w io.Writer) error {
	const part = 1 << 14
	buffer := append(make([]byte, 0, len(t.head)+4*min(part, len(t.values))), t.head...)
	for from := 0; ; from += part {
		for _, v := range t.values[from:min(from+part, len(t.values))] {
			buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(v))
		}
		if _, err := w.Write(buffer); err != nil || from+part >= len(t.values) {
			return err
		}
		buffer = buffer[:0]
	}
}

// attribute is an AttributeProto.
type attribute message

func attrFloat(name string, v float32) attribute {
	m := attributeOf(name, 1)
	m.float(2, v)
	return attribute(m)
}

func attrInt(name string, v int) attribute {
	m := attributeOf(name, 2)
	m.integer(3, int64(v))
	return attribute(m)
}

func attrInts(name string, values ...int) attribute {
	m := attributeOf(name, 7)
	for _, v := range values {
		m.integer(8, int64(v))
	}
	return attribute(m)
}

// attributeOf begins an attribute of one of the types of AttributeProto.
func attributeOf(name string, kind int64) message {
	var m message
	m.text(1, name)
	m.integer(20, kind)
	return m
}

// node is a NodeProto.
func node(op, name string, inputs []string, attrs []attribute) message {
	var m message
	for _, in := range inputs {
		m.text(1, in)
	}
	m.text(2, name)
	m.text(3, name)
	m.text(4, op)
	for _, a := range attrs {
		m.message(5, message(a))
	}
	return m
}

// value is a ValueInfoProto of a float tensor of any number of samples.
func value(name string, dims ...int) message {
	var shape, samples message
	samples.text(2, "samples")
	shape.message(1, samples)
	for _, d := range dims {
		var dim message
		dim.integer(1, int64(d))
		shape.message(1, dim)
	}
	var tensor, kind, v message
	tensor.integer(1, typeFloat)
	tensor.message(2, shape)
	kind.message(1, tensor)
	v.text(1, name)
	v.message(2, kind)
	return v
}
