package data

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

// pngOf is a PNG file of h×w pixels.
func pngOf(t testing.TB, h, w int, at func(i, j int) color.Color) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range h {
		for j := range w {
			img.Set(j, i, at(i, j))
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func plain(c color.Color) func(i, j int) color.Color {
	return func(i, j int) color.Color { return c }
}

func TestImages(t *testing.T) {
	red, blue := color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 0, 51, 255}
	grey := image.NewGray(image.Rect(0, 0, 2, 1))
	grey.Pix[0], grey.Pix[1] = 100, 100
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, grey, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string][]byte{
		"cats/2.PNG": pngOf(t, 1, 2, func(i, j int) color.Color { return []color.Color{red, blue}[j] }),
		"cats/1.jpg": photo.Bytes(),
		"dogs/x.png": pngOf(t, 1, 2, plain(color.NRGBA{255, 255, 255, 0})), // nothing but transparency
		"dogs/.sync": nil,
		"README.txt": nil,
	})
	s, err := Images(dir, arch.Shape{C: 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if s.Shape != (arch.Shape{C: 3, H: 1, W: 2}) || !slices.Equal(s.Y, []int{0, 0, 1}) || !slices.Equal(s.Names, []string{"cats", "dogs"}) {
		t.Errorf("shape %v, labels %v of %q", s.Shape, s.Y, s.Names)
	}
	const g = 100. / 255
	if want := []float32{g, g, g, g, g, g, 1, 0, 0, 0, 0, .2, 0, 0, 0, 0, 0, 0}; !near(s.X, want, 1.01/255) || !near(s.X[6:], want[6:], 1e-7) {
		t.Errorf("got %v, want %v", s.X, want)
	}
	// Grey, and of one pixel: red is 0.299, blue 0.114 of 51/255.
	if s, err = Images(dir, arch.Shape{C: 1, H: 1, W: 1}); err != nil {
		t.Fatal(err)
	}
	if want := []float32{g, (.299 + .114*.2) / 2, 0}; !near(s.X, want, 1.01/255) || !near(s.X[1:], want[1:], 1e-6) {
		t.Errorf("grey and of one pixel: got %v, want %v", s.X, want)
	}
}

func near(got, want []float32, tolerance float64) bool {
	return slices.EqualFunc(got, want, func(a, b float32) bool { return math.Abs(float64(a)-float64(b)) <= tolerance })
}

// Pillow 13 (Image.resize, mode F, BILINEAR) of the plane 37i²+11j+5ij mod 256.
func TestResize(t *testing.T) {
	var x []float32
	for i := range 5 {
		for j := range 7 {
			x = append(x, float32((37*i*i+11*j+5*i*j)%256))
		}
	}
	for _, c := range []struct {
		h, w int
		want []float32
	}{
		{3, 4, []float32{22.7415, 43.1943, 67.3771, 87.8299, 118.5556, 151.2355, 189.8756, 148.0582, 93.8299, 138.7371, 191.8343, 160.1156}},
		{8, 9, []float32{0, 7.3333, 15.8889, 24.4444, 33, 41.5556, 50.1111, 58.6667, 66, 16.1875, 24.9792, 35.2361, 45.4931, 55.75, 66.0069, 76.2639,
			86.5208, 95.3125, 43.9375, 54.8125, 67.5, 80.1875, 92.875, 105.5625, 118.25, 125.6042, 125.8125, 113.3125, 126.2708, 141.3889, 156.5069,
			171.625, 186.7431, 201.8611, 158.3125, 53.9375, 125.8125, 140.8542, 158.4028, 175.9514, 193.5, 211.0486, 228.5972, 187.4792, 85.1875,
			81.4375, 98.5625, 118.5417, 138.5208, 158.5, 178.4792, 198.4583, 213.1042, 219.5625, 78.6875, 97.8958, 120.3056, 142.7153, 165.125,
			187.5347, 209.9444, 184.3542, 107.5625, 80, 100.6667, 124.7778, 148.8889, 173, 197.1111, 221.2222, 160, 10}},
		{5, 2, []float32{17.3953, 48.6047, 62.3023, 107.6977, 181.2093, 187.2093, 118.1163, 191.8837, 129.0233, 163.3954}},
		{1, 1, []float32{126.926}},
		{10, 3, []float32{9.4286, 33, 56.5714, 19.75, 46, 72.25, 40.3929, 72, 103.6071, 79.5357, 116.5, 130.6071, 137.1786, 179.5, 153.25, 149.3214,
			197, 176.1071, 115.9643, 169, 199.1786, 101.1071, 159.5, 195.0357, 104.75, 168.5, 163.6786, 106.5714, 173, 148}},
		{5, 7, x},
	} {
		if got := resize(x, 5, 7, c.h, c.w); !near(got, c.want, 1e-4) {
			t.Errorf("%d×%d: got %v, want %v", c.h, c.w, got, c.want)
		}
	}
}

func TestBadImages(t *testing.T) {
	one, two := pngOf(t, 1, 2, plain(color.Black)), pngOf(t, 2, 1, plain(color.Black))
	huge := slices.Clone(one)
	copy(huge[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536×65536 in its header
	rgb := arch.Shape{C: 3}
	for _, c := range []struct {
		name  string
		files map[string][]byte
		size  arch.Shape
		want  []string
	}{
		{"channels", nil, arch.Shape{C: 2}, []string{"2 channels; there can be 1 or 3"}},
		{"no width", nil, arch.Shape{C: 3, H: 4}, []string{"3×4×0"}},
		{"negative", nil, arch.Shape{C: 3, H: -4, W: -4}, []string{"height and width"}},
		{"no classes", map[string][]byte{"a.txt": nil}, rgb, []string{"has 0 folders"}},
		{"one class", map[string][]byte{"a/1.png": one}, rgb, []string{"has 1 folders", "at least 2"}},
		{"no class", map[string][]byte{"a/1.png": one, "2.png": one}, rgb, []string{"2.png is in no class"}},
		{"empty class", map[string][]byte{"a/1.png": one, "b/.keep": nil}, rgb, []string{"b has no PNG or JPEG files"}},
		{"another file", map[string][]byte{"a/1.png": one, "b/1.gif": one}, rgb, []string{filepath.Join("b", "1.gif") + " is no PNG or JPEG file"}},
		{"a folder in a class", map[string][]byte{"a/1.png": one, "b/c/1.png": one}, rgb, []string{filepath.Join("b", "c")}},
		{"sizes", map[string][]byte{"a/1.png": one, "b/2.png": two}, rgb,
			[]string{filepath.Join("a", "1.png") + " is of 1×2 pixels", filepath.Join("b", "2.png") + " of 2×1", "give a height and a width"}},
		{"no image", map[string][]byte{"a/1.png": one, "b/2.png": []byte("<html>")}, rgb, []string{filepath.Join("b", "2.png"), "unknown format"}},
		{"truncated", map[string][]byte{"a/1.png": one, "b/2.png": two[:len(two)-20]}, rgb, []string{filepath.Join("b", "2.png"), "unexpected EOF"}},
		{"huge", map[string][]byte{"a/1.png": one, "b/2.png": fixCRC(huge)}, rgb, []string{filepath.Join("b", "2.png"), "65536×65536"}},
	} {
		_, err := Images(folder(t, c.files), c.size)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want an error with %q", c.name, err, want)
			}
		}
	}
	if _, err := Images(filepath.Join(t.TempDir(), "nowhere"), rgb); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("no folder: %v", err)
	}
}

// fixCRC gives the header of a PNG file its checksum.
func fixCRC(b []byte) []byte {
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}
