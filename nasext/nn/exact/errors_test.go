package exact

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

func TestErrors(t *testing.T) {
	n, err := nn.New(networks(t)[0], 1)
	if err != nil {
		t.Fatal(err)
	}
	m := New(n)
	x := grad.Zeros(2, 4, 7, 6)
	for want, wrong := range map[string]*grad.Tensor{
		"exact: samples of shape [2 4 6 7]; the network takes n×4×7×6": m.Forward(grad.Zeros(2, 4, 6, 7), false),
		"sample 1 has label 3": m.Loss(x, []int{0, 3}),
		"operand 0 is nil":     m.Forward(nil, true),
		"do not broadcast":     m.Forward(x.Add(grad.Zeros(5)), true),
	} {
		if err := wrong.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
