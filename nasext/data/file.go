package data

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// deflateRatio is the most bytes that one byte of DEFLATE can stand for: zlib's
// technical details give 1032:1 as the limit.
const deflateRatio = 1032

// file is a data file read from its start to its end. One that is packed by gzip is
// unpacked; that is seen by its first bytes, not by its name.
type file struct {
	name  string // for messages
	limit int64  // no more bytes than these can come: what a header promises is held against it
	r     io.Reader
	close func() error
}

// open begins to read a file. It has to be closed.
func open(path string) (*file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err // has the operation and the path
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: a file is needed, this is a %s", path, kind(info))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	d, err := newFile(path, f, info.Size())
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	d.close = f.Close
	return d, nil
}

func kind(info os.FileInfo) string {
	if info.IsDir() {
		return "folder"
	}
	return "special file (" + info.Mode().Type().String() + ")"
}

// newFile is the file of the given length that r reads.
func newFile(name string, r io.Reader, length int64) (*file, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	d := &file{name: name, limit: length, r: b, close: func() error { return nil }}
	if magic, _ := b.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return d, nil // a file that is too short for gzip is not packed
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", name, err)
	}
	d.r, d.limit = z, length*deflateRatio
	return d, nil
}

// take reads the next n bytes, which are what; they are not asked for from memory
// before the file is known to have them.
func (f *file) take(n int64, what string) ([]byte, error) {
	if n > f.limit {
		return nil, fmt.Errorf("%s: %d bytes are needed for %s, but it has no more than %d", f.name, n, what, f.limit)
	}
	var b bytes.Buffer
	got, err := io.Copy(&b, io.LimitReader(f.r, n))
	if err != nil {
		return nil, f.broken(err, what)
	}
	if got < n {
		return nil, fmt.Errorf("%s: it ends after %d of the %d bytes of %s", f.name, got, n, what)
	}
	f.limit -= n
	return b.Bytes(), nil
}

// end says if the file goes on. It also has gzip compare its checksum.
func (f *file) end(after string) error {
	switch n, err := io.CopyN(io.Discard, f.r, 1); {
	case n > 0:
		return fmt.Errorf("%s: it goes on after %s", f.name, after)
	case err != io.EOF:
		return f.broken(err, "the end")
	}
	return nil
}

func (f *file) broken(err error, what string) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s: it ends within %s; it is truncated", f.name, what)
	}
	return fmt.Errorf("%s: read %s: %w", f.name, what, err)
}
