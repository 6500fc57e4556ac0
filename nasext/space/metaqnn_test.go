package space_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// The sizes are those of a count in Python by layer depth, layer before,
// representation size and fully connected layers.
func TestMetaQNNSize(t *testing.T) {
	for _, c := range []struct {
		pixels, layers int
		want           string
	}{
		{32, 12, "126209903956514"}, {28, 12, "121697654681330"}, {32, 3, "5570"}, {8, 3, "5294"}, {7, 2, "431"}, {1, 4, "1063"},
	} {
		s := made(t, space.MetaQNN2017, space.MetaQNNConfig{Input: arch.Shape{C: 3, H: c.pixels, W: c.pixels}, Layers: c.layers})
		n, err := space.Size(s)
		if err != nil || n.String() != c.want {
			t.Errorf("%d×%d, %d layers: size = %v, %v; want %s", c.pixels, c.pixels, c.layers, n, err, c.want)
		}
	}
	s := made(t, space.MetaQNN2017, space.MetaQNNConfig{Input: arch.Shape{C: 3, H: 7, W: 7}, Layers: 2})
	checkEnumeration(t, s, 431)
	checkEnumeration(t, plain{s}, 431)
}

// The best networks of table A2 for CIFAR-10 have the published numbers of
// parameters, in millions, if their input is a crop of 28×28 pixels.
func TestMetaQNNPublishedNetworks(t *testing.T) {
	s := made(t, space.MetaQNN2017, space.MetaQNNConfig{Input: arch.Shape{C: 3, H: 28, W: 28}})
	for _, c := range []struct{ net, params string }{
		{"[C(512,5,1), C(256,3,1), C(256,5,1), C(256,3,1), P(5,3), C(512,3,1), C(512,5,1), P(2,2), SM(10)]", "11.26"},
		{"[C(128,1,1), C(512,3,1), C(64,1,1), C(128,3,1), P(2,2), C(256,3,1), P(2,2), C(512,3,1), P(3,2), SM(10)]", "2.2"},
		{"[C(128,3,1), C(128,1,1), C(512,5,1), P(2,2), C(128,3,1), P(2,2), C(64,3,1), C(64,5,1), SM(10)]", "2.46"},
		{"[C(256,3,1), C(256,3,1), P(5,3), C(256,1,1), C(128,3,1), P(2,2), C(128,3,1), SM(10)]", "1.13"},
		{"[C(64,3,1), C(128,3,1), P(5,3), C(256,3,1), P(3,2), FC(512), FC(128), SM(10)]", "1.62"},
	} {
		params, _ := counts(t, s, c.net)
		digits := len(c.params) - strings.Index(c.params, ".") - 1
		if got := fmt.Sprintf("%.*f", digits, float64(params)/1e6); got != c.params {
			t.Errorf("%s has %d parameters, want %s million", c.net, params, c.params)
		}
		g, err := s.Parse(c.net)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := s.Format(g); err != nil || back != c.net {
			t.Errorf("%s is formatted as %s, %v", c.net, back, err)
		}
	}
}

// Every network of a small space builds; the sizes that its rules speak of are
// those of its images.
func TestMetaQNNEveryNetworkBuilds(t *testing.T) {
	s := made(t, space.MetaQNN2017, space.MetaQNNConfig{Input: arch.Shape{C: 1, H: 9, W: 11}, Layers: 4, Filters: []int{2}, FilterSizes: []int{1, 5}, Units: []int{4, 3}})
	e, err := space.Enumerate(s)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = space.Walk(s, func(g space.Genotype) bool {
		n++
		text, err := s.Format(g)
		if err != nil {
			t.Error(err)
			return false
		}
		if back, err := s.Parse(text); err != nil || !slices.Equal(back, g) {
			t.Errorf("%s is parsed as %v, %v; want %v", text, back, err, g)
		}
		a, err := s.Build(g)
		if err != nil {
			t.Error(err)
			return false
		}
		infos, err := a.Infer()
		if err != nil {
			t.Error(err)
			return false
		}
		for i, node := range a.Nodes {
			if i == 0 || node.Block == "head" {
				continue
			}
			in := infos[node.In[0]].Out
			switch op := node.Op; op.Kind {
			case arch.Conv, arch.MaxPool:
				if op.KH > min(in.H, in.W) {
					t.Errorf("%s: node %d has a window of %d on %v", text, i, op.KH, in)
				}
			case arch.Flatten:
				if min(in.H, in.W) >= 8 {
					t.Errorf("%s: a fully connected layer stands on %v", text, in)
				}
			}
		}
		return !t.Failed()
	})
	if err != nil || e.Size().Cmp(big.NewInt(int64(n))) != 0 {
		t.Errorf("%d networks, %v; size is %v", n, err, e.Size())
	}
}

func TestMetaQNNBuild(t *testing.T) {
	s := made(t, space.MetaQNN2017, space.MetaQNNConfig{})
	for text, want := range map[string]string{
		// As in the authors' networks for Caffe: seven layers and the termination make four dropouts, of which the last has no place.
		"[C(128,5,1), C(512,3,1), P(2,2), C(128,1,1), C(128,5,1), P(3,2), C(512,3,1), SM(10)]": "conv 5×5 →128 pad 2 +bias, relu, conv 3×3 →512 pad 1 +bias, relu, dropout 0.125, maxpool 2×2 /2, " +
			"conv 1×1 →128 +bias, relu, dropout 0.25, conv 5×5 →128 pad 2 +bias, relu, maxpool 3×3 /2, dropout 0.375, conv 3×3 →512 pad 1 +bias, relu, flatten, linear →10 +bias",
		"[C(64,1,1), P(5,3), GAP(10)]": "conv 1×1 →64 +bias, relu, maxpool 5×5 /3, dropout 0.5, conv 1×1 →10 +bias, relu, globalpool",
		"[C(64,1,1), P(5,3), C(64,1,1), P(2,2), FC(256), FC(256), SM(10)]": "conv 1×1 →64 +bias, relu, maxpool 5×5 /3, dropout 0.16666666666666666, conv 1×1 →64 +bias, relu, maxpool 2×2 /2, dropout 0.3333333333333333, " +
			"flatten, linear →256 +bias, relu, linear →256 +bias, relu, dropout 0.5, linear →10 +bias",
		"[SM(10)]": "flatten, linear →10 +bias",
	} {
		g := parsed(t, s, text)
		a := built(t, s, g)
		var got []string
		for _, n := range a.Nodes[1:] {
			got = append(got, n.Op.String())
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("%s builds\n%s\nwant\n%s", text, got, want)
		}
	}
}

func TestMetaQNNAgentState(t *testing.T) {
	s := made(t, space.MetaQNN2017, space.MetaQNNConfig{})
	g, err := s.Parse("[C(64,3,1), P(2,2), C(64,3,1), P(2,2), C(64,3,1), P(2,2), C(512,1,1), P(2,2), FC(128), FC(128), SM(10)]")
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{
		"start, depth 0, (∞,8]", "C(64,3,1), depth 1, (∞,8]", "P(2,2), depth 2, (∞,8]", "C(64,3,1), depth 3, (∞,8]", "P(2,2), depth 4, (∞,8]",
		"C(64,3,1), depth 5, (∞,8]", "P(2,2), depth 6, (8,4]", "C(512,1,1), depth 7, (8,4]", "P(2,2), depth 8, (4,1]",
		"FC(128), depth 9, fully connected 1", "FC(128), depth 10, fully connected 2", "SM(10)",
	} {
		if got, err := s.AgentState(g[:n]); err != nil || got != want {
			t.Errorf("after %d layers the agent sees %q, %v; want %q", n, got, err, want)
		}
	}
	if _, err := s.AgentState(space.Genotype{99}); err == nil || !strings.Contains(err.Error(), "choice 0 (layer 1) is option 99; there are options 0 to 13") {
		t.Errorf("error is %v", err)
	}
}

func TestMetaQNNErrors(t *testing.T) {
	refuses(t, space.MetaQNN2017, []refused[space.MetaQNNConfig]{
		{space.MetaQNNConfig{Layers: 101}, "space: MetaQNN: Layers offers 101; it must be 1 to 100"},
		{space.MetaQNNConfig{Classes: -1}, "Classes offers -1; it must be 1 to 1048576"},
		{space.MetaQNNConfig{FilterSizes: []int{4}}, "FilterSizes offers 4; filter sizes must be odd"},
		{space.MetaQNNConfig{Units: []int{8, 8}}, "Units offers 8 twice"},
		{space.MetaQNNConfig{Input: arch.Shape{C: 3}}, "MetaQNN on an input of 3×0×0"},
	})
	s := made(t, space.MetaQNN2017, space.MetaQNNConfig{Layers: 5})
	for text, want := range map[string]string{
		"":                             "is no network; it reads [C(64,3,1), P(2,2), SM(10)]",
		"C(64,3,1), SM(10)":            "is no network",
		"[]":                           "column 2 of \"[]\": the network ends without a termination; add SM(10)",
		"[C(64,3,1)]":                  "column 11 of \"[C(64,3,1)]\": the network ends without a termination",
		"[C(64,3,1) SM(10)]":           "column 11 of \"[C(64,3,1) SM(10)]\": a comma is expected after C(64,3,1)",
		"[C(64,4,1), SM(10)]":          "column 2 of \"[C(64,4,1), SM(10)]\": there is no layer \"C(64,4,1)\"; layers are C(64,1,1) ",
		"[C(64,3,1), SM(10), SM]":      "\", SM\" follows the termination SM(10); it is the last layer",
		"[P(2,2), SM(10)]":             "layer 1 cannot be P(2,2): a pooling follows a convolution only",
		"[C(64,3,1), FC(128), SM(10)]": "column 13 of \"[C(64,3,1), FC(128), SM(10)]\": layer 2 cannot be FC(128): a fully connected layer needs a representation size below 8, and it is 32",
		"[C(64,3,1), P(5,3), C(64,3,1), P(2,2), FC(128), SM(10)]":                   "",
		"[C(64,3,1), P(5,3), C(64,3,1), P(5,3), C(64,3,1), SM(10)]":                 "layer 5 cannot be C(64,3,1): 3×3 is larger than the representation size 2",
		"[C(64,1,1), C(64,1,1), C(64,1,1), C(64,1,1), C(64,1,1), C(64,1,1), SM(10)": "is no network",
		"[C(64,1,1), C(64,1,1), C(64,1,1), C(64,1,1), C(64,1,1), C(64,1,1)]":        "layer 6 cannot be C(64,1,1): a network has at most 5 layers before its termination",
	} {
		_, err := s.Parse(text)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error is %v, want it to hold %q", text, err, want)
		}
	}
	small := made(t, space.MetaQNN2017, space.MetaQNNConfig{Input: digits(), Layers: 9})
	for text, want := range map[string]string{
		"[C(64,3,1), P(2,2), FC(128), FC(256), SM(10)]":          "layer 4 cannot be FC(256): a fully connected layer has no more neurons than the one before, which has 128",
		"[C(64,3,1), P(2,2), FC(128), FC(128), FC(128), SM(10)]": "layer 5 cannot be FC(128): a network has at most 2 fully connected layers before its termination",
		"[C(64,3,1), P(2,2), FC(128), GAP(10)]":                  "layer 4 cannot be GAP(10): a fully connected layer is followed by another or by SM only",
	} {
		if _, err := small.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want it to hold %q", text, err, want)
		}
	}
	for _, c := range []struct {
		g    space.Genotype
		want string
	}{
		{space.Genotype{0}, `is not complete: "layer 2" is undecided`},
		{space.Genotype{13, 0}, "2 choices, but the architecture is complete after 1"},
	} {
		if _, err := s.Build(c.g); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error is %v, want it to hold %q", c.g, err, c.want)
		}
	}
}

// Whatever text is read, it is a network that is written as it was read, or an error.
func FuzzMetaQNNParse(f *testing.F) {
	for _, text := range []string{"[SM(10)]", "[C(64,3,1), P(2,2), SM(10)]", "[C(64,1,1),GAP(10)]", "[C(64,3,1), P(5,3), C(64,3,1), P(2,2), FC(512), FC(128), SM(10)]", "[)", "[,]", "[]"} {
		f.Add(text)
	}
	s := made(f, space.MetaQNN2017, space.MetaQNNConfig{})
	f.Fuzz(func(t *testing.T, text string) {
		g, err := s.Parse(text)
		if err != nil {
			return
		}
		back, err := s.Format(g)
		if err != nil {
			t.Fatal(err)
		}
		if strip := strings.NewReplacer(" ", ""); strip.Replace(back) != strip.Replace(text) {
			t.Errorf("%q is read as %s", text, back)
		}
	})
}
