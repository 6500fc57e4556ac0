// Errors: wrapped, joined, of a type, sentinel; defer changes a result.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
)

type syntaxError struct {
	line int
	what string
	err  error
}

func (e *syntaxError) Error() string { return fmt.Sprintf("line %d: %s: %v", e.line, e.what, e.err) }
func (e *syntaxError) Unwrap() error { return e.err }

var errNegative = errors.New("negative")

func parse(lines []string) (total int, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("parsing %d lines: %w", len(lines), err)
		}
	}()
	for i, l := range lines {
		n, err := strconv.Atoi(l)
		if err != nil {
			return total, &syntaxError{i + 1, "not a number", err}
		}
		if n < 0 {
			return total, errors.Join(errNegative, fmt.Errorf("in line %d", i+1))
		}
		total += n
	}
	return total, nil
}

func safely(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case error:
			err = fmt.Errorf("recovered: %w", r)
		default:
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	f()
	return nil
}

func main() {
	fmt.Println(parse([]string{"1", "2"}))
	_, err := parse([]string{"1", "x"})
	fmt.Println(err)
	var syntax *syntaxError
	fmt.Println(errors.As(err, &syntax), syntax.line, errors.Is(err, strconv.ErrSyntax), errors.Is(err, errNegative))
	_, err = parse([]string{"-1"})
	fmt.Printf("%v | %t\n", err, errors.Is(err, errNegative))

	_, err = os.Open("/does/not/exist")
	var path *fs.PathError
	fmt.Println(err, errors.Is(err, fs.ErrNotExist), errors.As(err, &path), path.Op)

	var m map[string]int
	var p *syntaxError
	var a any = "text"
	list := []int{1, 2, 3}
	i := 5
	zero := 0
	for _, f := range []func(){
		func() {},
		func() { m["a"] = 1 },
		func() { fmt.Println(p.line) },
		func() { fmt.Println(a.(int)) },
		func() { fmt.Println(list[i]) },
		func() { fmt.Println(list[i:]) },
		func() { fmt.Println(i / zero) },
		func() { panic(io.EOF) },
		func() { panic(fmt.Sprintf("%05d", 42)) },
		func() { var c chan int; close(c) },
		func() { _ = make([]int, zero-1) },
		func() { fmt.Println(a.(fmt.Stringer)) },
	} {
		fmt.Println(safely(f))
	}
	err = safely(func() { panic(io.EOF) })
	fmt.Println(errors.Is(err, io.EOF))
	fmt.Fprintln(os.Stderr, "the end")
	if err != nil {
		os.Exit(3)
	}
}
