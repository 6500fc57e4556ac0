package data

import (
	"bytes"
	_ "embed" // for the images
	"fmt"

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
	f, err := newFile("digits", bytes.NewReader(csv), int64(len(csv)))
	if err != nil {
		return nil, err
	}
	s, err := readCSV(f.r, CSVConfig{NoHeader: true, Label: "65", Shape: arch.Shape{C: 1, H: 8, W: 8}})
	if err != nil {
		return nil, fmt.Errorf("read digits: %w", err)
	}
	s.Name = "digits"
	for i := range s.X {
		s.X[i] /= 16
	}
	return s, nil
}
