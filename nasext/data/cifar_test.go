package data

import (
	"archive/tar"
	"bytes"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tiny is a set in the format of CIFAR-100 with 2 training files of 2 records and a
// test file of 1.
func tiny() *cifar {
	return &cifar{name: "tiny", archive: "tiny.tar.gz", folder: "tiny-bin", train: []string{"a.bin", "b.bin"}, test: "t.bin",
		nTrain: 2, nTest: 1, labels: 2, classes: []string{"x", "y", "z"}}
}

// record is a record of the labels 9 and y and the pixels v, v+1, …
func record(y, v byte) []byte {
	b := []byte{9, y}
	for i := range cifarPixels {
		b = append(b, v+byte(i))
	}
	return b
}

func tinyFiles() map[string][]byte {
	return map[string][]byte{
		"a.bin": append(record(2, 0), record(0, 10)...), "b.bin": append(record(1, 20), record(2, 30)...), "t.bin": record(1, 40),
	}
}

// tarred is an archive of the files, in the order of their names, last first.
func tarred(t testing.TB, files map[string][]byte) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	names := slices.Sorted(maps.Keys(files))
	slices.Reverse(names)
	for _, name := range names {
		if err := w.WriteHeader(&tar.Header{Name: "tiny-bin/" + name, Mode: 0o666, Size: int64(len(files[name]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestCIFAR(t *testing.T) {
	archive := packed(t, tarred(t, tinyFiles()))
	nested := map[string][]byte{}
	for name, b := range tinyFiles() {
		nested["tiny-bin/"+name] = b
	}
	for where, path := range map[string]string{
		"files":             folder(t, tinyFiles()),
		"folder":            folder(t, nested),
		"archive in folder": folder(t, map[string][]byte{"tiny.tar.gz": archive}),
		"archive":           filepath.Join(folder(t, map[string][]byte{"x.tgz": archive}), "x.tgz"),
		"unpacked archive":  filepath.Join(folder(t, map[string][]byte{"x.tar": tarred(t, tinyFiles())}), "x.tar"),
	} {
		p, err := tiny().read(path)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		for _, s := range []*Set{p.Train, p.Test} {
			if err := s.Check(); err != nil {
				t.Errorf("%s: %v", where, err)
			}
		}
		if !slices.Equal(p.Train.Y, []int{2, 0, 1, 2}) || !slices.Equal(p.Test.Y, []int{1}) {
			t.Errorf("%s: labels %v and %v", where, p.Train.Y, p.Test.Y)
		}
		// Row 1, column 2 of the green plane is pixel 1024 + 32 + 2; bytes are modulo 256.
		if got, want := p.Train.Image(3)[1024+32+2], float32(30+34)/255; got != want {
			t.Errorf("%s: a green pixel is %v, want %v", where, got, want)
		}
	}
}

func TestBadCIFAR(t *testing.T) {
	archive := func(change func(map[string][]byte)) string {
		files := tinyFiles()
		change(files)
		return folder(t, map[string][]byte{"tiny.tar.gz": packed(t, tarred(t, files))})
	}
	for _, c := range []struct {
		name, path, want string
	}{
		{"nothing there", t.TempDir(), "there is no t.bin, no folder tiny-bin and no tiny.tar.gz"},
		{"no folder", filepath.Join(t.TempDir(), "nowhere"), "nowhere"},
		{"a file missing", folder(t, map[string][]byte{"t.bin": record(1, 0)}), "there is no a.bin"},
		{"short file", folder(t, map[string][]byte{"t.bin": record(1, 0), "a.bin": record(1, 0), "b.bin": nil}),
			"a.bin: 6148 bytes are needed for 2 records of 3074 bytes, but it has no more than 3074"},
		{"long file", folder(t, map[string][]byte{"t.bin": record(1, 0), "a.bin": make([]byte, 6149), "b.bin": nil}),
			"a.bin: it goes on after 2 records"},
		{"short member", archive(func(f map[string][]byte) { f["b.bin"] = f["b.bin"][:6000] }),
			"tiny-bin/b.bin has 6000 bytes; 2 records of 3074 bytes are 6148"},
		{"member missing", archive(func(f map[string][]byte) { delete(f, "b.bin") }), "the archive has no b.bin"},
		{"label", archive(func(f map[string][]byte) { f["a.bin"][3074+1] = 3 }), "tiny-bin/a.bin: record 2 has label 3; labels are 0 to 2"},
		{"no archive", filepath.Join(folder(t, map[string][]byte{"x": []byte("<html>404 Not Found")}), "x"), "x: it ends within the archive; it is truncated"},
		{"truncated archive", filepath.Join(folder(t, map[string][]byte{"x": packed(t, tarred(t, tinyFiles()))[:90]}), "x"), "truncated"},
		{"truncated tar", filepath.Join(folder(t, map[string][]byte{"x": tarred(t, tinyFiles())[:3000]}), "x"), "x, tiny-bin/t.bin: 3074 bytes are needed"},
	} {
		_, err := tiny().read(c.path)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
	for _, read := range []func(string) (Published, error){CIFAR10, CIFAR100} {
		if _, err := read(t.TempDir()); err == nil || !strings.Contains(err.Error(), "-binary.tar.gz") {
			t.Errorf("an empty folder: %v", err)
		}
	}
}

// The true files have their sizes from their page: 30 730 000 bytes each file of
// CIFAR-10; 153 700 000 and 30 740 000 bytes those of CIFAR-100.
func TestCIFARSizes(t *testing.T) {
	for _, c := range []struct {
		read func(string) (Published, error)
		file string
		want string
	}{
		{CIFAR10, "test_batch.bin", "30730000 bytes are needed for 10000 records of 3073 bytes"},
		{CIFAR100, "train.bin", "153700000 bytes are needed for 50000 records of 3074 bytes"},
	} {
		files := map[string][]byte{"test_batch.bin": nil, "test.bin": nil, c.file: make([]byte, 3074)}
		for _, name := range strings.Fields("data_batch_1.bin data_batch_2.bin data_batch_3.bin data_batch_4.bin data_batch_5.bin") {
			files[name] = make([]byte, 3074)
		}
		if _, err := c.read(folder(t, files)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
	}
}

func FuzzCIFAR(f *testing.F) {
	f.Add(packed(f, tarred(f, tinyFiles())))
	f.Add(tarred(f, tinyFiles()))
	f.Add(tarred(f, tinyFiles())[:3000])
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := newFile("fuzz", bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		files, err := tiny().untar(d)
		if err != nil {
			if !strings.Contains(err.Error(), "fuzz") {
				t.Errorf("the error doesn't name the file: %v", err)
			}
			return
		}
		s, err := tiny().set("train", files)
		if err == nil {
			err = s.Check()
		} else if strings.Contains(err.Error(), "has label") {
			err = nil
		}
		if err != nil {
			t.Error(err)
		}
	})
}
