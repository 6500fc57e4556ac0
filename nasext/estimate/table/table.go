// Package table holds tabular benchmarks: metrics of architectures that were
// measured once, such as the accuracy after training, and are looked up ever
// after. So a search that would take weeks of training takes milliseconds, and
// everyone who uses the table gets the same result.
package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/space"
)

// Table is a number of rows, one for each architecture, and of columns, one for each
// metric. A row is that of a genotype, or, in a space that knows which genotypes make the
// same architecture (space.Uniquer), of all those. A table is immutable and safe for
// concurrent use.
type Table struct {
	name, note string
	space      space.Space
	columns    []string
	genotypes  []space.Genotype // of the rows
	values     [][]float64      // of the rows, a number for each column
	rows       map[string]int   // by key
}

// Config says what a table is and how it is read. Its zero value reads any table
// whose architectures stand in the column genotype.
type Config struct {
	Name     string // of the table, for people and for what a study records
	Note     string // what the numbers are and where they come from; its first line goes with every estimate
	Genotype string // the column with the architectures, in the notation of the space; "" means "genotype"
	Complete bool   // every architecture of the space has to have a row
}

func (c Config) column() string {
	if c.Genotype == "" {
		return "genotype"
	}
	return c.Genotype
}

// Name is what the table is called.
func (t *Table) Name() string { return t.name }

// who is the table, for errors.
func (t *Table) who() string { return strings.TrimSpace("table " + t.name) }

// Note is what the numbers are and where they come from.
func (t *Table) Note() string { return t.note }

// Space is the space whose architectures the rows are.
func (t *Table) Space() space.Space { return t.space }

// Len is the number of rows.
func (t *Table) Len() int { return len(t.values) }

// Columns are the names of the metrics.
func (t *Table) Columns() []string { return slices.Clone(t.columns) }

// String says in a few lines what the table holds.
func (t *Table) String() string {
	s := fmt.Sprintf("%s: %d rows of %s; columns %s", t.who(), t.Len(), t.space.Name(), strings.Join(t.columns, ", "))
	if t.note != "" {
		s += "\n" + t.note
	}
	return s
}

// Genotype is the architecture of a row, 0 to Len − 1.
func (t *Table) Genotype(row int) (space.Genotype, error) {
	if row < 0 || row >= t.Len() {
		return nil, fmt.Errorf("%s: there is no row %d; they are numbered 0 to %d", t.who(), row, t.Len()-1)
	}
	return slices.Clone(t.genotypes[row]), nil
}

// Column is a metric of all architectures, in the order of the rows.
func (t *Table) Column(name string) ([]float64, error) {
	c, err := t.find(name)
	if err != nil {
		return nil, err
	}
	all := make([]float64, t.Len())
	for i, row := range t.values {
		all[i] = row[c]
	}
	return all, nil
}

// Value is a metric of one architecture. It is an error if the table has no row for it.
func (t *Table) Value(g space.Genotype, column string) (float64, error) {
	c, err := t.find(column)
	if err != nil {
		return 0, err
	}
	return t.value(g, c)
}

func (t *Table) value(g space.Genotype, column int) (float64, error) {
	k, err := t.key(g)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", t.who(), err)
	}
	if row, ok := t.rows[k]; ok {
		return t.values[row][column], nil
	}
	text, err := space.Format(t.space, g)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", t.who(), err)
	}
	return 0, fmt.Errorf("%s: there is no row for %s", t.who(), text)
}

func (t *Table) find(column string) (int, error) {
	c := slices.Index(t.columns, column)
	if c < 0 {
		return 0, fmt.Errorf("%s: there is no column %q; the columns are %s", t.who(), column, strings.Join(t.columns, ", "))
	}
	return c, nil
}

// key tells apart what has a row of its own: architectures if the space knows which
// genotypes make the same one, otherwise genotypes.
func (t *Table) key(g space.Genotype) (string, error) {
	if s, ok := t.space.(space.Uniquer); ok {
		i, err := s.UniqueIndex(g)
		return strconv.Itoa(i), err
	}
	var b []byte
	for _, o := range g {
		b = append(strconv.AppendInt(b, int64(o), 10), '-')
	}
	return string(b), nil
}
