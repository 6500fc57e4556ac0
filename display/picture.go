package display

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

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
	img, err := picturePNG(p)
	if err != nil {
		return Bundle{}, err
	}
	w, h := shownSize(p)
	return Bundle{
		Data: map[string]any{
			MIMESVG:   svg,
			MIMEPNG:   base64.StdEncoding.EncodeToString(img),
			MIMEPlain: p.summary(),
		},
		Metadata: map[string]any{
			MIMEPNG: map[string]any{"width": int(w + 0.5), "height": int(h + 0.5)},
		},
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

// fewColours is a drawing with at most 256 colours, which takes a quarter of the bytes:
// flat areas and lines have few, and of the many shades at their edges and in a heat
// map's scale those that nobody can tell apart become one.
func fewColours(img image.Image) image.Image {
	rgba, ok := img.(*image.RGBA)
	if !ok {
		return img
	}
	for bits := 8; bits >= 4; bits-- {
		if p := paletted(rgba, bits); p != nil {
			return p
		}
	}
	return img
}

// paletted is an opaque image whose colours have so many bits a channel; nil if it has
// more than 256 of them.
func paletted(img *image.RGBA, bits int) *image.Paletted {
	drop := 8 - bits
	shade := func(v uint8) uint8 { // the nearest that has so many bits; black and white stay
		levels := 1<<bits - 1
		return uint8((int(v>>drop)*255 + levels/2) / levels)
	}
	out := image.NewPaletted(img.Rect, nil)
	index := make(map[uint32]uint8, 256)
	last, lastIndex := uint32(0), uint8(0)
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride:]
		for x := range img.Rect.Dx() {
			r, g, b := row[4*x]>>drop, row[4*x+1]>>drop, row[4*x+2]>>drop
			key := uint32(r)<<16 | uint32(g)<<8 | uint32(b) | 1<<24
			if key != last {
				i, ok := index[key]
				if !ok {
					if len(index) == 256 {
						return nil
					}
					i = uint8(len(index))
					index[key] = i
					out.Palette = append(out.Palette, color.RGBA{shade(row[4*x]), shade(row[4*x+1]), shade(row[4*x+2]), 255})
				}
				last, lastIndex = key, i
			}
			out.Pix[y*out.Stride+x] = lastIndex
		}
	}
	return out
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
