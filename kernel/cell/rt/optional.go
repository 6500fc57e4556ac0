package rt

import (
	"context"
	"crypto"
	"database/sql/driver"
	"image"
	"image/draw"
	"io"
	"io/fs"
	"math/rand"
	"net/http"
	"reflect"
)

// Compiled code asks some of the interfaces that it takes for further methods. The
// wrappers here have those that the cell's type has, and others only where calling them
// does what is done without them.

// writerW is an io.Writer.
type writerW struct {
	base
	write       func(any, []byte) (int, any)
	writeString func(any, string) (int, any) // nil if the type has no such method
}

func (r *Runtime) wrapWriter(b Boxed) any {
	w := writerW{base: base{b, r.Current()}}
	var ok bool
	if w.write, ok = b.d.method("Write").(func(any, []byte) (int, any)); !ok {
		return nil
	}
	w.writeString, _ = b.d.method("WriteString").(func(any, string) (int, any))
	if from, ok := b.d.method("ReadFrom").(func(any, any) (int64, any)); ok && r.hasMethods(b.d, reflect.TypeFor[io.ReaderFrom]()) {
		return &readerFromW{w, from}
	}
	return &w
}

func (w *writerW) Write(p []byte) (n int, err error) {
	w.inside(func() {
		var e any
		n, e = w.write(w.b.V, p)
		err = w.b.d.r.error(e)
	})
	return n, err
}

func (w *writerW) WriteString(s string) (n int, err error) {
	if w.writeString == nil {
		return w.Write([]byte(s))
	}
	w.inside(func() {
		var e any
		n, e = w.writeString(w.b.V, s)
		err = w.b.d.r.error(e)
	})
	return n, err
}

// readerFromW is a writer that implements io.ReaderFrom.
type readerFromW struct {
	writerW
	from func(any, any) (int64, any)
}

func (w *readerFromW) ReadFrom(src io.Reader) (n int64, err error) {
	w.inside(func() {
		var e any
		n, e = w.from(w.b.V, w.b.d.r.FromBin(reflect.ValueOf(src)))
		err = w.b.d.r.error(e)
	})
	return n, err
}

// readerW is an io.Reader.
type readerW struct {
	base
	read func(any, []byte) (int, any)
}

func (w *readerW) Read(p []byte) (n int, err error) {
	w.inside(func() {
		var e any
		n, e = w.read(w.b.V, p)
		err = w.b.d.r.error(e)
	})
	return n, err
}

// What a reader may have besides, each by itself.
type (
	readTo    struct{ w io.WriterTo }
	readBytes struct{ b io.ByteReader }
	readRunes struct{ r io.RuneScanner }
	readClose struct{ c io.Closer }
)

func (x readTo) WriteTo(w io.Writer) (int64, error) { return x.w.WriteTo(w) }
func (x readBytes) ReadByte() (byte, error)         { return x.b.ReadByte() }
func (x readRunes) ReadRune() (rune, int, error)    { return x.r.ReadRune() }
func (x readRunes) UnreadRune() error               { return x.r.UnreadRune() }
func (x readClose) Close() error                    { return x.c.Close() }

// And together.
type (
	readerT struct {
		*readerW
		readTo
	}
	readerB struct {
		*readerW
		readBytes
	}
	readerTB struct {
		*readerW
		readTo
		readBytes
	}
	readerR struct {
		*readerW
		readRunes
	}
	readerTR struct {
		*readerW
		readTo
		readRunes
	}
	readerBR struct {
		*readerW
		readBytes
		readRunes
	}
	readerTBR struct {
		*readerW
		readTo
		readBytes
		readRunes
	}
	readerC struct {
		*readerW
		readClose
	}
	readerTC struct {
		*readerW
		readTo
		readClose
	}
	readerBC struct {
		*readerW
		readBytes
		readClose
	}
	readerTBC struct {
		*readerW
		readTo
		readBytes
		readClose
	}
	readerRC struct {
		*readerW
		readRunes
		readClose
	}
	readerTRC struct {
		*readerW
		readTo
		readRunes
		readClose
	}
	readerBRC struct {
		*readerW
		readBytes
		readRunes
		readClose
	}
	readerTBRC struct {
		*readerW
		readTo
		readBytes
		readRunes
		readClose
	}
)

func (r *Runtime) wrapReader(b Boxed) any {
	w := &readerW{base: base{b, r.Current()}}
	var ok bool
	if w.read, ok = b.d.method("Read").(func(any, []byte) (int, any)); !ok {
		return nil
	}
	var t readTo
	var bs readBytes
	var rs readRunes
	var c readClose
	has := 0
	if t.w, ok = wrapIf[io.WriterTo](r, b); ok {
		has |= 1
	}
	if bs.b, ok = wrapIf[io.ByteReader](r, b); ok {
		has |= 2
	}
	if rs.r, ok = wrapIf[io.RuneScanner](r, b); ok {
		has |= 4
	}
	if c.c, ok = wrapIf[io.Closer](r, b); ok {
		has |= 8
	}
	switch has {
	case 1:
		return readerT{w, t}
	case 2:
		return readerB{w, bs}
	case 3:
		return readerTB{w, t, bs}
	case 4:
		return readerR{w, rs}
	case 5:
		return readerTR{w, t, rs}
	case 6:
		return readerBR{w, bs, rs}
	case 7:
		return readerTBR{w, t, bs, rs}
	case 8:
		return readerC{w, c}
	case 9:
		return readerTC{w, t, c}
	case 10:
		return readerBC{w, bs, c}
	case 11:
		return readerTBC{w, t, bs, c}
	case 12:
		return readerRC{w, rs, c}
	case 13:
		return readerTRC{w, t, rs, c}
	case 14:
		return readerBRC{w, bs, rs, c}
	case 15:
		return readerTBRC{w, t, bs, rs, c}
	}
	return w
}

// wrapIf is b as a T if its type implements that.
func wrapIf[T any](r *Runtime, b Boxed) (w T, ok bool) {
	t := reflect.TypeFor[T]()
	if !r.hasMethods(b.d, t) {
		return w, false
	}
	return r.wrapPlain(b, t).Interface().(T), true
}

// fsW is an fs.FS, fsSubW one with a method Sub.
type (
	fsW struct {
		base
		fs.FS
	}
	fsSubW struct {
		fsW
		sub fs.SubFS
	}
)

func (r *Runtime) wrapFS(b Boxed) any {
	only, ok := wrapIf[fs.FS](r, b)
	if !ok {
		return nil
	}
	w := fsW{base{b, r.Current()}, only}
	if sub, ok := wrapIf[fs.SubFS](r, b); ok {
		return fsSubW{w, sub}
	}
	return w
}

// fsAs is the cell's file system as a T if it implements that.
func fsAs[T any](w fsW) (T, bool) { return wrapIf[T](w.b.d.r, w.b) }

func (w fsW) ReadFile(name string) ([]byte, error) {
	if x, ok := fsAs[fs.ReadFileFS](w); ok {
		return x.ReadFile(name)
	}
	return fs.ReadFile(w.FS, name)
}

func (w fsW) ReadDir(name string) ([]fs.DirEntry, error) {
	if x, ok := fsAs[fs.ReadDirFS](w); ok {
		return x.ReadDir(name)
	}
	return fs.ReadDir(w.FS, name)
}

func (w fsW) Stat(name string) (fs.FileInfo, error) {
	if x, ok := fsAs[fs.StatFS](w); ok {
		return x.Stat(name)
	}
	return fs.Stat(w.FS, name)
}

func (w fsW) Glob(pattern string) ([]string, error) {
	if x, ok := fsAs[fs.GlobFS](w); ok {
		return x.Glob(pattern)
	}
	return fs.Glob(unglobbed{w}, pattern)
}

// unglobbed hides the method Glob, whose default reads folders as w does.
type unglobbed struct{ w fsW }

func (u unglobbed) Open(name string) (fs.File, error)          { return u.w.FS.Open(name) }
func (u unglobbed) ReadDir(name string) ([]fs.DirEntry, error) { return u.w.ReadDir(name) }
func (u unglobbed) Stat(name string) (fs.FileInfo, error)      { return u.w.Stat(name) }

func (w fsSubW) Sub(dir string) (fs.FS, error) { return w.sub.Sub(dir) }

// What an fs.File may have besides.
type (
	fileD struct {
		base
		fs.ReadDirFile
	}
	fileS struct {
		base
		fs.File
		io.Seeker
	}
	fileDS struct {
		base
		fs.ReadDirFile
		io.Seeker
	}
)

func (r *Runtime) wrapFile(b Boxed) any {
	w := base{b, r.Current()}
	dir, isDir := wrapIf[fs.ReadDirFile](r, b)
	seek, seeks := wrapIf[io.Seeker](r, b)
	switch {
	case isDir && seeks:
		return fileDS{w, dir, seek}
	case isDir:
		return fileD{w, dir}
	case seeks:
		if f, ok := wrapIf[fs.File](r, b); ok {
			return fileS{w, f, seek}
		}
	}
	return nil
}

// extended are the interfaces with more methods for which compiled code asks values of
// interface type t, the first choice first.
func extended(t reflect.Type) []reflect.Type {
	switch t {
	case reflect.TypeFor[rand.Source]():
		return []reflect.Type{reflect.TypeFor[rand.Source64]()}
	case reflect.TypeFor[crypto.Signer]():
		return []reflect.Type{reflect.TypeFor[crypto.MessageSigner]()}
	case reflect.TypeFor[image.Image]():
		return []reflect.Type{reflect.TypeFor[image.PalettedImage](), reflect.TypeFor[image.RGBA64Image]()}
	case reflect.TypeFor[draw.Image]():
		return []reflect.Type{reflect.TypeFor[draw.RGBA64Image]()}
	case reflect.TypeFor[driver.Rows]():
		return []reflect.Type{reflect.TypeFor[driver.RowsNextResultSet]()}
	}
	return nil
}

// contextW is a context that calls functions itself when it is done.
type contextW struct {
	base
	context.Context
	after func(any, func()) func() bool
}

func (r *Runtime) wrapContext(b Boxed) any {
	after, ok := b.d.method("AfterFunc").(func(any, func()) func() bool)
	if !ok {
		return nil
	}
	c, ok := wrapIf[context.Context](r, b)
	if !ok {
		return nil
	}
	return &contextW{base{b, r.Current()}, c, after}
}

func (w *contextW) AfterFunc(f func()) (stop func() bool) {
	w.inside(func() { stop = w.after(w.b.V, f) })
	return stop
}

// What an http.ResponseWriter may have besides, and together.
type (
	responseF struct {
		base
		http.ResponseWriter
		http.Flusher
	}
	responseU struct {
		base
		http.ResponseWriter
		unwraps
	}
	responseFU struct {
		base
		http.ResponseWriter
		http.Flusher
		unwraps
	}
	unwraps struct {
		w base
		m func(any) any
	}
)

func (u unwraps) Unwrap() (w http.ResponseWriter) {
	u.w.inside(func() {
		w, _ = u.w.b.d.r.as(u.m(u.w.b.V), reflect.TypeFor[http.ResponseWriter]()).(http.ResponseWriter)
	})
	return w
}

func (r *Runtime) wrapResponse(b Boxed) any {
	w, ok := wrapIf[http.ResponseWriter](r, b)
	if !ok {
		return nil
	}
	own := base{b, r.Current()}
	flush, flushes := wrapIf[http.Flusher](r, b)
	unwrap, unwrapped := b.d.method("Unwrap").(func(any) any)
	switch {
	case flushes && unwrapped:
		return responseFU{own, w, flush, unwraps{own, unwrap}}
	case flushes:
		return responseF{own, w, flush}
	case unwrapped:
		return responseU{own, w, unwraps{own, unwrap}}
	}
	return nil
}
