package data

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
)

// CSVConfig says what the columns of a file mean.
type CSVConfig struct {
	Label    string     // the column of the class
	Features []string   // the columns of numbers, in the order wanted; nil: all but the label
	Shape    arch.Shape // what the numbers of a row are, C×H×W row major; zero: so many channels of 1×1
	NoHeader bool       // the first line is data; columns are called "1", "2" and so on
	Comma    rune       // between columns; 0: a comma
}

// CSV reads a set from comma separated values (RFC 4180), packed by gzip or not: a line
// for each sample, a column with its class, columns with its numbers. Numbers are taken
// as they are. Classes are what the label column holds, in the order of their names, or
// in that of their numbers if all of them are whole numbers.
func CSV(path string, c CSVConfig) (*Set, error) {
	f, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	defer f.close() // it was only read
	s, err := readCSV(f.r, c)
	if err != nil {
		return nil, fmt.Errorf("read CSV %s: %w", path, err)
	}
	s.Name = filepath.Base(path)
	return s, nil
}

// table is a CSV file that is being read.
type table struct {
	r        *csv.Reader
	columns  []string
	label    int
	features []int
}

func readCSV(in io.Reader, c CSVConfig) (*Set, error) {
	r := csv.NewReader(in)
	r.ReuseRecord = true
	if c.Comma != 0 {
		r.Comma = c.Comma
	}
	row, err := r.Read()
	if err == io.EOF {
		return nil, errors.New("it is empty")
	}
	if err != nil {
		return nil, err // has the line and the column
	}
	t, err := newTable(r, row, c)
	if err != nil {
		return nil, err
	}
	if !c.NoHeader {
		row, err = r.Read()
	}
	s := &Set{Shape: c.Shape}
	if s.Shape == (arch.Shape{}) {
		s.Shape = arch.Shape{C: len(t.features), H: 1, W: 1}
	}
	var labels []string
	for ; err == nil; row, err = r.Read() {
		if s.X, err = t.numbers(s.X, row); err != nil {
			return nil, err
		}
		label := strings.TrimSpace(row[t.label])
		if label == "" {
			return nil, t.at(t.label, "no label")
		}
		labels = append(labels, strings.Clone(label)) // the line is not kept for it
	}
	if err != io.EOF {
		return nil, err
	}
	if len(labels) == 0 {
		return nil, errors.New("there is no line below the header")
	}
	s.Y, s.Names = classes(labels)
	s.Classes = len(s.Names)
	if s.Classes < 2 {
		return nil, fmt.Errorf("all %d lines have the label %q; at least 2 classes are needed", len(labels), labels[0])
	}
	return s, nil
}

// newTable finds the columns.
func newTable(r *csv.Reader, first []string, c CSVConfig) (*table, error) {
	t := &table{r: r, columns: slices.Clone(first)}
	for i, name := range first {
		if c.NoHeader {
			t.columns[i] = strconv.Itoa(i + 1)
			continue
		}
		if i == 0 {
			name = strings.TrimPrefix(name, "\ufeff") // a byte order mark
		}
		name = strings.TrimSpace(name)
		if j := slices.Index(t.columns[:i], name); j >= 0 {
			return nil, fmt.Errorf("columns %d and %d are both called %q", j+1, i+1, name)
		}
		t.columns[i] = name
	}
	var err error
	if t.label, err = t.column("label", c.Label); err != nil {
		return nil, err
	}
	for _, name := range c.Features {
		i, err := t.column("feature", name)
		if err != nil {
			return nil, err
		}
		if i == t.label {
			return nil, fmt.Errorf("column %q is the label, and among the features too", name)
		}
		t.features = append(t.features, i)
	}
	if c.Features == nil {
		for i := range t.columns {
			if i != t.label {
				t.features = append(t.features, i)
			}
		}
	}
	switch n := len(t.features); {
	case n == 0:
		return nil, errors.New("there is no column of numbers beside the label")
	case c.Shape != (arch.Shape{}) && (c.Shape.C < 1 || c.Shape.H < 1 || c.Shape.W < 1 || c.Shape.Elems() != n):
		return nil, fmt.Errorf("%d columns of numbers can't be of shape %v", n, c.Shape)
	}
	return t, nil
}

func (t *table) column(what, name string) (int, error) {
	i := slices.Index(t.columns, name)
	if i < 0 {
		some := t.columns[:min(len(t.columns), 10)]
		return 0, fmt.Errorf("there is no %s column %q among the %d columns %q…", what, name, len(t.columns), some)
	}
	return i, nil
}

// numbers appends the features of a row.
func (t *table) numbers(x []float32, row []string) ([]float32, error) {
	for _, i := range t.features {
		v, err := strconv.ParseFloat(strings.TrimSpace(row[i]), 32)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return x, t.at(i, fmt.Sprintf("%q; a finite number is needed", row[i]))
		}
		x = append(x, float32(v))
	}
	return x, nil
}

// at is an error in a column of the line that was read last.
func (t *table) at(i int, what string) error {
	line, _ := t.r.FieldPos(i)
	return fmt.Errorf("line %d, column %d (%s): %s", line, i+1, t.columns[i], what)
}

// classes numbers the labels in the order of their names.
func classes(labels []string) (y []int, names []string) {
	names = slices.Clone(labels)
	slices.SortFunc(names, byName(labels))
	names = slices.Compact(names)
	index := make(map[string]int, len(names))
	for c, name := range names {
		index[name] = c
	}
	y = make([]int, len(labels))
	for i, label := range labels {
		y[i] = index[label]
	}
	return y, names
}

// byName compares labels: as numbers if all are whole numbers, else as text.
func byName(labels []string) func(a, b string) int {
	for _, label := range labels {
		if _, err := strconv.Atoi(label); err != nil {
			return strings.Compare
		}
	}
	return func(a, b string) int {
		m, _ := strconv.Atoi(a) // as above
		n, _ := strconv.Atoi(b)
		return cmp.Or(cmp.Compare(m, n), strings.Compare(a, b)) // "1" and "01" are two classes
	}
}
