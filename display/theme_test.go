package display

import (
	"image/color"
	"math"
	"testing"
)

func TestPaletteContrast(t *testing.T) {
	if len(palette) < 8 {
		t.Fatalf("the palette has %d colours, want at least 8", len(palette))
	}
	for i, k := range palette {
		if c := contrast(k.light, inkPage.light); c < 3 {
			t.Errorf("colour %d has contrast %.2f with the light page, want 3", i, c)
		}
		if c := contrast(k.dark, inkPage.dark); c < 3 {
			t.Errorf("colour %d has contrast %.2f with the dark page, want 3", i, c)
		}
	}
	for name, k := range map[string]ink{"text": inkText, "muted": inkMuted} {
		if contrast(k.light, inkPage.light) < 4.5 || contrast(k.dark, inkPage.dark) < 4.5 {
			t.Errorf("%s has less contrast than writing needs", name)
		}
	}
}

// Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
var blindness = map[string][9]float64{
	"protanopia":   {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
	"deuteranopia": {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
}

func simulate(c color.NRGBA, m [9]float64) color.NRGBA {
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	return color.NRGBA{
		R: gamma(m[0]*r + m[1]*g + m[2]*b), G: gamma(m[3]*r + m[4]*g + m[5]*b), B: gamma(m[6]*r + m[7]*g + m[8]*b), A: 255,
	}
}

func distance(a, b color.NRGBA) float64 {
	p, q := toLab(a), toLab(b)
	return math.Sqrt((p.l-q.l)*(p.l-q.l) + (p.a-q.a)*(p.a-q.a) + (p.b-q.b)*(p.b-q.b))
}

func TestPaletteForColourBlindReaders(t *testing.T) {
	const apart = 0.07 // in Oklab; 0.02 is just noticeable
	for name, m := range blindness {
		for i := range 6 {
			for j := range i {
				a, b := palette[i], palette[j]
				if d := distance(simulate(a.light, m), simulate(b.light, m)); d < apart {
					t.Errorf("%s: colours %d and %d are %.3f apart on a light page, want %.2f", name, j, i, d, apart)
				}
				if d := distance(simulate(a.dark, m), simulate(b.dark, m)); d < apart {
					t.Errorf("%s: colours %d and %d are %.3f apart on a dark page, want %.2f", name, j, i, d, apart)
				}
			}
		}
	}
	for i := 1; i < len(palette); i++ {
		if d := math.Abs(toLab(palette[i].light).l - toLab(palette[i-1].light).l); d < 0.02 {
			t.Errorf("colours %d and %d differ in lightness by %.3f only", i-1, i, d)
		}
	}
}

func TestWritingOnScales(t *testing.T) {
	for name, r := range map[string]ramp{"sequential": rampSequential, "diverging": rampDiverging} {
		for i := range 33 {
			fill := r.at(float64(i) / 32)
			ink := on(fill)
			if contrast(ink.light, fill.light) < 3.9 || contrast(ink.dark, fill.dark) < 3.9 {
				t.Errorf("%s scale, step %d: writing has contrast %.1f and %.1f", name, i, contrast(ink.light, fill.light), contrast(ink.dark, fill.dark))
			}
		}
	}
}

func TestForeignColours(t *testing.T) {
	tests := []struct {
		name string
		in   color.Color
		dark color.NRGBA
	}{
		{"black becomes text", color.Black, inkText.dark},
		{"white becomes the page", color.White, inkPage.dark},
		{"nil is black", nil, inkText.dark},
	}
	for _, tt := range tests {
		if got := themed(tt.in).dark; distance(got, tt.dark) > 0.03 {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.dark)
		}
	}
	navy := color.NRGBA{B: 100, A: 255}
	if k := themed(navy); k.light != navy || contrast(k.dark, inkPage.dark) < 3 {
		t.Errorf("navy became %v: it must keep its light form and be lifted to a contrast of 3 on dark", k)
	}
	orange := color.NRGBA{R: 255, G: 160, A: 255}
	if k := themed(orange); k.dark != orange {
		t.Errorf("orange became %v on dark, where it can be seen as it is", k.dark)
	}
}

func TestOklabRoundTrip(t *testing.T) {
	for _, c := range []color.NRGBA{rgb(0), rgb(0xffffff), rgb(0x0b62c4), rgb(0xd9650b), rgb(0x808080)} {
		if got := fromLab(toLab(c), 255); distance(got, c) > 0.005 {
			t.Errorf("%v came back as %v", c, got)
		}
	}
}
