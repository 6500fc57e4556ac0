package rt

import (
	"strconv"
	"strings"
)

// Ints writes integers, in decimal with blanks between them, to a slice of as many.
func Ints(to any, text string) {
	switch to := to.(type) {
	case []int:
		ints(to, text)
	case []int8:
		ints(to, text)
	case []int16:
		ints(to, text)
	case []int32:
		ints(to, text)
	case []int64:
		ints(to, text)
	case []uint:
		ints(to, text)
	case []uint8:
		ints(to, text)
	case []uint16:
		ints(to, text)
	case []uint32:
		ints(to, text)
	case []uint64:
		ints(to, text)
	case []uintptr:
		ints(to, text)
	}
}

func ints[T int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64 | uintptr](to []T, text string) {
	i := 0
	for word := range strings.FieldsSeq(text) {
		if n, err := strconv.ParseUint(word, 10, 64); err == nil {
			to[i] = T(n)
		} else if n, err := strconv.ParseInt(word, 10, 64); err == nil {
			to[i] = T(n)
		}
		i++
	}
}
