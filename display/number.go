package display

import (
	"math"
	"strconv"
	"strings"
)

// short writes a number with about four significant digits: 0.931, 12.5,
// 1797, 2.5e-05. Whole numbers below 1e9 keep all their digits.
func short(v float64) string {
	if math.IsNaN(v) {
		return "NaN"
	}
	if math.IsInf(v, 0) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	if !plainRange(v) {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	return strconv.FormatFloat(v, 'f', decimals(v), 64)
}

// plainRange says whether v is written without an exponent.
func plainRange(v float64) bool {
	a := math.Abs(v)
	return a == 0 || a >= 1e-4 && a < 1e9
}

// decimals is how many digits after the point show v to four significant
// digits, without zeros at the end.
func decimals(v float64) int {
	if v == math.Trunc(v) || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	d := max(0, 3-int(math.Floor(math.Log10(math.Abs(v)))))
	s := strconv.FormatFloat(v, 'f', d, 64)
	i := strings.IndexByte(s, '.')
	if i < 0 {
		return 0
	}
	return len(strings.TrimRight(s, "0")) - i - 1
}

// fixed writes v with d digits after the point, or as short does where that
// would not show it.
func fixed(v float64, d int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) || !plainRange(v) {
		return short(v)
	}
	return unsigned(strconv.FormatFloat(v, 'f', d, 64))
}

// unsigned takes the sign off a zero, such as one that was rounded from −0.001.
func unsigned(s string) string {
	if rest := strings.TrimPrefix(s, "-"); rest != "" && strings.Trim(rest, "0.") == "" {
		return rest
	}
	return s
}

// grouped writes a count with thin groups of three: 12 345.
func grouped(n int) string {
	s := strconv.Itoa(n)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// plural returns "1 row", "2 rows".
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return grouped(n) + " " + word + "s"
}

// integerText writes a count, or a value that isn't one, for a cell.
func integerText(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e6 {
		return minus(strconv.FormatFloat(v, 'f', 0, 64))
	}
	return minus(short(v))
}
