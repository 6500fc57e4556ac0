package native

type integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

type number interface{ integer | ~float32 | ~float64 }

func ints[T integer](a, b T) (r [12]T) {
	r = [12]T{a + b, a - b, a * b, a & b, a | b, a ^ b, a &^ b, -a, ^a, a << 3, a >> 3, a}
	r[11] += b
	return r
}

func quotient[T integer](a, b T) (T, T) { return a / b, a % b }

func constants[T integer](a T) (T, T, T, T, T, T) {
	return a / 7, a % 7, a << 7, a >> 7, a << 1, a >> 1
}

func shifts[T integer](a T, s uint8, n int) (T, T, T, T) { return a << s, a >> s, a << n, a >> n }

func order[T number](a, b T) (x [7]bool) {
	x[0], x[1], x[2], x[3], x[4], x[5] = a < b, a <= b, a > b, a >= b, a == b, a != b
	x[6] = min(a, b) == max(a, b)
	return
}

func extremes[T number](a, b T) (T, T) { return min(a, b), max(a, b) }

func floats[T ~float32 | ~float64](a, b T) (r [6]T) {
	r = [6]T{a + b, a - b, a * b, a / b, -a, a*b + a}
	return r
}

func complexes[T ~complex64 | ~complex128](a, b T) (T, T, T, T, T, bool) {
	return a + b, a - b, a * b, a / b, -a, a == b
}

func all[T number](x T) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return int(x), int8(x), int16(x), int32(x), int64(x), uint(x), uint8(x), uint16(x), uint32(x), uint64(x), uintptr(x), float32(x), float64(x)
}

func intsInt(a, b int) [12]int                             { return ints(a, b) }
func quotientInt(a, b int) (int, int)                      { return quotient(a, b) }
func constantsInt(a int) (int, int, int, int, int, int)    { return constants(a) }
func shiftsInt(a int, s uint8, n int) (int, int, int, int) { return shifts(a, s, n) }

func intsInt8(a, b int8) [12]int8                                { return ints(a, b) }
func quotientInt8(a, b int8) (int8, int8)                        { return quotient(a, b) }
func constantsInt8(a int8) (int8, int8, int8, int8, int8, int8)  { return constants(a) }
func shiftsInt8(a int8, s uint8, n int) (int8, int8, int8, int8) { return shifts(a, s, n) }

func intsInt16(a, b int16) [12]int16                                    { return ints(a, b) }
func quotientInt16(a, b int16) (int16, int16)                           { return quotient(a, b) }
func constantsInt16(a int16) (int16, int16, int16, int16, int16, int16) { return constants(a) }
func shiftsInt16(a int16, s uint8, n int) (int16, int16, int16, int16)  { return shifts(a, s, n) }

func intsInt32(a, b int32) [12]int32                                    { return ints(a, b) }
func quotientInt32(a, b int32) (int32, int32)                           { return quotient(a, b) }
func constantsInt32(a int32) (int32, int32, int32, int32, int32, int32) { return constants(a) }
func shiftsInt32(a int32, s uint8, n int) (int32, int32, int32, int32)  { return shifts(a, s, n) }

func intsInt64(a, b int64) [12]int64                                    { return ints(a, b) }
func quotientInt64(a, b int64) (int64, int64)                           { return quotient(a, b) }
func constantsInt64(a int64) (int64, int64, int64, int64, int64, int64) { return constants(a) }
func shiftsInt64(a int64, s uint8, n int) (int64, int64, int64, int64)  { return shifts(a, s, n) }

func intsUint(a, b uint) [12]uint                                { return ints(a, b) }
func quotientUint(a, b uint) (uint, uint)                        { return quotient(a, b) }
func constantsUint(a uint) (uint, uint, uint, uint, uint, uint)  { return constants(a) }
func shiftsUint(a uint, s uint8, n int) (uint, uint, uint, uint) { return shifts(a, s, n) }

func intsUint8(a, b uint8) [12]uint8                                    { return ints(a, b) }
func quotientUint8(a, b uint8) (uint8, uint8)                           { return quotient(a, b) }
func constantsUint8(a uint8) (uint8, uint8, uint8, uint8, uint8, uint8) { return constants(a) }
func shiftsUint8(a uint8, s uint8, n int) (uint8, uint8, uint8, uint8)  { return shifts(a, s, n) }

func intsUint16(a, b uint16) [12]uint16                                         { return ints(a, b) }
func quotientUint16(a, b uint16) (uint16, uint16)                               { return quotient(a, b) }
func constantsUint16(a uint16) (uint16, uint16, uint16, uint16, uint16, uint16) { return constants(a) }
func shiftsUint16(a uint16, s uint8, n int) (uint16, uint16, uint16, uint16)    { return shifts(a, s, n) }

func intsUint32(a, b uint32) [12]uint32                                         { return ints(a, b) }
func quotientUint32(a, b uint32) (uint32, uint32)                               { return quotient(a, b) }
func constantsUint32(a uint32) (uint32, uint32, uint32, uint32, uint32, uint32) { return constants(a) }
func shiftsUint32(a uint32, s uint8, n int) (uint32, uint32, uint32, uint32)    { return shifts(a, s, n) }

func intsUint64(a, b uint64) [12]uint64                                         { return ints(a, b) }
func quotientUint64(a, b uint64) (uint64, uint64)                               { return quotient(a, b) }
func constantsUint64(a uint64) (uint64, uint64, uint64, uint64, uint64, uint64) { return constants(a) }
func shiftsUint64(a uint64, s uint8, n int) (uint64, uint64, uint64, uint64)    { return shifts(a, s, n) }

func intsUintptr(a, b uintptr) [12]uintptr            { return ints(a, b) }
func quotientUintptr(a, b uintptr) (uintptr, uintptr) { return quotient(a, b) }
func constantsUintptr(a uintptr) (uintptr, uintptr, uintptr, uintptr, uintptr, uintptr) {
	return constants(a)
}
func shiftsUintptr(a uintptr, s uint8, n int) (uintptr, uintptr, uintptr, uintptr) {
	return shifts(a, s, n)
}

func orderInt(a, b int) [7]bool       { return order(a, b) }
func extremesInt(a, b int) (int, int) { return extremes(a, b) }
func allInt(x int) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func orderInt8(a, b int8) [7]bool         { return order(a, b) }
func extremesInt8(a, b int8) (int8, int8) { return extremes(a, b) }
func allInt8(x int8) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func orderInt16(a, b int16) [7]bool           { return order(a, b) }
func extremesInt16(a, b int16) (int16, int16) { return extremes(a, b) }
func allInt16(x int16) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func orderInt32(a, b int32) [7]bool           { return order(a, b) }
func extremesInt32(a, b int32) (int32, int32) { return extremes(a, b) }
func allInt32(x int32) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func orderInt64(a, b int64) [7]bool           { return order(a, b) }
func extremesInt64(a, b int64) (int64, int64) { return extremes(a, b) }
func allInt64(x int64) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func orderUint(a, b uint) [7]bool         { return order(a, b) }
func extremesUint(a, b uint) (uint, uint) { return extremes(a, b) }
func allUint(x uint) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func orderUint8(a, b uint8) [7]bool           { return order(a, b) }
func extremesUint8(a, b uint8) (uint8, uint8) { return extremes(a, b) }
func allUint8(x uint8) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func orderUint16(a, b uint16) [7]bool             { return order(a, b) }
func extremesUint16(a, b uint16) (uint16, uint16) { return extremes(a, b) }
func allUint16(x uint16) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func orderUint32(a, b uint32) [7]bool             { return order(a, b) }
func extremesUint32(a, b uint32) (uint32, uint32) { return extremes(a, b) }
func allUint32(x uint32) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func orderUint64(a, b uint64) [7]bool             { return order(a, b) }
func extremesUint64(a, b uint64) (uint64, uint64) { return extremes(a, b) }
func allUint64(x uint64) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func orderUintptr(a, b uintptr) [7]bool               { return order(a, b) }
func extremesUintptr(a, b uintptr) (uintptr, uintptr) { return extremes(a, b) }
func allUintptr(x uintptr) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func orderFloat32(a, b float32) [7]bool               { return order(a, b) }
func extremesFloat32(a, b float32) (float32, float32) { return extremes(a, b) }
func allFloat32(x float32) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func orderFloat64(a, b float64) [7]bool               { return order(a, b) }
func extremesFloat64(a, b float64) (float64, float64) { return extremes(a, b) }
func allFloat64(x float64) (int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, uintptr, float32, float64) {
	return all(x)
}

func floatsFloat32(a, b float32) [6]float32 { return floats(a, b) }
func floatsFloat64(a, b float64) [6]float64 { return floats(a, b) }
func complexesComplex64(a, b complex64) (complex64, complex64, complex64, complex64, complex64, bool) {
	return complexes(a, b)
}
func complexesComplex128(a, b complex128) (complex128, complex128, complex128, complex128, complex128, bool) {
	return complexes(a, b)
}

// arithmetic are the functions of this file by name, as Go has compiled them.
var arithmetic = map[string]any{
	"intsInt":             intsInt,
	"quotientInt":         quotientInt,
	"constantsInt":        constantsInt,
	"shiftsInt":           shiftsInt,
	"intsInt8":            intsInt8,
	"quotientInt8":        quotientInt8,
	"constantsInt8":       constantsInt8,
	"shiftsInt8":          shiftsInt8,
	"intsInt16":           intsInt16,
	"quotientInt16":       quotientInt16,
	"constantsInt16":      constantsInt16,
	"shiftsInt16":         shiftsInt16,
	"intsInt32":           intsInt32,
	"quotientInt32":       quotientInt32,
	"constantsInt32":      constantsInt32,
	"shiftsInt32":         shiftsInt32,
	"intsInt64":           intsInt64,
	"quotientInt64":       quotientInt64,
	"constantsInt64":      constantsInt64,
	"shiftsInt64":         shiftsInt64,
	"intsUint":            intsUint,
	"quotientUint":        quotientUint,
	"constantsUint":       constantsUint,
	"shiftsUint":          shiftsUint,
	"intsUint8":           intsUint8,
	"quotientUint8":       quotientUint8,
	"constantsUint8":      constantsUint8,
	"shiftsUint8":         shiftsUint8,
	"intsUint16":          intsUint16,
	"quotientUint16":      quotientUint16,
	"constantsUint16":     constantsUint16,
	"shiftsUint16":        shiftsUint16,
	"intsUint32":          intsUint32,
	"quotientUint32":      quotientUint32,
	"constantsUint32":     constantsUint32,
	"shiftsUint32":        shiftsUint32,
	"intsUint64":          intsUint64,
	"quotientUint64":      quotientUint64,
	"constantsUint64":     constantsUint64,
	"shiftsUint64":        shiftsUint64,
	"intsUintptr":         intsUintptr,
	"quotientUintptr":     quotientUintptr,
	"constantsUintptr":    constantsUintptr,
	"shiftsUintptr":       shiftsUintptr,
	"orderInt":            orderInt,
	"extremesInt":         extremesInt,
	"allInt":              allInt,
	"orderInt8":           orderInt8,
	"extremesInt8":        extremesInt8,
	"allInt8":             allInt8,
	"orderInt16":          orderInt16,
	"extremesInt16":       extremesInt16,
	"allInt16":            allInt16,
	"orderInt32":          orderInt32,
	"extremesInt32":       extremesInt32,
	"allInt32":            allInt32,
	"orderInt64":          orderInt64,
	"extremesInt64":       extremesInt64,
	"allInt64":            allInt64,
	"orderUint":           orderUint,
	"extremesUint":        extremesUint,
	"allUint":             allUint,
	"orderUint8":          orderUint8,
	"extremesUint8":       extremesUint8,
	"allUint8":            allUint8,
	"orderUint16":         orderUint16,
	"extremesUint16":      extremesUint16,
	"allUint16":           allUint16,
	"orderUint32":         orderUint32,
	"extremesUint32":      extremesUint32,
	"allUint32":           allUint32,
	"orderUint64":         orderUint64,
	"extremesUint64":      extremesUint64,
	"allUint64":           allUint64,
	"orderUintptr":        orderUintptr,
	"extremesUintptr":     extremesUintptr,
	"allUintptr":          allUintptr,
	"orderFloat32":        orderFloat32,
	"extremesFloat32":     extremesFloat32,
	"allFloat32":          allFloat32,
	"orderFloat64":        orderFloat64,
	"extremesFloat64":     extremesFloat64,
	"allFloat64":          allFloat64,
	"floatsFloat32":       floatsFloat32,
	"floatsFloat64":       floatsFloat64,
	"complexesComplex64":  complexesComplex64,
	"complexesComplex128": complexesComplex128,
}
