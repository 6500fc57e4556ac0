package table_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/estimate/proxy"
	"github.com/nascent-go/nascent/nasext/estimate/table"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/exact"
	"github.com/nascent-go/nascent/nasext/nn/grad"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

func cifar10(t testing.TB) (*table.Table, *space.NB201, []float64) {
	t.Helper()
	b, err := table.NASBench201()
	if err != nil {
		t.Fatal(err)
	}
	acc, err := b.Column(table.NB201Accuracy)
	if err != nil {
		t.Fatal(err)
	}
	return b, b.Space().(*space.NB201), acc
}

// The file from which the table was made had this sum.
func TestNASBench201IsWhole(t *testing.T) {
	b, s, acc := cifar10(t)
	var data []byte
	for _, v := range acc {
		data = binary.LittleEndian.AppendUint16(data, uint16(math.Round(v*100)))
	}
	sum := sha256.Sum256(data)
	if got, want := hex.EncodeToString(sum[:]), "eca2d8540bd0c100b02140c158a362c3466bc4796e07d5e9fd6b074e85907f4b"; got != want {
		t.Errorf("the accuracies have the sum %s, want %s", got, want)
	}
	if b.Len() != 15_625 {
		t.Errorf("%d rows, want 15 625", b.Len())
	}
	for row := 0; row < b.Len(); row += 331 {
		g, err := b.Genotype(row)
		if err != nil {
			t.Fatal(err)
		}
		if i, err := s.Index(g); i != row || err != nil {
			t.Errorf("row %d is the cell with the index %d, %v", row, i, err)
		}
		if v, err := b.Value(g, table.NB201Accuracy); v != acc[row] || err != nil {
			t.Errorf("the value of row %d is %v, %v; the column has %v", row, v, err, acc[row])
		}
	}
	for _, word := range []string{"NAS-Bench-201", "test accuracy", "rounded to 0.01", "Dong and Yang 2020", "Dong et al. 2021, MIT licence"} {
		if !strings.Contains(b.String(), word) {
			t.Errorf("the table does not say %q: %s", word, b)
		}
	}
}

// What is known of the whole table, counted by independent programs.
func TestNASBench201Landscape(t *testing.T) {
	b, s, acc := cifar10(t)
	sorted := slices.Clone(acc)
	slices.Sort(sorted)
	above := func(v float64) int {
		i, _ := slices.BinarySearch(sorted, v)
		for i < len(sorted) && sorted[i] == v {
			i++
		}
		return len(sorted) - i
	}
	mean := func(x []float64) float64 {
		sum := 0.0
		for _, v := range x {
			sum += v
		}
		return sum / float64(len(x))
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 0.5e-4 {
			t.Errorf("%s is %.5f, want %.4f", what, got, want)
		}
	}
	near("the mean", mean(acc), 87.0563)
	near("the median", sorted[len(sorted)/2], 90.73)
	near("the best", sorted[len(sorted)-1], 94.37)
	near("the best without its two cells", sorted[len(sorted)-3], 94.36)
	near("the top 1 %", sorted[len(sorted)-156], 93.78)
	near("the top 10 %", sorted[len(sorted)-1562], 92.94)
	for limit, want := range map[float64]int{94: 42, 93: 1_418, 90: 8_674} {
		if n := above(limit); n != want {
			t.Errorf("%d cells are above %v, want %d", n, limit, want)
		}
	}
	if n := above(9.99) - above(10); n != 341 {
		t.Errorf("%d cells are at 10.00, want 341", n)
	}
	for _, c := range []struct {
		what, cell string
		acc        float64
		rank       int
	}{
		{"the residual block", "3x3, none, 3x3, skip, none, skip", 93.91, 66},
		{"all 3×3", "3x3, 3x3, 3x3, 3x3, 3x3, 3x3", 93.76, 166},
		{"all skip", "skip, skip, skip, skip, skip, skip", 54.30, 15_231},
	} {
		g, err := s.Parse(c.cell)
		if err != nil {
			t.Fatal(err)
		}
		v, err := b.Value(g, table.NB201Accuracy)
		if err != nil {
			t.Fatal(err)
		}
		near(c.what, v, c.acc)
		if rank := above(v) + 1; rank != c.rank {
			t.Errorf("%s has rank %d, want %d", c.what, rank, c.rank)
		}
	}
	var best []string
	by3x3 := make([][]float64, 7)
	for row, v := range acc {
		g, err := s.At(row)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, o := range g {
			if o == 3 {
				n++
			}
		}
		by3x3[n] = append(by3x3[n], v)
		if v == 94.37 {
			text, err := s.Format(g)
			if err != nil {
				t.Fatal(err)
			}
			best = append(best, text[strings.LastIndex(text, "+")+1:])
		}
	}
	want := []string{"|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|", "|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|"}
	if slices.Sort(best); !slices.Equal(best, want) {
		t.Errorf("the best cells end in %v, want %v", best, want)
	}
	for n, want := range []float64{81.0165, 87.4836, 90.6389, 92.3250, 93.1094, 93.4200, 93.7600} {
		near("the mean by 3×3 edges", mean(by3x3[n]), want)
	}
}

// The rank correlations of accuracy with counts.
func TestNASBench201RankCorrelations(t *testing.T) {
	_, s, acc := cifar10(t)
	params, convs := make([]float64, len(acc)), make([]float64, len(acc))
	for i := range acc {
		g, err := s.At(i)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range g {
			switch o {
			case 2: // 1×1
				convs[i]++
				for c := 16.0; c <= 64; c *= 2 {
					params[i] += c*c + 2*c
				}
			case 3: // 3×3
				convs[i]++
				for c := 16.0; c <= 64; c *= 2 {
					params[i] += 9*c*c + 2*c
				}
			}
		}
	}
	for _, c := range []struct {
		what     string
		x        []float64
		rho, tau float64
	}{
		{"parameters", params, 0.75223, 0.57766},
		{"number of convolutions", convs, 0.72251, 0.58023},
	} {
		rho, err := estimate.Spearman(c.x, acc)
		if err != nil || math.Abs(rho-c.rho) > 0.5e-5 {
			t.Errorf("%s: Spearman %.6f, %v; want %.5f", c.what, rho, err, c.rho)
		}
		tau, err := estimate.Kendall(c.x, acc)
		if err != nil || math.Abs(tau-c.tau) > 0.5e-5 {
			t.Errorf("%s: Kendall %.6f, %v; want %.5f", c.what, tau, err, c.tau)
		}
	}
}

// SynFlow, whose rank correlation with accuracy is 0.74 for networks of the published size
// (Abdelfattah et al. 2021, table 1), and NASWOT order small networks about as well. That a few
// of these are cut off from their input is no error of the others.
func TestNASBench201ZeroCost(t *testing.T) {
	_, s, acc := cifar10(t)
	small, err := space.NASBench201(space.NASBench201Config{C: 8, N: 1, Input: arch.Shape{C: 3, H: 8, W: 8}, Classes: 10})
	if err != nil {
		t.Fatal(err)
	}
	images := proxy.Batch{X: grad.Normal(1, "images", 1, 8, 3, 8, 8)}
	rng := seed.Stream(1, "cells")
	var synflow, naswot, all, connected []float64
	for k := range uint64(150) {
		i := rng.IntN(len(acc))
		g, err := s.At(i)
		if err != nil {
			t.Fatal(err)
		}
		a, err := small.Build(g)
		if err != nil {
			t.Fatal(err)
		}
		n, err := nn.New64(a, k)
		if err != nil {
			t.Fatal(err)
		}
		m := exact.New64(n)
		layers, err := proxy.SynFlow(m)
		if err != nil {
			t.Fatal(err)
		}
		synflow, all = append(synflow, layers.Sum()), append(all, acc[i])
		if score, err := proxy.NASWOT(m, images); err == nil {
			naswot, connected = append(naswot, score), append(connected, acc[i])
		}
	}
	one, err1 := estimate.Spearman(synflow, all)
	two, err2 := estimate.Spearman(naswot, connected)
	if err1 != nil || err2 != nil || one < 0.6 || two < 0.55 || len(naswot) < 140 {
		t.Errorf("Spearman of synflow %.3f, %v; of naswot %.3f, %v, of %d", one, err1, two, err2, len(naswot))
	}
	t.Logf("Spearman of synflow %.3f, of naswot %.3f", one, two)
}

// 22 cells have no better neighbour, and steepest ascent from 10 999 of the 15 625
// cells ends at the best accuracy.
func TestNASBench201Ascent(t *testing.T) {
	_, s, acc := cifar10(t)
	up := make([]int, len(acc)) // the best neighbour, or the cell itself
	optima := 0
	for i := range acc {
		g, err := s.At(i)
		if err != nil {
			t.Fatal(err)
		}
		all, err := space.Neighbours(s, g)
		if err != nil || len(all) != 24 {
			t.Fatalf("%v has %d neighbours, %v; want 24", g, len(all), err)
		}
		up[i] = i
		for _, h := range all {
			k, err := s.Index(h)
			if err != nil {
				t.Fatal(err)
			}
			if acc[k] > acc[up[i]] {
				up[i] = k
			}
		}
		if up[i] == i {
			optima++
		}
	}
	reach := 0
	for i := range acc {
		at := i
		for up[at] != at {
			at = up[at]
		}
		if acc[at] == 94.37 {
			reach++
		}
	}
	if optima != 22 || reach != 10_999 {
		t.Errorf("%d local optima and %d starts that reach the best; want 22 and 10 999", optima, reach)
	}
}

func BenchmarkNASBench201(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := table.NASBench201(); err != nil {
			b.Fatal(err)
		}
	}
}
