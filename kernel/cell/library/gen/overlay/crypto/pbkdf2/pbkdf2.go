// Package pbkdf2 holds package crypto/pbkdf2, which is generic as a whole.
package pbkdf2

import (
	"hash"

	"github.com/nascent-go/nascent/kernel/cell/library/internal/instance"
)

// Key calls the compiled function.
func Key[Hash hash.Hash](h func() Hash, password string, salt []byte, iter, keyLength int) ([]byte, error) {
	return instance.PBKDF2(func() hash.Hash { return h() }, password, salt, iter, keyLength)
}
