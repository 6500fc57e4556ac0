package table

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/space"
)

// Open reads a table from a file whose name ends in .csv or .json. The table is
// called after the file unless the configuration says otherwise.
func Open(path string, s space.Space, c Config) (*Table, error) {
	read := CSV
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".csv":
	case ".json":
		read = JSON
	default:
		return nil, fmt.Errorf("table: the name of %s ends in %q; it has to end in .csv or .json, which says how it is read", path, ext)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	defer f.Close()
	if c.Name == "" {
		c.Name = filepath.Base(path)
	}
	return read(f, s, c)
}

// CSV reads a table of values with commas between. The first line names the columns:
// one holds the architectures, in the notation that space.Parse reads, all others
// numbers. Each further line is an architecture, which stands in the table once. An
// error names the line, the column and what would be right.
func CSV(r io.Reader, s space.Space, c Config) (*Table, error) {
	t, err := newReading(s, c)
	if err != nil {
		return nil, err
	}
	in := csv.NewReader(withoutMark(r))
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return nil, t.fail("the line that names the columns", csvCause(err, "there is none; it names a column "+strconv.Quote(c.column())+" and at least one with numbers"))
	}
	header = slices.Clone(header)
	at := slices.Index(header, c.column())
	if at < 0 {
		return nil, t.fail("the line that names the columns", fmt.Errorf("there is no column %q for the architectures; the columns are %s", c.column(), strings.Join(header, ", ")))
	}
	if err := t.named(slices.Delete(slices.Clone(header), at, at+1)); err != nil {
		return nil, t.fail("the line that names the columns", err)
	}
	for {
		record, err := in.Read()
		if err == io.EOF {
			return t.end()
		}
		if err != nil {
			return nil, t.fail(fmt.Sprintf("row %d", t.Len()+1), csvCause(err, ""))
		}
		line, _ := in.FieldPos(0)
		place := fmt.Sprintf("row %d (line %d)", t.Len()+1, line)
		values := make([]float64, 0, len(t.columns))
		for i, field := range record {
			if i == at {
				continue
			}
			v, err := number(field)
			if err != nil {
				return nil, t.fail(fmt.Sprintf("%s, column %q", place, header[i]), err)
			}
			values = append(values, v)
		}
		if err := t.add(place, record[at], values); err != nil {
			return nil, err
		}
	}
}

// withoutMark skips the byte order mark that some programs write first.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\ufeff" {
		b.Discard(3)
	}
	return b
}

// csvCause is what went wrong without the words of the package. none is said at the end of the text.
func csvCause(err error, none string) error {
	var p *csv.ParseError
	switch {
	case err == io.EOF:
		return errors.New(none)
	case !errors.As(err, &p):
		return err
	case errors.Is(err, csv.ErrFieldCount):
		return fmt.Errorf("line %d has more or fewer values than there are columns; expected one for each, in quotes if there is a comma in it", p.Line)
	}
	return fmt.Errorf("line %d, character %d: %w", p.Line, p.Column, p.Err)
}

// JSON reads a table that is a list of objects, one for each architecture:
//
//	[{"genotype": "3x3, 3x3, skip, 3x3, pool, 1x1", "accuracy": 93.8}, …]
//
// or one object with an object for each architecture:
//
//	{"3x3, 3x3, skip, 3x3, pool, 1x1": {"accuracy": 93.8}, …}
//
// Architectures are in the notation that space.Parse reads; everything else is a
// number. All have the same metrics, and each stands in the table once. An error names
// the row, the metric and what would be right.
func JSON(r io.Reader, s space.Space, c Config) (*Table, error) {
	t, err := newReading(s, c)
	if err != nil {
		return nil, err
	}
	lines := &lineReader{r: withoutMark(r)}
	j := &jsonReader{reading: t, d: json.NewDecoder(lines), lines: lines}
	j.d.UseNumber()
	first, err := j.d.Token()
	if err != nil {
		return nil, t.fail("the beginning", j.cause(err))
	}
	list := first == json.Delim('[')
	if !list && first != json.Delim('{') {
		return nil, t.fail("the beginning", fmt.Errorf("found %v; expected a list of objects or an object of objects", said(first)))
	}
	for j.d.More() {
		if err := j.row(list); err != nil {
			return nil, err
		}
	}
	if _, err := j.d.Token(); err != nil { // the end of the list or object
		return nil, t.fail(j.place(), j.cause(err))
	}
	if _, err := j.d.Token(); err != io.EOF {
		return nil, t.fail("the end", errors.New("there is more after the table; a file holds one"))
	}
	return t.end()
}

// jsonReader reads a table object by object.
type jsonReader struct {
	*reading
	d     *json.Decoder
	lines *lineReader
}

// place is the row and line that is being read.
func (j *jsonReader) place() string {
	return fmt.Sprintf("row %d (line %d)", j.Len()+1, j.lines.line(j.d.InputOffset()))
}

// cause is what went wrong when a token was read.
func (j *jsonReader) cause(err error) error {
	var syntax *json.SyntaxError
	switch {
	case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the file ends here; expected the rest of the table")
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %w", j.lines.line(syntax.Offset), err)
	}
	return err
}

// lineReader notes where the lines end that are read from r.
type lineReader struct {
	r      io.Reader
	at     int64
	breaks []int64
}

func (l *lineReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			l.breaks = append(l.breaks, l.at+int64(i))
		}
	}
	l.at += int64(n)
	return n, err
}

// line is the number of the line, from 1, of the byte before offset.
func (l *lineReader) line(offset int64) int {
	passed, _ := slices.BinarySearch(l.breaks, offset-1)
	return passed + 1
}

// row reads one object and, if the table is no list, the key before it.
func (j *jsonReader) row(list bool) error {
	genotype, known := "", false
	if !list {
		k, err := j.d.Token()
		if err != nil {
			return j.fail(j.place(), j.cause(err))
		}
		genotype, known = k.(string) // a key is always one
	}
	begin, err := j.d.Token()
	place := j.place()
	if err != nil {
		return j.fail(place, j.cause(err))
	}
	if begin != json.Delim('{') {
		return j.fail(place, fmt.Errorf("found %v; expected an object with the metrics of an architecture", said(begin)))
	}
	var names []string
	var values []float64
	for j.d.More() {
		k, err := j.d.Token()
		if err != nil {
			return j.fail(place, j.cause(err))
		}
		name := k.(string) // a key is always one
		column := fmt.Sprintf("%s, column %q", place, name)
		v, err := j.d.Token()
		if err != nil {
			return j.fail(column, j.cause(err))
		}
		if list && name == j.config.column() {
			text, ok := v.(string)
			if !ok || known {
				return j.fail(column, fmt.Errorf("found %v; expected one text, the architecture", said(v)))
			}
			genotype, known = text, true
			continue
		}
		n, ok := v.(json.Number)
		if !ok {
			return j.fail(column, fmt.Errorf("found %v; expected a number", said(v)))
		}
		x, err := number(n.String())
		if err != nil {
			return j.fail(column, err)
		}
		if slices.Contains(names, name) {
			return j.fail(column, errors.New("the row has it twice; expected one value"))
		}
		names, values = append(names, name), append(values, x)
	}
	if _, err := j.d.Token(); err != nil { // the end of the object
		return j.fail(place, j.cause(err))
	}
	if !known {
		return j.fail(place, fmt.Errorf("there is no %q, the architecture; the row has %s", j.config.column(), strings.Join(names, ", ")))
	}
	if j.columns == nil {
		if err := j.named(names); err != nil {
			return j.fail(place, err)
		}
	}
	ordered := make([]float64, len(j.columns))
	for i, name := range j.columns {
		at := slices.Index(names, name)
		if at < 0 {
			return j.fail(fmt.Sprintf("%s, column %q", place, name), errors.New("it is missing; expected a number, as in the first row"))
		}
		ordered[i] = values[at]
	}
	for _, name := range names {
		if !slices.Contains(j.columns, name) {
			return j.fail(fmt.Sprintf("%s, column %q", place, name), fmt.Errorf("the first row does not have it; expected only %s", strings.Join(j.columns, ", ")))
		}
	}
	return j.add(place, genotype, ordered)
}

// said is how a token of JSON is written in an error.
func said(t json.Token) string {
	switch v := t.(type) {
	case json.Delim:
		return strconv.Quote(v.String())
	case string:
		return "the text " + strconv.Quote(v)
	case nil:
		return "null"
	}
	return fmt.Sprint(t)
}

// number reads a metric.
func number(text string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	switch {
	case strings.TrimSpace(text) == "":
		return 0, errors.New("the value is missing; expected a number")
	case err != nil && !errors.Is(err, strconv.ErrRange) || math.IsNaN(v):
		return 0, fmt.Errorf("found %q; expected a number, such as 93.76", text)
	case err != nil || math.IsInf(v, 0):
		return 0, fmt.Errorf("found %q; expected a number that is finite", text)
	}
	return v, nil
}

// reading is a table that is being read.
type reading struct {
	*Table
	config Config
	places []string // of the rows, to name a duplicate's first
}

func newReading(s space.Space, c Config) (*reading, error) {
	if _, err := space.First(s); err != nil { // also if there is none
		return nil, fmt.Errorf("table: %w", err)
	}
	return &reading{config: c, Table: &Table{name: c.Name, note: c.Note, space: s, rows: make(map[string]int)}}, nil
}

// fail is an error at a place of the table.
func (t *reading) fail(place string, err error) error {
	return fmt.Errorf("%s: %s: %w", t.who(), place, err)
}

// named takes the names of the metrics.
func (t *reading) named(columns []string) error {
	if len(columns) == 0 {
		return fmt.Errorf("there is no metric; expected at least one column besides %q", t.config.column())
	}
	for i, name := range columns {
		if strings.TrimSpace(name) == "" {
			return fmt.Errorf("metric %d has no name; expected one for every column", i+1)
		}
		if slices.Contains(columns[:i], name) {
			return fmt.Errorf("two columns are called %q; expected different names", name)
		}
	}
	t.columns = columns
	return nil
}

// add takes a row.
func (t *reading) add(place, genotype string, values []float64) error {
	g, err := space.Parse(t.space, genotype)
	if err != nil {
		return t.fail(fmt.Sprintf("%s, column %q", place, t.config.column()), err)
	}
	k, err := t.key(g)
	if err != nil {
		return t.fail(place, err)
	}
	if first, taken := t.rows[k]; taken {
		return t.fail(place, fmt.Errorf("%q has a row already, %s; expected one for each architecture", genotype, t.places[first]))
	}
	t.rows[k] = t.Len()
	t.genotypes = append(t.genotypes, g)
	t.values = append(t.values, values)
	t.places = append(t.places, place)
	return nil
}

// end is the table, if it holds what it should.
func (t *reading) end() (*Table, error) {
	if t.Len() == 0 {
		return nil, t.fail("the end", errors.New("there are no rows; expected at least one"))
	}
	if !t.config.Complete {
		return t.Table, nil
	}
	missing, err := t.missing()
	if err != nil {
		return nil, t.fail("the end", err)
	}
	if missing == nil {
		return t.Table, nil
	}
	text, err := space.Format(t.space, missing)
	if err != nil {
		return nil, t.fail("the end", err)
	}
	return nil, t.fail("the end", fmt.Errorf("after %d rows there is none for %s; expected one for every architecture of %s", t.Len(), text, t.space.Name()))
}

// missing is the first architecture without a row; nil if there is none.
func (t *reading) missing() (missing space.Genotype, err error) {
	visit := func(g space.Genotype) bool {
		var k string
		if k, err = t.key(g); err != nil {
			return false
		}
		if _, ok := t.rows[k]; !ok {
			missing = g
		}
		return missing == nil
	}
	s, ok := t.space.(space.Uniquer)
	if !ok {
		e := space.Walk(t.space, visit)
		return missing, errors.Join(e, err)
	}
	for i := 0; i < s.UniqueSize(); i++ {
		g, e := s.UniqueAt(i)
		if e != nil || !visit(g) {
			return missing, errors.Join(e, err)
		}
	}
	return nil, nil
}
