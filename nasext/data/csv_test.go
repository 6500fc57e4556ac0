package data

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

func TestCSV(t *testing.T) {
	const iris = "\ufefflength, width,kind\n5.1,3.5,setosa\n7,3.2e0,\"versi\"\"color\"\"\"\n-1,.5,setosa\n"
	for _, c := range []struct {
		name, text string
		config     CSVConfig
		shape      arch.Shape
		x          []float32
		y          []int
		names      []string
	}{
		{"header", iris, CSVConfig{Label: "kind"}, arch.Shape{C: 2, H: 1, W: 1},
			[]float32{5.1, 3.5, 7, 3.2, -1, .5}, []int{0, 1, 0}, []string{"setosa", `versi"color"`}},
		{"features in another order", iris, CSVConfig{Label: "kind", Features: []string{"width", "length"}}, arch.Shape{C: 2, H: 1, W: 1},
			[]float32{3.5, 5.1, 3.2, 7, .5, -1}, []int{0, 1, 0}, []string{"setosa", `versi"color"`}},
		{"one feature", iris, CSVConfig{Label: "kind", Features: []string{"width"}}, arch.Shape{C: 1, H: 1, W: 1},
			[]float32{3.5, 3.2, .5}, []int{0, 1, 0}, []string{"setosa", `versi"color"`}},
		{"no header, label first, numbers as labels", "10;1;2;3;4\n9;5;6;7;8\n", CSVConfig{NoHeader: true, Label: "1", Comma: ';', Shape: arch.Shape{C: 1, H: 2, W: 2}},
			arch.Shape{C: 1, H: 2, W: 2}, []float32{1, 2, 3, 4, 5, 6, 7, 8}, []int{1, 0}, []string{"9", "10"}},
		{"text as labels", "10,1\n9,5\nx,6", CSVConfig{NoHeader: true, Label: "1"},
			arch.Shape{C: 1, H: 1, W: 1}, []float32{1, 5, 6}, []int{0, 1, 2}, []string{"10", "9", "x"}},
	} {
		for _, file := range [][]byte{[]byte(c.text), packed(t, []byte(c.text))} {
			path := filepath.Join(folder(t, map[string][]byte{"set.csv": file}), "set.csv")
			s, err := CSV(path, c.config)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if err := s.Check(); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if s.Name != "set.csv" || s.Shape != c.shape || !slices.Equal(s.X, c.x) || !slices.Equal(s.Y, c.y) || !slices.Equal(s.Names, c.names) {
				t.Errorf("%s: got %+v", c.name, s)
			}
		}
	}
}

func TestBadCSV(t *testing.T) {
	label := CSVConfig{Label: "y"}
	for _, c := range []struct {
		name, text string
		config     CSVConfig
		want       string
	}{
		{"empty", "", label, "it is empty"},
		{"header only", "x,y\n", label, "no line below the header"},
		{"no label column", "x,z\n1,2\n", label, `no label column "y" among the 2 columns ["x" "z"]`},
		{"no such feature", "x,y\n1,2\n", CSVConfig{Label: "y", Features: []string{"X"}}, `no feature column "X"`},
		{"label as feature", "x,y\n1,2\n", CSVConfig{Label: "y", Features: []string{"x", "y"}}, "among the features too"},
		{"label only", "y\n1\n", label, "no column of numbers"},
		{"no features", "x,y\n1,2\n", CSVConfig{Label: "y", Features: []string{}}, "no column of numbers"},
		{"twice", "x,y,x\n1,2,3\n", label, `columns 1 and 3 are both called "x"`},
		{"word", "x,y\n1,2\nabc,3\n", label, `line 3, column 1 (x): "abc"; a finite number is needed`},
		{"word after a field of two lines", "x,y\n\"1\n\",2\nabc,3\n", label, `line 4, column 1 (x): "abc"`},
		{"missing", "x,y\n,2\n", label, `line 2, column 1 (x): ""`},
		{"NaN", "x,y\n1,2\nNaN,3\n", label, "line 3, column 1 (x)"},
		{"infinite", "x,y\n1,2\n1e39,3\n", label, "line 3, column 1 (x)"},
		{"no label", "x,y\n1,2\n1,\n", label, "line 3, column 2 (y): no label"},
		{"short line", "x,y\n1,2\n1\n", label, "record on line 3: wrong number of fields"},
		{"open quote", "x,y\n1,\"2\n", label, "parse error on line 2"},
		{"one class", "x,y\n1,2\n3,2\n", label, `all 2 lines have the label "2"`},
		{"shape", "x,y\n1,2\n3,3\n", CSVConfig{Label: "y", Shape: arch.Shape{C: 1, H: 2, W: 1}}, "1 columns of numbers can't be of shape 1×2×1"},
		{"comma", "x,y\n1,2\n3,3\n", CSVConfig{Label: "y", Comma: '\n'}, "delimiter"},
		{"truncated", string(packed(t, []byte("x,y\n1,2\n3,3\n"))[:20]), label, "unexpected EOF"},
	} {
		path := filepath.Join(folder(t, map[string][]byte{"set.csv": []byte(c.text)}), "set.csv")
		_, err := CSV(path, c.config)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want an error with the path and %q", c.name, err, c.want)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("x,y\n1,2\n3,4\n", "y", false)
	f.Add("1,2\n3,4\n", "2", true)
	f.Add("a,\"b\n\",y\n1,2,3\n", "y", false)
	f.Fuzz(func(t *testing.T, text, label string, noHeader bool) {
		s, err := readCSV(strings.NewReader(text), CSVConfig{Label: label, NoHeader: noHeader})
		if err != nil {
			return
		}
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	})
}
