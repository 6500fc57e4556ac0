package cell

import (
	"fmt"
	"reflect"
)

// faultText is what Go says of an index or of slice bounds that are out of range,
// from the operation that the interpreter failed at; "" of other operations.
func faultText(operation string, operands []reflect.Value) string {
	if len(operands) < 2 {
		return ""
	}
	x := operands[0]
	for x.Kind() == reflect.Interface || x.Kind() == reflect.Pointer {
		x = x.Elem()
	}
	var n []int
	for _, v := range operands[1:] {
		switch {
		case v.CanInt():
			n = append(n, int(v.Int()))
		case v.CanUint():
			n = append(n, int(v.Uint()))
		default:
			return ""
		}
	}
	switch x.Kind() {
	case reflect.Slice, reflect.Array, reflect.String:
	default:
		return ""
	}
	switch operation {
	case "getIndexArray":
		return indexText(n[0], x.Len())
	case "slice":
		return sliceText(x, n)
	case "slice0":
		return sliceText(x, append([]int{0}, n...))
	}
	return ""
}

func indexText(i, length int) string {
	switch {
	case i < 0:
		return fmt.Sprintf("index out of range [%d]", i)
	case i >= length:
		return fmt.Sprintf("index out of range [%d] with length %d", i, length)
	}
	return ""
}

// sliceText is for x[b[0]:b[1]:b[2]], of which the last may be missing.
func sliceText(x reflect.Value, b []int) string {
	limit, what := x.Len(), "length"
	if x.Kind() == reflect.Slice {
		limit, what = x.Cap(), "capacity"
	}
	const out = "slice bounds out of range "
	outer := func(before string, i int, after string) string {
		if i < 0 {
			return out + fmt.Sprintf("[%s%d%s]", before, i, after)
		}
		return out + fmt.Sprintf("[%s%d%s] with %s %d", before, i, after, what, limit)
	}
	if len(b) == 3 {
		switch {
		case b[2] < 0 || b[2] > limit:
			return outer("::", b[2], "")
		case b[1] < 0:
			return out + fmt.Sprintf("[:%d:]", b[1])
		case b[1] > b[2]:
			return out + fmt.Sprintf("[:%d:%d]", b[1], b[2])
		case b[0] < 0:
			return out + fmt.Sprintf("[%d::]", b[0])
		case b[0] > b[1]:
			return out + fmt.Sprintf("[%d:%d:]", b[0], b[1])
		}
		return ""
	}
	high := x.Len()
	if len(b) == 2 {
		high = b[1]
		if high < 0 || high > limit {
			return outer(":", high, "")
		}
	}
	switch {
	case b[0] < 0:
		return out + fmt.Sprintf("[%d:]", b[0])
	case b[0] > high:
		return out + fmt.Sprintf("[%d:%d]", b[0], high)
	}
	return ""
}
