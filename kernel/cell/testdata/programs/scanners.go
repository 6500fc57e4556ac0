// Cell types that scan, and funcs that split.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

type temp float64

func (t *temp) Scan(s fmt.ScanState, verb rune) error {
	tok, err := s.Token(true, func(r rune) bool { return r >= '0' && r <= '9' || r == '.' || r == 'C' })
	if err != nil {
		return err
	}
	var f float64
	n, err := fmt.Sscanf(string(tok), "%fC", &f)
	if n != 1 {
		return errors.New("not a temp")
	}
	*t = temp(f)
	return nil
}

type pt struct{ x, y int }

func (p *pt) Scan(s fmt.ScanState, verb rune) error {
	_, err := fmt.Fscanf(s, "%d,%d", &p.x, &p.y)
	return err
}

type myInt int
type myStr string

func main() {
	var t temp
	n, err := fmt.Sscan("36.6C", &t)
	fmt.Println(n, err, t)
	var p pt
	n, err = fmt.Sscan("3,4", &p)
	fmt.Println(n, err, p)
	var i myInt
	var s myStr
	n, err = fmt.Sscanf("12 abc", "%d %s", &i, &s)
	fmt.Println(n, err, i, s)
	n, err = fmt.Fscan(strings.NewReader("1,2 5.5C 7 x"), &p, &t, &i, &s)
	fmt.Println(n, err, p, t, i, s)
	sc := bufio.NewScanner(strings.NewReader("a,b,,c"))
	sc.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if atEOF && len(data) == 0 {
			return 0, nil, nil
		}
		if k := strings.IndexByte(string(data), ','); k >= 0 {
			return k + 1, data[:k], nil
		}
		if atEOF {
			return len(data), data, bufio.ErrFinalToken
		}
		return 0, nil, nil
	})
	for sc.Scan() {
		fmt.Printf("%q ", sc.Text())
	}
	fmt.Println(sc.Err())
	sc = bufio.NewScanner(&slow{strings.NewReader("héllo wörld")})
	sc.Split(bufio.ScanRunes)
	c := 0
	for sc.Scan() {
		r, _ := utf8.DecodeRune(sc.Bytes())
		c += int(r)
	}
	fmt.Println(c)
	var sf bufio.SplitFunc = bufio.ScanWords
	a, tk, e := sf([]byte("ab cd"), true)
	fmt.Println(a, string(tk), e)
	sc = bufio.NewScanner(strings.NewReader("1 2 3 x"))
	sc.Split(func(data []byte, atEOF bool) (advance int, token []byte, err error) {
		advance, token, err = bufio.ScanWords(data, atEOF)
		if err == nil && string(token) == "x" {
			err = fmt.Errorf("bad %q", token)
		}
		return
	})
	for sc.Scan() {
		fmt.Print(sc.Text(), ";")
	}
	fmt.Println(sc.Err())
}

type slow struct{ r io.Reader }

func (s *slow) Read(p []byte) (int, error) {
	if len(p) > 1 {
		p = p[:1]
	}
	return s.r.Read(p)
}
