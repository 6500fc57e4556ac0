// Command drawlogo draws the kernel's logo: the letter N as a small graph, whose
// last node has come into leaf. It writes the SVG and the PNGs of a kernelspec
// from one description into the current folder.
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log"
	"math"
	"os"
	"strings"

	"golang.org/x/image/vector"
)

// The logo lies in a square of side 64.
const side = 64

type point struct{ x, y float64 }

// segment is a cubic Bézier curve from where the last one ended.
type segment struct{ c1, c2, to point }

// shape is a closed outline with one colour.
type shape struct {
	fill  color.NRGBA
	start point
	path  []segment
}

var (
	edgeColor = color.NRGBA{0x0b, 0x83, 0xa6, 0xff}
	nodeColor = color.NRGBA{0x00, 0xad, 0xd8, 0xff}
	leafColor = color.NRGBA{0x4c, 0xb0, 0x4f, 0xff}
	youngLeaf = color.NRGBA{0x7c, 0xcb, 0x5a, 0xff}
)

func main() {
	for name, content := range files() {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// files draws all files of the logo.
func files() map[string][]byte {
	logo := logo()
	return map[string][]byte{
		"logo-svg.svg":   svg(logo),
		"logo-64x64.png": raster(logo, 64),
		"logo-32x32.png": raster(logo, 32),
	}
}

func logo() []shape {
	bottomLeft, topLeft := point{13, 53}, point{13, 17}
	bottomRight, topRight := point{49, 53}, point{49, 27}
	return []shape{
		bar(bottomLeft, topLeft), bar(topLeft, bottomRight), bar(bottomRight, topRight),
		leaf(topRight, point{33, 9}, leafColor), leaf(topRight, point{61, 5}, youngLeaf),
		disc(bottomLeft, 7.5), disc(topLeft, 7.5), disc(bottomRight, 7.5),
	}
}

// bar is an edge of the graph.
func bar(a, b point) shape {
	const half = 2.6
	length := math.Hypot(b.x-a.x, b.y-a.y)
	nx, ny := -(b.y-a.y)/length*half, (b.x-a.x)/length*half
	s := shape{fill: edgeColor, start: point{a.x + nx, a.y + ny}}
	for _, p := range []point{{b.x + nx, b.y + ny}, {b.x - nx, b.y - ny}, {a.x - nx, a.y - ny}} {
		s.path = append(s.path, segment{p, p, p})
	}
	return s
}

// disc is a node of the graph.
func disc(c point, r float64) shape {
	k := r * 4 / 3 * (math.Sqrt2 - 1) // circle by four cubics
	return shape{nodeColor, point{c.x + r, c.y}, []segment{
		{point{c.x + r, c.y + k}, point{c.x + k, c.y + r}, point{c.x, c.y + r}},
		{point{c.x - k, c.y + r}, point{c.x - r, c.y + k}, point{c.x - r, c.y}},
		{point{c.x - r, c.y - k}, point{c.x - k, c.y - r}, point{c.x, c.y - r}},
		{point{c.x + k, c.y - r}, point{c.x + r, c.y - k}, point{c.x + r, c.y}},
	}}
}

// leaf grows from a stem to a tip.
func leaf(stem, tip point, fill color.NRGBA) shape {
	dx, dy := tip.x-stem.x, tip.y-stem.y
	at := func(along, across float64) point {
		return point{stem.x + along*dx - across*dy, stem.y + along*dy + across*dx}
	}
	return shape{fill, stem, []segment{
		{at(0.15, 0.5), at(0.75, 0.42), tip},
		{at(0.75, -0.42), at(0.15, -0.5), stem},
	}}
}

func svg(shapes []shape) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d">`+"\n", side, side, side, side)
	fmt.Fprintln(&b, "<title>Nascent</title>")
	for _, s := range shapes {
		fmt.Fprintf(&b, `<path fill="#%02x%02x%02x" d="M%s`, s.fill.R, s.fill.G, s.fill.B, s.start)
		for _, c := range s.path {
			fmt.Fprintf(&b, "C%s %s %s", c.c1, c.c2, c.to)
		}
		fmt.Fprintln(&b, `Z"/>`)
	}
	fmt.Fprintln(&b, "</svg>")
	return b.Bytes()
}

func (p point) String() string {
	return number(p.x) + "," + number(p.y)
}

func number(v float64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}

// raster draws the logo as a PNG, size pixels wide and high.
func raster(shapes []shape, size int) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	scale := float64(size) / side
	for _, s := range shapes {
		z := vector.NewRasterizer(size, size)
		xy := func(p point) (x, y float32) { return float32(p.x * scale), float32(p.y * scale) }
		z.MoveTo(xy(s.start))
		for _, c := range s.path {
			x1, y1 := xy(c.c1)
			x2, y2 := xy(c.c2)
			x, y := xy(c.to)
			z.CubeTo(x1, y1, x2, y2, x, y)
		}
		z.ClosePath()
		z.DrawOp = draw.Over
		z.Draw(img, img.Bounds(), image.NewUniform(s.fill), image.Point{})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}
