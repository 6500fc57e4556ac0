// Package hkdf holds package crypto/hkdf, which is generic as a whole.
package hkdf

import (
	"hash"

	"github.com/nascent-go/nascent/kernel/cell/library/internal/instance"
)

// Extract calls the compiled function.
func Extract[H hash.Hash](h func() H, secret, salt []byte) ([]byte, error) {
	return instance.Extract(func() hash.Hash { return h() }, secret, salt)
}

// Expand calls the compiled function.
func Expand[H hash.Hash](h func() H, pseudorandomKey []byte, info string, keyLength int) ([]byte, error) {
	return instance.Expand(func() hash.Hash { return h() }, pseudorandomKey, info, keyLength)
}

// Key is Expand after Extract.
func Key[Hash hash.Hash](h func() Hash, secret, salt []byte, info string, keyLength int) ([]byte, error) {
	key, err := Extract(h, secret, salt)
	if err != nil {
		return nil, err
	}
	return Expand(h, key, info, keyLength)
}
