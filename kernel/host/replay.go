package host

// replays remembers the signatures of the last messages. A message that comes a
// second time was recorded by someone who doesn't have the key.
type replays struct {
	seen map[string]struct{}
	ring []string
	next int
}

// rememberedSignatures is as many as jupyter_client remembers.
const rememberedSignatures = 1 << 16

func newReplays(n int) *replays {
	return &replays{seen: make(map[string]struct{}), ring: make([]string, n)}
}

// again says whether a signature was seen before, and remembers it. Messages
// without signature are all new.
func (r *replays) again(signature []byte) bool {
	if len(signature) == 0 {
		return false
	}
	s := string(signature)
	if _, known := r.seen[s]; known {
		return true
	}
	delete(r.seen, r.ring[r.next])
	r.ring[r.next] = s
	r.next = (r.next + 1) % len(r.ring)
	r.seen[s] = struct{}{}
	return false
}
