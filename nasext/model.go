package nasext

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/internal/wholefile"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/safetensors"
)

// Model is a trained network with what it takes to use it on samples as they are: those it
// was trained on were standardised.
type Model struct {
	Network *nn.Network
	Moments data.Moments // of the training samples, by which all others are standardised
	Names   []string     // of the classes; empty if they have none
}

// standard is a set as the network wants it.
func (m *Model) standard(set *data.Set) (*data.Set, error) {
	if set == nil {
		return nil, errors.New("nasext: model: there is no data set (nil)")
	}
	if want := m.Network.Arch().Input; set.Shape != want {
		return nil, fmt.Errorf("nasext: model: the samples of %q have shape %v, the network takes %v", set.Name, set.Shape, want)
	}
	out, err := set.Standardise(m.Moments)
	if err != nil {
		return nil, fmt.Errorf("nasext: model: %w", err)
	}
	return out, nil
}

// Predict is the class of each sample. The set's labels play no part.
func (m *Model) Predict(set *data.Set) ([]int, error) {
	s, err := m.standard(set)
	if err != nil {
		return nil, err
	}
	return m.Network.Predict(s.X)
}

// Probabilities are those of the classes, for each sample.
func (m *Model) Probabilities(set *data.Set) ([][]float64, error) {
	s, err := m.standard(set)
	if err != nil {
		return nil, err
	}
	return m.Network.Probabilities(s.X)
}

// Evaluate scores the model on labelled samples.
func (m *Model) Evaluate(set *data.Set) (nn.Score, error) {
	s, err := m.standard(set)
	if err != nil {
		return nn.Score{}, err
	}
	return m.Network.Evaluate(s.X, s.Y)
}

// modelFormat is the version of what Save writes.
const modelFormat = "1"

// Save writes the model to a file in the safetensors format: the weights by their names,
// and in its metadata the architecture as JSON, the moments and the names of the classes.
// It is there whole or not at all.
func (m *Model) Save(path string) error {
	f, err := m.file()
	if err == nil {
		err = wholefile.Write(path, func(w io.Writer) error { return safetensors.Write(w, f) })
	}
	if err != nil {
		return fmt.Errorf("nasext: saving a model in %s: %w", path, err)
	}
	return nil
}

// file is what Save writes.
func (m *Model) file() (*safetensors.File, error) {
	var weights bytes.Buffer
	if err := m.Network.Save(&weights); err != nil {
		return nil, err
	}
	f, err := safetensors.Parse(weights.Bytes())
	if err != nil {
		return nil, err
	}
	a, err := m.Network.Arch().Encode()
	if err != nil {
		return nil, err
	}
	moments, err := json.Marshal(m.Moments)
	if err != nil {
		return nil, err
	}
	classes, err := json.Marshal(m.Names)
	if err != nil {
		return nil, err
	}
	f.Meta = map[string]string{"nascent_model": modelFormat, "architecture": string(a), "moments": string(moments), "classes": string(classes)}
	return f, nil
}

// LoadModel reads what Save has written.
func LoadModel(path string) (*Model, error) {
	m, err := loadModel(path)
	if err != nil {
		return nil, fmt.Errorf("nasext: loading a model from %s: %w", path, err)
	}
	return m, nil
}

func loadModel(path string) (*Model, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := safetensors.Parse(b)
	if err != nil {
		return nil, err
	}
	if v := f.Meta["nascent_model"]; v != modelFormat {
		return nil, fmt.Errorf("its metadata has %q for nascent_model, this program knows %q; only Model.Save writes such files", v, modelFormat)
	}
	m := &Model{}
	a, err := arch.Decode([]byte(f.Meta["architecture"]))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(f.Meta["moments"]), &m.Moments); err != nil {
		return nil, fmt.Errorf("its moments: %w", err)
	}
	if err := json.Unmarshal([]byte(f.Meta["classes"]), &m.Names); err != nil {
		return nil, fmt.Errorf("its classes: %w", err)
	}
	if m.Network, err = nn.New(a, 0); err != nil {
		return nil, err
	}
	if n := len(m.Names); n != 0 && n != m.Network.Classes() {
		return nil, fmt.Errorf("it names %d classes, and the network has %d", n, m.Network.Classes())
	}
	if _, err := (&data.Set{Name: path, Shape: a.Input}).Standardise(m.Moments); err != nil {
		return nil, err
	}
	return m, m.Network.Load(bytes.NewReader(b))
}
