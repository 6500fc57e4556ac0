package data

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
)

// IDX reads a set of grey images from two files in the IDX format of MNIST: the
// images (count, rows, columns) and their labels (count), both of unsigned bytes, and
// packed by gzip or not. Pixels become 0 to 1, in steps of 1/255; there are as many
// classes as the largest label needs. Sets made in the likeness of MNIST, such as
// KMNIST and EMNIST, can be read so.
//
// The format is that of http://yann.lecun.com/exdb/mnist: two zero bytes, a byte for
// the type (8: unsigned bytes), a byte with the number of dimensions, each dimension
// as 4 bytes with the most significant one first, then the numbers in row major order.
func IDX(images, labels string) (*Set, error) {
	dims, x, err := openIDX(images, 3)
	if err != nil {
		return nil, fmt.Errorf("read IDX images: %w", err)
	}
	count, y, err := openIDX(labels, 1)
	if err != nil {
		return nil, fmt.Errorf("read IDX labels: %w", err)
	}
	if dims[0] != count[0] {
		return nil, fmt.Errorf("read IDX: %s has %d images, %s has %d labels; there has to be one label for each image",
			images, dims[0], labels, count[0])
	}
	s := &Set{Name: filepath.Base(images), Shape: arch.Shape{C: 1, H: dims[1], W: dims[2]}, X: appendPixels(make([]float32, 0, len(x)), x), Y: make([]int, len(y))}
	for i, v := range y {
		s.Y[i] = int(v)
	}
	s.Classes = max(int(slices.Max(y))+1, 2)
	return s, nil
}

func openIDX(path string, dims int) (shape []int, b []byte, err error) {
	f, err := open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.close() // it was only read
	return readIDX(f, dims)
}

// readIDX reads an IDX file of unsigned bytes with the given number of dimensions,
// all of them at least 1.
func readIDX(f *file, dims int) (shape []int, b []byte, err error) {
	head, err := f.take(4, "the IDX header")
	if err != nil {
		return nil, nil, err
	}
	if head[0] != 0 || head[1] != 0 || head[2] != 8 || int(head[3]) != dims {
		return nil, nil, fmt.Errorf("%s: an IDX file of bytes in %d dimensions begins with 00 00 08 %02x, this one with % 02x",
			f.name, dims, dims, head)
	}
	if head, err = f.take(int64(4*dims), "the sizes in the IDX header"); err != nil {
		return nil, nil, err
	}
	n := int64(1)
	for d := range dims {
		size := int64(binary.BigEndian.Uint32(head[4*d:]))
		if size == 0 {
			return nil, nil, fmt.Errorf("%s: dimension %d of the IDX file is 0; it holds nothing", f.name, d+1)
		}
		if n > math.MaxInt64/size || n*size > math.MaxInt {
			return nil, nil, fmt.Errorf("%s: the sizes in the IDX header (% x) are more than a file can hold", f.name, head)
		}
		n *= size
		shape = append(shape, int(size))
	}
	what := fmt.Sprintf("an IDX file of sizes %v", shape)
	if b, err = f.take(n, what); err != nil {
		return nil, nil, err
	}
	return shape, b, f.end(what)
}

// appendPixels appends bytes as numbers from 0 to 1.
func appendPixels(x []float32, b []byte) []float32 {
	for _, v := range b {
		x = append(x, float32(v)/255)
	}
	return x
}

// MNIST reads the handwritten digits of Y. LeCun, C. Cortes and C. Burges ("Gradient-based
// learning applied to document recognition", 1998, describes them) from a folder:
// 60 000 training and 10 000 test images of 1×28×28. The folder holds the four files
// train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
// t10k-labels-idx1-ubyte, packed (.gz) or not. Download brings the MNISTFiles.
func MNIST(folder string) (Published, error) {
	names := make([]string, 10)
	for c := range names {
		names[c] = strconv.Itoa(c)
	}
	return mnist("mnist", folder, names)
}

// FashionMNIST reads the pictures of clothing of H. Xiao, K. Rasul and R. Vollgraf
// ("Fashion-MNIST", arXiv:1708.07747) from a folder, which has files as MNIST has them.
// Debian's package dataset-fashion-mnist puts them into /usr/share/datasets/fashion-mnist;
// Download brings the FashionMNISTFiles.
func FashionMNIST(folder string) (Published, error) {
	return mnist("fashion-mnist", folder, []string{"T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"})
}

// mnist reads the four files of MNIST and of what is made in its likeness.
func mnist(name, folder string, classes []string) (Published, error) {
	part := func(prefix, word string) (*Set, error) {
		images, err := find(folder, prefix+"-images-idx3-ubyte", prefix+"-images-idx3-ubyte.gz")
		if err != nil {
			return nil, err
		}
		labels, err := find(folder, prefix+"-labels-idx1-ubyte", prefix+"-labels-idx1-ubyte.gz")
		if err != nil {
			return nil, err
		}
		s, err := IDX(images, labels)
		if err != nil {
			return nil, err
		}
		if s.Classes > len(classes) {
			i := slices.Index(s.Y, s.Classes-1)
			return nil, fmt.Errorf("%s: label %d is %d; labels are 0 to %d", labels, i+1, s.Y[i], len(classes)-1)
		}
		s.Name, s.Classes, s.Names = name+"/"+word, len(classes), classes
		return s, nil
	}
	train, err := part("train", "train")
	if err != nil {
		return Published{}, fmt.Errorf("read %s: %w", name, err)
	}
	test, err := part("t10k", "test")
	if err != nil {
		return Published{}, fmt.Errorf("read %s: %w", name, err)
	}
	if train.Shape != test.Shape {
		return Published{}, fmt.Errorf("read %s from %s: training images are %v, test images %v; they have to agree", name, folder, train.Shape, test.Shape)
	}
	return Published{train, test}, nil
}

// find is the path of the first of the names that the folder has.
func find(folder string, names ...string) (string, error) {
	for _, name := range names {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	if _, err := os.Stat(folder); err != nil {
		return "", err // there is no such folder, or it can't be read
	}
	return "", fmt.Errorf("%s: there is no %s", folder, either(names))
}

// either joins names as an English sentence does: "a", "a or b", "a, b or c".
func either(names []string) string {
	out := names[0]
	for i, name := range names[1:] {
		if i+2 == len(names) {
			out += " or " + name
		} else {
			out += ", " + name
		}
	}
	return out
}
