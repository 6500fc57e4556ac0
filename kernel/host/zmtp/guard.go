package zmtp

import (
	"bufio"
	"encoding/binary"
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
// the limits, before the frame's header has been passed whole. Before it passes
// the header of a large frame it waits until there is memory for the frame. It
// reads no further than it is asked to, so what it holds is one message at a time.
type guard struct {
	from    *bufio.Reader
	limits  Limits
	memory  *memory          // nil: not counted
	reading func(begun bool) // called before bytes are waited for; begun: in the middle of a message

	skip   int64 // bytes that are left of the current body, or of the greeting
	head   [9]byte
	have   int // bytes of head that were seen
	size   int64
	frames int
	share  share // of memory, of the current message
	err    error
}

// Read passes bytes on.
func (g *guard) Read(p []byte) (int, error) {
	if g.err != nil {
		return 0, g.err
	}
	if g.reading != nil && g.from.Buffered() == 0 {
		g.reading(g.have > 0 || g.frames > 0)
	}
	if g.skip > 0 {
		n, err := g.from.Read(p[:min(int64(len(p)), g.skip)])
		g.skip -= int64(n)
		g.endOfFrame()
		return n, err
	}
	n, err := g.from.Read(p[:min(len(p), g.headSize()-g.have)])
	g.have += copy(g.head[g.have:], p[:n])
	if g.have == g.headSize() {
		if g.err = g.frame(); g.err != nil {
			return 0, g.err
		}
	}
	return n, err
}

// headSize is how many bytes the current header has, as far as is known.
func (g *guard) headSize() int {
	if g.have > 0 && g.head[0]&flagLong != 0 {
		return 9
	}
	return 2
}

// frame takes the header that is complete now.
func (g *guard) frame() error {
	size := uint64(g.head[1])
	if g.have == 9 {
		size = binary.BigEndian.Uint64(g.head[1:])
	}
	g.have = 0
	g.frames++
	if size > uint64(g.limits.Size-g.size) || g.frames > g.limits.Frames {
		return errOverLimit
	}
	g.size += int64(size)
	g.skip = int64(size)
	if g.memory != nil && !g.memory.take(&g.share, int64(size)+frameCost) {
		return errClosed
	}
	g.endOfFrame()
	return nil
}

// endOfFrame notes the end of a message when its last body has passed.
func (g *guard) endOfFrame() {
	if g.skip == 0 && g.head[0]&flagMore == 0 {
		g.size, g.frames = 0, 0
	}
}

// release gives back the memory of the message that has passed.
func (g *guard) release() {
	if g.memory != nil {
		g.memory.give(&g.share)
	}
}
