package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"sync"
)

// Scheme is the one signature scheme that Jupyter uses.
const Scheme = "hmac-sha256"

// ErrSignature says that a message was not signed with the connection's key.
var ErrSignature = errors.New("wrong signature: it was not made with the key of this kernel's connection file")

// Signer signs messages and checks signatures. It is safe for concurrent use.
type Signer struct {
	macs *sync.Pool // of hash.Hash; nil if messages are not signed
}

// NewSigner makes a signer for a scheme and key of a connection file. An empty
// key means that messages are not signed. An empty scheme stands for Scheme.
func NewSigner(scheme, key string) (*Signer, error) {
	if scheme != "" && scheme != Scheme {
		return nil, fmt.Errorf("signature_scheme is %q; the supported one is %s", scheme, Scheme)
	}
	if key == "" {
		return &Signer{}, nil
	}
	return &Signer{macs: &sync.Pool{New: func() any { return hmac.New(sha256.New, []byte(key)) }}}, nil
}

// Signs says whether messages are signed at all.
func (s *Signer) Signs() bool { return s.macs != nil }

// Sign returns the signature frame of the JSON frames, which are four in all
// messages but those of Seal: lower case hexadecimal digits, or nothing without a key.
func (s *Signer) Sign(parts ...[]byte) []byte {
	if !s.Signs() {
		return []byte{}
	}
	mac := s.macs.Get().(hash.Hash)
	defer s.macs.Put(mac)
	mac.Reset()
	for _, part := range parts {
		mac.Write(part)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// Check compares in constant time. It returns ErrSignature if the signature is
// wrong; without a key everything passes.
func (s *Signer) Check(signature []byte, parts ...[]byte) error {
	if s.Signs() && !hmac.Equal(signature, s.Sign(parts...)) {
		return ErrSignature
	}
	return nil
}
