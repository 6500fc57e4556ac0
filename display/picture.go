package display

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"gonum.org/v1/plot/vg"
)

// maxWidth is how wide a picture may be shown, in CSS pixels: JupyterLab cuts
// off what is wider than the cell.
const maxWidth = 800

// maxPNG is the largest number of pixels that a PNG gets; a larger picture is
// drawn at less than two pixels per CSS pixel.
const maxPNG = 16 << 20

// picture is drawn once on any canvas and thereby exists as SVG and as PNG.
type picture interface {
	size() (w, h float64)     // CSS pixels
	draw(c draw.Canvas) error // c has that size; the origin is at the bottom left
	summary() string          // one informative line
}

// pictureBundle returns a picture as SVG, PNG and a line of text, never with
// HTML: HTML would hide the SVG, and an untrusted notebook shows the PNG.
func pictureBundle(p picture) Bundle {
	b, err := tryPicture(p)
	if err != nil {
		return Text(err.Error())
	}
	return b
}

// pictureDraft is a picture as SVG and text, for a front end that is looked at.
func pictureDraft(p picture) Bundle {
	svg, err := pictureSVG(p)
	if err != nil {
		return Text(err.Error())
	}
	return Bundle{Data: map[string]any{MIMESVG: svg, MIMEPlain: p.summary()}}
}

func tryPicture(p picture) (Bundle, error) {
	svg, err := pictureSVG(p)
	if err != nil {
		return Bundle{}, err
	}
	b, err := pictureImage(p)
	if err != nil {
		return Bundle{}, err
	}
	b.Data[MIMESVG] = svg
	return b, nil
}

// pictureImage is a picture as PNG and text.
func pictureImage(p picture) (Bundle, error) {
	img, err := picturePNG(p)
	if err != nil {
		return Bundle{}, err
	}
	w, h := shownSize(p)
	return Bundle{
		Data:     map[string]any{MIMEPNG: base64.StdEncoding.EncodeToString(img), MIMEPlain: p.summary()},
		Metadata: map[string]any{MIMEPNG: map[string]any{"width": int(w + 0.5), "height": int(h + 0.5)}},
	}, nil
}

// shownSize is the size after fitting into maxWidth.
func shownSize(p picture) (w, h float64) {
	w, h = p.size()
	if w > maxWidth {
		w, h = maxWidth, h*maxWidth/w
	}
	return w, h
}

func pictureSVG(p picture) (string, error) {
	w, h := p.size()
	if err := checkSize(w, h); err != nil {
		return "", err
	}
	c := newSVGCanvas(w, h)
	if err := drawSafely(p, draw.New(c)); err != nil {
		return "", err
	}
	return c.document(p.summary(), maxWidth), nil
}

// picturePNG draws on opaque white at two pixels per CSS pixel.
func picturePNG(p picture) ([]byte, error) {
	w, h := p.size()
	if err := checkSize(w, h); err != nil {
		return nil, err
	}
	sw, sh := shownSize(p)
	ratio := 2 * sw / w
	if n := 4 * sw * sh; n > maxPNG {
		ratio *= math.Sqrt(maxPNG / n)
	}
	dpi := max(1, int(72*ratio+0.5))
	c := vgimg.NewWith(vgimg.UseWH(vg.Length(w), vg.Length(h)), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(color.White))
	if err := drawSafely(p, draw.New(c)); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.DefaultCompression}
	if err := enc.Encode(&b, fewColours(c.Image())); err != nil {
		return nil, fmt.Errorf("encode %s as PNG: %w", p.summary(), err)
	}
	return b.Bytes(), nil
}

// fewColours is an opaque drawing in the 256 colours that most of its pixels have, which
// takes a quarter of the bytes: flat areas and lines have few, and of the many shades at
// their edges and in a heat map's scale the rare ones become the nearest of these.
func fewColours(img image.Image) image.Image {
	from, ok := img.(*image.RGBA)
	if !ok {
		return img
	}
	counts := map[[3]uint8]int{}
	runs(from, func(_, n int, c [3]uint8) { counts[c] += n })
	colours := slices.SortedFunc(maps.Keys(counts), func(a, b [3]uint8) int {
		return cmp.Or(counts[b]-counts[a], slices.Compare(a[:], b[:]))
	})
	few := colours[:min(256, len(colours))]
	to := image.NewPaletted(from.Rect, nil)
	for _, c := range few {
		to.Palette = append(to.Palette, color.RGBA{c[0], c[1], c[2], 255})
	}
	index := make(map[[3]uint8]uint8, len(colours))
	for i, c := range colours {
		if i >= len(few) {
			i = nearest(few, c)
		}
		index[c] = uint8(i)
	}
	runs(from, func(at, n int, c [3]uint8) {
		for i, k := at, index[c]; i < at+n; i++ {
			to.Pix[i] = k
		}
	})
	return to
}

// runs visits the n pixels of one colour that follow each other from pixel at on, where
// pixels are numbered row by row.
func runs(img *image.RGBA, visit func(at, n int, c [3]uint8)) {
	w := img.Rect.Dx()
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride:]
		for x, n := 0, 0; x < w; x += n {
			c := [3]uint8(row[4*x:])
			for n = 1; x+n < w && [3]uint8(row[4*(x+n):]) == c; n++ {
			}
			visit(y*w+x, n, c)
		}
	}
}

// nearest is the index of the colour that differs least, by the squares of its channels.
func nearest(of [][3]uint8, c [3]uint8) (best int) {
	least := math.MaxInt
	for i, o := range of {
		sum := 0
		for k := range c {
			d := int(o[k]) - int(c[k])
			sum += d * d
		}
		if sum < least {
			best, least = i, sum
		}
	}
	return best
}

func checkSize(w, h float64) error {
	if !(w >= 1 && h >= 1 && w <= 1e5 && h <= 1e5) {
		return fmt.Errorf("a picture of %g × %g pixels can't be drawn; both must be from 1 to 100000", w, h)
	}
	return nil
}

// drawSafely turns a panic of a plotter (gonum panics on bad ranges) into an error.
func drawSafely(p picture, c draw.Canvas) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Join(err, fmt.Errorf("%s: can't be drawn: %v", p.summary(), r))
		}
	}()
	return p.draw(c)
}
