package host

// replays remembers the signatures of the last messages. A message that comes a
// second time was recorded by someone who doesn't have the key.
type replays struct {
	seen map[beginning]struct{}
	ring []beginning
	next int
}

// beginning is the first 64 bits of a signature, in hexadecimal: enough to tell it
// from all others that are remembered.
type beginning [16]byte

// rememberedSignatures is as many as jupyter_client remembers.
const rememberedSignatures = 1 << 16

func newReplays(n int) *replays {
	return &replays{seen: map[beginning]struct{}{}, ring: make([]beginning, n)}
}

// again says whether a signature was seen before, and remembers it. Messages
// without signature are all new.
func (r *replays) again(signature []byte) bool {
	if len(signature) == 0 {
		return false
	}
	var b beginning
	copy(b[:], signature)
	if _, known := r.seen[b]; known {
		return true
	}
	delete(r.seen, r.ring[r.next])
	r.ring[r.next] = b
	r.next = (r.next + 1) % len(r.ring)
	r.seen[b] = struct{}{}
	return false
}
