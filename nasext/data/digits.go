package data

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed" // for the images
	"fmt"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
)

//go:embed digits/digits.csv.gz
var digitsCSV []byte

// Digits are 1 797 handwritten digits of 8×8 pixels: the test part of "Optical
// Recognition of Handwritten Digits" of the UCI Machine Learning Repository
// (E. Alpaydin, C. Kaynak, 1998, CC BY 4.0; see digits/README.md). Pixels are from
// 0 (paper) to 1 (ink) in steps of 1/16; the ten classes have 174 to 183 images each.
// Each call reads the embedded file anew, so the set is the caller's to change.
func Digits() *Set {
	s, err := readDigits(digitsCSV)
	if err != nil {
		panic("data: the embedded digits are damaged: " + err.Error()) // only a broken build gets here
	}
	return s
}

func readDigits(csv []byte) (*Set, error) {
	z, err := gzip.NewReader(bytes.NewReader(csv))
	if err != nil {
		return nil, fmt.Errorf("unpack digits: %w", err)
	}
	s := &Set{Name: "digits", Shape: arch.Shape{C: 1, H: 8, W: 8}, Classes: 10}
	for c := range s.Classes {
		s.Names = append(s.Names, strconv.Itoa(c))
	}
	in := bufio.NewScanner(z)
	for line := 1; in.Scan(); line++ {
		fields := strings.Split(in.Text(), ",")
		if len(fields) != 65 {
			return nil, fmt.Errorf("digits, line %d: %d numbers; 64 pixels and a class are needed", line, len(fields))
		}
		for i, f := range fields {
			v, err := strconv.Atoi(f)
			switch {
			case err != nil:
				return nil, fmt.Errorf("digits, line %d: %w", line, err)
			case i < 64 && v >= 0 && v <= 16:
				s.X = append(s.X, float32(v)/16)
			case i == 64 && v >= 0 && v < s.Classes:
				s.Y = append(s.Y, v)
			default:
				return nil, fmt.Errorf("digits, line %d, number %d: %d; pixels are 0 to 16, classes 0 to 9", line, i+1, v)
			}
		}
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("read digits: %w", err)
	}
	return s, nil
}
