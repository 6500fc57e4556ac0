package strategy_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

func TestList(t *testing.T) {
	all := []space.Genotype{{0, 1, 1}, {1, 0, 0}, {0, 1, 1}, {1, 1, 1}}
	l := strategy.List(bits{3}, all)
	name := l.Name()
	got := turns(t, l, ones, 3)
	rest, err := l.Ask(5)
	if !errors.Is(err, strategy.ErrExhausted) || !reflect.DeepEqual(append(got, genotypes(rest)...), all) {
		t.Errorf("proposed %v, then %v, %v", got, rest, err)
	}
	if err := l.Tell(observe(rest, ones)); err != nil {
		t.Error(err)
	}
	if more, err := l.Ask(1); len(more) != 0 || !errors.Is(err, strategy.ErrExhausted) {
		t.Errorf("after the end came %v, %v", more, err)
	}
	if !strings.HasPrefix(name, "list(4 architectures with sum ") || l.Name() != name || strategy.List(bits{3}, all[:3]).Name() == name {
		t.Error(name)
	}
	if batch, err := strategy.List(bits{3}, nil).Ask(2); len(batch) != 0 || !errors.Is(err, strategy.ErrExhausted) {
		t.Errorf("an empty list proposed %v, %v", batch, err)
	}
	wrong := strategy.List(bits{3}, []space.Genotype{{0, 1, 1}, {0, 2, 1}})
	if _, err := wrong.Ask(2); err == nil || !strings.Contains(err.Error(), "architecture 1") {
		t.Error(err)
	}
}
