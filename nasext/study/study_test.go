package study

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/space"
)

var spec = Spec{
	Name: "first light", Space: "toy(3)", Strategy: "random", Estimator: "count", Data: "digits (3 images, sum 1)",
	Seed: math.MaxUint64, Batch: 4, Unit: estimate.Budget{Epochs: 2, Samples: 100}, Repeat: true,
}

// trial makes a trial with something in every field.
func trial(number int) Trial {
	return Trial{
		Number: number, Batch: (number-1)/4 + 1, Genotype: space.Genotype{number, 0, 2}, Budget: 5, Hash: fmt.Sprintf("hash %d", number),
		Seed: math.MaxUint64 - uint64(number), Score: 1 / float64(3*number), CopyOf: number - 1,
		Estimate: estimate.Estimate{
			Score: 1 / float64(3*number), Params: 12, MACs: 1 << 40, Seconds: 0.1,
			Curve: []estimate.Epoch{{Epoch: 1, Rate: 0.1, TrainLoss: 2.3, TrainAcc: 0.1, ValidLoss: 2.2, ValidAcc: 1. / 7}},
		},
		Started: time.Date(2026, 1, 2, 3, 4, 5, 600700800, time.UTC), Seconds: 0.25,
	}
}

func failed(number int) Trial {
	return Trial{
		Number: number, Batch: 1, Genotype: space.Genotype{}, Failed: true, Error: "the image is too small",
		Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func create(t *testing.T, path string) *Study {
	t.Helper()
	s, err := Create(path, spec, "cpu/test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func read(t *testing.T, path string) *Study {
	t.Helper()
	s, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t *testing.T, path string) *Study {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func add(t *testing.T, s *Study, trials ...Trial) {
	t.Helper()
	for _, trial := range trials {
		if err := s.Append(trial); err != nil {
			t.Fatal(err)
		}
	}
}

// What is appended can be read at once by another reader, and comes back exactly;
// the path may hold any character.
func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a study?_pragma=x#1 100%20 ü.db")
	s := create(t, path)
	want := []Trial{trial(1), failed(2), trial(3)}
	add(t, s, want[2], want[0], want[1])
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	for _, reader := range []*Study{s, read(t, path)} {
		if got := reader.Trials(); !reflect.DeepEqual(got, want) {
			t.Errorf("trials are\n%+v\nwant\n%+v", got, want)
		}
		if reader.Spec() != spec {
			t.Errorf("spec is %+v, want %+v", reader.Spec(), spec)
		}
		if p := reader.Programs(); len(p) != 1 || p[0].Go != runtime.Version() || p[0].Module == "" || p[0].Engine != "cpu/test" {
			t.Errorf("programs are %+v", p)
		}
		if !reader.Created().Equal(s.Created()) {
			t.Errorf("created %v, want %v", reader.Created(), s.Created())
		}
		if reader.Status() != Running {
			t.Errorf("status is %q, want running", reader.Status())
		}
	}
	if err := s.SetStatus(Done); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path).Status(); got != Done {
		t.Errorf("status is %q after reopening, want done", got)
	}
}

// An estimate keeps every field that it has, set here by reflection so that a
// field added later cannot be lost in silence, and floats that JSON has no words for.
func TestEstimateKeepsEveryField(t *testing.T) {
	var e estimate.Estimate
	fill(t, reflect.ValueOf(&e).Elem())
	a := trial(1)
	a.Estimate = e
	b := trial(2)
	b.Score = math.Inf(-1)
	b.Estimate.Curve = []estimate.Epoch{{TrainLoss: math.Inf(1), ValidLoss: math.Inf(-1), Rate: 5e-324, ValidAcc: math.MaxFloat64}}
	path := filepath.Join(t.TempDir(), "study.db")
	s := create(t, path)
	add(t, s, a, b)
	if got, want := read(t, path).Trials(), []Trial{a, b}; !reflect.DeepEqual(got, want) {
		t.Errorf("trials are\n%+v\nwant\n%+v", got, want)
	}
	c := trial(3)
	c.Estimate.Curve[0].TrainLoss = math.NaN()
	add(t, s, c)
	if got := read(t, path).Trials()[2].Estimate.Curve[0].TrainLoss; !math.IsNaN(got) {
		t.Errorf("a loss of NaN comes back as %g", got)
	}
}

func fill(t *testing.T, v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Int, reflect.Int64:
			f.SetInt(int64(i + 1))
		case reflect.Float64:
			f.SetFloat(1 / float64(i+3))
		case reflect.Bool:
			f.SetBool(true)
		case reflect.String:
			f.SetString(fmt.Sprint("text ", i))
		case reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 2, 2))
			for j := range f.Len() {
				fill(t, f.Index(j))
			}
		default:
			t.Fatalf("field %s has kind %s, which this test cannot fill", v.Type().Field(i).Name, f.Kind())
		}
	}
}

func TestBest(t *testing.T) {
	s, err := InMemory(spec, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Best(); ok {
		t.Error("a study without trials has a best one")
	}
	add(t, s, failed(1))
	if _, ok := s.Best(); ok {
		t.Error("a study of failed trials has a best one")
	}
	for number, score := range map[int]float64{2: -3, 3: -1, 4: -1} {
		a := trial(number)
		a.Score = score
		add(t, s, a)
	}
	if best, ok := s.Best(); !ok || best.Number != 3 {
		t.Errorf("the best trial is %d, want 3, the first of the two at -1", best.Number)
	}
	if text := s.String(); !strings.Contains(text, "4 trials, running, best -1 in trial 3\nspace ") {
		t.Errorf("the study says of itself %q", text)
	}
}

// A caller that changes what it passed in or got out does not change the record.
func TestTrialsAreCopies(t *testing.T) {
	s, err := InMemory(spec, "")
	if err != nil {
		t.Fatal(err)
	}
	a := trial(1)
	add(t, s, a)
	a.Genotype[0] = 99
	s.Trials()[0].Genotype[1] = 99
	if got := s.Trials()[0].Genotype; !reflect.DeepEqual(got, space.Genotype{1, 0, 2}) {
		t.Errorf("the genotype became %v", got)
	}
}

func TestAppendFromManyGoroutines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	s := create(t, path)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if err := s.Append(trial(i + 1)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(read(t, path).Trials()); n != 40 {
		t.Errorf("%d trials are stored, want 40", n)
	}
}

func TestClose(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	s := create(t, path)
	add(t, s, trial(1))
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.Trials()) != 1 {
		t.Error("a closed study has lost its trials")
	}
	if files, _ := filepath.Glob(path + "*"); len(files) != 1 {
		t.Errorf("after closing there are %v, want one file", files)
	}
}

func TestCheck(t *testing.T) {
	s := create(t, filepath.Join(t.TempDir(), "study.db"))
	same := spec
	same.Name = "another name"
	if err := s.Check(same); err != nil {
		t.Errorf("another name alone is a mismatch: %v", err)
	}
	other := Spec{Space: "toy(4)", Strategy: "grid", Estimator: "train", Seed: 1, Batch: 8}
	err := s.Check(other)
	if !errors.Is(err, ErrMismatch) {
		t.Fatalf("error is %v, want one that wraps ErrMismatch", err)
	}
	for _, want := range []string{
		"its space is toy(3), not toy(4)", "its strategy is random, not grid", "its estimator is count, not train",
		"its seed is 18446744073709551615, not 1", "its batch is 4, not 8", "its repeat is true, not false", "study.db",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	database := func(name string, statements string) string {
		path := filepath.Join(dir, name)
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statements); err != nil {
			t.Fatal(err)
		}
		return path
	}
	openErr := func(path string) error { _, err := Open(path); return err }
	createErr := func(path string) error { _, err := Create(path, spec, "cpu/test"); return err }
	existing := filepath.Join(dir, "there.db")
	there := create(t, existing)
	add(t, there, trial(1))
	if err := there.Close(); err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(dir, "damaged.db")
	s := create(t, damaged)
	add(t, s, trial(1))
	if _, err := s.file.db.Exec("UPDATE trial SET genotype = '[1,'"); err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(dir, "changed.db")
	c := create(t, changed)
	add(t, c, trial(1))
	if _, err := c.file.db.Exec("UPDATE trial SET score = 0.5"); err != nil {
		t.Fatal(err)
	}
	closed := create(t, filepath.Join(dir, "closed.db"))
	for _, s := range []*Study{s, c, closed} {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	seen := read(t, closed.Path())
	_, continued := seen.Continue("gpu")
	memory := func(spec Spec) error { _, err := InMemory(spec, ""); return err }
	full, err := InMemory(spec, "")
	if err != nil {
		t.Fatal(err)
	}
	add(t, full, trial(1))
	nan := trial(9)
	nan.Score = math.NaN()

	for _, test := range []struct {
		err  error
		is   error
		want string
	}{
		{openErr(filepath.Join(dir, "nowhere.db")), fs.ErrNotExist, "there is no file"},
		{openErr(dir), ErrNoStudy, "it is a folder"},
		{openErr(write("empty", "")), ErrNoStudy, "it is empty"},
		{openErr(write("text.txt", strings.Repeat("this is a text, and a long one. ", 100))), ErrNoStudy, "it is not an SQLite database"},
		{openErr(database("other.db", "CREATE TABLE t (x)")), ErrNoStudy, "an SQLite database of something else"},
		{openErr(database("new.db", fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 7; CREATE TABLE t (x)", applicationID))), ErrSchema, "version 7, this program knows version 3"},
		{openErr(damaged), ErrDamaged, "is damaged: reading its trials: trial 1: genotype"},
		{openErr(changed), ErrDamaged, "is damaged: reading its trials: trial 1: the row is not what was written"},
		{closed.Append(trial(1)), nil, "is closed; open it"},
		{seen.Append(trial(1)), nil, "was opened by Read; use Open"},
		{seen.SetStatus(Done), nil, "was opened by Read; use Open"},
		{continued, nil, "was opened by Read; use Open"},
		{createErr(existing), ErrExists, "resume it, or choose another path"},
		{createErr(dir), nil, "is a folder"},
		{createErr(filepath.Join(dir, "no", "such", "study.db")), nil, "there is no folder"},
		{memory(Spec{Strategy: "s", Estimator: "e", Batch: 1}), nil, "the space has no name"},
		{memory(Spec{Space: "s", Strategy: "s", Estimator: "e"}), nil, "batch is 0"},
		{full.Append(trial(1)), ErrExists, "trial 1 exists already"},
		{full.Append(Trial{Number: 0, Batch: 1}), nil, "counted from 1"},
		{create(t, filepath.Join(dir, "nan.db")).Append(nan), nil, "its score is NaN"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) || !strings.HasPrefix(test.err.Error(), "study: ") {
			t.Errorf("error is %v, want one that says %q", test.err, test.want)
		}
		if test.is != nil && !errors.Is(test.err, test.is) {
			t.Errorf("error %v does not wrap %v", test.err, test.is)
		}
	}
}

// An empty file is taken over, and so is what a creation that was killed leaves.
func TestCreateInEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	for name, text := range map[string]string{path: "", path + ".new": "half a study", path + ".new-journal": "half a journal", path + ".lock": "process 1"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	add(t, create(t, path), trial(1))
	if n := len(read(t, path).Trials()); n != 1 {
		t.Errorf("%d trials, want 1", n)
	}
}

// A second writer is told who the first one is, until that has closed the study; who
// only reads is not in the way.
func TestTwoWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	a := create(t, path)
	add(t, a, trial(1))
	for range 2 {
		for what, open := range map[string]func(string) (*Study, error){
			"Open": Open, "Create": func(path string) (*Study, error) { return Create(path, spec, "") },
		} {
			_, err := open(path)
			if want := fmt.Sprintf("study: %s is in use: process %d on ", path, os.Getpid()); !errors.Is(err, ErrLocked) || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s: error is %v, want one that says %q", what, err, want)
			}
		}
		if n := len(read(t, path).Trials()); n != 1 {
			t.Errorf("a reader sees %d trials, want 1", n)
		}
	}
	add(t, a, trial(2))
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	add(t, open(t, path), trial(3))
	if n := len(read(t, path).Trials()); n != 3 {
		t.Errorf("a reader sees %d trials, want 3", n)
	}
}

// Of many that want to write at once, one at a time may.
func TestLockIsExclusive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	if err := create(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var writers atomic.Int64
	for range 8 {
		wg.Go(func() {
			for range 50 {
				l, err := take(path)
				if errors.Is(err, ErrLocked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if writers.Add(1) != 1 {
					t.Error("two hold the lock")
				}
				writers.Add(-1)
				if err := l.release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// A file that another program has locked for itself is said to be in use.
func TestLockedByOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	if err := create(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	if _, err := load(path, 0); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "another program has locked it") {
		t.Errorf("error is %v", err)
	}
}

// Another program that goes on with a study is recorded, with what differs.
func TestContinue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	s := create(t, path)
	for _, step := range []struct {
		engine   string
		want     string
		programs int
	}{{"cpu/test", "[]", 1}, {"gpu", `[its engine was "cpu/test", and is "gpu" now]`, 2}, {"gpu", "[]", 2}} {
		differs, err := s.Continue(step.engine)
		if err != nil || fmt.Sprint(differs) != step.want {
			t.Errorf("with engine %s there differs %v, %v; want %s", step.engine, differs, err, step.want)
		}
		if got := read(t, path).Programs(); len(got) != step.programs || got[len(got)-1].Engine != step.engine {
			t.Errorf("programs are %+v", got)
		}
	}
	was := Program{Module: "v1", Revision: "a", Go: "go1", Platform: "os/a", Engine: "x"}
	now := Program{Module: "v2", Revision: "b", Go: "go2", Platform: "os/b", Engine: "y"}
	if got := was.differs(now); len(got) != 5 {
		t.Errorf("of five fields there differ %v", got)
	}
}

// A full disk is an error that names the trial, and leaves what was stored.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	s := create(t, path)
	add(t, s, trial(1))
	if _, err := s.file.db.Exec("PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	big := trial(2)
	big.Hash = strings.Repeat("x", 1<<16)
	err := s.Append(big)
	if err == nil || !strings.Contains(err.Error(), "storing trial 2 in "+path) || !strings.Contains(err.Error(), "full") {
		t.Errorf("error is %v, want one that says that trial 2 found the disk full", err)
	}
	if n := len(s.Trials()); n != 1 {
		t.Errorf("the study has %d trials in memory, want 1", n)
	}
	if n := len(read(t, path).Trials()); n != 1 {
		t.Errorf("the file has %d trials, want 1", n)
	}
}

// A short training that promises much is not better than a long one that holds it.
func TestBestOfTheLargestBudget(t *testing.T) {
	for _, test := range []struct {
		name    string
		budgets []int
		want    int
	}{
		{"all as the estimator is set", []int{0, 0, 0}, 1},
		{"three rungs", []int{1, 3, 9}, 3},
		{"two at the top", []int{1, 9, 9}, 2},
		{"some without a budget of their own", []int{27, 0, 1}, 2},
	} {
		var trials []Trial
		for i, b := range test.budgets {
			trials = append(trials, Trial{Number: i + 1, Budget: b, Score: float64(10 - i)})
		}
		trials = append(trials, Trial{Number: 4, Budget: 100, Failed: true, Score: 99})
		best, ok := Best(trials)
		if !ok || best.Number != test.want {
			t.Errorf("%s: trial %d, %t; want %d", test.name, best.Number, ok, test.want)
		}
		for i, score := range Course(trials) {
			if best, _ := Best(trials[:i+1]); score != best.Score {
				t.Errorf("%s: the course has %g after %d trials, where the best is %g", test.name, score, i+1, best.Score)
			}
		}
	}
}
