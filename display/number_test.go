package display

import (
	"math"
	"testing"
)

// What is zero when it is written has no sign.
func TestZeroHasNoSign(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{fixed(-0.001, 2), "0.00"}, {fixed(math.Copysign(0, -1), 0), "0"}, {fixed(-0.01, 2), "-0.01"}, {fixed(-10, 0), "-10"},
		{minus("-0.00"), "0.00"}, {minus("-0.01"), "−0.01"}, {minus("-1e-5"), "−1e−5"}, {minus("-"), "−"}, {unsigned(""), ""},
		{integerText(math.Copysign(0, -1)), "0"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}
