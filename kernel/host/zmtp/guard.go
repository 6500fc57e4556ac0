package zmtp

import (
	"encoding/binary"
	"io"
)

// What ZMTP 3.0 looks like: a greeting of fixed size, then frames, each with a
// byte of flags, a length of one or eight bytes, and a body.
// See https://rfc.zeromq.org/spec/23/.
const (
	greetingSize = 64

	flagMore = 1
	flagLong = 2
)

// guard passes a ZMTP stream on and ends it at the first frame that goes over
// the limits, before the frame's header has been passed.
type guard struct {
	from   io.Reader
	limits Limits

	skip   int64 // bytes that belong to the current body, or the greeting
	head   [9]byte
	have   int // bytes of head that were seen
	size   int64
	frames int
	err    error
}

// Read passes bytes on.
func (g *guard) Read(p []byte) (int, error) {
	if g.err != nil {
		return 0, g.err
	}
	n, err := g.from.Read(p)
	good := g.check(p[:n])
	if g.err != nil {
		return good, g.err
	}
	return n, err
}

// check follows the frames in p and returns how many bytes may pass.
func (g *guard) check(p []byte) int {
	for i := 0; i < len(p); {
		if g.skip > 0 {
			n := min(g.skip, int64(len(p)-i))
			g.skip -= n
			i += int(n)
			continue
		}
		g.head[g.have] = p[i]
		g.have++
		i++
		need := 2
		if g.head[0]&flagLong != 0 {
			need = 9
		}
		if g.have < need {
			continue
		}
		size := uint64(g.head[1])
		if need == 9 {
			size = binary.BigEndian.Uint64(g.head[1:])
		}
		g.have = 0
		g.frames++
		if size > uint64(g.limits.Size-g.size) || g.frames > g.limits.Frames {
			g.err = errOverLimit
			return max(0, i-need) // a header cut by the buffer's end was passed in part: harmless
		}
		g.size += int64(size)
		g.skip = int64(size)
		if g.head[0]&flagMore == 0 {
			g.size, g.frames = 0, 0
		}
	}
	return len(p)
}
