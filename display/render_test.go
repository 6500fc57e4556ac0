package display

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"
	"gorgonia.org/tensor"
)

type level int

type word string

func (w word) String() string { return "word " + string(w) }

type explosive struct{ N int }

func (explosive) String() string { panic("boom") }

type unreadable struct{}

func (unreadable) Error() string { panic(unreadable{}) }

type trial struct {
	Op       string
	Accuracy float64
	Params   int
	parent   *trial
}

type ring struct {
	Name string
	Next *ring
}

type standIn struct {
	value any
	text  string
}

func (s standIn) DisplayValue() (any, string) { return s.value, s.text }

type endless struct{}

func (e endless) DisplayValue() (any, string) { return e, "" }

type mute struct{}

func (mute) Display() Bundle { return Bundle{Data: map[string]any{MIMEHTML: "<b>x</b>"}} }

type broken struct{}

func (*broken) Display() Bundle { panic("no") }

type closed struct{ name string }

func (c *closed) Name() string { return c.name }

type open struct{ Title string }

func (*open) Name() string { return "x" }

func add(a, b int) int { return a + b }

func TestRenderText(t *testing.T) {
	loop := &ring{Name: "a"}
	loop.Next = loop
	self := map[string]any{"n": 1}
	self["self"] = self
	list := []any{1}
	list[0] = list
	five := 5
	tests := []struct {
		name string
		in   any
		want string
	}{
		{"nil", nil, "nil"},
		{"int", 3, "3"},
		{"named int", level(3), "display.level(3)"},
		{"float", 0.1, "0.1"},
		{"float32", float32(0.1), "0.1"},
		{"whole float", 2.0, "2"},
		{"NaN", math.NaN(), "NaN"},
		{"complex", 1 + 2i, "(1+2i)"},
		{"bool", true, "true"},
		{"string", "a \"b\"\n", `"a \"b\"\n"`},
		{"rune", 'x', "120"},
		{"ints", []int{1, 2, 3}, "[]int{1, 2, 3}"},
		{"array", [2]string{"a", "b"}, `[2]string{"a", "b"}`},
		{"empty", []int{}, "[]int{}"},
		{"nil slice", []int(nil), "[]int(nil)"},
		{"nil map", map[string]int(nil), "map[string]int(nil)"},
		{"nil pointer", (*trial)(nil), "(*display.trial)(nil)"},
		{"nil func", (func())(nil), "(func())(nil)"},
		{"nil channel", (chan int)(nil), "(chan int)(nil)"},
		{"nil in a list", []any{nil, (*trial)(nil)}, "[]any{nil, (*display.trial)(nil)}"},
		{"map", map[string]int{"b": 2, "a": 1}, `map[string]int{"a": 1, "b": 2}`},
		{"mixed keys", map[any]int{2: 1, 1: 0}, `map[any]int{1: 0, 2: 1}`},
		{"struct", trial{Op: "conv", Accuracy: 0.5, Params: 3}, `display.trial{Op: "conv", Accuracy: 0.5, Params: 3, parent: nil}`},
		{"pointer", &five, "&5"},
		{"cycle", loop, `&display.ring{Name: "a", Next: *display.ring(…cycle)}`},
		{"map in itself", self, `map[string]any{"n": 1, "self": map[string]any(…cycle)}`},
		{"list in itself", list, "[]any{[]any(…cycle)}"},
		{"error", errors.New("disk full"), "error: disk full"},
		{"stringer", word("x"), "word x"},
		{"stringers", []word{"x"}, "[]display.word{word x}"},
		{"named", &closed{"random(seed 1)"}, "*display.closed random(seed 1)"},
		{"named inside", []any{&closed{"a"}}, "[]any{*display.closed a}"},
		{"no name", (*closed)(nil), "(*display.closed)(nil)"},
		{"named, with fields", &open{"t"}, `&display.open{Title: "t"}`},
		{"duration", 1500 * time.Millisecond, "1.5s"},
		{"time", time.Unix(0, 0).UTC(), "1970-01-01 00:00:00 +0000 UTC"},
		{"panicking String", explosive{}, "display.explosive: its method String panicked: boom"},
		{"panicking String inside", []any{explosive{}, 1}, "[]any{display.explosive: its method String panicked: boom, 1}"},
		{"panicking Error", unreadable{}, "display.unreadable: its method Error panicked: a display.unreadable"},
		{"panicking Display", &broken{}, "*display.broken: can't be shown: a method of it panicked: no"},
		{"func", add, "func(int, int) int display.add"},
		{"chan", make(chan int, 3), "chan int (0 of 3 buffered)"},
		{"bytes", []byte("hello\n"), `[]byte, 6 bytes: "hello\n"`},
		{"binary", []byte{0, 255}, "[]byte, 2 bytes\n00000000  00 ff                                             |..|"},
		{"stand-in", standIn{trial{Op: "x"}, "Trial{x}"}, "Trial{x}"},
		{"stand-in inside", []any{standIn{1, "one"}}, "[]any{one}"},
		{"silent stand-in", standIn{7, ""}, "7"},
		{"endless stand-in", endless{}, "display.endless stands for a value that stands for another one, without end"},
		{"html only", mute{}, "x"},
		{"large map", func() any {
			m := map[int]int{}
			for i := range mapKeys + 1 {
				m[i] = i
			}
			return m
		}(), "map[int]int{… 10\u202f001 keys}"},
	}
	for _, tt := range tests {
		if got := Render(tt.in).Data[MIMEPlain]; got != tt.want {
			t.Errorf("%s:\ngot  %v\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestRenderLimits(t *testing.T) {
	deep := any(1)
	for range 1000 {
		deep = []any{deep}
	}
	type tree struct{ Children []*tree }
	var grow func(depth int) *tree
	grow = func(depth int) *tree {
		n := &tree{}
		for range 10 {
			if depth > 0 {
				n.Children = append(n.Children, grow(depth-1))
			}
		}
		return n
	}
	long := make([]any, 1000)
	for i := range long {
		long[i] = strings.Repeat("x", 1000)
	}
	for name, v := range map[string]any{
		"deep": deep, "bushy": grow(4), "long": make([]int, 10_000_000), "strings": long,
		"string": strings.Repeat("é", 1_000_000), "bytes": make([]byte, 10_000_000), "words": word(strings.Repeat("x", 1_000_000)),
		"matrix": make([][]float64, 100_000), "rows": make([]trial, 100_000),
	} {
		start := time.Now()
		b := Render(v)
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s: took %v", name, d)
		}
		size := 0
		for _, d := range b.Data {
			size += len(d.(string))
		}
		if size > 300_000 {
			t.Errorf("%s: the bundle has %d bytes", name, size)
		}
	}
	if s := Render(deep).Data[MIMEPlain].(string); !strings.Contains(s, "…") {
		t.Errorf("the deep list is not elided: %s", s)
	}
}

func TestRenderTables(t *testing.T) {
	rows := []trial{{"conv", 0.931, 12, nil}, {"max pool", 0.5, 1200, nil}}
	want := "[]display.trial, 2 elements\n" +
		"   Op        Accuracy  Params\n" +
		"─  ────────  ────────  ──────\n" +
		"0  conv         0.931      12\n" +
		"1  max pool     0.500    1200"
	b := Render(rows)
	if b.Data[MIMEPlain] != want {
		t.Errorf("got\n%v\nwant\n%s", b.Data[MIMEPlain], want)
	}
	html := b.Data[MIMEHTML].(string)
	for _, part := range []string{"<table>", `<th style="text-align:right">Accuracy</th>`, `<td style="text-align:left">max pool</td>`} {
		if !strings.Contains(html, part) {
			t.Errorf("the HTML lacks %s", part)
		}
	}
	for _, v := range []any{[]*trial{&rows[0], nil}, []any{rows[0], &rows[1]}, map[string]trial{"a": rows[0]}} {
		if s := Render(v).Data[MIMEPlain].(string); !strings.Contains(s, "Accuracy") {
			t.Errorf("%T is not shown by fields:\n%s", v, s)
		}
	}
	many := make([]trial, 1000)
	s := Render(many).Data[MIMEPlain].(string)
	if !strings.HasSuffix(s, "60 of 1\u202f000 rows") || strings.Count(s, "\n") != 63 {
		t.Errorf("1000 rows are shown in %d lines, ending in %q", strings.Count(s, "\n")+1, s[len(s)-30:])
	}
	if h := Render(trial{Op: "<b>"}).Data[MIMEHTML].(string); !strings.Contains(h, "&lt;b&gt;") || strings.Contains(h, "parent") {
		t.Errorf("the fields of a struct: %s", h)
	}
}

func TestRenderMatrices(t *testing.T) {
	m := mat.NewDense(100, 30, nil)
	m.Set(0, 0, 1.5)
	s := Render(m).Data[MIMEPlain].(string)
	if !strings.HasPrefix(s, "mat.Dense, 100 × 30\n") || !strings.Contains(s, "⋱") || strings.Count(s, "\n") != 23 {
		t.Errorf("a large matrix is shown as\n%s", s)
	}
	tests := []struct {
		in   any
		want string
	}{
		{tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float32{1, 2.5, 3, 4})), "tensor float32 2 × 2\n     0    1\n─  ───  ───\n0  1.0  2.5\n1  3.0  4.0"},
		{tensor.New(tensor.FromScalar(7)), "tensor int scalar: 7"},
		{tensor.New(tensor.WithShape(1, 1, 2), tensor.WithBacking([]int{1, 2})), "tensor int 1 × 1 × 2\n[0, :, :]\n   0  1\n─  ─  ─\n0  1  2"},
		// As many decimals as two digits of the smallest and four of the largest number need, everywhere.
		{[][]float64{{0.5, 0.07625}, {123.456, 1}}, "[][]float64, 2 × 2\n         0      1\n─  ───────  ─────\n0    0.500  0.076\n1  123.456  1.000"},
		{[][]int{{1, 2}, {3}}, "[][]int, 2 × 2\n   0  1\n─  ─  ─\n0  1  2\n1  3"},
	}
	for _, tt := range tests {
		if got := Render(tt.in).Data[MIMEPlain]; got != tt.want {
			t.Errorf("got\n%v\nwant\n%s", got, tt.want)
		}
	}
	big := tensor.New(tensor.WithShape(50, 3, 200, 200), tensor.Of(tensor.Float32))
	if s := Render(big).Data[MIMEPlain].(string); !strings.Contains(s, "[49, 2, :, :]") || len(s) > 20000 {
		t.Errorf("a large tensor is shown in %d bytes", len(s))
	}
}

func TestConstructors(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 8, 8))
	var p, j bytes.Buffer
	if err := errors.Join(png.Encode(&p, gray), jpeg.Encode(&j, gray, nil)); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, mime, text string
		b                Bundle
	}{
		{"text", MIMEPlain, "hi", Text("hi")},
		{"markdown", MIMEMarkdown, "**x**", Markdown("**x**")},
		{"latex", MIMELaTeX, "$x$", LaTeX("$x$")},
		{"html", MIMEHTML, "a & b\nc", HTML("<p>a &amp; <b>b</b><script>x<y</script></p><p>c</p>")},
		{"svg", MIMESVG, "svg image, 3 × 4: T", SVG(`<svg width="3" height="4"><title>T</title></svg>`)},
		{"bad svg", MIMEPlain, "svg: not well-formed at line 1, column 15: XML syntax error on line 1: element <a> closed by </svg>", SVG("<svg><a></svg>")},
		{"no svg", MIMEPlain, "svg: the outermost element is <p>; it must be <svg>", SVG("<p/>")},
		{"png", MIMEPNG, "png image, 8 × 8", PNG(p.Bytes())},
		{"jpeg", MIMEJPEG, "jpeg image, 8 × 8", JPEG(j.Bytes())},
		{"swapped", MIMEPlain, "png: the data are a jpeg image; use the constructor of that name", PNG(j.Bytes())},
		{"no image", MIMEPlain, "jpeg: 2 bytes that can't be read as an image: image: unknown format", JPEG([]byte("xx"))},
		{"image", MIMEPNG, "image, 8 × 8", Image(gray)},
		{"nil image", MIMEPlain, "image: nil", Image(nil)},
		{"no image", MIMEPlain, "image: nil", Image((*image.RGBA)(nil))},
		{"no pixels", MIMEPlain, "image, 0 × 0: it has no pixels", Image(image.NewGray(image.Rectangle{}))},
		{"huge image", MIMEPlain, "image, 100000 × 100000: too large to be shown; draw a part of it, or scale it down", Image(vast{})},
		{"json", MIMEJSON, "{\n  \"a\": 1\n}", JSON(map[string]int{"a": 1})},
		{"bad json", MIMEPlain, "json: float64 can't be written as JSON: json: unsupported value: NaN", JSON(math.NaN())},
	}
	for _, tt := range tests {
		if tt.b.Data[MIMEPlain] != tt.text {
			t.Errorf("%s: text %q, want %q", tt.name, tt.b.Data[MIMEPlain], tt.text)
		}
		if tt.b.Data[tt.mime] == nil {
			t.Errorf("%s: there is no %s", tt.name, tt.mime)
		}
		if _, err := json.Marshal(tt.b.Data); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if got := Render(tt.b).Data[MIMEPlain]; got != tt.text {
			t.Errorf("%s: rendered again as %q", tt.name, got)
		}
	}
	wide := Image(image.NewGray(image.Rect(0, 0, 1600, 100)))
	if m := fmt.Sprint(wide.Metadata[MIMEPNG]); m != "map[height:50 width:800]" {
		t.Errorf("a wide image has the metadata %s", m)
	}
	clear := Image(image.NewNRGBA(image.Rect(0, 0, 100, 100)))
	if m := fmt.Sprint(clear.Metadata[MIMEPNG]); m != "map[needs_background:light]" {
		t.Errorf("a transparent image has the metadata %s", m)
	}
}

type vast struct{}

func (vast) ColorModel() color.Model { return color.GrayModel }
func (vast) Bounds() image.Rectangle { return image.Rect(0, 0, 100000, 100000) }
func (vast) At(int, int) color.Color { return color.Black }

// FuzzRender builds odd values out of bytes and renders them.
func FuzzRender(f *testing.F) {
	for _, seed := range []string{"", "\x00\x01\x02\x03", "msplk\x00zz", "mmmmmmmm", "\xff\xfe\xfd", "abcdefghijklmnop", "cmcmcm", "rtrtrt\x09"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b := Render(build(data, 0))
		if s, ok := b.Data[MIMEPlain].(string); !ok || s == "" {
			t.Fatalf("no text form: %v", b.Data)
		}
	})
}

// build takes a byte for the kind of value and the rest for what is in it.
func build(data []byte, depth int) any {
	if len(data) == 0 || depth > 40 {
		return nil
	}
	rest := data[1:]
	half := len(rest) / 2
	switch data[0] % 20 {
	case 0:
		return map[string]any(nil)
	case 1:
		return math.Inf(-1)
	case 2:
		return []any{build(rest[:half], depth+1), build(rest[half:], depth+1)}
	case 3:
		return map[any]any{string(rest): build(rest, depth+1), math.NaN(): 1, len(rest): nil}
	case 4:
		r := &ring{Name: string(rest)}
		r.Next = r
		return r
	case 5:
		return []explosive{{1}, {2}}
	case 6:
		return string(rest)
	case 7:
		return rest
	case 8:
		return struct {
			A any
			B []any
			c any
		}{build(rest, depth+1), []any{build(rest[half:], depth+1)}, explosive{}}
	case 9:
		v := build(rest, depth+1)
		return &v
	case 10:
		return standIn{build(rest, depth+1), string(rest[:half])}
	case 11:
		return [][]float64{nil, {math.NaN()}, make([]float64, len(rest))}
	case 12:
		return []*trial{nil, {Op: string(rest), Accuracy: math.NaN()}}
	case 13:
		return Line(string(rest), Values(string(rest), []float64{math.NaN(), math.Inf(1), float64(len(rest))}))
	case 14:
		return Heatmap(string(rest), [][]float64{{math.NaN()}, {}, nil})
	case 15:
		m := map[string]any{}
		m["m"] = m
		return m
	case 16:
		return unreadable{}
	case 17:
		return errors.New(string(rest))
	case 18:
		return make([]struct{}, len(rest))
	}
	return [3]any{build(rest, depth+1), func() {}, make(chan int)}
}

// named stands for a value whose type has a name that reflection does not know.
type named struct {
	value any
	name  string
}

func (n named) DisplayValue() (any, string) { return n.value, "" }
func (n named) TypeName() string            { return n.name }

func TestTablesAreTitledByTypeNamer(t *testing.T) {
	row := struct{ X, Y int }{1, 2}
	for _, tt := range []struct {
		value      any
		name, want string
	}{
		{[]struct{ X, Y int }{row, row}, "[]P", ">[]P, 2 elements<"},
		{map[string]struct{ X, Y int }{"a": row}, "map[string]P", ">map[string]P, 1 key<"},
		{row, "P", ">P<"},
	} {
		if got := fmt.Sprint(Render(named{tt.value, tt.name}).Data[MIMEHTML]); !strings.Contains(got, tt.want) || strings.Contains(got, "struct") {
			t.Errorf("%s: %.200s…, want a caption %s", tt.name, got, tt.want)
		}
	}
	if got := Render(named{7, "Level"}).Data[MIMEPlain]; got != "7" {
		t.Errorf("a scalar is %q", got)
	}
}

// A large page is not stored twice.
func TestTextOfMuchHTML(t *testing.T) {
	b := HTML("<p>first</p>" + strings.Repeat("é ", 1<<20))
	text, _ := b.Data[MIMEPlain].(string)
	if !strings.HasPrefix(text, "first\n") || !strings.HasSuffix(text, "é\n…") || len(text) > 64<<10 {
		t.Errorf("%d bytes of text: %.20q … %q", len(text), text, text[max(0, len(text)-10):])
	}
}

func TestListOfImages(t *testing.T) {
	gray := func(w, h int) *image.Gray { return image.NewGray(image.Rect(3, 3, 3+w, 3+h)) }
	many := make([]*image.Gray, 100)
	for i := range many {
		many[i] = gray(8, 8)
	}
	for _, tt := range []struct {
		v    any
		text string
		w, h int // of the picture
	}{
		{[]image.Image{gray(8, 8), gray(16, 4)}, "2 images of at most 16 × 8", 9 * 33, 9 * 8},
		{many, "100 images of at most 8 × 8, the first 64 shown", 4 * 71, 4 * 71},
		{[2]*image.Gray{gray(900, 2), gray(2, 2)}, "2 images of at most 900 × 2", 900, 5},
		{[]*image.Gray{gray(1<<13, 1<<13), gray(1, 1)}, "2 images of at most 8192 × 8192: too large to be shown together", 0, 0},
	} {
		b := Render(tt.v)
		if b.Data[MIMEPlain] != tt.text {
			t.Errorf("%T: text %q, want %q", tt.v, b.Data[MIMEPlain], tt.text)
		}
		data, _ := b.Data[MIMEPNG].(string)
		raw, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			t.Fatal(err)
		}
		c, _ := png.DecodeConfig(bytes.NewReader(raw))
		if c.Width != tt.w || c.Height != tt.h {
			t.Errorf("%s: the picture is %d × %d, want %d × %d", tt.text, c.Width, c.Height, tt.w, tt.h)
		}
	}
	for _, v := range []any{[]image.Image{nil}, []*image.Gray{nil}, []image.Image{(*image.Gray)(nil)}, []any{gray(1, 1), 3}, []image.Image{}} {
		if b := Render(v); b.Data[MIMEPNG] != nil {
			t.Errorf("%T of %v is shown as a picture", v, v)
		}
	}
}

func TestBigIntegers(t *testing.T) {
	for s, want := range map[string]string{
		"0": "0", "-123456789": "-123456789", "1234567890": "1 234 567 890", "-10000000000": "-10 000 000 000",
	} {
		n, _ := new(big.Int).SetString(s, 10)
		if got := Plain(n); strings.ReplaceAll(got, "\u202f", " ") != want {
			t.Errorf("%s is shown as %s", s, got)
		}
	}
}
