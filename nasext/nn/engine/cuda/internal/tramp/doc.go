// Package tramp lets one program link gorgonia.org/cu and still start where there
// is no CUDA driver: it defines the driver's functions itself, as jumps through a
// table that Load fills from the library.
package tramp
