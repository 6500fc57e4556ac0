package nn

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// The format of saved weights: the magic line; the number of blocks; for each block the
// length of its name, the name, the number of its numbers and the numbers; then the
// SHA-256 of all that. Integers are uint32, numbers float32, both little endian.
const saveMagic = "nascent weights 1\n"

// Save writes all parameters and running moments.
func (n *Network) Save(w io.Writer) error {
	blocks := n.blocks()
	b := []byte(saveMagic)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(blocks)))
	for _, p := range blocks {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p.Name)))
		b = append(b, p.Name...)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p.W)))
		for _, v := range p.W {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	sum := sha256.Sum256(b)
	if _, err := w.Write(append(b, sum[:]...)); err != nil {
		return fmt.Errorf("save weights: %w", err)
	}
	return nil
}

// Load reads what Save of a network of the same architecture wrote. On an error the
// network is as it was.
func (n *Network) Load(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("load weights: %w", err)
	}
	if !bytes.HasPrefix(b, []byte(saveMagic)) {
		return fmt.Errorf("load weights: this is no file of weights; it has to begin with %q", saveMagic[:len(saveMagic)-1])
	}
	body := b[:max(len(b)-sha256.Size, 0)]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], b[len(body):]) {
		return fmt.Errorf("load weights: the checksum is wrong; the file is damaged or cut off, save it again")
	}
	in := &reader{b: body[len(saveMagic):]}
	blocks := n.blocks()
	if got := in.count(); got != len(blocks) {
		return fmt.Errorf("load weights: %d blocks of numbers, but the network has %d; load them into the architecture that was saved", got, len(blocks))
	}
	values := make([][]float32, len(blocks))
	for i, p := range blocks {
		name := string(in.take(in.count()))
		size := in.count()
		if name != p.Name || size != len(p.W) {
			return fmt.Errorf("load weights: block %d is %q of %d numbers, but the network has %q of %d there; load them into the architecture that was saved",
				i+1, name, size, p.Name, len(p.W))
		}
		raw := in.take(4 * size)
		if in.short {
			return fmt.Errorf("load weights: block %q ends too early", name)
		}
		values[i] = make([]float32, size)
		for j := range values[i] {
			values[i][j] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*j:]))
		}
	}
	for i, p := range blocks {
		copy(p.W, values[i])
	}
	return nil
}

func (n *Network) blocks() []*Param {
	return append(append([]*Param(nil), n.params...), n.moments...)
}

// reader takes bytes until there are none left.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.short = true
		return nil
	}
	var p []byte
	p, r.b = r.b[:n], r.b[n:]
	return p
}

func (r *reader) count() int {
	p := r.take(4)
	if p == nil {
		return 0
	}
	return int(binary.LittleEndian.Uint32(p))
}
