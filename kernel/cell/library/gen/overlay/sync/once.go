// Package sync holds the generic functions of package sync.
package sync

import "sync"

// OnceValue keeps its result with the help of OnceFunc, which also keeps a panic.
func OnceValue[T any](f func() T) func() T {
	var v T
	once := sync.OnceFunc(func() {
		v = f()
		f = nil
	})
	return func() T {
		once()
		return v
	}
}

// OnceValues is OnceValue for two results.
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	var v1 T1
	var v2 T2
	once := sync.OnceFunc(func() {
		v1, v2 = f()
		f = nil
	})
	return func() (T1, T2) {
		once()
		return v1, v2
	}
}
