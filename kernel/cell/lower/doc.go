// Package lower turns checked Go, in the form of go/ssa, into the simple Go that
// the yaegi interpreter runs right.
//
// yaegi v0.16.1 misreads much of Go: generics, recursive types, order of
// evaluation, method sets, run-time panics. What it does right is small and
// fast: functions over plain types, labels and gotos, assignments. So every
// function is lowered to that. A [Lowerer] is given packages ([Lowerer.AddSource])
// and emits, chunk by chunk, what is reachable and was not emitted before
// ([Lowerer.Lower]).
//
// # What cures what
//
// The steps of lowering, the file that each is in, and the defects of yaegi that
// never show because of it:
//
//	step                                 file            defect
//	blocks are labels and gotos, phis    blocks.go       loop variables, range over ints and functions, select and
//	assignments on the edges                             switch in loops, labels; a loop sees an interruption
//	no function ends in a bare return    blocks.go       a bare return that two ways lead to recurses without end
//	three-address order, values nested   nest.go         order of evaluation, parallel assignment, arguments of defer;
//	only where nothing can come between                  a slot costs an allocation at each call
//	captured variables are pointers,     instr.go        closures over loop variables and over variables that are
//	closures are made by functions                       declared again
//	function values are variables that   values.go       a function that is defined later in a file is, as a value,
//	the init function sets                               a function that does nothing
//	constants have their type, none is   consts.go       untyped constants, constant folding in memory without bound,
//	left to fold                         ops.go          uint64 above the largest int64, 0 - x and x - 0 of zeros
//	named types become underlying ones,  types.go        redefined types and methods are ignored; promotion, method
//	structs one of a table by shape                      values, unexported fields of two packages
//	recursive types are cut              types.go        recursion other than a struct's that points to itself
//	interfaces are interface{}, dynamic  descriptors.go  method sets, assertions to interfaces and to empty structs,
//	types are descriptors of rt                          type switches, names of types, ==, printing
//	go/ssa instantiates                  lower.go        generics
//	calls go through rt unless all       call.go         callbacks, interfaces and variadic arguments of compiled
//	types are plain                      plain.go        packages
//	compiled types that cannot be named  plain.go        methods promoted from embedded types that are not exported
//	are left alone                       values.go
//	defer, recover, panic are calls of   defers.go       defer at the top level, recover in the wrong function, panics
//	rt around a body that is a closure                   in goroutines, results that a deferred function sets
//	nil checks before loads              memory.go       *p of a nil pointer is no error
//	arguments that may be -0 go through  negzero.go      -0 becomes 0 as an argument
//	function values
//	rt judges the sizes of make          memory.go       package reflect's words, and an end of the process
//	bounds and lengths are variables     values.go       constant bounds are judged when the code is compiled
//	send, receive, select are rt's       memory.go       they cannot be interrupted
//	min, max, clear, print, complex      builtin.go      unknown, or printed to the wrong place
//	every definition gets a fresh name   lower.go        a second definition is ignored, or ends in an error
//
// Each line of a chunk knows where it comes from ([Place]), and no line holds
// calls of two lines of the source, so that tracebacks are exact.
package lower
