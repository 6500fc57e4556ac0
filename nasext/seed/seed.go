// Package seed names the random streams of a search.
//
// Every random draw in nasext comes from a stream that is named by a seed and a
// path of words, such as "trial", "17", "weights". Streams of different names are
// independent, so adding a draw to one never changes another, and a stream can be
// opened again at any time, on any worker, with the same outcome.
package seed

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"strconv"
)

// First are the seeds 1, 2, … n, for what is done with several: none if n is 0 or less.
func First(n int) []uint64 {
	seeds := make([]uint64, max(n, 0))
	for i := range seeds {
		seeds[i] = uint64(i + 1)
	}
	return seeds
}

// Stream opens the stream that the seed and the path name. Two paths are the same
// only if they have the same words in the same order: ("ab", "c") is not ("a", "bc").
func Stream(seed uint64, path ...string) *rand.Rand {
	sum := digest(seed, path)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16])))
}

// Derive is the seed of a part that opens streams of its own, such as one trial of a study.
func Derive(seed uint64, path ...string) uint64 {
	sum := digest(seed, path)
	return binary.LittleEndian.Uint64(sum[16:24])
}

func digest(seed uint64, path []string) [sha256.Size]byte { return sha256.Sum256(encode(seed, path)) }

// encode writes the name of a stream so that no two names are written alike.
func encode(seed uint64, path []string) []byte {
	b := binary.LittleEndian.AppendUint64(nil, seed)
	for _, word := range path {
		b = appendWord(b, []byte(word))
	}
	return b
}

func appendWord(b, word []byte) []byte {
	b = strconv.AppendInt(b, int64(len(word)), 10)
	return append(append(b, ':'), word...)
}
