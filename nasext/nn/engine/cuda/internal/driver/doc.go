// Package driver is a thin layer over gorgonia.org/cu: a device, threads that work
// for it, memory, modules, streams and captured graphs. Everything that waits for the
// device or asks it for something happens inside Lane.Do, on a thread of the lane's own.
package driver
