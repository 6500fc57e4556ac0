// Package archive is the file in which a set of compiled packages keeps what
// its symbol tables cannot say: export data for go/types, documentation, and
// the source of packages whose generic functions are instantiated.
//
// An archive is read in place. Every package has its own zstd frames, so that
// loading one package costs that package only:
//
//	"NASCLIB1"
//	uvarint   length of the index
//	index     per package: path, name, flags, and offset and length of three frames
//	frames    export data, documentation, source; zstd
//
// Strings are a uvarint length and the bytes. Offsets count from the first frame.
package archive

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

const magic = "NASCLIB1"

// Info names one package of an archive.
type Info struct {
	Path string // import path
	Name string // the name in its package clause
}

// Entry documents one symbol.
type Entry struct {
	Name string // "Type", "Func", "Type.Method", "Type.Field"; "" is the package itself
	Decl string // the declaration without its body, without comments before it
	Doc  string // the comment, without comment markers
}

// Contents is all that an archive holds about one package.
type Contents struct {
	Info
	Export []byte            // as gcexportdata.Write writes it; nil for a package that is only documented
	Needs  []string          // paths of the packages that Export describes in part, sorted
	Names  []string          // exported names of package scope, sorted
	Docs   []Entry           // sorted by name
	Source map[string]string // file name → text; nil for most packages
	Part   bool              // Source is only the generic part of the package
}

// frame is a place in the archive; length 0 means that there is no frame.
type frame struct{ off, len uint64 }

type entry struct {
	Info
	part                 bool
	export, docs, source frame
}

// Archive is an opened archive. It is safe for concurrent use.
type Archive struct {
	entries []entry // sorted by path
	frames  string
}

// Encode makes an archive of packages.
func Encode(pkgs []Contents) ([]byte, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("starting zstd: %w", err)
	}
	defer enc.Close()
	pkgs = slices.SortedFunc(slices.Values(pkgs), func(a, b Contents) int { return cmp.Compare(a.Path, b.Path) })
	var index, frames []byte
	add := func(raw []byte) {
		if len(raw) == 0 {
			index = append(index, 0, 0)
			return
		}
		off := len(frames)
		frames = enc.EncodeAll(raw, frames)
		index = binary.AppendUvarint(index, uint64(off))
		index = binary.AppendUvarint(index, uint64(len(frames)-off))
	}
	for _, p := range pkgs {
		index = appendString(index, p.Path)
		index = appendString(index, p.Name)
		if p.Part {
			index = append(index, 1)
		} else {
			index = append(index, 0)
		}
		add(encodeExport(p))
		add(encodeDocs(p))
		add(encodeSource(p.Source))
	}
	out := append([]byte(magic), binary.AppendUvarint(nil, uint64(len(index)))...)
	return append(append(out, index...), frames...), nil
}

func encodeExport(p Contents) []byte {
	if p.Export == nil {
		return nil
	}
	return append(appendStrings(nil, p.Needs), p.Export...)
}

func encodeDocs(p Contents) []byte {
	b := appendStrings(nil, p.Names)
	for _, e := range p.Docs {
		b = appendString(appendString(appendString(b, e.Name), e.Decl), e.Doc)
	}
	return b
}

func encodeSource(files map[string]string) []byte {
	var names []string
	for n := range files {
		names = append(names, n)
	}
	slices.Sort(names)
	var b []byte
	for _, n := range names {
		b = appendString(appendString(b, n), files[n])
	}
	return b
}

func appendStrings(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendString(b, s)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// Open reads the index of an archive. The archive stays in data.
func Open(data string) (*Archive, error) {
	rest, ok := strings.CutPrefix(data, magic)
	if !ok {
		return nil, fmt.Errorf("not an archive of packages: it should begin with %q", magic)
	}
	r := &reader{s: rest}
	index := r.string()
	a := &Archive{frames: r.s}
	if r.err != nil {
		return nil, fmt.Errorf("reading the index of the archive: %w", r.err)
	}
	r = &reader{s: index}
	place := func() frame {
		f := frame{r.uvarint(), r.uvarint()}
		if n := uint64(len(a.frames)); f.off > n || f.len > n-f.off {
			r.fail()
		}
		return f
	}
	for r.s != "" && r.err == nil {
		a.entries = append(a.entries, entry{Info{r.string(), r.string()}, r.uvarint()&1 != 0, place(), place(), place()})
	}
	if r.err != nil {
		return nil, fmt.Errorf("reading the index of the archive: %w", r.err)
	}
	return a, nil
}

// Packages lists the packages that can be imported, sorted by path. Package
// unsafe is one of them, though its types are known to go/types alone.
func (a *Archive) Packages() []Info {
	var infos []Info
	for _, e := range a.entries {
		if e.export.len > 0 || e.Path == "unsafe" {
			infos = append(infos, e.Info)
		}
	}
	return infos
}

// Export returns the export data of a package, for gcexportdata.Read, and the
// paths of the packages of which it describes a part. Without export data for
// the package it returns nil.
func (a *Archive) Export(path string) (data []byte, needs []string, err error) {
	e := a.find(path)
	if e == nil || e.export.len == 0 {
		return nil, nil, nil
	}
	b, err := a.read(e.export)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the export data of %s: %w", path, err)
	}
	r := &reader{s: string(b)}
	needs = r.strings()
	if r.err != nil {
		return nil, nil, fmt.Errorf("reading the export data of %s: %w", path, r.err)
	}
	return b[len(b)-len(r.s):], needs, nil
}

// Docs returns the exported names and the documentation of a package, both
// empty if the archive has none.
func (a *Archive) Docs(path string) (names []string, docs []Entry, err error) {
	e := a.find(path)
	if e == nil {
		return nil, nil, nil
	}
	b, err := a.read(e.docs)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the documentation of %s: %w", path, err)
	}
	r := &reader{s: string(b)}
	names = r.strings()
	for r.s != "" && r.err == nil {
		docs = append(docs, Entry{r.string(), r.string(), r.string()})
	}
	if r.err != nil {
		return nil, nil, fmt.Errorf("reading the documentation of %s: %w", path, r.err)
	}
	return names, docs, nil
}

// Source returns the source files of a package by name, nil if the archive has none.
func (a *Archive) Source(path string) (map[string]string, error) {
	e := a.find(path)
	if e == nil || e.source.len == 0 {
		return nil, nil
	}
	b, err := a.read(e.source)
	if err != nil {
		return nil, fmt.Errorf("reading the source of %s: %w", path, err)
	}
	files := map[string]string{}
	r := &reader{s: string(b)}
	for r.s != "" && r.err == nil {
		name := r.string()
		files[name] = r.string()
	}
	if r.err != nil {
		return nil, fmt.Errorf("reading the source of %s: %w", path, r.err)
	}
	return files, nil
}

// Has says whether the archive knows anything about a package.
func (a *Archive) Has(path string) bool { return a.find(path) != nil }

// SourceKind says how much of a package an archive has as source.
type SourceKind int

// What an archive may have as source.
const (
	NoSource    SourceKind = iota
	PartSource             // generic functions and types; the rest is compiled
	WholeSource            // all of it
)

// SourceKind says how much of a package the archive has as source.
func (a *Archive) SourceKind(path string) SourceKind {
	switch e := a.find(path); {
	case e == nil || e.source.len == 0:
		return NoSource
	case e.part:
		return PartSource
	}
	return WholeSource
}

func (a *Archive) find(path string) *entry {
	i, ok := slices.BinarySearchFunc(a.entries, path, func(e entry, p string) int { return cmp.Compare(e.Path, p) })
	if !ok {
		return nil
	}
	return &a.entries[i]
}

// decoder is made once: it holds no state between calls of DecodeAll.
var decoder = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
})

func (a *Archive) read(f frame) ([]byte, error) {
	d, err := decoder()
	if err != nil {
		return nil, fmt.Errorf("starting zstd: %w", err)
	}
	return d.DecodeAll([]byte(a.frames[f.off:f.off+f.len]), nil)
}

var errShort = errors.New("it is cut short or damaged")

// reader reads strings and numbers; after an error it returns zero values.
type reader struct {
	s   string
	err error
}

func (r *reader) fail() { r.s, r.err = "", errShort }

func (r *reader) uvarint() uint64 {
	var x uint64
	for i := 0; i < len(r.s) && i < binary.MaxVarintLen64; i++ {
		b := r.s[i]
		x |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			r.s = r.s[i+1:]
			return x
		}
	}
	r.fail()
	return 0
}

func (r *reader) strings() []string {
	var list []string
	for n := r.uvarint(); n > 0 && r.err == nil; n-- {
		list = append(list, r.string())
	}
	return list
}

func (r *reader) string() string {
	n := r.uvarint()
	if n > uint64(len(r.s)) {
		r.fail()
		return ""
	}
	s := r.s[:n]
	r.s = r.s[n:]
	return s
}
