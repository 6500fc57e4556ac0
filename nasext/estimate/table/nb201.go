package table

import (
	"bytes"
	"compress/flate"
	_ "embed" // for the accuracies
	"encoding/binary"
	"fmt"
	"io"

	"github.com/nascent-go/nascent/nasext/space"
)

// The mean test accuracies as unsigned 16-bit numbers, little endian, in hundredths
// of a percent, by space.NB201.Index; deflated.
//
//go:embed nb201/cifar10.deflate
var nb201CIFAR10 []byte

// NB201Accuracy is the column of NASBench201.
const NB201Accuracy = "test accuracy"

const nb201Note = "test accuracy only, rounded to 0.01\n" +
	"In percent, on CIFAR-10 after 200 epochs, the mean over the runs; no validation accuracy, no other data set, no single runs.\n" +
	"Who chooses by it chooses by test accuracy.\n" +
	"Source: NAS-Bench-201 (Dong and Yang 2020) in the version of NATS-Bench (Dong et al. 2021, MIT licence)."

// NASBench201 is the accuracy on CIFAR-10 of all 15 625 cells of NAS-Bench-201: what
// the network of space.NASBench201(space.NASBench201Config{}) reaches on the test images
// after 200 epochs, the mean over the runs of the benchmark, in percent, rounded to 0.01
// (Dong and Yang 2020; values of NATS-Bench, Dong et al. 2021, MIT licence).
//
// Its one column is NB201Accuracy. It holds test accuracies only, so a search on it
// chooses by what it is judged by, unlike one that chooses by validation accuracy.
// Row i is the cell with Index i. Each call makes the table anew, in milliseconds.
func NASBench201() (*Table, error) {
	s, err := space.NASBench201(space.NASBench201Config{})
	if err != nil {
		return nil, err
	}
	t := &Table{
		name: "NAS-Bench-201 CIFAR-10", note: nb201Note, space: s,
		columns: []string{NB201Accuracy}, rows: make(map[string]int),
	}
	data, err := io.ReadAll(flate.NewReader(bytes.NewReader(nb201CIFAR10)))
	if n := int(s.Size().Int64()); err != nil || len(data) != 2*n {
		return nil, fmt.Errorf("table: the embedded accuracies are damaged: %d bytes, expected %d: %w", len(data), 2*n, err)
	}
	for row := range len(data) / 2 {
		g, err := s.At(row)
		if err != nil {
			return nil, err
		}
		k, err := t.key(g)
		if err != nil {
			return nil, err
		}
		t.rows[k] = row
		t.genotypes = append(t.genotypes, g)
		t.values = append(t.values, []float64{float64(binary.LittleEndian.Uint16(data[2*row:])) / 100})
	}
	return t, nil
}
