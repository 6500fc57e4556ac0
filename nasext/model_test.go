package nasext

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/internal/wholefile"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/safetensors"
)

// untrained is a model of a table's rows.
func untrained(t testing.TB) *Model {
	t.Helper()
	b := arch.NewBuilder("tiny", arch.Shape{C: 2, H: 1, W: 1})
	b.Linear(b.Linear(b.In(), 3), 2)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := nn.New(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	return &Model{Network: n, Moments: data.Moments{Mean: []float64{1, 2}, Std: []float64{3, 0}}, Names: []string{"a", "b"}}
}

// changed is the file of a model in which something is other.
func changed(t testing.TB, change func(*safetensors.File)) string {
	t.Helper()
	f, err := untrained(t).file()
	if err != nil {
		t.Fatal(err)
	}
	change(f)
	path := filepath.Join(t.TempDir(), "model")
	if err := wholefile.Write(path, func(w io.Writer) error { return safetensors.Write(w, f) }); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestModelErrors(t *testing.T) {
	meta := func(key, value string) string {
		return changed(t, func(f *safetensors.File) { f.Meta[key] = value })
	}
	load := func(path string) error { _, err := LoadModel(path); return err }
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no model"), 0o644); err != nil {
		t.Fatal(err)
	}
	m := untrained(t)
	_, shape := m.Predict(data.Digits())
	_, none := m.Probabilities(nil)
	for _, test := range []struct {
		err  error
		want string
	}{
		{load(filepath.Join(t.TempDir(), "nowhere")), "no such file"},
		{load(text), "loading a model from " + text},
		{load(meta("nascent_model", "2")), `has "2" for nascent_model, this program knows "1"`},
		{load(meta("architecture", "{}")), "arch"},
		{load(meta("moments", "[]")), "its moments"},
		{load(meta("moments", `{"Mean":[1],"Std":[1]}`)), "1 means and 1 deviations for images of 2 channels"},
		{load(meta("classes", "[1]")), "its classes"},
		{load(meta("classes", `["a"]`)), "it names 1 classes, and the network has 2"},
		{load(changed(t, func(f *safetensors.File) { f.Tensors = f.Tensors[1:] })), "load weights: there is no"},
		{m.Save(filepath.Join(t.TempDir(), "no", "model")), "saving a model in"},
		{shape, "the samples of \"digits\" have shape 1×8×8, the network takes 2×1×1"},
		{none, "there is no data set"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) || !strings.HasPrefix(test.err.Error(), "nasext: ") {
			t.Errorf("error is %v, want one that says %q", test.err, test.want)
		}
	}
}

// FuzzLoadModel: what is no model is an error, and what is one can be saved.
func FuzzLoadModel(f *testing.F) {
	path := changed(f, func(*safetensors.File) {})
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(bytes.Replace(good, []byte(`2`), []byte(`3`), 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "model")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		m, err := LoadModel(path)
		if err != nil {
			return
		}
		if err := m.Save(path); err != nil {
			t.Errorf("what was loaded can't be saved: %v", err)
		}
	})
}
