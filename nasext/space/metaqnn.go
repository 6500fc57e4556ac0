package space

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
)

// MetaQNNConfig says how deep networks may be and what their layers can be. Zero
// fields mean the published setting for CIFAR-10.
type MetaQNNConfig struct {
	Input   arch.Shape // one sample; zero means 3×32×32
	Classes int        // 0 means 10
	Layers  int        // at most, without the termination: 1 to 100; 0 means 12

	FilterSizes []int // of a convolution: odd, at most 31; none means 1, 3, 5
	Filters     []int // of a convolution; none means 64, 128, 256, 512
	Units       []int // of a fully connected layer; none means 512, 256, 128
}

// MetaQNN is the space of Baker et al., "Designing Neural Network Architectures
// using Reinforcement Learning" (ICLR 2017, section 4 and table 1). A network is
// chosen layer after layer, until a termination is chosen:
//
//	C(d,f,1)  a convolution of d filters of f×f and ReLU, which keeps the size
//	P(f,s)    the maximum over windows of f×f, s apart: (5,3), (3,2) or (2,2)
//	FC(d)     a fully connected layer of d neurons and ReLU
//	GAP(k)    the end: a 1×1 convolution to k classes, ReLU, and the mean over the image
//	SM(k)     the end: a fully connected layer to k classes
//
// What can follow is limited by the layer depth, by the representation size, which
// is what height and width have become, and by the layer before:
//
//   - a network has at most Layers layers before its termination;
//   - no filter and no window is larger than the representation size;
//   - a pooling follows a convolution only;
//   - a fully connected layer needs a representation size below 8; it is followed
//     by SM, or by one more that has no more neurons than it.
//
// The article's agent sees the representation size in three bins only; see
// AgentState. Its notation is that of the article, [C(64,3,1), P(2,2), SM(10)].
type MetaQNN struct {
	config MetaQNNConfig
	name   string
	layers []metaLayer // all there are
}

// metaKind is what a layer is.
type metaKind int

const (
	metaStart metaKind = iota // before the first layer
	metaConv
	metaPool
	metaFC
	metaGAP
	metaSM
)

// metaLayer is one layer, as an option.
type metaLayer struct {
	kind         metaKind
	word         string
	size, stride int // of a filter or window
	out          int // filters, neurons
}

const (
	metaMaxFC   = 2 // fully connected layers, without the termination
	metaFCBelow = 8 // representation size that a fully connected layer needs
)

// MetaQNN2017 makes the space.
func MetaQNN2017(config MetaQNNConfig) (*MetaQNN, error) {
	c := config.withDefaults()
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("space: MetaQNN: %w", err)
	}
	s := &MetaQNN{config: c}
	s.name = fmt.Sprintf("MetaQNN(input=%v classes=%d layers=%d filter sizes=%s filters=%s units=%s)", c.Input, c.Classes, c.Layers,
		strings.Join(words(c.FilterSizes), ","), strings.Join(words(c.Filters), ","), strings.Join(words(c.Units), ","))
	for _, d := range c.Filters {
		for _, f := range c.FilterSizes {
			s.layers = append(s.layers, metaLayer{metaConv, fmt.Sprintf("C(%d,%d,1)", d, f), f, 1, d})
		}
	}
	for _, p := range [][2]int{{5, 3}, {3, 2}, {2, 2}} {
		s.layers = append(s.layers, metaLayer{metaPool, fmt.Sprintf("P(%d,%d)", p[0], p[1]), p[0], p[1], 0})
	}
	for _, d := range c.Units {
		s.layers = append(s.layers, metaLayer{metaFC, fmt.Sprintf("FC(%d)", d), 0, 0, d})
	}
	s.layers = append(s.layers, metaLayer{metaGAP, fmt.Sprintf("GAP(%d)", c.Classes), 0, 0, c.Classes},
		metaLayer{metaSM, fmt.Sprintf("SM(%d)", c.Classes), 0, 0, c.Classes})
	// The widest convolution shows whether the input can be taken at all.
	b := arch.NewBuilder("", c.Input)
	b.Linear(b.Flatten(b.Conv(b.In(), slices.Max(c.Filters), slices.Max(c.FilterSizes))), c.Classes)
	if _, err := b.Build(); err != nil {
		return nil, fmt.Errorf("space: MetaQNN on an input of %v: %w", c.Input, err)
	}
	return s, nil
}

func (c MetaQNNConfig) withDefaults() MetaQNNConfig {
	if c.Input == (arch.Shape{}) {
		c.Input = arch.Shape{C: 3, H: 32, W: 32}
	}
	if c.Classes == 0 {
		c.Classes = 10
	}
	if c.Layers == 0 {
		c.Layers = 12
	}
	// What the caller does with its lists afterwards changes nothing.
	c.FilterSizes, c.Filters, c.Units = slices.Clone(c.FilterSizes), slices.Clone(c.Filters), slices.Clone(c.Units)
	if len(c.FilterSizes) == 0 {
		c.FilterSizes = []int{1, 3, 5}
	}
	if len(c.Filters) == 0 {
		c.Filters = []int{64, 128, 256, 512}
	}
	if len(c.Units) == 0 {
		c.Units = []int{512, 256, 128}
	}
	return c
}

func (c MetaQNNConfig) check() error {
	for _, l := range []offer{{"Classes", []int{c.Classes}, 1, maxUnits}, {"Layers", []int{c.Layers}, 1, 100},
		{"FilterSizes", c.FilterSizes, 1, 31}, {"Filters", c.Filters, 1, maxChannels}, {"Units", c.Units, 1, maxUnits}} {
		if err := l.check(); err != nil {
			return err
		}
	}
	return checkOdd(c.FilterSizes)
}

// Name is the space with its settings.
func (s *MetaQNN) Name() string { return s.name }

// Config is the configuration with its defaults filled in.
func (s *MetaQNN) Config() MetaQNNConfig { return s.config.withDefaults() }

// metaState is what decides what can follow.
type metaState struct {
	depth int      // layers chosen
	last  metaKind // of them
	h, w  int      // of the image
	fcs   int      // fully connected layers
	units int      // of the last of them
}

func (s *MetaQNN) start() metaState {
	return metaState{h: s.config.Input.H, w: s.config.Input.W}
}

// size is the representation size.
func (st metaState) size() int { return min(st.h, st.w) }

// done says whether the network is complete.
func (st metaState) done() bool { return st.last == metaGAP || st.last == metaSM }

// after is the state after one more layer.
func (st metaState) after(l metaLayer) metaState {
	st.depth++
	st.last = l.kind
	switch l.kind {
	case metaPool:
		st.h, st.w = (st.h-l.size)/l.stride+1, (st.w-l.size)/l.stride+1
	case metaFC:
		st.fcs, st.units = st.fcs+1, l.out
	}
	return st
}

// refuse says why a layer cannot follow; it is empty if it can.
func (s *MetaQNN) refuse(st metaState, l metaLayer) string {
	end := l.kind == metaGAP || l.kind == metaSM
	switch {
	case !end && st.depth == s.config.Layers:
		return fmt.Sprintf("a network has at most %d layers before its termination", s.config.Layers)
	case l.kind != metaFC && l.kind != metaSM && st.last == metaFC:
		return "a fully connected layer is followed by another or by SM only"
	case (l.kind == metaConv || l.kind == metaPool) && l.size > st.size():
		return fmt.Sprintf("%d×%d is larger than the representation size %d", l.size, l.size, st.size())
	case l.kind == metaPool && st.last != metaConv:
		return "a pooling follows a convolution only"
	case l.kind == metaFC && st.last != metaFC && st.size() >= metaFCBelow:
		return fmt.Sprintf("a fully connected layer needs a representation size below %d, and it is %d", metaFCBelow, st.size())
	case l.kind == metaFC && st.fcs == metaMaxFC:
		return fmt.Sprintf("a network has at most %d fully connected layers before its termination", metaMaxFC)
	case l.kind == metaFC && st.fcs > 0 && l.out > st.units:
		return fmt.Sprintf("a fully connected layer has no more neurons than the one before, which has %d", st.units)
	}
	return ""
}

// menu lists what can follow.
func (s *MetaQNN) menu(st metaState) []metaLayer {
	list := make([]metaLayer, 0, len(s.layers))
	for _, l := range s.layers {
		if s.refuse(st, l) == "" {
			list = append(list, l)
		}
	}
	return list
}

// read is the layers of a beginning and the state that they lead to.
func (s *MetaQNN) read(chosen Genotype) ([]metaLayer, metaState, error) {
	st := s.start()
	layers := make([]metaLayer, len(chosen))
	for i, o := range chosen {
		if st.done() {
			return nil, st, fmt.Errorf("space %s: %d choices, but the architecture is complete after %d", s.name, len(chosen), i)
		}
		list := s.menu(st)
		if o < 0 || o >= len(list) {
			return nil, st, outOfRange(s.name, i, o, metaDecision(i, list))
		}
		layers[i] = list[o]
		st = st.after(list[o])
	}
	return layers, st, nil
}

func metaDecision(i int, list []metaLayer) Decision {
	d := Decision{Name: "layer " + strconv.Itoa(i+1), Options: make([]string, len(list))}
	for o, l := range list {
		d.Options[o] = l.word
	}
	return d
}

// Next asks what the next layer is, until it is a termination.
func (s *MetaQNN) Next(chosen Genotype) (Decision, bool, error) {
	_, st, err := s.read(chosen)
	if err != nil || st.done() {
		return Decision{}, false, err
	}
	return metaDecision(len(chosen), s.menu(st)), true, nil
}

// State is the layer depth and what limits what can follow.
func (s *MetaQNN) State(chosen Genotype) string {
	_, st, err := s.read(chosen)
	if err != nil {
		return ""
	}
	return fmt.Sprint(st)
}

// AgentState is what the agent of the article sees of a beginning: the last layer,
// the layer depth, and the bin of the representation size after it, which is
// (∞,8], (8,4] or (4,1]; or how many fully connected layers there were. As sizes of
// one bin differ in what can follow, pooling leads to a state of the agent by chance.
func (s *MetaQNN) AgentState(chosen Genotype) (string, error) {
	layers, st, err := s.read(chosen)
	if err != nil {
		return "", err
	}
	last, bin := "start", "(∞,8]"
	if len(layers) > 0 {
		last = layers[len(layers)-1].word
	}
	switch {
	case st.done():
		return last, nil
	case st.last == metaFC:
		bin = "fully connected " + strconv.Itoa(st.fcs)
	case st.size() < 4:
		bin = "(4,1]"
	case st.size() < 8:
		bin = "(8,4]"
	}
	return fmt.Sprintf("%s, depth %d, %s", last, st.depth, bin), nil
}

// Format writes a genotype in the notation of the article.
func (s *MetaQNN) Format(g Genotype) (string, error) {
	layers, err := s.complete(g)
	if err != nil {
		return "", err
	}
	list := make([]string, len(layers))
	for i, l := range layers {
		list[i] = l.word
	}
	return "[" + strings.Join(list, ", ") + "]", nil
}

// complete is the layers of a complete genotype.
func (s *MetaQNN) complete(g Genotype) ([]metaLayer, error) {
	layers, st, err := s.read(g)
	if err == nil && !st.done() {
		err = fmt.Errorf("space %s: the genotype %v is not complete: %q is undecided", s.name, g, metaDecision(len(g), nil).Name)
	}
	return layers, err
}

// Parse reads what Format wrote. The error says at which column a layer stands that
// there is not, or that cannot stand there, and why.
func (s *MetaQNN) Parse(text string) (Genotype, error) {
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") {
		return nil, fmt.Errorf("space %s: %.100q is no network; it reads [C(64,3,1), P(2,2), %s]", s.name, text, s.layers[len(s.layers)-1].word)
	}
	inner := text[1 : len(text)-1]
	g := Genotype{}
	st := s.start()
	for column := 2; ; {
		word, rest, more := strings.Cut(inner, ")")
		if more {
			word += ")"
		}
		fail := func(format string, args ...any) error {
			return fmt.Errorf("space %s: column %d of %.100q: %s", s.name, column, text, fmt.Sprintf(format, args...))
		}
		if word == "" && !st.done() {
			return nil, fail("the network ends without a termination; add %s", s.layers[len(s.layers)-1].word)
		}
		i := slices.IndexFunc(s.layers, func(l metaLayer) bool { return l.word == word })
		if i < 0 {
			return nil, fail("there is no layer %.100q; layers are %s", word, strings.Join(metaDecision(0, s.layers).Options, " "))
		}
		l := s.layers[i]
		if why := s.refuse(st, l); why != "" {
			return nil, fail("layer %d cannot be %s: %s", len(g)+1, word, why)
		}
		g = append(g, slices.Index(s.menu(st), l))
		st = st.after(l)
		column += len(word)
		switch {
		case st.done() && rest == "":
			return g, nil
		case st.done():
			return nil, fail("%.100q follows the termination %s; it is the last layer", rest, word)
		}
		inner = strings.TrimPrefix(strings.TrimPrefix(rest, ","), " ")
		if rest != "" && !strings.HasPrefix(rest, ",") {
			return nil, fail("a comma is expected after %s", word)
		}
		column += len(rest) - len(inner)
	}
}

// Build makes the network of a complete genotype. The blocks are the layers,
// "layer 1" and so on, and the "head". After every second layer there is dropout:
// of n in all, the i-th has a rate of i/2n (section 5).
func (s *MetaQNN) Build(g Genotype) (*arch.Arch, error) {
	layers, err := s.complete(g)
	if err != nil {
		return nil, err
	}
	text, err := s.Format(g)
	if err != nil {
		return nil, err
	}
	b := arch.NewBuilder(text, s.config.Input)
	x, vector := b.In(), false
	flat := func() {
		if !vector {
			x, vector = b.Flatten(x), true
		}
	}
	drops := len(layers) / 2 // the termination counts as a layer, but has no dropout
	for i, l := range layers {
		b.Block("layer " + strconv.Itoa(i+1))
		switch l.kind {
		case metaConv:
			x = b.ReLU(b.Conv(x, l.out, l.size, arch.Bias(true)))
		case metaPool:
			x = b.MaxPool(x, l.size, arch.Stride(l.stride))
		case metaFC:
			flat()
			x = b.ReLU(b.Linear(x, l.out))
		case metaGAP:
			b.Block("head")
			x = b.GlobalPool(b.ReLU(b.Conv(x, l.out, 1, arch.Bias(true))))
			continue
		case metaSM:
			b.Block("head")
			flat()
			x = b.Linear(x, l.out)
			continue
		}
		if i%2 == 1 {
			x = b.Dropout(x, float64((i+1)/2)/float64(2*drops))
		}
	}
	a, err := b.Build()
	if err != nil {
		return nil, fmt.Errorf("space %s: building %s: %w", s.name, text, err)
	}
	return a, nil
}

// Frame has the layers, terminations included, as operations on the nodes of one
// cell, the whole network.
func (s *MetaQNN) Frame() Frame {
	return Frame{Cells: []string{"network"}, Inputs: 1, Ops: metaDecision(0, s.layers).Options, Nodes: s.config.Layers + 1, Shortest: 1}
}

// Wirings is the chain of the layers of a genotype.
func (s *MetaQNN) Wirings(g Genotype) ([]Wiring, error) {
	layers, err := s.complete(g)
	if err != nil {
		return nil, err
	}
	w := chainOf(len(layers))
	for i, l := range layers {
		w.Ops[i] = slices.Index(s.layers, l)
	}
	return []Wiring{w}, nil
}

var _ interface {
	Stater
	Codec
	Wired
} = (*MetaQNN)(nil)
