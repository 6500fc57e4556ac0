package viz

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/space"
)

var update = flag.Bool("update", false, "write the pictures of testdata anew; look at each of them, on a light and on a dark page, before they are kept")

// parsed reads a genotype in its space's own text form.
func parsed(t *testing.T, s interface {
	space.Space
	Parse(string) (space.Genotype, error)
}, text string) space.Genotype {
	t.Helper()
	g, err := s.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// zophLe is a network with skip connections of so many layers, by its choices.
func zophLe(t *testing.T, layers int, choices ...int) *display.Graph {
	t.Helper()
	s, err := space.ZophLe2017(space.ZophLeConfig{Layers: layers})
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Build(choices)
	if err != nil {
		t.Fatal(err)
	}
	return Architecture(a)
}

// everyOther are the choices of a network of 3×5 filters whose layers take every
// other layer before them, beginning with the last one.
func everyOther(layers int) []int {
	var choices []int
	for n := 1; n <= layers; n++ {
		choices = append(choices, 1, 2, n%4)
		for from := 1; from < n; from++ {
			choices = append(choices, (n-from)%2)
		}
	}
	return choices
}

// Each picture was looked at, light and dark. A change that moves something by a
// little is none; a change of what is drawn is.
func TestGoldenPictures(t *testing.T) {
	nb201, err := space.NASBench201(space.NASBench201Config{})
	if err != nil {
		t.Fatal(err)
	}
	nb101, err := space.NASBench101(space.NASBench101Config{})
	if err != nil {
		t.Fatal(err)
	}
	// The cell like Inception's in the benchmark's own introduction.
	inception, err := nb101.Genotype(space.NB101Cell{
		Matrix: [][]int{
			{0, 1, 1, 1, 0, 1, 0},
			{0, 0, 0, 0, 0, 0, 1},
			{0, 0, 0, 0, 0, 0, 1},
			{0, 0, 0, 0, 1, 0, 0},
			{0, 0, 0, 0, 0, 0, 1},
			{0, 0, 0, 0, 0, 0, 1},
			{0, 0, 0, 0, 0, 0, 0},
		},
		Ops: []string{"input", "conv1x1-bn-relu", "conv3x3-bn-relu", "conv3x3-bn-relu", "conv3x3-bn-relu", "maxpool3x3", "output"},
	})
	if err != nil {
		t.Fatal(err)
	}
	pictures := map[string]display.Displayer{
		"googlenet":        Architecture(network(t, "GoogLeNet with auxiliary heads")),
		"inception":        Block(network(t, "GoogLeNet"), "inception 3a"),
		"resnet-50":        Architecture(network(t, "ResNet-50")),
		"densenet-121":     Architecture(network(t, "DenseNet-121")),
		"nasnet-a-large":   Architecture(network(t, "NASNet-A large")),
		"nasnet-a-cells":   Genotype(cell.NASNetA()),
		"darts-v2-cells":   Genotype(cell.DARTSV2()),
		"amoebanet-cells":  Genotype(cell.AmoebaNetADARTS()),
		"nb201-cell":       Cell(nb201, parsed(t, nb201, "|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|avg_pool_3x3~0|none~1|nor_conv_3x3~2|")),
		"nb101-cell":       Cell(nb101, inception),
		"zoph-le":          zophLe(t, 4, 1, 1, 0, 2, 1, 1, 1, 1, 1, 3, 1, 1, 3, 1, 1, 1, 0, 1),
		"zoph-le-dense":    zophLe(t, 10, everyOther(10)...),
		"resnets-compared": Compare(network(t, "ResNet-18"), network(t, "ResNet-50")),
		"best-over-seeds":  BestOverSeeds(races()...),
		"regret":           Regret(1, races()...),
		"timeline":         Timeline(shifts()),
		"front":            Front(trialsOf(30), Parameters()),
		"importance":       Importance(spelled(), letters{}),
		"parallel-choices": ParallelChoices(spelled(), letters{}),
		"family-tree":      FamilyTree(clan()),
		"lineage":          Lineage(clan(), 0, letters{}),
		"relaxation":       Relaxation(relaxed(12)),
		"controller":       Controller(historyOf(12, 1)),
		"predictions":      Predictions([]float64{1, 2, 3, 4, 5}, []float64{1.5, 1.8, 3.6, 3.2, 5}, []float64{0.5, 0.4, 0.6, 0.5, 0.2}),
		"ranks":            Ranks([]float64{1, 2, 3, 4, 5, 6}, Proxy{"good", []float64{1, 3, 2, 4, 6, 5}}, Proxy{"bad", []float64{6, 5, 1, 4, 2, 3}}),
		"rungs":            Rungs(ladder()),
	}
	for name, picture := range pictures {
		t.Run(name, func(t *testing.T) {
			got, ok := picture.Display().Data[display.MIMESVG].(string)
			if !ok {
				t.Fatalf("it is no picture: %s", text(picture))
			}
			file := filepath.Join("testdata", name+".svg")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range differences(got, string(want), 3) {
				t.Error(d)
			}
		})
	}
	files, err := filepath.Glob("testdata/*.svg")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(pictures) {
		t.Errorf("testdata has %d pictures, of which %d are compared", len(files), len(pictures))
	}
}

// piece is a start of an element, an end or a text of an SVG document.
type piece struct {
	line  int
	what  string // "<rect", "</rect" or the text
	attrs []string
}

// pieces takes a document apart. The document's identity, which is a fingerprint of
// all of it, is left out.
func pieces(doc string) ([]piece, error) {
	var all []piece
	identity := ""
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := d.InputPos()
		p := piece{line: line}
		switch tok := tok.(type) {
		case xml.StartElement:
			p.what = "<" + tok.Name.Local
			for _, a := range tok.Attr {
				if a.Name.Local == "id" && identity == "" {
					identity = a.Value
					continue
				}
				p.attrs = append(p.attrs, a.Name.Local+"="+a.Value)
			}
			slices.Sort(p.attrs)
		case xml.EndElement:
			p.what = "</" + tok.Name.Local
		case xml.CharData:
			p.what = strings.TrimSpace(string(tok))
			if identity != "" {
				p.what = strings.ReplaceAll(p.what, identity, "picture")
			}
			if p.what == "" {
				continue
			}
		}
		all = append(all, p)
	}
}

// measured are the attributes whose numbers may differ a little.
var measured = regexp.MustCompile(`^(x|y|cx|cy|r|rx|ry|x1|y1|x2|y2|width|height|viewBox|textLength|d|transform)=`)

var number = regexp.MustCompile(`-?[0-9]+(\.[0-9]+)?`)

// differences says where two SVG documents differ, five times at most: in their
// elements, texts and attributes at all, in numbers of coordinates by more than tolerance.
func differences(got, want string, tolerance float64) []string {
	g, err := pieces(got)
	if err != nil {
		return []string{err.Error()}
	}
	w, err := pieces(want)
	if err != nil {
		return []string{err.Error()}
	}
	var found []string
	for i := range min(len(g), len(w)) {
		if d := g[i].differs(w[i], tolerance); d != "" {
			found = append(found, fmt.Sprintf("line %d of the golden picture: %s", w[i].line, d))
		}
		if len(found) == 5 {
			return found
		}
	}
	if len(g) != len(w) {
		found = append(found, fmt.Sprintf("there are %d elements, ends and texts, want %d", len(g), len(w)))
	}
	return found
}

func (p piece) differs(want piece, tolerance float64) string {
	if p.what != want.what {
		return fmt.Sprintf("%q, want %q", p.what, want.what)
	}
	if len(p.attrs) != len(want.attrs) {
		return fmt.Sprintf("%s has %q, want %q", p.what, p.attrs, want.attrs)
	}
	for i, a := range p.attrs {
		b := want.attrs[i]
		if a == b {
			continue
		}
		if !measured.MatchString(a) || number.ReplaceAllString(a, "#") != number.ReplaceAllString(b, "#") {
			return fmt.Sprintf("%s has %s, want %s", p.what, a, b)
		}
		theirs := number.FindAllString(b, -1)
		for k, s := range number.FindAllString(a, -1) {
			x, errX := strconv.ParseFloat(s, 64)
			y, errY := strconv.ParseFloat(theirs[k], 64)
			if errX != nil || errY != nil || math.Abs(x-y) > tolerance {
				return fmt.Sprintf("%s has %s, want %s", p.what, a, b)
			}
		}
	}
	return ""
}

// The comparison sees what is drawn, and no trifles.
func TestDifferences(t *testing.T) {
	const doc = `<svg id="d1" width="100" viewBox="0 0 100 50"><style>#d1 .f0{fill:#1f2328}</style><text x="10.5" class="f0" fill="#1f2328">stem 1</text><path d="M1 2L3 4Z" class="s1"/></svg>`
	for _, test := range []struct {
		name, old, new string
		same           bool
	}{
		{"nothing", "", "", true},
		{"identity", "d1", "d2", true},
		{"a little aside", `x="10.5"`, `x="11.25"`, true},
		{"far aside", `x="10.5"`, `x="14"`, false},
		{"a point", "L3 4", "L3 9", false},
		{"a point more", "L3 4", "L3 4L3 4", false},
		{"a curve", "L3 4", "C3 4", false},
		{"a text", "stem 1", "stem 2", false},
		{"a colour", `fill="#1f2328"`, `fill="#1f2329"`, false},
		{"a rule", ".f0{fill:#1f2328}", ".f0{fill:#1f2327}", false},
		{"a class", `class="s1"`, `class="s2"`, false},
		{"an attribute less", ` class="s1"`, "", false},
		{"an element more", "<path", "<rect/><path", false},
		{"an element at the end", "</svg>", "<rect/></svg>", false},
		{"broken", "</text>", "", false},
	} {
		d := differences(strings.ReplaceAll(doc, test.old, test.new), doc, 1)
		if (len(d) == 0) != test.same {
			t.Errorf("%s: differences are %q", test.name, d)
		}
	}
}
