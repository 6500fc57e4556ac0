package data

import (
	"slices"
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	d := Digits()
	mark(d)
	const k = 7
	seen := make([]int, d.Len())
	for i := range k {
		train, valid, err := d.Fold(5, k, i)
		if err != nil {
			t.Fatal(err)
		}
		if n := valid.Len(); n != 256 && n != 257 || n+train.Len() != 1797 { // 1797/7 = 256.7
			t.Errorf("fold %d has %d and %d images", i, train.Len(), n)
		}
		for c, n := range valid.Count() {
			if least := d.Count()[c] / k; n < least || n > least+1 {
				t.Errorf("fold %d has %d of class %d, want %d or one more", i, n, c, least)
			}
		}
		in := map[float32]bool{}
		for j := range train.Len() {
			in[train.Image(j)[0]] = true
		}
		for j := range valid.Len() {
			id := valid.Image(j)[0]
			if in[id] {
				t.Fatalf("image %v is trained on and validated by", id)
			}
			if valid.Y[j] != d.Y[int(id)] {
				t.Fatalf("image %v lost its label", id)
			}
			seen[int(id)]++
		}
	}
	if slices.Min(seen) != 1 || slices.Max(seen) != 1 {
		t.Error("an image is not validated by exactly once")
	}
	_, one, _ := d.Fold(5, k, 3)
	_, again, _ := d.Fold(5, k, 3)
	_, other, _ := d.Fold(6, k, 3)
	if !slices.Equal(one.X, again.X) || slices.Equal(one.X, other.X) {
		t.Error("a fold has to depend on its seed and on nothing else")
	}
	if few, err := one.First(100); err != nil || slices.Min(few.Count()) == 0 {
		t.Errorf("the first images are not a mixture: %v", err)
	}
}

func TestBadFold(t *testing.T) {
	d := Digits()
	broken := Digits()
	broken.Y[17] = 10
	for _, c := range []struct {
		set  *Set
		k, i int
		want string
	}{
		{d, 1, 0, "there can be 2 to 1797"},
		{d, 1798, 0, "there can be 2 to 1797"},
		{d, 5, 5, "they are 0 to 4"},
		{d, 5, -1, "they are 0 to 4"},
		{nil, 5, 0, "no data set"},
		{broken, 5, 0, "image 17 has label 10"},
	} {
		if _, _, err := c.set.Fold(1, c.k, c.i); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("fold %d of %d: got %v, want an error with %q", c.i, c.k, err, c.want)
		}
	}
	if _, err := broken.Split(1, .5); err == nil || !strings.Contains(err.Error(), "image 17 has label 10") {
		t.Errorf("split: %v", err)
	}
	if _, err := (*Set)(nil).Split(1, .5); err == nil {
		t.Error("split of nothing: no error")
	}
}
