package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
)

// Sum is a checksum of what can be learned from the set: shape, classes, images and
// labels to the last bit, but not the names. It is the same on every machine: the first
// 8 bytes, in hexadecimal, of a SHA-256.
func (s *Set) Sum() string {
	h := sha256.New()
	fmt.Fprintln(h, s.Shape.C, s.Shape.H, s.Shape.W, s.Classes, len(s.X), len(s.Y))
	block := make([]byte, 0, 1<<16)
	word := func(x uint32) {
		if len(block) == cap(block) {
			h.Write(block)
			block = block[:0]
		}
		block = binary.LittleEndian.AppendUint32(block, x)
	}
	for _, x := range s.X {
		word(math.Float32bits(x))
	}
	for _, y := range s.Y {
		word(uint32(y))
	}
	h.Write(block)
	return hex.EncodeToString(h.Sum(nil)[:8])
}
