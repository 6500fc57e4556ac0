package table_test

import (
	"context"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/estimate/table"
	"github.com/nascent-go/nascent/nasext/space"
)

func TestLookup(t *testing.T) {
	s := cells(t)
	b, err := table.CSV(strings.NewReader(goodCSV), s, table.Config{Name: "tiny", Note: "made up\nby hand"})
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Parse("conv3x3(0) output(0,1)")
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Build(g)
	if err != nil {
		t.Fatal(err)
	}
	params, err := a.Params()
	if err != nil {
		t.Fatal(err)
	}
	macs, err := a.MACs()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		config table.LookupConfig
		score  float64
		name   string
	}{
		{table.LookupConfig{}, 0.1, `^table\(tiny, 3 rows with sum [0-9a-f]{8}, loss\)$`},
		{table.LookupConfig{Column: "loss", Lower: true}, -0.1, `^table\(tiny, 3 rows with sum [0-9a-f]{8}, -loss\)$`},
		{table.LookupConfig{Column: "accuracy"}, 94, `^table\(tiny, 3 rows with sum [0-9a-f]{8}, accuracy\)$`},
	} {
		l, err := b.Lookup(c.config)
		if err != nil {
			t.Fatal(err)
		}
		e, err := l.Estimate(context.Background(), a, 7)
		if err != nil {
			t.Fatal(err)
		}
		if e.Score != c.score || e.Params != params || e.MACs != macs || e.Note != "made up" || !regexp.MustCompile(c.name).MatchString(l.Name()) {
			t.Errorf("%s gives %+v; want the score %v with %d parameters and %d MACs, by %s", l.Name(), e, c.score, params, macs, c.name)
		}
		a.Name = "another name"
		if f, err := l.EstimateGenotype(context.Background(), g, a, 7); err != nil || f.Score != c.score {
			t.Errorf("by its genotype it has %+v, %v", f, err)
		}
		if e, err := l.Estimate(context.Background(), a, 7); err == nil || !strings.Contains(err.Error(), "the name of the architecture does not say which row it has") {
			t.Errorf("by another name it has %+v, %v", e, err)
		}
		a.Name = "conv3x3(0) output(0,1)"
	}
}

// A table of the same name, size and columns with another number has another name.
func TestLookupNameTellsTablesApart(t *testing.T) {
	s := cells(t)
	names := map[string]bool{}
	for _, text := range []string{goodCSV, strings.Replace(goodCSV, "93.25", "93.26", 1), strings.Replace(goodCSV, "maxpool(0)", "conv1x1(0)", 1)} {
		b, err := table.CSV(strings.NewReader(text), s, table.Config{})
		if err != nil {
			t.Fatal(err)
		}
		l, err := b.Lookup(table.LookupConfig{Column: "accuracy"})
		if err != nil {
			t.Fatal(err)
		}
		names[l.String()] = true
	}
	if len(names) != 3 {
		t.Errorf("three tables have the names %v", names)
	}
}

// The accuracy of the published network is not that of a smaller one with the same cell.
func TestLookupRefusesOtherNetworks(t *testing.T) {
	b, s, _ := cifar10(t)
	l, err := b.Lookup(table.LookupConfig{})
	if err != nil {
		t.Fatal(err)
	}
	small, err := space.NASBench201(space.NASBench201Config{C: 4, N: 1, Input: arch.Shape{C: 1, H: 8, W: 8}})
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Parse("3x3, 3x3, 3x3, 3x3, 3x3, 3x3")
	if err != nil {
		t.Fatal(err)
	}
	a, err := small.Build(g)
	if err != nil {
		t.Fatal(err)
	}
	want := "is not the network that was measured, which is that of NAS-Bench-201(C=16 N=5 input=3×32×32 classes=10); search that space"
	if e, err := l.Estimate(context.Background(), a, 1); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a small network has %+v, error %v; want it to hold %q", e, err, want)
	}
	if a, err = s.Build(g); err != nil {
		t.Fatal(err)
	}
	e, err := l.Estimate(context.Background(), a, 1)
	if err != nil || math.Abs(e.Score-93.76) > 1e-9 || e.Params != 1_531_546 || e.MACs != 220_119_680 || !strings.Contains(e.Note, "test accuracy") {
		t.Errorf("the published one has %+v, %v", e, err)
	}
}

func TestLookupErrors(t *testing.T) {
	b, s, _ := cifar10(t)
	if _, err := b.Lookup(table.LookupConfig{Column: "speed"}); err == nil || !strings.Contains(err.Error(), `there is no column "speed"`) {
		t.Errorf("error is %v", err)
	}
	l, err := b.Lookup(table.LookupConfig{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.At(0)
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Build(g)
	if err != nil {
		t.Fatal(err)
	}
	var noContext context.Context
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	for what, err := range map[string]error{
		"context canceled":               second(l.Estimate(gone, a, 1)),
		"the context is nil":             second(l.Estimate(noContext, a, 1)),
		"there is no architecture (nil)": second(l.Estimate(context.Background(), nil, 1)),
		"there is no architecture":       second(l.EstimateGenotype(context.Background(), g, nil, 1)),
		"is not complete":                second(l.EstimateGenotype(context.Background(), g[:2], a, 1)),
	} {
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("error is %v, want it to hold %q", err, what)
		}
	}
}
