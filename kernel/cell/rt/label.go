package rt

import (
	"context"
	"runtime/pprof"
	"strconv"
	"unsafe"
)

// Goroutines belong to cells by their profiler labels, which a goroutine inherits
// from the one that starts it, also where compiled code does that. A label's value is
// text, "cell 7", but text that lies in a tag, behind which the cell is found.

// goroutineLabels is what pprof.SetGoroutineLabels has set for this goroutine.
//
//go:linkname goroutineLabels runtime/pprof.runtime_getProfLabel
func goroutineLabels() unsafe.Pointer

// labelSet is the layout of pprof's label sets. TestLabelLayout watches over it.
type labelSet struct{ list []label }

type label struct{ key, value string }

// tag is where the value of a cell's label lies.
type tag struct {
	text [24]byte // first, so that a pointer to the text is one to the tag
	cell *Cell
}

// labelKey makes and reads tags: a label is ours if its key is this very string.
type labelKey struct{ key string }

func (k *labelKey) init() { k.key = string(append([]byte(nil), "cell"...)) }

// mark returns a context whose labels name the cell.
func (k *labelKey) mark(c *Cell) context.Context {
	t := &tag{cell: c}
	n := copy(t.text[:], strconv.Itoa(c.Number))
	return pprof.WithLabels(context.Background(), pprof.Labels(k.key, unsafe.String(&t.text[0], n)))
}

// read is the cell of this goroutine, nil if it has none.
func (k *labelKey) read() *Cell {
	s := (*labelSet)(goroutineLabels())
	if s == nil {
		return nil
	}
	for i := range s.list {
		if l := &s.list[i]; unsafe.StringData(l.key) == unsafe.StringData(k.key) {
			return (*tag)(unsafe.Pointer(unsafe.StringData(l.value))).cell
		}
	}
	return nil
}
