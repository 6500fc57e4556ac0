// Errors of cell types.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strconv"
)

type NotFound struct{ Name string }

func (e *NotFound) Error() string { return e.Name + " not found" }

type Wrap struct {
	msg string
	err error
}

func (w Wrap) Error() string { return w.msg + ": " + w.err.Error() }
func (w Wrap) Unwrap() error { return w.err }

type Multi []error

func (m Multi) Error() string   { return fmt.Sprint(len(m), " errors") }
func (m Multi) Unwrap() []error { return m }

type Code int

func (c Code) Error() string   { return fmt.Sprintf("code %d", int(c)) }
func (c Code) Is(t error) bool { o, ok := t.(Code); return ok && o/100 == c/100 }

type Asy struct{}

func (Asy) Error() string { return "asy" }
func (Asy) As(t any) bool {
	if p, ok := t.(**NotFound); ok {
		*p = &NotFound{"from As"}
		return true
	}
	return false
}

type Temp interface{ Temporary() bool }
type tErr struct{}

func (tErr) Error() string   { return "t" }
func (tErr) Temporary() bool { return true }

var Sentinel = errors.New("sentinel")

func main() {
	var e error = Wrap{"w", &NotFound{"x"}}
	var nf *NotFound
	fmt.Println(errors.As(e, &nf), nf)
	if n, ok := errors.AsType[*NotFound](fmt.Errorf("a: %w", e)); ok {
		fmt.Println(n.Name)
	}
	_, ok := errors.AsType[Code](e)
	fmt.Println(ok)
	fmt.Println(errors.Is(Wrap{"q", Code(404)}, Code(400)), errors.Is(Code(404), Code(500)))
	m := Multi{io.EOF, Wrap{"z", Sentinel}, Code(1)}
	fmt.Println(errors.Is(m, Sentinel), errors.Is(m, io.EOF), errors.Is(m, fs.ErrNotExist))
	var c Code
	fmt.Println(errors.As(m, &c), c)
	fmt.Println(errors.As(Asy{}, &nf), nf)
	j := errors.Join(m, &NotFound{"y"}, nil)
	fmt.Println(j, errors.As(j, &nf), nf, errors.Is(j, Sentinel))
	var t Temp
	fmt.Println(errors.As(fmt.Errorf("%w", tErr{}), &t), t.Temporary())
	_, err := os.Open("/nope")
	var pe *fs.PathError
	fmt.Println(errors.As(err, &pe), pe.Path, errors.Is(err, fs.ErrNotExist))
	p, ok := errors.AsType[*fs.PathError](Wrap{"o", err})
	fmt.Println(p.Op, ok)
	w := fmt.Errorf("%w and %w", Code(3), io.EOF)
	fmt.Println(errors.Is(w, Code(5)), errors.Is(w, io.EOF), errors.Unwrap(w), errors.Unwrap(e) == nf)
	_, err = strconv.Atoi("x")
	if ne, ok := errors.AsType[*strconv.NumError](err); ok {
		fmt.Println(ne.Func, ne.Err == strconv.ErrSyntax)
	}
	pe2 := &fs.PathError{Op: "do", Path: "p", Err: &NotFound{"inner"}}
	fmt.Println(pe2, errors.As(pe2, &nf), nf.Name, pe2.Err.(*NotFound).Name, errors.Unwrap(pe2) == error(nf))
	var ne net.Error
	oe := &net.OpError{Op: "dial", Net: "tcp", Err: timeoutErr{}}
	fmt.Println(errors.As(oe, &ne), ne.Timeout(), oe)
	fmt.Printf("%v %T\n", pe2.Err, pe2.Err)
}

type timeoutErr struct{}

func (timeoutErr) Error() string   { return "too slow" }
func (timeoutErr) Timeout() bool   { return true }
func (timeoutErr) Temporary() bool { return true }
