package zoo_test

import (
	"testing"

	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
)

// The figures of DARTS, AmoebaNet-A, PC-DARTS and PNASNet-5 were counted in their
// authors' own code or its PyTorch port by testdata/count_cells.py. Those of NASNet-A
// are those of TF-slim, by three independent counts. ENAS is counted in no other
// program; its article's 4.6M are not what its code builds, so it is not here. What
// is published of AmoebaNet-A is in TestAmoebaNet.
func TestCellular(t *testing.T) {
	for _, want := range []struct {
		name         string
		params, macs int64
	}{
		{"NASNet-A mobile", 5_289_978, 563_638_816},
		{"NASNet-A large", 88_753_150, 23_783_414_658},
		{"NASNet-A CIFAR", 3_346_538, 544_333_312},
		{"PNASNet-5 mobile", 5_064_487, 587_293_200},
		{"PNASNet-5 large", 86_057_668, 24_937_395_792},
		{"NASNet-A in the DARTS net CIFAR", 3_830_950, 603_452_448},
		{"NASNet-A in the DARTS net ImageNet", 5_564_320, 604_031_616},
		{"AmoebaNet-A in the DARTS net CIFAR", 3_145_078, 488_931_552},
		{"AmoebaNet-A in the DARTS net ImageNet", 4_627_360, 526_746_624},
		{"DARTS V1 CIFAR", 3_169_414, 500_987_520},
		{"DARTS V1 ImageNet", 4_510_432, 505_864_704},
		{"DARTS V2 CIFAR", 3_349_342, 528_359_040},
		{"DARTS V2 ImageNet", 4_718_752, 529_911_552},
		{"PC-DARTS CIFAR", 3_634_678, 556_670_592},
		{"PC-DARTS ImageNet", 5_342_464, 581_627_328},
	} {
		a, err := zoo.Build(want.name)
		if err != nil {
			t.Error(err)
			continue
		}
		if a.Name != want.name {
			t.Errorf("%s is called %q", want.name, a.Name)
		}
		if n, err := a.Params(); n != want.params || err != nil {
			t.Errorf("%s: params = %d, %v; want %d", want.name, n, err, want.params)
		}
		if n, err := a.MACs(); n != want.macs || err != nil {
			t.Errorf("%s: MACs = %d, %v; want %d", want.name, n, err, want.macs)
		}
	}
}

// Of AmoebaNet-A there are the rounded figures of Real et al. 2019, table 2: 5.1M and
// 555M, 86.7M and 23.1B; with F = 204, 99.6M.
func TestAmoebaNet(t *testing.T) {
	wide := cell.AmoebaNetLarge()
	wide.F = 204
	for _, c := range []struct {
		name         string
		skeleton     cell.Skeleton
		params, macs int64 // in units of those figures; 0 if there is none
		unit         int64 // of the MACs
	}{
		{"mobile", cell.AmoebaNetMobile(), 51, 555, 1_000_000},
		{"large", cell.AmoebaNetLarge(), 867, 231, 100_000_000},
		{"larger", wide, 996, 0, 1},
	} {
		a, err := c.skeleton.Build(cell.AmoebaNetA())
		if err != nil {
			t.Fatal(err)
		}
		if n, err := a.Params(); (n+50_000)/100_000 != c.params || err != nil {
			t.Errorf("%s: %d parameters, %v; published are %d hundred thousand", c.name, n, err, c.params)
		}
		if n, err := a.MACs(); c.macs != 0 && (n+c.unit/2)/c.unit != c.macs || err != nil {
			t.Errorf("%s: %d MACs, %v; published are %d times %d", c.name, n, err, c.macs, c.unit)
		}
	}
}
