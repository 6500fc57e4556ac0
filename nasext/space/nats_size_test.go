package space_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// The records are those in the benchmark's own repository (fake_torch_dir of
// D-X-Y/NATS-Bench); as in its topology space, FLOPs count the last layer's bias.
func TestNATSSizeBenchmarkRecords(t *testing.T) {
	small := arch.Shape{C: 3, H: 16, W: 16}
	for _, c := range []struct {
		size          string
		config        space.NATSSizeConfig
		params, flops int64
	}{
		{"8:8:8:8:8", space.NATSSizeConfig{}, 11_714, 4_481_114},
		{"8:8:8:8:8", space.NATSSizeConfig{Classes: 100}, 12_524, 4_481_924},
		{"8:8:8:8:8", space.NATSSizeConfig{Classes: 120, Input: small}, 12_704, 1_121_336},
		{"8:8:8:16:32", space.NATSSizeConfig{}, 49_202, 6_840_650},
		{"8:8:8:16:32", space.NATSSizeConfig{Classes: 100}, 52_172, 6_843_620},
		{"8:8:8:16:32", space.NATSSizeConfig{Classes: 120, Input: small}, 52_832, 1_714_040},
		{"8:8:40:32:40", space.NATSSizeConfig{}, 144_834, 21_827_994},
		{"8:8:40:32:40", space.NATSSizeConfig{Classes: 100}, 148_524, 21_831_684},
		{"8:8:40:32:40", space.NATSSizeConfig{Classes: 120, Input: small}, 149_344, 5_461_816},
	} {
		s := made(t, space.NATSBenchSize, c.config)
		params, macs := counts(t, s, c.size)
		if flops := macs + int64(s.Config().Classes); params != c.params || flops != c.flops {
			t.Errorf("%s, %d classes: %d parameters and %d FLOPs, want %d and %d", c.size, s.Config().Classes, params, flops, c.params, c.flops)
		}
	}
}

func TestNATSSizeWholeSpace(t *testing.T) {
	s := made(t, space.NATSBenchSize, space.NATSSizeConfig{})
	if n, err := space.Size(s); err != nil || n.Int64() != 32768 {
		t.Errorf("size = %v, %v", n, err)
	}
	checkEnumeration(t, made(t, space.NATSBenchSize, space.NATSSizeConfig{Channels: []int{4, 2, 3}, Input: digits()}), 243)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		g, err := space.Random(s, rng)
		if err != nil {
			t.Fatal(err)
		}
		text, err := space.Format(s, g)
		if err != nil {
			t.Fatal(err)
		}
		if h, err := space.Parse(s, text); err != nil || !reflect.DeepEqual(g, h) {
			t.Errorf("%v reads %s, and was read as %v, %v", g, text, h, err)
		}
	}
}

// A cell that changes the channels does so on every kind of edge from its input.
func TestNATSSizeOfAnyCell(t *testing.T) {
	for _, c := range []string{"skip, pool, skip, 1x1, pool, skip", "pool, skip, none, pool, none, 3x3", "3x3, none, 1x1, skip, none, pool"} {
		s := made(t, space.NATSBenchSize, space.NATSSizeConfig{Channels: []int{2, 5}, Cell: c, Input: digits()})
		if err := space.Walk(s, func(g space.Genotype) bool {
			a, err := s.Build(g)
			if err != nil {
				t.Error(err)
				return false
			}
			if out, err := a.Output(); err != nil || out != (arch.Shape{C: 10, H: 1, W: 1}) {
				t.Errorf("%v gives %v, %v", g, out, err)
			}
			return true
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNATSSizeErrors(t *testing.T) {
	refuses(t, space.NATSBenchSize, []refused[space.NATSSizeConfig]{
		{space.NATSSizeConfig{Channels: []int{8, 0}}, "Channels offers 0; it must be 1 to 16384"},
		{space.NATSSizeConfig{Channels: []int{8, 8}}, "Channels offers 8 twice"},
		{space.NATSSizeConfig{Cell: "|conv~0|"}, "Cell: space NAS-Bench-201"},
		{space.NATSSizeConfig{Cell: "3x3, none, none, 3x3, 3x3, 3x3"}, "has only none before node 2"},
		{space.NATSSizeConfig{Classes: -1}, "-1 classes"},
	})
	s := made(t, space.NATSBenchSize, space.NATSSizeConfig{})
	for _, c := range []struct{ text, want string }{
		{"8:8:8:8", `ends before "layer 5 channels" is decided`},
		{"8:8:8:8:8:8", "has 6 choices, but the architecture is complete after 5"},
		{"8:9:8:8:8", `there is no option "9"; the options are 8, 16, 24, 32, 40, 48, 56, 64`},
		{"8, 8, 8, 8, 8", "a size reads 8:16:32:16:64"},
	} {
		if g, err := space.Parse(s, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q was read as %v, error %v; want the error to hold %q", c.text, g, err, c.want)
		}
	}
}
