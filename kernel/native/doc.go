// Package native compiles functions to machine code: from go/ssa to WebAssembly, and
// from there, by wazero at run time, to that of this machine. No Go installation is needed.
// It knows no interpreter; package cell decides what is compiled and calls it.
//
// # What is compiled
//
// A function fits if it, and all that it calls, stays within booleans, numbers, strings that
// are only read, structs and arrays of them, slices (of slices) of those, pointers to
// such, variables of packages that hold them, functions of package math, some of
// math/bits and of what math/rand draws by itself, and panics with a constant or a basic value. Everything else (interfaces,
// closures, function values, maps, channels, goroutines, deferred calls, pointers and
// strings that lie in memory) does not; [Analysis.Fit] says what is in the way and where.
//
// Results are those of compiled Go, to the bit: integers wrap around, shifts may be
// longer than the number, conversions of floating-point numbers that do not fit give what
// amd64 gives, float32 is rounded after each operation and nothing is fused. Failures are
// panics with the errors of Go's run time and the places of all calls on the stack.
//
// # Memory
//
// Nothing is copied in or out. The memory of the WebAssembly module is the part of Go's
// heap that begins at its first address, four GiB of it: compiled code works on the very
// variables that everybody else sees, so there is no alias that could be wrong. This is
// sound since
//
//   - Go's collector moves nothing, and who calls holds the arguments meanwhile;
//   - what compiled code makes (make, new, append, a variable that escapes) is made by Go,
//     with its type, and held until the call from outside returns;
//   - an address that is written to memory is written by Go, with its write barrier, and
//     what was there before is held as well;
//   - all indices are checked as Go does, so that no access leaves its object.
//
// A call whose arguments, or variables that it uses, lead to something outside of these
// four GiB ([ErrOutside]) has to be made in another way; it has done nothing. For that
// reason all slices in slices are looked at before a call; where that takes longer than
// what the function saves, most calls have to be made in another way too ([ErrDear]).
//
// A function that makes objects is not called if less than half a GiB of the four may be
// left. What it makes beyond them, once it runs, is a panic that says so: what it has
// done until then may have been seen.
//
// Since what is made is held, a function that makes objects in a loop, or makes them and
// calls itself, does not fit. A slice that append makes longer is made ever less often;
// one that begins anew every time counts as made. (One that is also cut off at the
// beginning, a queue, is made as often as it takes for all that was ever in it.)
//
// # Being interrupted
//
// Go's scheduler cannot stop machine code that it does not know, and its collector would
// wait for it. So loops, recursive functions and those that run very many instructions
// count them, and call [Options.Poll] after half a million, which are a millisecond's at
// most unless memory is slow. All of that can happen there, and others get the processor.
package native
