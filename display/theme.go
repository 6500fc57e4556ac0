package display

import (
	"image/color"
	"math"
)

// ink is a colour with one form for a light page and one for a dark page. A
// picture is drawn once, in inks; the SVG carries both forms and switches
// between them, the PNG takes the light one.
type ink struct{ light, dark color.NRGBA }

// RGBA makes an ink a color.Color: its light form.
func (k ink) RGBA() (r, g, b, a uint32) { return k.light.RGBA() }

// fade returns the ink with both forms at opacity a (0 to 1).
func (k ink) fade(a float64) ink {
	k.light.A, k.dark.A = uint8(a*255+0.5), uint8(a*255+0.5)
	return k
}

// rgb reads 0xRRGGBB as an opaque colour.
func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

func pair(light, dark uint32) ink { return ink{rgb(light), rgb(dark)} }

// The page and what is written on it.
var (
	inkPage  = pair(0xffffff, 0x111111) // background: what JupyterLab's themes have
	inkText  = pair(0x1f2328, 0xe6edf3) // titles, labels
	inkMuted = pair(0x59636e, 0x9da7b3) // tick labels, second lines
	inkAxis  = pair(0x8c959f, 0x6e7681) // axis lines, arrows
	inkGrid  = pair(0xe7eaee, 0x272b31) // grid lines
	inkWash  = pair(0xf6f8fa, 0x191d22) // group backgrounds
)

// palette has the colours of series, in the order of use. Each has a contrast
// of at least 3 to 1 with its page, neighbours differ in lightness as well as
// in hue, and the first six stay apart for readers without red or green cones
// (theme_test.go measures all three).
var palette = [...]ink{
	pair(0x0b62c4, 0x58a6ff), // blue
	pair(0xd9650b, 0xffa657), // orange
	pair(0x0e8a66, 0x27ab80), // green
	pair(0xa0267a, 0xf58ac6), // purple
	pair(0x0598bd, 0x8fe3f7), // sky
	pair(0x6b4a00, 0xb08a1e), // brown, ochre
	pair(0xd1344b, 0xff6b6b), // red
	pair(0x5c6470, 0xb4bcc6), // grey
	pair(0x5a3fc0, 0xa897ff), // violet
	pair(0x718000, 0xc6d94e), // olive
}

// swatch returns the i-th colour of the palette, going round.
func swatch(i int) ink {
	n := len(palette)
	return palette[((i%n)+n)%n]
}

// themed returns what a colour of somebody else's becomes: an ink keeps its
// forms, anything else keeps itself on a light page and is made readable on a
// dark one.
func themed(c color.Color) ink {
	if k, ok := c.(ink); ok {
		return k
	}
	if c == nil {
		return inkText
	}
	light := color.NRGBAModel.Convert(c).(color.NRGBA)
	return ink{light, forDark(light)}
}

// forDark turns greys and pale tints over (black writing becomes light, white
// paper becomes the dark page) and lifts colours that would drown in the page.
func forDark(c color.NRGBA) color.NRGBA {
	if c.A == 0 {
		return c
	}
	l := toLab(c)
	chroma := math.Hypot(l.a, l.b)
	if chroma < 0.03 || (chroma < 0.06 && l.l > 0.9) {
		top, bottom := toLab(inkText.dark).l, toLab(inkPage.dark).l
		l.l = top + (bottom-top)*l.l
		return fromLab(l, c.A)
	}
	out := c
	for contrast(out, inkPage.dark) < 3 && l.l < 1 {
		l.l += 0.02
		out = fromLab(l, c.A)
	}
	return out
}

// lab is a colour in Oklab (Ottosson 2020), where equal steps look equal.
type lab struct{ l, a, b float64 }

func linear(v uint8) float64 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

func gamma(x float64) uint8 {
	x = min(max(x, 0), 1)
	if x <= 0.0031308 {
		x *= 12.92
	} else {
		x = 1.055*math.Pow(x, 1/2.4) - 0.055
	}
	return uint8(x*255 + 0.5)
}

func toLab(c color.NRGBA) lab {
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return lab{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

func fromLab(v lab, alpha uint8) color.NRGBA {
	cube := func(x float64) float64 { return x * x * x }
	l := cube(v.l + 0.3963377774*v.a + 0.2158037573*v.b)
	m := cube(v.l - 0.1055613458*v.a - 0.0638541728*v.b)
	s := cube(v.l - 0.0894841775*v.a - 1.2914855480*v.b)
	return color.NRGBA{
		R: gamma(4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
		G: gamma(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
		B: gamma(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s),
		A: alpha,
	}
}

// mix goes from a (t = 0) to b (t = 1) in Oklab.
func mix(a, b color.NRGBA, t float64) color.NRGBA {
	p, q := toLab(a), toLab(b)
	alpha := float64(a.A) + (float64(b.A)-float64(a.A))*t
	return fromLab(lab{p.l + (q.l-p.l)*t, p.a + (q.a-p.a)*t, p.b + (q.b-p.b)*t}, uint8(alpha+0.5))
}

// mixInk mixes both forms.
func mixInk(a, b ink, t float64) ink {
	return ink{mix(a.light, b.light, t), mix(a.dark, b.dark, t)}
}

// contrast is the ratio of WCAG 2, 1 to 21.
func contrast(a, b color.NRGBA) float64 {
	lum := func(c color.NRGBA) float64 {
		return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	}
	x, y := lum(a), lum(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// on returns writing that is readable on a fill, on either page.
func on(fill ink) ink {
	best := func(c color.NRGBA) color.NRGBA {
		dark, light := inkText.light, rgb(0xffffff)
		if contrast(dark, c) >= contrast(light, c) {
			return dark
		}
		return light
	}
	return ink{best(fill.light), best(fill.dark)}
}

// ramp is a colour scale: stops at equal distances.
type ramp []ink

// Both scales fade into the page where the value is smallest (or in the
// middle), so that the eye goes to what is large on either page.
var (
	rampSequential = ramp{
		pair(0xf2f6fb, 0x181d24), pair(0xc3dbf3, 0x123a66), pair(0x7fb2e5, 0x1f66ad),
		pair(0x2f7cc9, 0x4b9bea), pair(0x0a3f7f, 0xb9dcff),
	}
	rampDiverging = ramp{
		pair(0x9a3b00, 0xffbe85), pair(0xe3883f, 0xbb6018), pair(0xf6f4f1, 0x1d1f22),
		pair(0x5f9ad6, 0x2a69b0), pair(0x0a3f7f, 0x9fcfff),
	}
)

// at returns the colour at t (0 to 1), in one of 33 steps so that a picture
// has few colours.
func (r ramp) at(t float64) ink {
	if math.IsNaN(t) { // a scale without extent
		t = 0
	}
	t = math.Round(min(max(t, 0), 1)*32) / 32
	x := t * float64(len(r)-1)
	i := min(int(x), len(r)-2)
	return mixInk(r[i], r[i+1], x-float64(i))
}
