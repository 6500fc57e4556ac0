// Package remote carries calls between the kernel and a helper, a process of compiled
// Go: how values are written, and what the helper does with the calls that it reads.
// Its source is also a part of each helper, so it imports the standard library alone.
//
// # Values
//
// A value is written as its type says: numbers as their memory (both ends are on one
// machine), strings with their length, structs and arrays as their parts. Neither end
// trusts the other: what does not fit the type, or is longer than the message, is an
// error.
//
// # Memory
//
// Slices, pointers and maps are references to objects: to a stretch of memory, of which
// slices and pointers may share parts, or to a map. The helper gets objects of its own,
// which share what the caller's share. When the function has ended, what it has
// changed in them is written back, element by element, into the caller's; a result that
// refers to an object of the caller's does so on the caller's side too. So a call looks like one
// in the same process, but that
//
//   - the caller sees changes when the call ends, and the function never sees those that
//     are made meanwhile;
//   - what the helper keeps, in a variable or in a goroutine, is its own from then on;
//   - the capacity of a slice is its length;
//   - memory that is shared as values of different types, such as a struct and a
//     pointer to its field, is refused.
package remote
