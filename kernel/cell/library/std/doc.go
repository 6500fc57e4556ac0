// Package std holds the symbol tables of the standard library.
package std
