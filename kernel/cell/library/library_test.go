package library

import (
	"bytes"
	"encoding/binary"
	"go/ast"
	"go/parser"
	"go/types"
	"io"
	"os/exec"
	"reflect"
	"strings"
	"testing"
)

func open(t testing.TB) *Library {
	t.Helper()
	l, err := Std()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestTablesAreFresh(t *testing.T) {
	out, err := exec.Command("go", "run", "./gen", "-check", "std", "extra").CombinedOutput()
	if err != nil {
		t.Errorf("run go generate ./kernel/cell/library\n%s", out)
	}
}

func TestEveryPackageLoads(t *testing.T) {
	l := open(t)
	if n := len(l.Packages()); n < 195 {
		t.Errorf("%d packages can be imported, want at least 195", n)
	}
	for _, info := range l.Packages() {
		p, err := l.Import(info.Path)
		if err != nil {
			t.Error(err)
			continue
		}
		if p.Name() != info.Name || p.Path() != info.Path || !p.Complete() {
			t.Errorf("Import(%q) = %v (complete: %t), want package %s", info.Path, p, p.Complete(), info.Name)
		}
		if l.Values(info.Path) == nil {
			t.Errorf("Values(%q) = nil", info.Path)
		}
		if !l.Has(info.Path) {
			t.Errorf("Has(%q) = false", info.Path)
		}
		if _, _, ok := l.Doc(info.Path, ""); !ok {
			t.Errorf("Doc(%q) finds no package comment", info.Path)
		}
	}
}

func TestUnknownPackage(t *testing.T) {
	l := open(t)
	if _, err := l.Import("no/such/package"); err == nil || !strings.Contains(err.Error(), "no/such/package") {
		t.Errorf("Import of an unknown package: %v, want an error that names it", err)
	}
	if v := l.Values("no/such/package"); v != nil {
		t.Errorf("Values of an unknown package = %v, want nil", v)
	}
	if l.Has("internal/abi") {
		t.Error("internal/abi can be imported")
	}
	if _, _, ok := l.Doc("fmt", "NoSuchThing"); ok {
		t.Error("fmt.NoSuchThing is documented")
	}
	if err := l.Add(Set{Name: "broken", Data: "nonsense"}); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("adding a broken set: %v, want an error that names it", err)
	}
}

// Cells use packages together: a type must be the same by every path.
func TestTypesAreShared(t *testing.T) {
	for _, order := range []string{"os io/fs net/http bytes slices iter", "iter slices bytes net/http io/fs os", "bytes maps net/http os iter"} {
		l := open(t)
		for path := range strings.FieldsSeq(order) {
			if _, err := l.Import(path); err != nil {
				t.Fatal(err)
			}
		}
		const src = `package c
import ("bytes"; "cmp"; "gonum.org/v1/plot/plotter"; "io"; "io/fs"; "iter"; "maps"; "net/http"; "os"; "slices"; "unsafe")
var f fs.FileInfo
var g os.FileInfo = f
var r io.Reader = (&http.Request{}).Body
var s iter.Seq[[]byte] = bytes.Lines(nil)
var l = slices.Sorted(maps.Keys(map[string]int{}))
var n = cmp.Compare(l[0], l[1]) + int(unsafe.Sizeof(f))
var x plotter.XYs`
		file, err := parser.ParseFile(l.FileSet(), "cell.go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		conf := types.Config{Importer: l}
		if _, err := conf.Check("c", l.FileSet(), []*ast.File{file}, nil); err != nil {
			t.Errorf("imported in the order %s: %v", order, err)
		}
	}
}

func TestValues(t *testing.T) {
	l := open(t)
	if out := l.Values("strings")["Repeat"].Call([]reflect.Value{reflect.ValueOf("ab"), reflect.ValueOf(2)}); out[0].String() != "abab" {
		t.Errorf("strings.Repeat(%q, 2) = %v", "ab", out)
	}
	if v := l.Values("os")["Args"]; !v.CanSet() {
		t.Error("os.Args cannot be set")
	}
	if got := l.Values("bytes")["Buffer"].Type().Elem(); got != reflect.TypeFor[bytes.Buffer]() {
		t.Errorf("bytes.Buffer is %v", got)
	}
	w := reflect.New(l.Values("io")["_Reader"].Type().Elem())
	w.Elem().FieldByName("WRead").Set(reflect.ValueOf(func(p []byte) (int, error) { return copy(p, "hi"), io.EOF }))
	if b, err := io.ReadAll(w.Interface().(io.Reader)); string(b) != "hi" || err != nil {
		t.Errorf("reading from a wrapped function: %q, %v", b, err)
	}
	s := reflect.New(l.Values("fmt")["_Stringer"].Type().Elem())
	if got := s.MethodByName("String").Call(nil)[0].String(); got != "" {
		t.Errorf("String of an empty wrapper = %q", got)
	}
}

func TestTypeOf(t *testing.T) {
	l := open(t)
	p, err := l.Import("encoding/binary")
	if err != nil {
		t.Fatal(err)
	}
	l.Values("encoding/binary")
	little := p.Scope().Lookup("LittleEndian").Type().(*types.Named).Obj()
	if got := l.TypeOf(little); got != reflect.TypeOf(binary.LittleEndian) {
		t.Errorf("the type of binary.LittleEndian is %v", got)
	}
	order := p.Scope().Lookup("ByteOrder").(*types.TypeName)
	if got := l.TypeOf(order); got != reflect.TypeFor[binary.ByteOrder]() {
		t.Errorf("binary.ByteOrder is %v", got)
	}
	if got := l.TypeOf(types.NewTypeName(0, p, "nothing", nil)); got != nil {
		t.Errorf("the type of nothing is %v", got)
	}
}

func TestDoc(t *testing.T) {
	l := open(t)
	for _, c := range []struct{ path, name, decl, doc string }{
		{"net/http", "", "package http", "Package http provides HTTP"},
		{"net/http", "Get", "func Get(url string) (resp *Response, err error)", "Get issues a GET"},
		{"net/http", "Client.Do", "func (c *Client) Do(req *Request) (*Response, error)", "Do sends an HTTP request"},
		{"net/http", "Client.Timeout", "field Timeout time.Duration", "Timeout specifies a time limit"},
		{"io", "Reader.Read", "func (Reader) Read(p []byte) (n int, err error)", ""},
		{"time", "Monday", "const Monday Weekday = 1", ""},
		{"time", "Second", "const Second Duration = 1000000000 // 1000 * Millisecond", "Common durations."},
		{"math", "Pi", "const Pi = 3.141592653589793", ""},
		{"os", "Stdout", "var Stdout *File", "Stdin, Stdout, and Stderr are open Files"},
		{"slices", "Max", "func Max[S ~[]E, E cmp.Ordered](x S) E", "Max returns the maximal value"},
		{"builtin", "cap", "func cap(v Type) int", "The cap built-in function"},
		{"unsafe", "Sizeof", "func Sizeof(x ArbitraryType) uintptr", "Sizeof takes an expression"},
	} {
		decl, doc, ok := l.Doc(c.path, c.name)
		if !ok || decl != c.decl || !strings.HasPrefix(doc, c.doc) {
			t.Errorf("Doc(%q, %q) = %q, %q, %t; want %q, %q…", c.path, c.name, decl, doc, ok, c.decl, c.doc)
		}
	}
	if got := l.Exported("cmp"); !reflect.DeepEqual(got, []string{"Compare", "Less", "Or", "Ordered"}) {
		t.Errorf("Exported(cmp) = %q", got)
	}
	if l.Has("builtin") {
		t.Error("builtin can be imported")
	}
}
