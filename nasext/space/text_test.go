package space_test

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/space"
)

// Whatever is given to be read, the error says in a few lines what is wrong.
func TestParseErrorsAreShort(t *testing.T) {
	for _, s := range everySpace(t) {
		for _, text := range []string{
			strings.Repeat("x", 1<<20), strings.Repeat("x,", 1<<19), strings.Repeat("8:", 1<<19), strings.Repeat(" ", 1<<20) + "?",
			"|" + strings.Repeat("none", 1<<18), "conv3x3(" + strings.Repeat("0", 1<<20), "[" + strings.Repeat("C(64,3,1), ", 1<<16) + "]",
			"normal: " + strings.Repeat("skip_connect", 1<<16), strings.Repeat("1 ", 1<<19),
		} {
			if _, err := space.Parse(s, text); err == nil || len(err.Error()) > 2000 {
				t.Errorf("%s: %.40s… gives an error of %d bytes: %.300v", s.Name(), text, len(err.Error()), err)
			}
		}
	}
}
