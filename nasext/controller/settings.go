package controller

// ZophLe2017 are the settings of Zoph and Le, "Neural Architecture Search with
// Reinforcement Learning" (ICLR 2017, section 4.1), in which batches had 8 architectures:
// two layers of 35 units, REINFORCE and, at decisions that have anchors, attention. The
// article doesn't say how its moving average decays.
//
// There all sigmoids of one anchor point share a state of the network. Here each has one
// of its own, which has read the choices before it too.
func ZophLe2017() Config { return Config{}.WithDefaults() }

// NASNet2018 are the settings of Zoph et al., "Learning Transferable Architectures for
// Scalable Image Recognition" (CVPR 2018, appendix A), in which batches had 20
// architectures: one layer of 100 units, one softmax for each decision, and proximal
// policy optimisation. The article gives neither its ratio nor its epochs; the ratio is
// the one that Schulman et al. 2017 recommend.
func NASNet2018() Config {
	return Config{
		Layers: 1, Hidden: 100, Init: 0.1, Rate: 3.5e-4, Decay: 0.95, Entropy: 1e-5, Ratio: 0.2, NoAnchors: true,
	}.WithDefaults()
}

// ENASMicro2018 are the settings of the micro search of Pham et al., "Efficient Neural
// Architecture Search via Parameter Sharing" (ICML 2018), as the authors' code has them,
// where batches had 10 architectures. That code adds the entropy of the choices to the
// reward; here it is a bonus with a gradient of its own.
func ENASMicro2018() Config {
	c := enas()
	c.Rate, c.TanhConstant, c.TanhReduce = 0.0035, 1.1, 2.5
	return c.WithDefaults()
}

// ENASMacro2018 are those of the macro search, where batches had 20 architectures. The
// code scores a skip connection q by the logits −q and q, which is 0 and 2q here; and it
// weighs the mean divergence of the 11 layers that can have any.
func ENASMacro2018() Config {
	c := enas()
	c.Rate, c.TanhConstant, c.TanhReduce = 0.001, 3, 2
	c.SkipWeight, c.SkipRate = 0.8/11, 0.4
	return c.WithDefaults()
}

// enas is what both have in common.
func enas() Config {
	return Config{Layers: 1, Hidden: 64, Init: 0.1, Beta1: -1, Eps: 1e-3, Decay: 0.99, Entropy: 1e-4, Heads: PerOptions}
}
