package nasext

import (
	"reflect"
	"testing"

	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/space"
)

func TestTop(t *testing.T) {
	trials := []Trial{
		{Number: 1, Genotype: space.Genotype{1}, Score: 0.5, Budget: 3},
		{Number: 2, Genotype: space.Genotype{2}, Score: 0.9, Budget: 1},
		{Number: 3, Genotype: space.Genotype{3}, Score: 0.7, Budget: 3},
		{Number: 4, Genotype: space.Genotype{3}, Score: 0.7, Budget: 3, CopyOf: 3},
		{Number: 5, Genotype: space.Genotype{4}, Failed: true, Budget: 3},
		{Number: 6, Genotype: space.Genotype{5}, Score: 0.5, Budget: 3},
	}
	r := &Result{Trials: trials, Best: &trials[2]}
	want := []estimate.Scored{{Genotype: space.Genotype{3}, Score: 0.7}, {Genotype: space.Genotype{1}, Score: 0.5}, {Genotype: space.Genotype{5}, Score: 0.5}}
	if got := r.Scored(); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for k, want := range map[int][]space.Genotype{-1: nil, 0: nil, 2: {{3}, {1}}, 9: {{3}, {1}, {5}}} {
		if got := r.Top(k); !reflect.DeepEqual(got, want) {
			t.Errorf("the top %d are %v, want %v", k, got, want)
		}
	}
	if got := (&Result{}).Top(3); got != nil {
		t.Error(got)
	}
}
