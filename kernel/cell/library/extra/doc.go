// Package extra holds the symbol tables of the packages beside the standard library that cells can import.
package extra
