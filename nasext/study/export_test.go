package study

import (
	"bytes"
	"encoding/csv"
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func exportedStudy(t testing.TB) Record {
	t.Helper()
	s, err := Create(filepath.Join(t.TempDir(), "study.db"), spec, "cpu/test")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	odd := trial(3)
	odd.Score = 0.1
	odd.Estimate.Score, odd.Estimate.Latency, odd.Estimate.Note = 0.1, 0.003, "diverged, \"early\"\nin epoch 1"
	odd.Estimate.Curve[0].TrainLoss = math.Inf(1)
	for _, a := range []Trial{trial(1), failed(2), odd} {
		if err := s.Append(a); err != nil {
			t.Fatal(err)
		}
	}
	return s.Record()
}

// With times, JSON keeps everything; without, all but these.
func TestJSON(t *testing.T) {
	want := exportedStudy(t)
	for _, times := range []bool{true, false} {
		var b bytes.Buffer
		if err := want.JSON(&b, Export{Times: times}); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(b.String(), "\n"); lines != 5 {
			t.Errorf("%d lines for 3 trials, want 5:\n%s", lines, b.String())
		}
		got, err := ReadJSON(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if !times {
			want = timeless(want)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("times %t: what comes back is\n%+v\nwant\n%+v", times, got, want)
		}
	}
}

// timeless is a record without what Export.Times says.
func timeless(r Record) Record {
	r.Created = time.Time{}
	for i := range r.Programs {
		r.Programs[i].Since = time.Time{}
	}
	for i := range r.Trials {
		t := &r.Trials[i]
		t.Started, t.Seconds, t.Estimate.Seconds, t.Estimate.Latency = time.Time{}, 0, 0, 0
	}
	return r
}

func TestCSV(t *testing.T) {
	r := exportedStudy(t)
	var b bytes.Buffer
	if err := r.CSV(&b, Export{Times: true}); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		strings.Split("number,batch,genotype,budget,hash,seed,score,error,copy_of,params,macs,epochs,note,started,seconds,estimate_seconds,latency", ","),
		{"1", "1", "1 0 2", "5", "hash 1", "18446744073709551614", "0.3333333333333333", "", "0", "12", "1099511627776", "1", "", "2026-01-02T03:04:05.6007008Z", "0.25", "0.1", "0"},
		{"2", "1", "", "0", "", "0", "", "the image is too small", "0", "0", "0", "0", "", "2026-01-02T03:04:05Z", "0", "0", "0"},
		{"3", "1", "3 0 2", "5", "hash 3", "18446744073709551612", "0.1", "", "2", "12", "1099511627776", "1", "diverged, \"early\"\nin epoch 1", "2026-01-02T03:04:05.6007008Z", "0.25", "0.1", "0.003"},
	}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("the lines are\n%q\nwant\n%q", lines, want)
	}
	b.Reset()
	if err := r.CSV(&b, Export{}); err != nil {
		t.Fatal(err)
	}
	if head, _, _ := strings.Cut(b.String(), "\n"); strings.Contains(head, "seconds") || strings.Contains(b.String(), "2026") {
		t.Errorf("without times there is\n%s", b.String())
	}
}

// broken can't be written to.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestExportErrors(t *testing.T) {
	r := exportedStudy(t)
	read := func(text string) error { _, err := ReadJSON(strings.NewReader(text)); return err }
	for _, test := range []struct {
		err  error
		want string
	}{
		{r.CSV(broken{}, Export{}), "writing CSV: no space"},
		{r.JSON(broken{}, Export{}), "writing JSON: no space"},
		{read(""), "reading JSON: EOF"},
		{read("[]"), "reading JSON: json: cannot unmarshal"},
		{read("{}"), "nascent_study is 0, this program knows 1"},
		{read(`{"nascent_study":1,"seed":"1","trials":[{"number":0,"batch":1,"seed":"1","error":""}]}`), "counted from 1"},
		{read(`{"nascent_study":1,"seed":"1","trials":[{"number":1,"batch":1,"seed":"1"}]}`), "an error or an estimate"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("error is %v, want %q", test.err, test.want)
		}
	}
}

// What ReadJSON takes, JSON writes so that it comes back.
func FuzzReadJSON(f *testing.F) {
	for _, times := range []bool{true, false} {
		var b bytes.Buffer
		if err := exportedStudy(f).JSON(&b, Export{Times: times}); err != nil {
			f.Fatal(err)
		}
		f.Add(b.String())
	}
	f.Add(`{"nascent_study":1,"seed":"1","trials":[{"number":1,"batch":1,"seed":"1","estimate":{"score":"NaN"}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ReadJSON(strings.NewReader(text))
		if err != nil {
			return
		}
		var once, twice bytes.Buffer
		if err := r.JSON(&once, Export{Times: true}); err != nil {
			t.Skip(err) // a year beyond 9999, say
		}
		again, err := ReadJSON(bytes.NewReader(once.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := again.JSON(&twice, Export{Times: true}); err != nil {
			t.Fatal(err)
		}
		if once.String() != twice.String() {
			t.Errorf("%s\nbecomes\n%s", once.String(), twice.String())
		}
	})
}
