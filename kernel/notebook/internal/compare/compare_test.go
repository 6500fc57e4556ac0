package compare

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for _, test := range []struct{ stored, now, want string }{
		{"a\nb", "a\nb", ""},
		{"loss 0.25, 3 epochs", "loss 0.25000000001, 3 epochs", ""},
		{"loss 0.25, 3 epochs", "loss 0.2501, 3 epochs", `line 1: stored "loss 0.25, 3 epochs", now "loss 0.2501, 3 epochs"`},
		{"3 epochs", "4 epochs", `line 1: stored "3 epochs", now "4 epochs"`},
		{"1000000", "1000001", `line 1: stored "1000000", now "1000001"`}, // a count
		{"1e-3", "0.001", ""},
		{"-1.5e3", "-1500.0", ""},
		{"v1.2.3", "v1.2.4", `line 1: stored "v1.2.3", now "v1.2.4"`},
		{"a\nb", "a", `line 2: "b" is no longer there`},
		{"a", "a\nb", `line 2: "b" is new`},
		{"", "x", `line 1: stored "", now "x"`},
		{"NaN 1.0", "NaN 1.0000000001", ""},
		{strings.Repeat("long ", 30) + "é1", strings.Repeat("long ", 30) + "é2", `line 1: stored "…` + "ng " + strings.Repeat("long ", 9) + `é1", now "…` + "ng " + strings.Repeat("long ", 9) + `é2"`},
		{"1.0 2.0", "1.0", `line 1: stored "1.0 2.0", now "1.0"`},
	} {
		if got := Text(test.stored, test.now, 1e-6); got != test.want {
			t.Errorf("%q and %q: %q, want %q", test.stored, test.now, got, test.want)
		}
	}
}

func TestSVG(t *testing.T) {
	const picture = `<svg id="d1" width="640"><style>#d1 { fill: red }</style><path d="M10,20L30.5,40"/><text x="3">loss 0.5</text></svg>`
	for _, test := range []struct{ now, want string }{
		{`<svg id="d2" width="640"><style>#d2 { fill: red }</style><path d="M10.2,20.1L30,40"/><text x="3">loss 0.50000001</text></svg>`, ""},
		{`<svg id="d2" width="640"><style>#d2 { fill: red }</style><path d="M10,28L30,40"/><text x="3">loss 0.5</text></svg>`,
			`part 3 of the picture, a path: stored "d=M10,20L30.5,40", now "d=M10,28L30,40"`},
		{`<svg id="d1" width="640"><style/><path d="M10,20L30.5,40"/><text x="3">loss 0.6</text></svg>`, `what the picture says: stored "loss 0.5", now "loss 0.6"`},
		{`<svg id="d1" width="640"><style/><circle/><text x="3">loss 0.5</text></svg>`, "part 3 of the picture: stored path, now circle"},
		{`<svg id="d1" width="640"><style/><path d="M10,20L30.5,40"/></svg>`, "the picture has 3 parts, and had 5"},
		{`not a picture`, `part 1 of the picture: stored svg, now "not a picture"`},
		{`<svg`, `line 1: stored `},
	} {
		got := SVG(picture, test.now, 1e-6)
		if got != test.want && !(test.now == "<svg" && len(got) > len(test.want) && got[:len(test.want)] == test.want) {
			t.Errorf("%s: %q, want %q", test.now, got, test.want)
		}
	}
}

func TestRaster(t *testing.T) {
	encoded := func(w, h int, first byte) string {
		img := image.NewGray(image.Rect(0, 0, w, h))
		img.Pix[0] = first
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(b.Bytes())
	}
	for _, test := range []struct{ stored, now, want string }{
		{encoded(4, 2, 0), encoded(4, 2, 9), ""},
		{encoded(4, 2, 0), encoded(4, 3, 0), "the image was 4 × 2 pixels, and is 4 × 3"},
		{"aGk=", encoded(4, 3, 0), "the stored image can't be read: image: unknown format"},
	} {
		if got := Raster(test.stored, test.now); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
