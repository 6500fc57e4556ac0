// Package maphash holds the generic functions of package hash/maphash.
package maphash

import (
	"hash/maphash"

	"github.com/nascent-go/nascent/kernel/cell/library/internal/instance"
)

// Comparable hashes the value in an interface.
func Comparable[T comparable](seed maphash.Seed, v T) uint64 { return instance.Comparable(seed, v) }

// WriteComparable hashes the value in an interface.
func WriteComparable[T comparable](h *maphash.Hash, x T) { instance.WriteComparable(h, x) }
