package estimate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/nasext/data"
)

// Provenance is what scores come from beside the settings, which the name says.
type Provenance struct {
	Data   string // the data sets with their checksums, as Sums writes them
	Engine string // what computes, such as "cpu/avx512"; empty if nothing does
}

// Traced is an estimator that says what its scores come from. A study keeps that, and is
// not resumed with other data.
type Traced interface {
	Estimator
	Provenance() Provenance
}

// ProvenanceOf is that of an estimator; of one that is not Traced it is empty. An
// estimator that is made of others can tell theirs by it.
func ProvenanceOf(e Estimator) Provenance {
	if t, ok := e.(Traced); ok {
		return t.Provenance()
	}
	return Provenance{}
}

// Sums names data sets, each with its size and checksum; a nil set is left out.
func Sums(sets ...*data.Set) string {
	var parts []string
	for _, s := range sets {
		if s != nil {
			parts = append(parts, fmt.Sprintf("%s (%d images, sum %s)", s.Name, s.Len(), s.Sum()))
		}
	}
	return strings.Join(parts, ", ")
}

// Provenance implements Traced.
func (t *Trainer) Provenance() Provenance {
	return Provenance{Data: Sums(t.c.Train, t.c.Valid), Engine: t.c.Engine.Name()}
}

// Provenance implements Traced.
func (p *Proxy) Provenance() Provenance {
	out := Provenance{Engine: "exact/float64"}
	if p.c.Engine != nil {
		out.Engine = p.c.Engine.Name()
	}
	if p.measure.Data {
		out.Data = Sums(p.c.Data)
	}
	return out
}

// Provenance implements Traced.
func (s *Stopwatch) Provenance() Provenance { return Provenance{Engine: s.engine().Name()} }

// Provenance implements Traced: what the parts say, each once.
func (c combined) Provenance() Provenance {
	var data, engines []string
	for _, p := range c.parts {
		from := ProvenanceOf(p)
		if from.Data != "" && !slices.Contains(data, from.Data) {
			data = append(data, from.Data)
		}
		if from.Engine != "" && !slices.Contains(engines, from.Engine) {
			engines = append(engines, from.Engine)
		}
	}
	return Provenance{Data: strings.Join(data, "; "), Engine: strings.Join(engines, "; ")}
}
