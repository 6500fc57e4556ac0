package space

import (
	"fmt"
	"slices"
	"strconv"
)

// offer is a list of numbers that a space is configured to choose from.
type offer struct {
	name        string // of the setting
	values      []int
	least, most int
}

// check says which number is out of range or stands there twice.
func (l offer) check() error {
	for i, v := range l.values {
		if v < l.least || v > l.most {
			return fmt.Errorf("%s offers %d; it must be %d to %d", l.name, v, l.least, l.most)
		}
		if slices.Contains(l.values[:i], v) {
			return fmt.Errorf("%s offers %d twice; an option stands in a list once", l.name, v)
		}
	}
	return nil
}

// checkOdd says which filter size is even.
func checkOdd(filterSizes []int) error {
	for _, k := range filterSizes {
		if k%2 == 0 {
			return fmt.Errorf("FilterSizes offers %d; filter sizes must be odd, so that a layer keeps height and width", k)
		}
	}
	return nil
}

// words are numbers as options.
func words(numbers []int) []string {
	list := make([]string, len(numbers))
	for i, n := range numbers {
		list[i] = strconv.Itoa(n)
	}
	return list
}

// rates are fractions as options.
func rates(numbers []float64) []string {
	list := make([]string, len(numbers))
	for i, n := range numbers {
		list[i] = strconv.FormatFloat(n, 'g', -1, 64)
	}
	return list
}
