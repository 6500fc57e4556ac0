// Methods that compiled code asks the values of interfaces for.
package main

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"crypto"
	"database/sql/driver"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing/fstest"
	"time"
)

type say struct{ name string }

func (s *say) Write(p []byte) (int, error) {
	fmt.Printf("%s write %q\n", s.name, p)
	return len(p), nil
}

type sayString struct{ say }

func (s *sayString) WriteString(p string) (int, error) {
	fmt.Printf("%s string %q\n", s.name, p)
	return len(p), nil
}

type sayFrom struct{ sayString }

func (s *sayFrom) ReadFrom(r io.Reader) (int64, error) {
	b, err := io.ReadAll(r)
	fmt.Printf("%s from %q\n", s.name, b)
	return int64(len(b)), err
}

type in struct{ r *strings.Reader }

func (i *in) Read(p []byte) (int, error) { fmt.Println("read"); return i.r.Read(p) }

type inTo struct{ in }

func (i *inTo) WriteTo(w io.Writer) (int64, error) { fmt.Println("to"); return i.r.WriteTo(w) }

type inByte struct {
	r *bytes.Reader
	n int
}

func (i *inByte) Read(p []byte) (int, error) { return i.r.Read(p) }
func (i *inByte) ReadByte() (byte, error)    { i.n++; return i.r.ReadByte() }

type inRune struct{ in }

func (i *inRune) ReadRune() (rune, int, error) { return i.r.ReadRune() }
func (i *inRune) UnreadRune() error            { return i.r.UnreadRune() }

type inClose struct{ inTo }

func (i *inClose) Close() error { fmt.Println("close"); return nil }

type only struct{ fs.FS }
type files struct{ fs.FS }

func (f files) ReadFile(name string) ([]byte, error) { return []byte("own " + name), nil }
func (f files) Sub(dir string) (fs.FS, error)        { return nil, errors.New("no sub " + dir) }

type globs struct{ fs.FS }

func (g globs) Glob(p string) ([]string, error) { return []string{"glob " + p}, nil }

type split struct{ s uint64 }

func (s *split) Uint64() uint64 {
	s.s += 0x9e3779b97f4a7c15
	z := s.s
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	return z ^ z>>31
}
func (s *split) Int63() int64 { return int64(s.Uint64() >> 1) }
func (s *split) Seed(n int64) { s.s = uint64(n) }

type half struct{ s *split }

func (h half) Int63() int64 { return h.s.Int63() }
func (h half) Seed(n int64) { h.s.Seed(n) }

type rec struct {
	http.ResponseWriter
	n int
}

func (r *rec) Write(p []byte) (int, error) { r.n += len(p); return r.ResponseWriter.Write(p) }
func (r *rec) Unwrap() http.ResponseWriter { return r.ResponseWriter }

type flush struct{ http.ResponseWriter }

func (f flush) Flush() { fmt.Println("flush") }

type done struct {
	context.Context
	ch chan struct{}
}

func (d done) Done() <-chan struct{} { return d.ch }
func (d done) Err() error {
	select {
	case <-d.ch:
		return errors.New("done")
	default:
		return nil
	}
}
func (d done) AfterFunc(f func()) func() bool {
	fmt.Println("after")
	go func() { <-d.ch; f() }()
	return func() bool { return false }
}

type signer struct{}

func (signer) Public() crypto.PublicKey { return nil }
func (signer) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("not asked for")
}
func (signer) SignMessage(_ io.Reader, msg []byte, _ crypto.SignerOpts) ([]byte, error) {
	return append([]byte("signed "), msg...), nil
}

type board struct{ n int }

func (b board) ColorModel() color.Model     { return color.Palette{color.White, color.Black} }
func (b board) Bounds() image.Rectangle     { return image.Rect(0, 0, b.n, b.n) }
func (b board) ColorIndexAt(x, y int) uint8 { return uint8((x + y) % 2) }
func (b board) At(x, y int) color.Color     { return b.ColorModel().(color.Palette)[b.ColorIndexAt(x, y)] }

type money struct{ cents int64 }

func (m money) Value() (driver.Value, error) { return m.cents, nil }

type count int

func main() {
	sig, err := crypto.SignMessage(signer{}, nil, []byte("m"), crypto.SHA256)
	fmt.Println(string(sig), err)
	var picture bytes.Buffer
	png.Encode(&picture, board{4})
	im, _ := png.Decode(&picture)
	fmt.Printf("%T %v\n", im, im.At(1, 0))
	fmt.Println(driver.DefaultParameterConverter.ConvertValue(money{5}))
	fmt.Println(driver.DefaultParameterConverter.ConvertValue(count(6)))
	io.WriteString(&say{"a"}, "x")
	io.WriteString(&sayString{say{"b"}}, "y")
	io.MultiWriter(&say{"c"}, &sayString{say{"d"}}).(io.StringWriter).WriteString("z")
	io.Copy(&sayFrom{sayString{say{"e"}}}, strings.NewReader("data"))
	io.Copy(&say{"f"}, &in{strings.NewReader("pq")})
	io.Copy(&say{"g"}, &inTo{in{strings.NewReader("rs")}})
	bw := bufio.NewWriterSize(&sayFrom{sayString{say{"h"}}}, 16)
	bw.ReadFrom(strings.NewReader("buffered"))
	bw.Flush()
	var z bytes.Buffer
	zw := zlib.NewWriter(&z)
	zw.Write([]byte("packed"))
	zw.Close()
	z.WriteString("rest")
	ib := &inByte{r: bytes.NewReader(z.Bytes())}
	zr, err := zlib.NewReader(ib)
	b, _ := io.ReadAll(zr)
	rest, _ := io.ReadAll(ib)
	fmt.Println(string(b), string(rest), err, ib.n > 5)
	ir := &inRune{in{strings.NewReader("12ab")}}
	var n int
	var s string
	fmt.Fscan(ir, &n)
	fmt.Fscan(ir, &s)
	fmt.Println(n, s)
	nc := io.NopCloser(&inTo{in{strings.NewReader("nc")}})
	_, ok := nc.(io.WriterTo)
	fmt.Println(ok)
	req, _ := http.NewRequest("POST", "http://x/", &inClose{inTo{in{strings.NewReader("body")}}})
	req.Body.Close()
	mem := fstest.MapFS{"d/a.txt": {Data: []byte("A")}, "d/b.go": {Data: []byte("B")}}
	for _, f := range []fs.FS{only{mem}, files{mem}, globs{mem}} {
		data, err := fs.ReadFile(f, "d/a.txt")
		fmt.Println(string(data), err)
		m, err := fs.Glob(f, "d/*.go")
		fmt.Println(m, err)
		st, err := fs.Stat(f, "d/b.go")
		fmt.Println(st.Size(), err)
		es, err := fs.ReadDir(f, "d")
		fmt.Println(len(es), es[0], err)
		sub, err := fs.Sub(f, "d")
		fmt.Println(sub != nil, err)
		if sub != nil {
			data, err = fs.ReadFile(sub, "a.txt")
			fmt.Println(string(data), err)
		}
		fs.WalkDir(f, ".", func(p string, d fs.DirEntry, err error) error { fmt.Print(p, " "); return err })
		fmt.Println()
	}
	r := rand.New(&split{1})
	fmt.Println(r.Uint64(), r.Intn(100), r.Float64())
	r = rand.New(half{&split{1}})
	fmt.Println(r.Uint64(), r.Intn(100))
	h := httptest.NewRecorder()
	w := &rec{h, 0}
	fmt.Fprint(w, "hi")
	fmt.Println(http.NewResponseController(w).Flush(), h.Flushed, w.n)
	fmt.Println(http.NewResponseController(flush{h}).Flush())
	d := done{context.Background(), make(chan struct{})}
	c, cancel := context.WithTimeout(d, time.Minute)
	defer cancel()
	close(d.ch)
	<-c.Done()
	fmt.Println(c.Err())
}
