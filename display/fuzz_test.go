package display

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image"
	"io"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"
)

var randomValues = flag.Int("values", 3000, "how many random values TestRandomValues renders")

// Bounds of what one value may cost, whatever is in it.
const (
	mostBytes = 1 << 20          // of all forms of a bundle
	mostTime  = 10 * time.Second // however busy the machine is
)

// hostile are texts that run if they get into a page as markup.
var hostile = []string{
	"<script>alert(1)</script>",
	`"><script>alert(1)</script>`,
	`<img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`,
	`" onload="alert(1)" x="`,
	"</title><script>alert(1)</script>",
	"</text></svg><svg onload=alert(1)>",
	"]]><script>alert(1)</script><![CDATA[",
	"--><script>alert(1)</script><!--",
	"</style><script>alert(1)</script>",
	`<a href="javascript:alert(1)">x</a>`,
	"[x](javascript:alert(1))",
	"<foreignObject><iframe src=javascript:alert(1)></foreignObject>",
	"```\n<script>alert(1)</script>",
	"&lt;script&gt;", "&#60;script&#62;", "<\x00script>", "\xff<script>", "\u202e<script>",
	"plain", "",
}

// Random values of random types are shown without a panic, in bounded time and size,
// and whatever stands in their texts, names and labels nothing of it can run.
func TestRandomValues(t *testing.T) {
	for i := range *randomValues {
		g := generator{rand.New(rand.NewPCG(1, uint64(i)))}
		checkShown(t, i, g.value())
		if t.Failed() {
			return
		}
	}
}

// Pictures and tables whose every label is hostile show it as text, inline too. Each kind
// meets some of the texts and each text some of the kinds.
func TestHostileLabels(t *testing.T) {
	for i, s := range hostile {
		for j, v := range labelled(s) {
			if d, ok := v.(Displayer); ok {
				if (i+j)%7 != 0 {
					continue // a picture takes long
				}
				checkShown(t, i, Inline(d))
				checkShown(t, i, Interactive(d))
			}
			checkShown(t, i, v)
		}
	}
}

// labelled are a value of each kind that has names, all of them s.
func labelled(s string) []any {
	y, names, rows := []float64{1, 3, 2}, []string{s, s, s}, [][]float64{{1, 2, 0}, {3, 4, 1}, {0, 1, 2}}
	annotated := func(p *Plot) *Plot {
		return p.XLabel(s).YLabel(s).Note(1, 1, s).HLine(2, s).VLine(1, s)
	}
	return []any{
		annotated(Line(s, Values(s, y).Band(y, y), Values(s, y).Tip(names))),
		annotated(Scatter(s, Values(s, y).From([]int{-1, 0, 1}).Tip(names))),
		annotated(Bars(s, names, Values(s, y))),
		annotated(Histogram(s, Values(s, y))),
		annotated(Boxes(s, names, y, y, y)),
		annotated(Heatmap(s, rows).XTicks(names...).YTicks(names...).CellTexts([][]string{names})),
		Heatmap(s, rows).CellFormat(s),
		Confusion([][]int{{1, 2, 0}, {0, 1, 0}, {0, 0, 1}}, names),
		annotated(Contour(s, nil, nil, rows)),
		Parallel(s, []Axis{{s, names}, {Name: s}, {Name: s}}, rows, y),
		annotated(Pareto(s, y, y)),
		Spans(s, names, FromTo(s, y, y, []float64{2, 4, 3})),
		Grid(Line(s, Values(s, y)), Line(s)),
		(&Graph{Name: s, Kinds: names, Direction: Column}).AddNode(Node{ID: "a" + s, Label: s, Lines: names, Kind: s}).AddNode(Node{ID: s + "b"}).AddEdge("a"+s, s+"b", s),
		NewGraph(s).AddGroup(Group{ID: "g" + s, Label: s}).AddNode(Node{ID: "a" + s, Label: s, Lines: names, Kind: s, Group: "g" + s}).
			AddNode(Node{ID: s + "b", Label: s}).AddEdge("a"+s, s+"b", s),
		NewTable(s, s).Named(s, s, 1).Add(errors.New(s), word(s)).Captioned(s),
		[]trial{{Op: s}}, map[string]trial{s: {Op: s}}, map[string]string{s: s}, trial{Op: s}, []any{s}, s, word(s), errors.New(s), []byte(s),
		Text(s), To(&recorder{}).NewProgress(s, 3),
	}
}

func checkShown(t *testing.T, i int, v any) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("value %d, a %T: panic: %v", i, v, r)
		}
	}()
	start := time.Now()
	b := Render(v)
	if took := time.Since(start); took > mostTime {
		t.Errorf("value %d, a %T: took %v", i, v, took)
	}
	size := 0
	for mime, data := range b.Data {
		s, ok := data.(string)
		if raw, is := data.(json.RawMessage); is {
			s, ok = string(raw), true
		}
		if !ok {
			continue
		}
		size += len(s)
		var err error
		switch mime {
		case MIMEHTML:
			err = scriptIn(s, false)
		case MIMESVG:
			err = scriptIn(s, true)
		case MIMEMarkdown:
			err = scriptInMarkdown(s)
		case MIMEVegaLite:
			err = scriptInChart(s)
		}
		if err != nil {
			t.Errorf("value %d, a %T: %s: %v in\n%.2000s", i, v, mime, err, s)
		}
	}
	if s, ok := b.Data[MIMEPlain].(string); !ok || s == "" && !reflect.DeepEqual(v, Text("")) {
		t.Errorf("value %d, a %T: no text form among %d", i, v, len(b.Data))
	}
	if size > mostBytes {
		t.Errorf("value %d, a %T: %d bytes", i, v, size)
	}
}

// elements and attributes are all that our HTML and SVG is made of. What is not in the
// lists is an error, so that what can run does not have to be known.
var (
	elements = strings.Fields("table caption thead tbody tr th td p pre code b i em span div br style " +
		"svg title desc g path rect circle ellipse line polyline polygon text tspan defs clipPath linearGradient stop")
	attributes = strings.Fields("style class id width height viewBox xmlns role aria-label tabindex colspan rowspan scope title " +
		"d x y x1 x2 y1 y2 cx cy r rx ry points transform fill stroke opacity fill-opacity stroke-opacity stroke-width stroke-dasharray stroke-dashoffset " +
		"stroke-linecap stroke-linejoin fill-rule font-family font-size font-weight font-style text-anchor textLength lengthAdjust clip-path " +
		"offset stop-color dominant-baseline preserveAspectRatio shape-rendering")
)

// scriptIn says what in HTML or SVG of ours could run. Both are read as XML, strictly:
// where a reader of XML finds neither error nor an unknown name, one of HTML doesn't either.
func scriptIn(s string, svg bool) error {
	if !svg {
		s = "<div>" + s + "</div>"
	}
	d := xml.NewDecoder(strings.NewReader(s))
	d.Entity = xml.HTMLEntity
	inStyle := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if !slices.Contains(elements, token.Name.Local) {
				return fmt.Errorf("element <%s>", token.Name.Local)
			}
			inStyle = token.Name.Local == "style"
			for _, a := range token.Attr {
				if !slices.Contains(attributes, a.Name.Local) {
					return fmt.Errorf("attribute %s of <%s>", a.Name.Local, token.Name.Local)
				}
				if value := strings.ToLower(a.Value); a.Name.Local == "style" && (strings.Contains(value, "url(") || strings.Contains(value, "expression")) {
					return fmt.Errorf("style %q", a.Value)
				}
			}
		case xml.EndElement:
			inStyle = false
		case xml.CharData:
			if inStyle && (strings.ContainsAny(string(token), "<\\") || strings.Contains(string(token), "@import") || strings.Contains(string(token), "url(")) {
				return fmt.Errorf("style element %q", token)
			}
		case xml.Comment, xml.Directive:
			return fmt.Errorf("a %T", token)
		}
	}
}

// scriptInMarkdown says whether Markdown of ours has markup or a link outside of code.
func scriptInMarkdown(s string) error {
	for i, part := range strings.Split(s, "```") {
		if i%2 == 0 && (strings.Contains(part, "<script") || strings.Contains(part, "](javascript:")) {
			return errors.New("markup")
		}
	}
	return nil
}

// scriptInChart says what in a chart could run or load something. What Vega reads as an
// expression may hold texts, numbers, lists and what our own expressions are made of.
func scriptInChart(s string) error {
	if strings.ContainsAny(s, "<>&") {
		return errors.New("markup")
	}
	var chart any
	if err := json.Unmarshal([]byte(s), &chart); err != nil {
		return err
	}
	literals := regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\b(indexof|datum\.value|datum\.s)\b|===|[][(),0-9.eE+-]|null|\s`)
	var walk func(key string, v any) error
	walk = func(key string, v any) error {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				if slices.Contains([]string{"url", "href", "image", "expr", "signal", "lookup", "test"}, k) {
					return fmt.Errorf("key %s", k)
				}
				if err := walk(k, e); err != nil {
					return err
				}
			}
		case []any:
			for _, e := range v {
				if err := walk(key, e); err != nil {
					return err
				}
			}
		case string:
			if slices.Contains([]string{"calculate", "filter", "labelExpr"}, key) && literals.ReplaceAllString(v, "") != "" {
				return fmt.Errorf("expression %s", v)
			}
		}
		return nil
	}
	return walk("", chart)
}

func TestScriptIn(t *testing.T) {
	for _, s := range []string{
		"<script>1</script>", "<p onclick='x'>1</p>", "<a href='javascript:x'>1</a>", "<svg onload='x'/>", "<foreignObject/>", "<img src='x'/>",
		"<p style='background:url(javascript:x)'/>", "<style>@import 'x'</style>", "<p", "<p>", "a & b", "<!--<script>-->", "<!DOCTYPE x>",
	} {
		if scriptIn(s, false) == nil {
			t.Errorf("%s passes", s)
		}
	}
	for _, s := range []string{`{"url":"x"}`, `{"a":[{"calculate":"alert(1)"}]}`, `{"labelExpr":"\"a\"+open"}`, `{"a":"<b>"}`, "{"} {
		if scriptInChart(s) == nil {
			t.Errorf("%s passes", s)
		}
	}
	if err := scriptIn("<table style='x:y'><tr><td>&lt;script&gt;</td></tr></table>", false); err != nil {
		t.Error(err)
	}
}

// generator makes random values.
type generator struct{ *rand.Rand }

func (g generator) text() string {
	if g.IntN(3) > 0 {
		return hostile[g.IntN(len(hostile))]
	}
	s := make([]byte, g.IntN(40))
	for i := range s {
		s[i] = byte(g.IntN(256))
	}
	return strings.Repeat(string(s), 1+g.IntN(3))
}

func (g generator) float() float64 {
	odd := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64, 1e15, -1e-7}
	if g.IntN(3) == 0 {
		return odd[g.IntN(len(odd))]
	}
	return g.NormFloat64() * math.Pow(10, float64(g.IntN(12)-4))
}

func (g generator) floats() []float64 {
	v := make([]float64, g.IntN(30))
	for i := range v {
		v[i] = g.float()
	}
	return v
}

func (g generator) value() any {
	switch g.IntN(400) {
	case 0: // pictures take a thousand times as long as the rest
		all := labelled(g.text())
		return all[g.IntN(len(all))]
	case 1:
		return Line(g.text(), XY(g.text(), g.floats(), nil), Values(g.text(), g.floats()))
	case 2:
		return Heatmap(g.text(), [][]float64{g.floats(), g.floats()})
	case 3:
		return image.NewGray(image.Rect(0, 0, g.IntN(20), g.IntN(20)))
	case 4:
		return mat.NewVecDense(1+g.IntN(3), nil)
	}
	v := reflect.New(g.typ(0)).Elem()
	g.fill(v, 0)
	return v.Interface()
}

var leaves = []reflect.Type{
	reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[uint8](), reflect.TypeFor[int64](), reflect.TypeFor[float32](), reflect.TypeFor[float64](),
	reflect.TypeFor[complex128](), reflect.TypeFor[string](), reflect.TypeFor[string](), reflect.TypeFor[word](), reflect.TypeFor[explosive](),
	reflect.TypeFor[level](), reflect.TypeFor[trial](), reflect.TypeFor[*ring](), reflect.TypeFor[any](), reflect.TypeFor[error](), reflect.TypeFor[fmt.Stringer](),
	reflect.TypeFor[time.Time](), reflect.TypeFor[time.Duration](), reflect.TypeFor[*big.Int](), reflect.TypeFor[func(int) error](), reflect.TypeFor[chan string](),
	reflect.TypeFor[struct{}](), reflect.TypeFor[uintptr](), reflect.TypeFor[unreadable](), reflect.TypeFor[reflect.Type](),
}

// typ makes a random type.
func (g generator) typ(depth int) reflect.Type {
	if depth > 3 || g.IntN(3) == 0 {
		return leaves[g.IntN(len(leaves))]
	}
	of := g.typ(depth + 1)
	switch g.IntN(6) {
	case 0:
		return reflect.PointerTo(of)
	case 1:
		return reflect.ArrayOf(g.IntN(4), of)
	case 2:
		key := g.typ(depth + 1)
		if !key.Comparable() || key.Kind() == reflect.Interface {
			key = reflect.TypeFor[string]()
		}
		return reflect.MapOf(key, of)
	case 3:
		fields := make([]reflect.StructField, g.IntN(4))
		for i := range fields {
			fields[i] = reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: g.typ(depth + 1)}
		}
		return reflect.StructOf(fields)
	}
	return reflect.SliceOf(of)
}

// fill sets a value at random.
func (g generator) fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(g.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(g.Int64() >> g.IntN(64))
	case reflect.Uint8, reflect.Uintptr:
		v.SetUint(uint64(g.IntN(256)))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(g.float())
	case reflect.Complex128:
		v.SetComplex(complex(g.float(), g.float()))
	case reflect.String:
		v.SetString(g.text())
	case reflect.Array:
		for i := range v.Len() {
			g.fill(v.Index(i), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				g.fill(v.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		if g.IntN(8) == 0 {
			return
		}
		n := g.IntN(4)
		if depth == 0 && g.IntN(50) == 0 {
			n = g.IntN(500)
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			g.fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range g.IntN(4) {
			key, element := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			g.fill(key, depth+1)
			g.fill(element, depth+1)
			put(v, key, element)
		}
	case reflect.Pointer:
		g.fillPointer(v, depth)
	case reflect.Interface:
		g.fillInterface(v, depth)
	case reflect.Chan:
		v.Set(reflect.MakeChan(v.Type(), g.IntN(3)))
	}
}

// put sets an element of a map. A key that holds what has no hash is left out: whether
// it has one is known for sure only by asking for it.
func put(m, key, element reflect.Value) {
	defer func() { _ = recover() }()
	m.SetMapIndex(key, element)
}

func (g generator) fillPointer(v reflect.Value, depth int) {
	if depth > 8 || g.IntN(5) == 0 {
		return
	}
	if v.Type() == reflect.TypeFor[*big.Int]() {
		v.Set(reflect.ValueOf(new(big.Int).Lsh(big.NewInt(g.Int64()), uint(g.IntN(300)))))
		return
	}
	v.Set(reflect.New(v.Type().Elem()))
	g.fill(v.Elem(), depth+1)
	if r, ok := v.Interface().(*ring); ok && g.IntN(2) == 0 {
		r.Next = r
	}
}

// fillInterface puts a value of a random type in, a cycle now and then.
func (g generator) fillInterface(v reflect.Value, depth int) {
	switch {
	case depth > 6:
	case v.Type() == reflect.TypeFor[error]():
		v.Set(reflect.ValueOf(fmt.Errorf("%s: %w", g.text(), errors.New(g.text()))))
	case v.Type() == reflect.TypeFor[fmt.Stringer]():
		v.Set(reflect.ValueOf(word(g.text())))
	case v.Type() != reflect.TypeFor[any]():
	case g.IntN(6) == 0:
		list := []any{g.text(), nil}
		list[1] = list
		v.Set(reflect.ValueOf(list))
	default:
		of := reflect.New(g.typ(depth)).Elem()
		g.fill(of, depth+1)
		v.Set(of)
	}
}
