package controller

import (
	"testing"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// The settings of the articles on the spaces that they are for.
func TestSettings(t *testing.T) {
	zoph, err := space.ZophLe2017(space.ZophLeConfig{Layers: 4})
	if err != nil {
		t.Fatal(err)
	}
	nasnet, err := space.NASNet(nil)
	if err != nil {
		t.Fatal(err)
	}
	micro, err := space.ENASMicro(nil)
	if err != nil {
		t.Fatal(err)
	}
	macro, err := space.ENASMacro(space.ENASMacroConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		space  space.Space
		config Config
		text   string
		params int
	}{
		{
			// Layers 2·(2·4·35·35 + 2·4·35), attention 2·35·35 + 35, the start; 12 decisions of
			// four options with embedding, weights and bias, and 6 of two with an embedding.
			zoph, ZophLe2017(), "lstm 2×35, init 0.08, adam 0.0006 (0.9, 0.999), baseline 0.95, heads per decision",
			2*(8*35*35+8*35) + 2*35*35 + 35 + 35 + 12*(4*(2*35+1)) + 6*2*35,
		},
		{
			// 2·5·(two inputs, two of 13 operations, one of two joins), two inputs of 2 to 6 options.
			nasnet, NASNet2018(), "lstm 1×100, init 0.1, adam 0.00035 (0.9, 0.999), baseline 0.95, entropy 1e-05, ratio 0.2, 4 epochs, heads per decision, no anchors",
			8*100*100 + 8*100 + 100 + 2*201*(2*(2+3+4+5+6)+5*(2*13+2)),
		},
		{
			// Heads for the operations, and embeddings for 2 to 6 options.
			micro, ENASMicro2018(), "lstm 1×64, init 0.1, adam 0.0035 (0, 0.999) eps 0.001, baseline 0.99, entropy 0.0001, 1.1 tanh / 2.5 without anchors, heads per options",
			8*64*64 + 8*64 + 64 + 5*129 + (2+3+4+5+6)*64 + 2*64*64 + 64 + 2*64,
		},
		{
			macro, ENASMacro2018(), "lstm 1×64, init 0.1, adam 0.001 (0, 0.999) eps 0.001, baseline 0.99, entropy 0.0001, 3 tanh / 2 without anchors, skips 0.07272727272727272 to 0.4, heads per options",
			8*64*64 + 8*64 + 64 + 6*129 + 2*64 + 2*64*64 + 64 + 64,
		},
	} {
		if got := test.config.String(); got != test.text {
			t.Errorf("settings are %s, want %s", got, test.text)
		}
		c, err := New(test.config, 1)
		if err != nil {
			t.Fatal(err)
		}
		rng, batch := seed.Stream(1), make([]Episode, 3)
		for range 2 {
			if err := c.SampleInto(batch, rng, test.space); err != nil {
				t.Fatal(err)
			}
			for i := range batch {
				batch[i].Reward = float64(i)
			}
			stats, err := c.Update(batch)
			if err != nil || stats.GradNorm == 0 {
				t.Errorf("%s: stats %+v, %v", test.space.Name(), stats, err)
			}
		}
		if got := c.Params(); got != test.params {
			t.Errorf("%s: %d parameters, want %d", test.space.Name(), got, test.params)
		}
	}
}
