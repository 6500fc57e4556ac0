// Package maps replaces what package maps of the standard library asks of the
// run time. It is part of no program: gen puts it into the source of maps that
// is interpreted.
package maps

// Clone copies entry by entry.
func Clone[M ~map[K]V, K comparable, V any](m M) M {
	if m == nil {
		return nil
	}
	r := make(M, len(m))
	for k, v := range m {
		r[k] = v
	}
	return r
}
