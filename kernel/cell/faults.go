package cell

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
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
	var n []subscript
	for _, v := range operands[1:] {
		switch {
		case v.CanInt():
			n = append(n, subscript{int(v.Int()), strconv.FormatInt(v.Int(), 10)})
		case v.CanUint():
			n = append(n, subscript{int(min(v.Uint(), math.MaxInt)), strconv.FormatUint(v.Uint(), 10)})
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
		return sliceText(x, append([]subscript{{0, "0"}}, n...))
	}
	return ""
}

// subscript is an index or a bound, at most the largest int, and how it is written.
type subscript struct {
	at   int
	text string
}

func (i subscript) String() string { return i.text }

func indexText(i subscript, length int) string {
	switch {
	case i.at < 0:
		return fmt.Sprintf("index out of range [%v]", i)
	case i.at >= length:
		return fmt.Sprintf("index out of range [%v] with length %d", i, length)
	}
	return ""
}

// sliceText is for x[b[0]:b[1]:b[2]], of which the last may be missing.
func sliceText(x reflect.Value, b []subscript) string {
	limit, what := x.Len(), "length"
	if x.Kind() == reflect.Slice {
		limit, what = x.Cap(), "capacity"
	}
	const out = "slice bounds out of range "
	outer := func(before string, i subscript, after string) string {
		if i.at < 0 {
			return out + fmt.Sprintf("[%s%v%s]", before, i, after)
		}
		return out + fmt.Sprintf("[%s%v%s] with %s %d", before, i, after, what, limit)
	}
	if len(b) == 3 {
		switch {
		case b[2].at < 0 || b[2].at > limit:
			return outer("::", b[2], "")
		case b[1].at < 0:
			return out + fmt.Sprintf("[:%v:]", b[1])
		case b[1].at > b[2].at:
			return out + fmt.Sprintf("[:%v:%v]", b[1], b[2])
		case b[0].at < 0:
			return out + fmt.Sprintf("[%v::]", b[0])
		case b[0].at > b[1].at:
			return out + fmt.Sprintf("[%v:%v:]", b[0], b[1])
		}
		return ""
	}
	high := subscript{x.Len(), strconv.Itoa(x.Len())}
	if len(b) == 2 {
		high = b[1]
		if high.at < 0 || high.at > limit {
			return outer(":", high, "")
		}
	}
	switch {
	case b[0].at < 0:
		return out + fmt.Sprintf("[%v:]", b[0])
	case b[0].at > high.at:
		return out + fmt.Sprintf("[%v:%v]", b[0], high)
	}
	return ""
}
