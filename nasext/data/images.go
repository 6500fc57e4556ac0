package data

import (
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // formats that Images reads
	_ "image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
)

// Images reads a set of PNG and JPEG files from a folder that has a folder of its own
// for each class; the names of these folders are those of the classes, in their order.
//
// The size has 3 channels (red, green, blue) or 1 (grey, by the luma weights of ITU-R
// BT.601: 0.299, 0.587, 0.114). Images of another height and width are brought to that
// of size, without regard to their proportions. If height and width are 0, all images
// have to be of one size. Pixels are from 0 to 1; what is transparent is black, and
// orientation marks in JPEG files are not looked at.
//
// Hidden files are passed over. Anything else in a class's folder is an error, and so
// is an image of more than 2²⁶ pixels.
func Images(folder string, size arch.Shape) (*Set, error) {
	s, err := readImages(folder, size)
	if err != nil {
		return nil, fmt.Errorf("read images: %w", err)
	}
	return s, nil
}

func readImages(folder string, size arch.Shape) (*Set, error) {
	if size.C != 1 && size.C != 3 {
		return nil, fmt.Errorf("images of %d channels; there can be 1 or 3", size.C)
	}
	if size.H < 0 || size.W < 0 || (size.H == 0) != (size.W == 0) {
		return nil, fmt.Errorf("images of %v; height and width are at least 1, or both are 0 if all images are of one size", size)
	}
	names, files, err := imageFiles(folder)
	if err != nil {
		return nil, err
	}
	s := &Set{Name: filepath.Base(folder), Shape: size, Classes: len(names), Names: names}
	first := ""
	for class, paths := range files {
		for _, path := range paths {
			img, err := decode(path)
			if err != nil {
				return nil, err
			}
			is := arch.Shape{C: size.C, H: img.Rect.Dy(), W: img.Rect.Dx()}
			if first == "" {
				first = path
				if size.H == 0 {
					s.Shape = is
				}
			}
			if size.H == 0 && is != s.Shape {
				return nil, fmt.Errorf("%s is of %d×%d pixels (height × width), %s of %d×%d; give a height and a width to bring them to",
					first, s.Shape.H, s.Shape.W, path, is.H, is.W)
			}
			for c := range size.C {
				s.X = append(s.X, resize(plane(img, c, size.C), is.H, is.W, s.Shape.H, s.Shape.W)...)
			}
			s.Y = append(s.Y, class)
		}
	}
	return s, nil
}

// imageFiles are the classes' names and the files of each.
func imageFiles(folder string) (names []string, files [][]string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		info, err := os.Stat(path) // follows links
		switch {
		case err != nil:
			return nil, nil, err
		case hidden(e.Name()):
			continue
		case !info.IsDir() && isImage(e.Name()):
			return nil, nil, fmt.Errorf("%s is in no class; put it into a folder with its class's name", path)
		case !info.IsDir():
			continue // a list, a licence
		}
		paths, err := classFiles(path)
		if err != nil {
			return nil, nil, err
		}
		names, files = append(names, e.Name()), append(files, paths)
	}
	if len(names) < 2 {
		return nil, nil, fmt.Errorf("%s has %d folders; one with images for each class, and at least 2, are needed", folder, len(names))
	}
	return names, files, nil
}

// classFiles are the images of one class.
func classFiles(folder string) (paths []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		switch {
		case hidden(e.Name()):
		case e.IsDir() || !isImage(e.Name()):
			return nil, fmt.Errorf("%s is no PNG or JPEG file; a class's folder holds nothing else", path)
		default:
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s has no PNG or JPEG files", folder)
	}
	return paths, nil
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

func isImage(name string) bool {
	return slices.Contains([]string{".png", ".jpg", ".jpeg"}, strings.ToLower(filepath.Ext(name)))
}

// maxPixels is the largest image: memory is asked for by what its header says.
const maxPixels = 1 << 26

// decode reads an image file.
func decode(path string) (*image.RGBA, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	head, _, err := image.DecodeConfig(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if head.Width < 1 || head.Height < 1 || head.Width > maxPixels/head.Height {
		return nil, fmt.Errorf("%s: an image of %d×%d pixels (height × width); it can have 1 to %d in all", path, head.Height, head.Width, maxPixels)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	rgba := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(rgba, rgba.Rect, img, img.Bounds().Min, draw.Src)
	return rgba, nil
}

// plane is channel c of an image, row by row, from 0 to 1; of one channel it is the luma.
func plane(img *image.RGBA, c, channels int) []float32 {
	x := make([]float32, 0, len(img.Pix)/4)
	for p := img.Pix; len(p) > 0; p = p[4:] {
		v := float64(p[c])
		if channels == 1 {
			v = .299*float64(p[0]) + .587*float64(p[1]) + .114*float64(p[2])
		}
		x = append(x, float32(v/255))
	}
	return x
}

// resize brings a plane of h×w to toH×toW, first along the rows, then along the columns.
// Every new pixel is a mean of the old ones, weighted by a triangle that is as wide as two
// pixels of the coarser grid: bilinear interpolation to a larger image, and without
// aliasing to a smaller one. These are the weights of Pillow's and torchvision's
// "bilinear with antialiasing".
func resize(x []float32, h, w, toH, toW int) []float32 {
	if h == toH && w == toW {
		return x
	}
	rows := make([]float32, h*toW)
	for j, t := range taps(w, toW) {
		for i := range h {
			rows[i*toW+j] = t.of(x[i*w:], 1)
		}
	}
	out := make([]float32, toH*toW)
	for i, t := range taps(h, toH) {
		for j := range toW {
			out[i*toW+j] = t.of(rows[j:], toW)
		}
	}
	return out
}

// tap is a weighted mean of a run of pixels.
type tap struct {
	from   int
	weight []float64
}

func (t *tap) of(x []float32, stride int) float32 {
	var sum float64
	for k, w := range t.weight {
		sum += w * float64(x[(t.from+k)*stride])
	}
	return float32(sum)
}

// taps are the means that make a line of n pixels of one of m.
func taps(m, n int) []tap {
	scale := float64(m) / float64(n)
	reach := max(scale, 1)
	all := make([]tap, n)
	for i := range all {
		centre := (float64(i) + .5) * scale
		from, to := max(int(centre-reach+.5), 0), min(int(centre+reach+.5), m)
		t := tap{from: from}
		var sum float64
		for k := from; k < to; k++ {
			w := max(1-math.Abs(float64(k)+.5-centre)/reach, 0)
			t.weight = append(t.weight, w)
			sum += w
		}
		for k := range t.weight {
			t.weight[k] /= sum
		}
		all[i] = t
	}
	return all
}
