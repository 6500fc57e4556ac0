//lint:file-ignore U1000 the rest of the package, which is taken as it is, refers to this

// Package quick has no flag here: it would be set once for each session of a process.
package quick

var defaultMaxCount *int = hundred()

func hundred() *int {
	n := 100
	return &n
}
