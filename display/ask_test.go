package display

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// asked is a sink whose user answers what is asked.
type asked struct{ Sink }

func (asked) Ask(prompt string, password bool) (string, error) {
	if prompt == "" {
		return "", io.EOF
	}
	return fmt.Sprint(prompt, password), nil
}

func TestAsk(t *testing.T) {
	terminal := NewTerminal(&strings.Builder{}, false)
	for name, sink := range map[string]Sink{"itself": asked{terminal}, "behind another": before{asked{terminal}}} {
		p := To(sink)
		if got, err := p.Input("name: "); got != "name: false" || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if got, err := p.Password("secret: "); got != "secret: true" || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if _, err := p.Input(""); err != io.EOF {
			t.Errorf("%s: the end of the input is %v", name, err)
		}
	}
	if _, err := To(terminal).Input("name: "); !errors.Is(err, errNobody) || !strings.Contains(err.Error(), `"name: "`) {
		t.Errorf("on a terminal: %v", err)
	}
}
