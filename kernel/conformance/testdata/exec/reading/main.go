// Reads standard input in several ways.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

type counter struct {
	io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func main() {
	in := &counter{Reader: os.Stdin}
	r := bufio.NewReader(in)
	first, err := r.ReadString('\n')
	fmt.Printf("%q %v\n", first, err)
	var a, b int
	n, err := fmt.Fscan(r, &a, &b)
	fmt.Println(n, err, a+b)
	b0, err := r.ReadByte()
	fmt.Println(b0, err)
	sc := bufio.NewScanner(r)
	sc.Split(bufio.ScanWords)
	words := 0
	for sc.Scan() {
		words++
		if words <= 3 {
			fmt.Print(strings.ToUpper(sc.Text()), " ")
		}
	}
	fmt.Println(words, sc.Err())
	_, err = r.ReadByte()
	fmt.Println(err, errors.Is(err, io.EOF), in.n)
	w := bufio.NewWriterSize(os.Stdout, 16)
	defer w.Flush()
	fmt.Fprintf(w, "%s %d\n", "buffered", 1)
	io.WriteString(w, "more than sixteen bytes\n")
	io.Copy(w, io.LimitReader(strings.NewReader("limited text"), 7))
	pr, pw := io.Pipe()
	go func() {
		fmt.Fprint(pw, "\nthrough a pipe\n")
		pw.Close()
	}()
	all, err := io.ReadAll(pr)
	fmt.Fprint(w, string(all), err, "\n")
}
