package data

import (
	"archive/tar"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
)

// cifar is one of the two sets in the binary version that
// https://www.cs.toronto.edu/~kriz/cifar.html describes: records of the labels, a byte
// each, and 3072 bytes of pixels, which are the red, green and blue plane of 32×32.
type cifar struct {
	name    string
	archive string // the file that is downloaded
	folder  string // what is in it
	train   []string
	test    string
	nTrain  int // records of each training file
	nTest   int
	labels  int // bytes of labels in a record; the last of them counts
	classes []string
}

// CIFAR10 reads the 50 000 training and 10 000 test photographs of 3×32×32 in ten
// classes of A. Krizhevsky ("Learning Multiple Layers of Features from Tiny Images",
// 2009), in their binary version. The path is that of cifar-10-binary.tar.gz, or of a
// folder that holds it, or its unpacked files (data_batch_1.bin and so on).
// Pixels are 0 to 1 in steps of 1/255. Download brings it: CIFAR10Files.
// The images take 740 MB of memory.
func CIFAR10(path string) (Published, error) {
	c := cifar{
		name: "cifar-10", archive: "cifar-10-binary.tar.gz", folder: "cifar-10-batches-bin",
		train: []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
		test:  "test_batch.bin", nTrain: 10000, nTest: 10000, labels: 1,
		classes: strings.Fields("airplane automobile bird cat deer dog frog horse ship truck"),
	}
	return c.read(path)
}

// CIFAR100 reads the set of the same name, as CIFAR10 does: 50 000 training and 10 000
// test photographs in 100 classes (the "fine" labels). The archive is
// cifar-100-binary.tar.gz (CIFAR100Files), its files are train.bin and test.bin.
func CIFAR100(path string) (Published, error) {
	c := cifar{
		name: "cifar-100", archive: "cifar-100-binary.tar.gz", folder: "cifar-100-binary",
		train: []string{"train.bin"}, test: "test.bin", nTrain: 50000, nTest: 10000, labels: 2,
		classes: strings.Fields(`apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly
			camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
			dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard
			lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear
			pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark
			shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone
			television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm`),
	}
	return c.read(path)
}

const cifarPixels = 3 * 32 * 32

// read reads the set from its archive or a folder.
func (c *cifar) read(path string) (Published, error) {
	files, err := c.locate(path)
	if err != nil {
		return Published{}, fmt.Errorf("read %s: %w", c.name, err)
	}
	train, err := c.set("train", files[:len(c.train)])
	if err != nil {
		return Published{}, fmt.Errorf("read %s: %w", c.name, err)
	}
	test, err := c.set("test", files[len(c.train):])
	if err != nil {
		return Published{}, fmt.Errorf("read %s: %w", c.name, err)
	}
	return Published{train, test}, nil
}

// records are the bytes of one file of the set.
type records struct {
	name string
	b    []byte
}

func (c *cifar) members() []string { return append(slices.Clone(c.train), c.test) }

// size is the length of the i-th member.
func (c *cifar) size(i int) int64 {
	n := c.nTrain
	if i == len(c.train) {
		n = c.nTest
	}
	return int64(n) * int64(c.labels+cifarPixels)
}

// locate reads all members from wherever the path leads.
func (c *cifar) locate(path string) ([]records, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return c.unpack(path)
	}
	for _, dir := range []string{path, filepath.Join(path, c.folder)} {
		if _, err := os.Stat(filepath.Join(dir, c.test)); err == nil {
			return c.load(dir)
		}
	}
	archive := filepath.Join(path, c.archive)
	if _, err := os.Stat(archive); err != nil {
		return nil, fmt.Errorf("%s: there is no %s, no folder %s and no %s", path, c.test, c.folder, c.archive)
	}
	return c.unpack(archive)
}

// load reads the members from a folder.
func (c *cifar) load(dir string) ([]records, error) {
	files := make([]records, len(c.train)+1)
	for i, name := range c.members() {
		path, err := find(dir, name)
		if err != nil {
			return nil, err
		}
		if files[i], err = c.loadFile(path, i); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func (c *cifar) loadFile(path string, i int) (records, error) {
	f, err := open(path)
	if err != nil {
		return records{}, err
	}
	defer f.close() // it was only read
	what := c.what(i)
	b, err := f.take(c.size(i), what)
	if err != nil {
		return records{}, err
	}
	return records{path, b}, f.end(what)
}

// what is the i-th member, in words.
func (c *cifar) what(i int) string {
	n := c.labels + cifarPixels
	return fmt.Sprintf("%d records of %d bytes", c.size(i)/int64(n), n)
}

func (c *cifar) unpack(path string) ([]records, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.close() // it was only read
	return c.untar(f)
}

// untar reads the members from an archive.
func (c *cifar) untar(f *file) ([]records, error) {
	members := c.members()
	files := make([]records, len(members))
	archive := tar.NewReader(f.r)
	for {
		head, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, f.broken(err, "the archive")
		}
		i := slices.Index(members, path.Base(head.Name))
		if i < 0 {
			continue
		}
		if head.Size != c.size(i) {
			return nil, fmt.Errorf("%s: %s has %d bytes; %s are %d", f.name, head.Name, head.Size, c.what(i), c.size(i))
		}
		// The tar reader ends where the member does; the member is within the archive if
		// its length is within what the archive can hold.
		m := file{name: f.name + ", " + head.Name, limit: f.limit, r: archive}
		b, err := m.take(head.Size, c.what(i))
		if err != nil {
			return nil, err
		}
		files[i] = records{m.name, b}
	}
	for i, name := range members {
		if files[i].b == nil {
			return nil, fmt.Errorf("%s: the archive has no %s", f.name, name)
		}
	}
	// What follows the archive's end mark matters only if it can't be unpacked.
	if _, err := io.Copy(io.Discard, f.r); err != nil {
		return nil, f.broken(err, "the archive's end")
	}
	return files, nil
}

// set makes a set of the records of some files.
func (c *cifar) set(word string, files []records) (*Set, error) {
	s := &Set{Name: c.name + "/" + word, Shape: arch.Shape{C: 3, H: 32, W: 32}, Classes: len(c.classes), Names: c.classes}
	record := c.labels + cifarPixels
	n := 0
	for _, f := range files {
		n += len(f.b) / record
	}
	s.X, s.Y = make([]float32, 0, n*cifarPixels), make([]int, 0, n)
	for _, f := range files {
		for i := 0; i < len(f.b); i += record {
			label := int(f.b[i+c.labels-1])
			if label >= s.Classes {
				return nil, fmt.Errorf("%s: record %d has label %d; labels are 0 to %d", f.name, i/record+1, label, s.Classes-1)
			}
			s.Y = append(s.Y, label)
			s.X = appendPixels(s.X, f.b[i+c.labels:i+record])
		}
	}
	return s, nil
}
