package arch

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
)

// Hash is a fingerprint of the structure: input shape, operations with their
// settings, who takes whose output, and which outputs are auxiliary, in the order of the nodes. Names and
// blocks do not count (those of functions do), and neither does whether a default was written out. It is
// 32 hexadecimal digits and stays the same between versions of the program.
//
// Two architectures that differ only in the order of their nodes have different
// fingerprints; CanonicalHash gives them the same one.
func (a *Arch) Hash() string {
	sum := sha256.Sum256(a.encode())
	return hex.EncodeToString(sum[:16])
}

// encode writes down the structure; different structures are written differently.
func (a *Arch) encode() []byte {
	b := []byte("arch 1\n")
	put := func(n int) { b = binary.AppendVarint(b, int64(n)) }
	put(a.Input.C)
	put(a.Input.H)
	put(a.Input.W)
	numbers := map[string]int{} // of mixing numbers, in the order of their first nodes
	for _, n := range a.Nodes {
		o := n.Op.WithDefaults()
		b = o.encode(b)
		put(len(n.In))
		for _, from := range n.In {
			put(from)
		}
		// What architectures could not have when the first fingerprints were stored is
		// written only where it is there, after a number that no node begins with.
		if o.From != 0 || o.Same || o.Fixed {
			for _, v := range []int{-1, o.From, bit(o.Same), bit(o.Fixed)} {
				put(v)
			}
		}
		if o.StrideW != 0 && o.StrideW != o.Stride {
			put(-3)
			put(o.StrideW)
		}
		if o.Kind == Mix {
			if _, known := numbers[o.Alpha]; !known {
				numbers[o.Alpha] = len(numbers)
			}
			put(-4)
			put(numbers[o.Alpha])
			put(slices.Index(Gates(), o.Gate))
		}
		if o.Kind == Custom {
			put(-5)
			put(o.Size)
			put(len(o.Func))
			b = append(b, o.Func...)
		}
	}
	if len(a.Aux) > 0 {
		put(-2)
		for _, i := range a.Aux {
			put(i)
		}
	}
	return b
}

// encode writes down the settings that operations always had.
func (o Op) encode(b []byte) []byte {
	b = binary.AppendVarint(b, int64(len(o.Kind)))
	b = append(b, o.Kind...)
	for _, v := range [...]int{o.Out, o.KH, o.KW, o.Stride, o.PadH, o.PadW, o.Dilation, o.Groups, bit(o.Bias), bit(o.Ceil)} {
		b = binary.AppendVarint(b, int64(v))
	}
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(o.Rate))
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}
