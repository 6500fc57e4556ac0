// Package symbols holds the tables through which cells use nasext: symbols,
// types and documentation of all its packages, as plain data that the program
// hands to the kernel. The kernel itself knows nothing of nasext.
//
// Everything else here is generated. After a change of an exported API of
// nasext run "go generate ./nasext/symbols"; a test tells when that is due.
package symbols

//go:generate go run github.com/nascent-go/nascent/kernel/cell/library/gen .
