package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

// fashion is where Debian's package dataset-fashion-mnist puts its files.
const fashion = "/usr/share/datasets/fashion-mnist"

// idx is an IDX file of bytes.
func idx(b []byte, sizes ...uint32) []byte {
	out := []byte{0, 0, 8, byte(len(sizes))}
	for _, n := range sizes {
		out = binary.BigEndian.AppendUint32(out, n)
	}
	return append(out, b...)
}

func packed(t testing.TB, b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// folder is a folder of the given files.
func folder(t testing.TB, files map[string][]byte) string {
	dir := t.TempDir()
	for name, b := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// small is a set of 3 training and 1 test images of 2×2 in the format of MNIST.
func small(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"train-images-idx3-ubyte":    idx([]byte{0, 51, 102, 153, 204, 255, 0, 0, 1, 2, 3, 4}, 3, 2, 2),
		"train-labels-idx1-ubyte.gz": packed(t, idx([]byte{3, 0, 9}, 3)),
		"t10k-images-idx3-ubyte.gz":  packed(t, idx([]byte{255, 0, 255, 0}, 1, 2, 2)),
		"t10k-labels-idx1-ubyte":     idx([]byte{7}, 1),
	}
}

func TestMNIST(t *testing.T) {
	p, err := MNIST(folder(t, small(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Set{p.Train, p.Test} {
		if err := s.Check(); err != nil {
			t.Error(err)
		}
		if s.Shape != (arch.Shape{C: 1, H: 2, W: 2}) || s.Classes != 10 || s.ClassName(4) != "4" {
			t.Errorf("%s: shape %v, %d classes", s.Name, s.Shape, s.Classes)
		}
	}
	if got, want := p.Train.Image(1), []float32{.8, 1, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("second image %v, want %v", got, want)
	}
	if !slices.Equal(p.Train.Y, []int{3, 0, 9}) || !slices.Equal(p.Test.Y, []int{7}) {
		t.Errorf("labels %v and %v", p.Train.Y, p.Test.Y)
	}
}

func TestIDXCountsClasses(t *testing.T) {
	dir := folder(t, map[string][]byte{"x": idx([]byte{1, 2}, 2, 1, 1), "y": idx([]byte{0, 4}, 2)})
	s, err := IDX(filepath.Join(dir, "x"), filepath.Join(dir, "y"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Classes != 5 {
		t.Errorf("%d classes, want 5", s.Classes)
	}
}

func TestBadIDX(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(files map[string][]byte)
		want []string
	}{
		{"no file", func(f map[string][]byte) { delete(f, "train-labels-idx1-ubyte.gz") },
			[]string{"there is no train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz"}},
		{"truncated", func(f map[string][]byte) { f["train-images-idx3-ubyte"] = f["train-images-idx3-ubyte"][:20] },
			[]string{"train-images-idx3-ubyte: 12 bytes are needed for an IDX file of sizes [3 2 2], but it has no more than 4"}},
		{"truncated gzip", func(f map[string][]byte) {
			f["t10k-images-idx3-ubyte.gz"] = f["t10k-images-idx3-ubyte.gz"][:25]
		}, []string{"t10k-images-idx3-ubyte.gz", "truncated"}},
		{"short gzip", func(f map[string][]byte) {
			f["t10k-images-idx3-ubyte.gz"] = packed(t, idx([]byte{1, 2}, 1, 2, 2))
		}, []string{"t10k-images-idx3-ubyte.gz: it ends after 2 of the 4 bytes"}},
		{"corrupt gzip", func(f map[string][]byte) { b := f["train-labels-idx1-ubyte.gz"]; b[len(b)-5] ^= 1 },
			[]string{"train-labels-idx1-ubyte.gz", "checksum"}},
		{"long", func(f map[string][]byte) { f["t10k-labels-idx1-ubyte"] = append(f["t10k-labels-idx1-ubyte"], 0) },
			[]string{"t10k-labels-idx1-ubyte: it goes on after an IDX file of sizes [1]"}},
		{"no IDX", func(f map[string][]byte) { f["train-images-idx3-ubyte"] = []byte("<html><body>404") },
			[]string{"begins with 00 00 08 03, this one with 3c 68 74 6d"}},
		{"labels for images", func(f map[string][]byte) { f["train-images-idx3-ubyte"] = idx([]byte{1, 2, 3}, 3) },
			[]string{"00 00 08 03", "00 00 08 01"}},
		{"empty file", func(f map[string][]byte) { f["train-images-idx3-ubyte"] = nil }, []string{"4 bytes are needed for the IDX header"}},
		{"no images", func(f map[string][]byte) { f["train-images-idx3-ubyte"] = idx(nil, 0, 2, 2) }, []string{"dimension 1", "is 0"}},
		{"huge", func(f map[string][]byte) {
			f["train-images-idx3-ubyte"] = idx([]byte{1, 2, 3}, math.MaxUint32, math.MaxUint32, math.MaxUint32)
		}, []string{"more than a file can hold"}},
		{"huge but a number", func(f map[string][]byte) { f["train-images-idx3-ubyte"] = idx([]byte{1, 2, 3}, 1<<20, 1<<10, 1<<10) },
			[]string{"1099511627776 bytes are needed", "no more than 3"}},
		{"huge and packed", func(f map[string][]byte) {
			f["train-images-idx3-ubyte"] = packed(t, idx([]byte{1, 2, 3}, 1<<20, 1<<10, 1<<10))
		}, []string{"1099511627776 bytes are needed"}},
		{"one label too few", func(f map[string][]byte) { f["t10k-labels-idx1-ubyte"] = idx([]byte{7, 8}, 2) },
			[]string{"1 images", "2 labels"}},
		{"label", func(f map[string][]byte) { f["train-labels-idx1-ubyte.gz"] = idx([]byte{3, 10, 9}, 3) },
			[]string{"train-labels-idx1-ubyte.gz: label 2 is 10; labels are 0 to 9"}},
		{"shapes", func(f map[string][]byte) { f["t10k-images-idx3-ubyte.gz"] = idx([]byte{1, 2, 3, 4}, 1, 4, 1) },
			[]string{"1×2×2", "1×4×1"}},
	} {
		files := small(t)
		c.do(files)
		_, err := MNIST(folder(t, files))
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want an error with %q", c.name, err, want)
			}
		}
	}
	if _, err := MNIST(filepath.Join(t.TempDir(), "nowhere")); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a folder that isn't there: %v", err)
	}
	if _, err := IDX(t.TempDir(), "y"); err == nil || !strings.Contains(err.Error(), "this is a folder") {
		t.Errorf("a folder for a file: %v", err)
	}
}

// What a header promises costs no memory before the file is seen to have it.
func TestHeaderAllocatesNothing(t *testing.T) {
	lie := packed(t, idx([]byte{1, 2, 3}, 1<<20, 1, 1))
	lie = append(lie, make([]byte, 1<<11)...) // long enough for gzip to have made the promised 1 MiB of it
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := newFile("lie", bytes.NewReader(lie), int64(len(lie)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = readIDX(f, 3); err == nil {
		t.Fatal("no error")
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 300<<10 {
		t.Errorf("%d bytes were allocated for a file of 3 pixels", n)
	}
}

func FuzzIDX(f *testing.F) {
	f.Add(idx([]byte{1, 2, 3, 4}, 1, 2, 2))
	f.Add(packed(f, idx([]byte{1, 2, 3, 4}, 1, 2, 2)))
	f.Add(idx(nil, math.MaxUint32, 1, 1))
	f.Add([]byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := newFile("fuzz", bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		shape, x, err := readIDX(d, 3)
		if err != nil {
			if !strings.Contains(err.Error(), "fuzz") {
				t.Errorf("the error doesn't name the file: %v", err)
			}
			return
		}
		if len(x) != shape[0]*shape[1]*shape[2] || len(x) == 0 {
			t.Errorf("%d bytes for sizes %v", len(x), shape)
		}
	})
}

func TestDebianFashionMNIST(t *testing.T) {
	if _, err := os.Stat(fashion); err != nil {
		t.Skip("Debian's package dataset-fashion-mnist is not installed")
	}
	p, err := FashionMNIST(fashion)
	if err != nil {
		t.Fatal(err)
	}
	// Sums and first labels were computed from the files in Python; mean and deviation
	// are those that programs for this set are published with.
	for _, c := range []struct {
		s     *Set
		n     int
		sum   float64
		first []int
	}{
		{p.Train, 60000, 3431114169, []int{9, 0, 0, 3, 0, 2, 7, 2, 5, 5}},
		{p.Test, 10000, 573469082, []int{9, 2, 1, 1, 6, 1, 4, 6, 5, 7}},
	} {
		if c.s.Len() != c.n || c.s.Shape != (arch.Shape{C: 1, H: 28, W: 28}) {
			t.Errorf("%s: %d images of %v", c.s.Name, c.s.Len(), c.s.Shape)
		}
		var sum float64
		for _, x := range c.s.X {
			sum += math.Round(float64(x) * 255)
		}
		if sum != c.sum || !slices.Equal(c.s.Y[:10], c.first) {
			t.Errorf("%s: sum of all pixels %.0f, first labels %v", c.s.Name, sum, c.s.Y[:10])
		}
		for class, n := range c.s.Count() {
			if n != c.n/10 {
				t.Errorf("%s: %d of class %d", c.s.Name, n, class)
			}
		}
	}
	if m := p.Train.Moments(); math.Abs(m.Mean[0]-.2860) > 5e-5 || math.Abs(m.Std[0]-.3530) > 5e-5 {
		t.Errorf("mean %v, deviation %v", m.Mean[0], m.Std[0])
	}
	parts, err := p.Parts(1, 1./6)
	if err != nil {
		t.Fatal(err)
	}
	if parts.Train.Len() != 50000 || parts.Valid.Len() != 10000 || parts.Test.Len() != 10000 {
		t.Errorf("parts of %d, %d and %d images", parts.Train.Len(), parts.Valid.Len(), parts.Test.Len())
	}
}
