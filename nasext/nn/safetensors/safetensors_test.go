package safetensors

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/ours.safetensors")

// ours is the file that testdata/test_python.py reads.
func ours() *File {
	values := make([]float32, 6)
	for i := range values {
		values[i] = float32(i)/4 - 1
	}
	return &File{
		Tensors: []Tensor{
			Floats("conv \"1\".weight", []int{2, 3, 1, 1}, values),
			Floats("one", nil, []float32{1 / float32(3)}),
			Floats("empty", []int{0, 2}, nil),
		},
		Meta: map[string]string{"made by": "Go"},
	}
}

func written(t testing.TB, f *File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteIsWhatPythonReads(t *testing.T) {
	const name = "testdata/ours.safetensors"
	got := written(t, ours())
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("other bytes than %s, which Python is tested to read; run with -update, then testdata/test_python.py", name)
	}
}

func TestParseReadsWhatPythonWrites(t *testing.T) {
	b, err := os.ReadFile("testdata/python.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if f.Meta["made by"] != "Python" || len(f.Tensors) != 7 {
		t.Errorf("metadata %v, %d tensors", f.Meta, len(f.Tensors))
	}
	inf, zero := float32(math.Inf(1)), float32(math.Copysign(0, -1))
	// As NumPy says: half precision has 1/3 as 0.33325195 and 6e-8 as 2⁻²⁴; bfloat16 has
	// 65504 as 65536, 6e-8 as 6.0070306e-08 and 1/3 as 0.33398438.
	wants := map[string][]float32{
		"double":     {0, zero, 1, -1.5, 65504, 6e-8, inf, 1. / 3},
		"single":     {0, zero, 1, -1.5, 65504, 6e-8, inf, 1. / 3},
		"half":       {0, zero, 1, -1.5, 65504, 5.9604645e-08, inf, 0.33325195},
		"brain":      {0, zero, 1, -1.5, 65536, 6.0070306e-08, inf, 0.33398438},
		"one number": {0.25},
		"none":       {},
	}
	shapes := map[string][]int{"whole": {5}, "one number": {}, "none": {3, 0}}
	for _, tensor := range f.Tensors {
		got := make([]float32, tensor.Len())
		err := tensor.Floats(got)
		if tensor.Name == "whole" {
			if err == nil || !strings.Contains(err.Error(), "\"whole\" holds numbers of type I64") {
				t.Errorf("got %v, want an error about whole numbers", err)
			}
		} else if err != nil {
			t.Error(err)
		}
		want, ok := wants[tensor.Name]
		for i := range want {
			if ok && math.Float32bits(got[i]) != math.Float32bits(want[i]) {
				t.Errorf("%s: number %d is %v, want %v", tensor.Name, i, got[i], want[i])
			}
		}
		shape, ok := shapes[tensor.Name]
		if !ok {
			shape = []int{2, 4}
		}
		if !reflect.DeepEqual(tensor.Shape, shape) {
			t.Errorf("%s: shape %v, want %v", tensor.Name, tensor.Shape, shape)
		}
	}
}

func TestHalf(t *testing.T) {
	for bits, want := range map[uint16]float32{0x0001: 0x1p-24, 0x03ff: 1023 * 0x1p-24, 0x0400: 0x1p-14, 0x3c01: 1 + 0x1p-10, 0xfbff: -65504} {
		if got := half(bits); got != want {
			t.Errorf("%#04x is %v, want %v", bits, got, want)
		}
	}
	if got := half(0x7e00); got == got {
		t.Errorf("0x7e00 is %v, want NaN", got)
	}
}

// file is a file with the given header and so many bytes of numbers.
func file(header string, bytes int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, bytes)...)
}

func TestBadFiles(t *testing.T) {
	good := written(t, ours())
	tensor := func(s string) string { return `{"a":` + s + `}` }
	for _, c := range []struct {
		want string
		file []byte
	}{
		{"0 bytes; a file begins with 8", nil},
		{"this is no safetensors file", []byte("hello, this is text")},
		{"a header of 30 bytes, but only 2 follow", append(binary.LittleEndian.AppendUint64(nil, 30), "{}"...)},
		{"begin with a brace", file("[]", 0)},
		{"begin with a brace", file("", 0)},
		{"unexpected EOF", file(`{"a":{"dtype":"F32"`, 0)},
		{"2 bytes after its end", file(`{}{}`, 0)},
		{"tensor \"a\" is there twice", file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4)},
		{"unknown type \"Q3\"", file(tensor(`{"dtype":"Q3","shape":[1],"data_offsets":[0,4]}`), 4)},
		{"unknown type \"\"", file(tensor(`null`), 4)},
		{"negative", file(tensor(`{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}`), 4)},
		{"too large", file(tensor(`{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}`), 4)},
		{"too large", file(tensor(`{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,4]}`), 4)},
		{"bytes 0 to 4, but shape [2] of F32 needs 8", file(tensor(`{"dtype":"F32","shape":[2],"data_offsets":[0,4]}`), 4)},
		{"bytes 4 to 0", file(tensor(`{"dtype":"F32","shape":[1],"data_offsets":[4,0]}`), 4)},
		{"ends at byte 4000000000, but only 4 are there; the file is cut off", file(tensor(`{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}`), 4)},
		{"neither gaps nor overlaps", file(tensor(`{"dtype":"F32","shape":[1],"data_offsets":[4,8]}`), 8)},
		{"neither gaps nor overlaps", file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4)},
		{"3 bytes after the last tensor", file(tensor(`{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`), 7)},
		{"\"a\": json: cannot unmarshal", file(tensor(`{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}`), 4)},
		{"\"__metadata__\": json: cannot unmarshal", file(`{"__metadata__":{"a":1}}`, 0)},
		{"the checksum is wrong", append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1)},
		{"the file is cut off", good[:len(good)-1]},
	} {
		if _, err := Parse(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: got %v, want an error with %q", c.file, err, c.want)
		}
	}
}

func TestBadTensors(t *testing.T) {
	one := Floats("a", []int{1}, []float32{1})
	for name, f := range map[string]File{
		"twice":       {Tensors: []Tensor{one, one}},
		"reserved":    {Tensors: []Tensor{Floats("__metadata__", []int{1}, []float32{1})}},
		"type":        {Tensors: []Tensor{{Name: "a", Type: "Q3", Shape: []int{1}, Data: []byte{1}}}},
		"shape":       {Tensors: []Tensor{Floats("a", []int{2}, []float32{1})}},
		"negative":    {Tensors: []Tensor{Floats("a", []int{-1}, nil)}},
		"half number": {Tensors: []Tensor{{Name: "a", Type: F32, Shape: []int{1}, Data: make([]byte, 5)}}},
		"checksum":    {Meta: map[string]string{"sha256": "x"}},
	} {
		if err := Write(io.Discard, &f); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := one.Floats(make([]float32, 2)); err == nil {
		t.Error("room for too many numbers: no error")
	}
}

// FuzzParse: what can be read is written and read again as it was.
func FuzzParse(f *testing.F) {
	python, err := os.ReadFile("testdata/python.safetensors")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(python)
	f.Add(written(f, ours()))
	f.Add(file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4))
	f.Add(file(`{}`, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		first, err := Parse(b)
		if err != nil {
			return
		}
		again, err := Parse(written(t, first))
		if err != nil {
			t.Fatal(err)
		}
		if len(again.Tensors) != len(first.Tensors) {
			t.Fatalf("%d tensors, before %d", len(again.Tensors), len(first.Tensors))
		}
		byName := map[string]Tensor{}
		for _, tensor := range again.Tensors {
			byName[tensor.Name] = tensor
			_ = tensor.Floats(make([]float32, tensor.Len()))
		}
		for _, want := range first.Tensors {
			got := byName[want.Name]
			if got.Type != want.Type || fmt.Sprint(got.Shape) != fmt.Sprint(want.Shape) || !bytes.Equal(got.Data, want.Data) {
				t.Errorf("%+v, before %+v", got, want)
			}
		}
	})
}
