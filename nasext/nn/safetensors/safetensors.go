// Package safetensors reads and writes named tensors in the format of the same name
// (https://github.com/huggingface/safetensors): the length of a header as a little-endian
// uint64; the header, JSON that gives each tensor its type, its shape and its place; then
// the numbers, row major and little endian. Python's safetensors reads what this package
// writes, and the other way round.
package safetensors

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
	"unsafe"
)

// Type is what the numbers of a tensor are.
type Type string

// Types that this package converts to and from Go's numbers.
const (
	F64  Type = "F64"
	F32  Type = "F32"
	F16  Type = "F16"
	BF16 Type = "BF16"
)

// size is the number of bytes of a number, 0 if the type is unknown.
func (t Type) size() int {
	switch t {
	case F64, "I64", "U64":
		return 8
	case F32, "I32", "U32":
		return 4
	case F16, BF16, "I16", "U16":
		return 2
	case "I8", "U8", "BOOL", "F8_E5M2", "F8_E4M3":
		return 1
	}
	return 0
}

// Tensor is a named block of numbers.
type Tensor struct {
	Name  string
	Type  Type
	Shape []int  // empty: one number
	Data  []byte // row major, little endian
}

// File is what a file holds.
type File struct {
	Tensors []Tensor
	Meta    map[string]string // what else there is to say
}

// sumKey is where Write leaves the SHA-256 of all numbers, which Parse checks. Files of
// others have none.
const sumKey = "sha256"

// maxHeader is how long a header may be, as in the format's own library.
const maxHeader = 100_000_000

// entry is what a header says of a tensor.
type entry struct {
	Type    Type      `json:"dtype"`
	Shape   []int     `json:"shape"`
	Offsets [2]uint64 `json:"data_offsets"`
}

// Floats is a tensor of the given numbers, which have to be as many as the shape says.
func Floats(name string, shape []int, values []float32) Tensor { return Of(name, shape, values) }

// Of is a tensor of numbers in single or in double precision, in the type that they have.
func Of[T float32 | float64](name string, shape []int, values []T) Tensor {
	t := Tensor{Name: name, Type: F32, Shape: shape, Data: make([]byte, 0, len(values)*int(unsafe.Sizeof(T(0))))}
	switch values := any(values).(type) {
	case []float32:
		for _, v := range values {
			t.Data = binary.LittleEndian.AppendUint32(t.Data, math.Float32bits(v))
		}
	case []float64:
		t.Type = F64
		for _, v := range values {
			t.Data = binary.LittleEndian.AppendUint64(t.Data, math.Float64bits(v))
		}
	}
	return t
}

// Len is how many numbers there are.
func (t Tensor) Len() int { return len(t.Data) / max(t.Type.size(), 1) }

// Floats writes the numbers to dst, which has room for Len of them. Those in double
// precision are rounded; types that are no floating-point numbers are an error.
func (t Tensor) Floats(dst []float32) error { return Read(t, dst) }

// Read is Floats to numbers of either precision.
func Read[T float32 | float64](t Tensor, dst []T) error {
	if len(dst) != t.Len() {
		return fmt.Errorf("tensor %q: room for %d of its %d numbers", t.Name, len(dst), t.Len())
	}
	le := binary.LittleEndian
	switch t.Type {
	case F64:
		for i := range dst {
			dst[i] = T(math.Float64frombits(le.Uint64(t.Data[8*i:])))
		}
	case F32:
		for i := range dst {
			dst[i] = T(math.Float32frombits(le.Uint32(t.Data[4*i:])))
		}
	case BF16:
		for i := range dst {
			dst[i] = T(math.Float32frombits(uint32(le.Uint16(t.Data[2*i:])) << 16))
		}
	case F16:
		for i := range dst {
			dst[i] = T(half(le.Uint16(t.Data[2*i:])))
		}
	default:
		return fmt.Errorf("tensor %q holds numbers of type %s; they have to be F64, F32, F16 or BF16", t.Name, t.Type)
	}
	return nil
}

// half is the value of a number in half precision (IEEE 754 binary16).
func half(b uint16) float32 {
	sign, exponent, fraction := uint32(b>>15)<<31, int(b>>10&31), uint32(b&1023)
	switch exponent {
	case 0:
		v := float32(fraction) / (1 << 24)
		return math.Float32frombits(sign | math.Float32bits(v))
	case 31:
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | uint32(exponent-15+127)<<23 | fraction<<13)
}

// elements is the number of numbers of a shape, or false if it has negative dimensions or
// more numbers than an int counts.
func elements(shape []int) (int, bool) {
	n := uint64(1)
	for _, d := range shape {
		if d < 0 {
			return 0, false
		}
		hi, lo := bits.Mul64(n, uint64(d))
		if hi != 0 || lo > math.MaxInt64 {
			return 0, false
		}
		n = lo
	}
	return int(n), true
}

// Write writes a file. Tensors with larger numbers come first, which keeps all of them
// aligned; else their order stays.
func Write(w io.Writer, f *File) error {
	tensors := slices.Clone(f.Tensors)
	slices.SortStableFunc(tensors, func(a, b Tensor) int { return b.Type.size() - a.Type.size() })
	header, err := headerOf(tensors, f.Meta)
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	for _, part := range append([][]byte{binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header}, datas(tensors)...) {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("safetensors: %w", err)
		}
	}
	return nil
}

func datas(tensors []Tensor) [][]byte {
	all := make([][]byte, len(tensors))
	for i, t := range tensors {
		all[i] = t.Data
	}
	return all
}

// headerOf is the header, padded with spaces to a multiple of 8 bytes.
func headerOf(tensors []Tensor, meta map[string]string) ([]byte, error) {
	sum := sha256.New()
	for _, t := range tensors {
		sum.Write(t.Data)
	}
	notes := map[string]string{sumKey: hex.EncodeToString(sum.Sum(nil))}
	for k, v := range meta {
		if k == sumKey {
			return nil, fmt.Errorf("metadata %q is the checksum's; choose another key", k)
		}
		notes[k] = v
	}
	first, err := json.Marshal(notes)
	if err != nil {
		return nil, err
	}
	b := append([]byte(`{"`+metaName+`":`), first...)
	seen, at := map[string]bool{metaName: true}, uint64(0)
	for _, t := range tensors {
		n, ok := elements(t.Shape)
		if size := t.Type.size(); seen[t.Name] || size == 0 || !ok || len(t.Data)%size != 0 || len(t.Data)/size != n {
			return nil, fmt.Errorf("tensor %q, type %q, shape %v, of %d bytes: a name can be given once, the type has to be one of the format's, and type and shape have to make as many bytes",
				t.Name, t.Type, t.Shape, len(t.Data))
		}
		seen[t.Name] = true
		name, err := json.Marshal(t.Name)
		if err != nil {
			return nil, err
		}
		e := entry{t.Type, append([]int{}, t.Shape...), [2]uint64{at, at + uint64(len(t.Data))}}
		at = e.Offsets[1]
		value, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		b = append(append(append(append(b, ','), name...), ':'), value...)
	}
	b = append(b, '}')
	for len(b)%8 != 0 {
		b = append(b, ' ')
	}
	if len(b) > maxHeader {
		return nil, fmt.Errorf("a header of %d bytes; the format allows %d", len(b), maxHeader)
	}
	return b, nil
}

// metaName is the header's key for what is no tensor.
const metaName = "__metadata__"

// Parse reads a file. The tensors come in the order of their numbers and share the
// memory of b.
func Parse(b []byte) (*File, error) {
	f, err := parse(b)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return f, nil
}

func parse(b []byte) (*File, error) {
	if len(b) < 8 {
		return nil, fmt.Errorf("%d bytes; a file begins with 8 that say how long its header is", len(b))
	}
	length, rest := binary.LittleEndian.Uint64(b), b[8:]
	if length > maxHeader {
		return nil, fmt.Errorf("a header of %d bytes, more than the %d that the format allows; this is no safetensors file", length, maxHeader)
	}
	if length > uint64(len(rest)) {
		return nil, fmt.Errorf("a header of %d bytes, but only %d follow; the file is cut off", length, len(rest))
	}
	h := header{entries: map[string]entry{}}
	if err := h.parse(rest[:length]); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	return h.file(rest[length:])
}

// header is a header as it is read.
type header struct {
	entries map[string]entry
	meta    map[string]string
}

// parse reads the JSON, in which no name may be there twice.
func (h *header) parse(b []byte) error {
	if len(b) == 0 || b[0] != '{' {
		return errors.New("it has to begin with a brace; this is no safetensors file")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string) // keys of an object are
		if name == metaName {
			if h.meta != nil {
				return fmt.Errorf("%q is there twice", name)
			}
			if err := d.Decode(&h.meta); err != nil {
				return fmt.Errorf("%q: %w", name, err)
			}
			continue
		}
		if _, twice := h.entries[name]; twice {
			return fmt.Errorf("tensor %q is there twice", name)
		}
		var e entry
		if err := d.Decode(&e); err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		h.entries[name] = e
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if tail := bytes.TrimSpace(b[d.InputOffset():]); len(tail) > 0 {
		return fmt.Errorf("%d bytes after its end", len(tail))
	}
	return nil
}

// file gives each tensor its numbers. They have to lie one after the other and fill data.
func (h *header) file(data []byte) (*File, error) {
	f := &File{Meta: h.meta}
	for name, e := range h.entries {
		n, ok := elements(e.Shape)
		size := e.Type.size()
		switch {
		case size == 0:
			return nil, fmt.Errorf("tensor %q: unknown type %.20q", name, e.Type)
		case !ok || n > math.MaxInt/size:
			return nil, fmt.Errorf("tensor %q: shape %v is too large or has negative dimensions", name, e.Shape)
		case e.Offsets[1] < e.Offsets[0] || e.Offsets[1]-e.Offsets[0] != uint64(n*size):
			return nil, fmt.Errorf("tensor %q: bytes %d to %d, but shape %v of %s needs %d", name, e.Offsets[0], e.Offsets[1], e.Shape, e.Type, n*size)
		case e.Offsets[1] > uint64(len(data)):
			return nil, fmt.Errorf("tensor %q ends at byte %d, but only %d are there; the file is cut off", name, e.Offsets[1], len(data))
		}
		f.Tensors = append(f.Tensors, Tensor{name, e.Type, e.Shape, data[e.Offsets[0]:e.Offsets[1]:e.Offsets[1]]})
	}
	begin := func(t Tensor) uint64 { return h.entries[t.Name].Offsets[0] }
	slices.SortFunc(f.Tensors, func(a, b Tensor) int {
		return cmp.Or(cmp.Compare(begin(a), begin(b)), cmp.Compare(len(a.Data), len(b.Data)), cmp.Compare(a.Name, b.Name))
	})
	at := uint64(0)
	for _, t := range f.Tensors {
		if begin(t) != at {
			return nil, fmt.Errorf("tensor %q begins at byte %d, but the one before ends at %d; there may be neither gaps nor overlaps", t.Name, begin(t), at)
		}
		at += uint64(len(t.Data))
	}
	if at != uint64(len(data)) {
		return nil, fmt.Errorf("%d bytes after the last tensor, which belong to none", uint64(len(data))-at)
	}
	if want, ok := f.Meta[sumKey]; ok {
		if sum := sha256.Sum256(data); want != hex.EncodeToString(sum[:]) {
			return nil, errors.New("the checksum is wrong; the file is damaged, save it again")
		}
		delete(f.Meta, sumKey)
	}
	return f, nil
}
