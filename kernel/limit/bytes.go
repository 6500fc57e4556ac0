// Package limit bounds the memory of a session: how much there may be, how much
// there is, and what is done with the cells that want more.
package limit

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Bytes is an amount of memory. As a flag it is written with a unit (512MiB, 4G),
// as a share of the machine (50%), or as none, for no limit, which is 0.
type Bytes uint64

// None is no limit.
const None Bytes = 0

// units that an amount may be written with. Letters alone mean powers of two, as
// in ulimit and in Jupyter's own options.
var units = map[string]float64{
	"": 1, "b": 1,
	"k": 1 << 10, "kib": 1 << 10, "kb": 1e3,
	"m": 1 << 20, "mib": 1 << 20, "mb": 1e6,
	"g": 1 << 30, "gib": 1 << 30, "gb": 1e9,
	"t": 1 << 40, "tib": 1 << 40, "tb": 1e12,
}

// ParseBytes reads an amount of memory as Bytes describes it.
func ParseBytes(text string) (Bytes, error) {
	s := strings.ToLower(strings.TrimSpace(text))
	if s == "none" {
		return None, nil
	}
	number := strings.TrimRight(s, "%abcdefghijklmnopqrstuvwxyz ")
	unit := strings.TrimSpace(s[len(number):])
	factor, known := units[unit]
	if unit == "%" {
		factor, known = float64(Machine())/100, true
		if factor == 0 {
			return 0, fmt.Errorf("%q: how much memory this machine has is not known; give an amount, such as 4GiB", text)
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || !known || n != n:
		return 0, fmt.Errorf("%q is no amount of memory; write 4GiB, 512MiB, 50%% or none", text)
	case n <= 0 || n*factor < 1:
		return 0, fmt.Errorf("%q: more than nothing is needed; none is for no limit", text)
	case n*factor >= math.MaxInt64:
		return 0, fmt.Errorf("%q is more than any machine has; none is for no limit", text)
	}
	return Bytes(n * factor), nil
}

// String writes an amount for people: 1.5 GiB.
func (b Bytes) String() string {
	switch {
	case b == None:
		return "none"
	case b >= 1<<40:
		return b.in(1<<40, "TiB")
	case b >= 1<<30:
		return b.in(1<<30, "GiB")
	case b >= 1<<20:
		return b.in(1<<20, "MiB")
	case b >= 1<<10:
		return b.in(1<<10, "KiB")
	}
	return fmt.Sprintf("%d bytes", uint64(b))
}

func (b Bytes) in(unit float64, name string) string {
	return fmt.Sprintf("%.4g %s", float64(b)/unit, name)
}

// Set implements pflag.Value, for the limit of a session.
func (b *Bytes) Set(text string) (err error) {
	n, err := ParseBytes(text)
	if err == nil {
		err = check(n)
	}
	if err == nil {
		*b = n
	}
	return err
}

// Type implements pflag.Value.
func (b *Bytes) Type() string { return "SIZE" }
