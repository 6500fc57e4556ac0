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
// The steps of lowering, each with the files that it is in and the defects of yaegi that
// never show because of it. A defect has a program in testdata/defects that yaegi alone
// gets wrong; a test runs it both ways.
//
//	lower.go: go/ssa makes instructions of Go and instances of what is generic; all that is defined gets a fresh name
//		generics              types of arguments are not inferred, instances of one type are mixed up
//		initialisation_order  variables are initialised in the order of the text
//		redefinition          a second definition is ignored, or ends in an error
//		shadowed_names        a local type does not hide a predeclared one
//	blocks.go: blocks are labels and gotos, phis assignments on the edges
//		loop_variables        all rounds of a loop share its variables
//		range_over_int        it does not compile
//		range_over_func       it does not compile
//		bare_return           a return that two ways lead to recurses without end when it is compiled
//	nest.go: three-address order; values are nested, to save slots, only where nothing can come between
//		parallel_assignment   a value is assigned before the next operand is evaluated
//		redeclared_struct     a struct that is assigned and declared at once is zero
//	instr.go, capture.go: captured variables are pointers, or values if they keep theirs; functions make closures
//		captured_variables    := with a new variable beside it parts a variable from the closures over it
//	values.go: function values are variables that the init function sets; compiled methods get wrappers
//		function_values       a function that is defined later in the file is, as a value, one that does nothing
//		compiled_methods      a method expression of a compiled type is no function
//	consts.go, ops.go: constants have their type and none is left to fold, operands have the same type
//		constants             constants must fit into an int64
//		typed_operands        a constant case does not compare with an interface value
//		unary_constants       the complement of a constant that is found only here has no type
//		shift_counts          operations in the count of a shift have the type of what is shifted
//		complex_numbers       division by a complex constant does not compile
//	types.go: named types become underlying ones, structs one of a table by shape; what is recursive is cut
//		method_values         a method expression does not take a pointer
//		recursive_structs     structs that point to each other cannot be assigned
//		recursive_types       types that contain themselves and are no structs do not compile
//	descriptors.go: interfaces are interface{}, the types of what they hold are descriptors of rt
//		named_types           values of different types are equal, and have no names
//		empty_struct          an assertion to an empty struct looks for its first field
//	localtypes.go: types that are declared in functions, and in instances of generic ones, keep their names
//		local_types           they have none
//	call.go, plain.go: calls of compiled functions go through rt unless yaegi passes all types that they have
//		callbacks             a value of a type with methods is not what compiled code takes it for
//	defers.go: defer, recover and panic are calls of rt around a body that is a closure
//		defer_arguments       the receiver of a deferred method is evaluated when the method runs
//		deferred_loop         the arguments of deferred functions are those of the last round
//		repeated_panic        a panic in a deferred function cannot be recovered
//		runtime_errors        run-time errors are texts, with the words of package reflect
//	memory.go: pointers are checked before loads, sizes of make by rt; rt sends, receives and selects
//		nil_pointers          *p of a nil pointer is an invalid value
//		make_sizes            the sizes of make are judged by package reflect, which has other words
//		channels              select does not receive into an element
//	negzero.go: arguments that may be -0 go through function values
//		negative_zero         -0 becomes 0 as an argument
//	builtin.go: what yaegi does not know, or does in its own way, is rt's
//		min_max_clear         they are undefined
//		printing              print writes to the standard output, and puts spaces between its operands
//	gonames.go, titles.go: lines and functions keep their names and places
//		callers               package runtime sees the interpreter's own calls
//
// Some defects show in lowered code only, which has constants where Go has variables: a
// shift of two constants is folded, in memory without bound; constant bounds of a slice
// and lengths are judged when they are compiled; x - 0 loses the sign of x. A type that
// has no name in its compiled package is left alone (plain.go).
//
// The rest is the lowerer's own: function.go emits a function, native.go asks for its
// machine code, tables.go writes long literals of integers in one statement, inits.go
// calls what initialises packages that are lowered from source, forget.go lets go what no
// cell can mention any more.
//
// Each line of a chunk knows where it comes from ([Place]), and no line holds
// calls of two lines of the source, so that tracebacks are exact. The command nascent
// lower shows the lines of a program, each with its place.
package lower
