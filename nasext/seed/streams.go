package seed

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strconv"
)

// Streams are the numbered streams of one name: one for each sample of an epoch, say.
// They are opened one after the other, without allocating. A Streams is for one
// goroutine; others make their own, of the same name, and draw the same numbers.
type Streams struct {
	path  []byte // what is digested, up to the number
	begin int    // where the number begins
	pcg   rand.PCG
	rand  *rand.Rand
}

// NewStreams are the streams that Stream(seed, path…, "0"), Stream(seed, path…, "1")
// and so on name.
func NewStreams(seed uint64, path ...string) *Streams {
	s := &Streams{path: encode(seed, path)}
	s.begin = len(s.path)
	s.path = slices.Grow(s.path, 32)
	s.rand = rand.New(&s.pcg)
	return s
}

// Open begins the stream of number n, 0 or more, in place of the one opened before:
// what Stream(seed, path…, strconv.Itoa(n)) draws.
func (s *Streams) Open(n int) *rand.Rand {
	s.pcg.Seed(s.State(n))
	return s.rand
}

// State is the seed of the rand.PCG that draws the stream of number n, for who computes its
// draws elsewhere.
func (s *Streams) State(n int) (seed1, seed2 uint64) {
	var number [20]byte
	s.path = appendWord(s.path[:s.begin], strconv.AppendInt(number[:0], int64(n), 10))
	sum := sha256.Sum256(s.path)
	return binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16])
}
