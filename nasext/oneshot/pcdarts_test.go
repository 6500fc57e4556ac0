package oneshot

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// α stays as it is while it is frozen: for the first 15 of 50 epochs, or as many as it is
// told.
func TestPCDARTSFreezes(t *testing.T) {
	for _, c := range []struct{ frozen, epochs, want int }{{0, 10, 3}, {2, 4, 2}, {-1, 2, 0}} {
		config := small(t, spaces(t)[0], PCDARTS{Frozen: c.frozen})
		config.Epochs = c.epochs
		r, err := Search(context.Background(), config)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Epochs[1:] {
			still := true
			for i, a := range p.Alphas {
				still = still && slices.Equal(a, r.Epochs[0].Alphas[i])
			}
			if still != (p.Epoch <= c.want) {
				t.Errorf("frozen for %d epochs of %d: in epoch %d α stays %t", c.frozen, c.epochs, p.Epoch, still)
			}
		}
	}
}

// One of K channels has to be a channel.
func TestPCDARTSDividesChannels(t *testing.T) {
	for _, s := range spaces(t) {
		_, err := Search(context.Background(), small(t, s, PCDARTS{K: 3}))
		if want := "one of 3 channels is mixed, and there are 4; Part has to divide them"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want it to hold %q", err, want)
		}
	}
}
