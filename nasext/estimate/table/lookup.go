package table

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/space"
)

// LookupConfig says how a table becomes scores.
type LookupConfig struct {
	Column string // what is looked up; "" means the first column
	Lower  bool   // lower is better, as for an error or a time: the score is minus the value
}

// Lookup is the estimator that knows the architectures of a table. Its score is the
// value in the table, in the unit of the table. The seed changes nothing.
type Lookup struct {
	table  *Table
	column int
	lower  bool
	sum    string // of the rows
}

// Lookup is the table as an estimator.
func (t *Table) Lookup(c LookupConfig) (*Lookup, error) {
	l := &Lookup{table: t, lower: c.Lower}
	if c.Column != "" {
		var err error
		if l.column, err = t.find(c.Column); err != nil {
			return nil, err
		}
	}
	h := sha256.New()
	for row, g := range t.genotypes {
		fmt.Fprintln(h, g, t.values[row][l.column])
	}
	l.sum = hex.EncodeToString(h.Sum(nil)[:4])
	return l, nil
}

// Name implements estimate.Estimator. It tells tables of one name with different rows
// apart, so that a study is not resumed with another.
func (l *Lookup) Name() string {
	name, sign := l.table.name, ""
	if name != "" {
		name += ", "
	}
	if l.lower {
		sign = "-"
	}
	return fmt.Sprintf("table(%s%d rows with sum %s, %s%s)", name, l.table.Len(), l.sum, sign, l.table.columns[l.column])
}

// String is the name.
func (l *Lookup) String() string { return l.Name() }

// Estimate implements estimate.Estimator for spaces whose architectures are called by
// their genotype, as those of the tabular benchmarks are. Others need EstimateGenotype.
func (l *Lookup) Estimate(ctx context.Context, a *arch.Arch, seed uint64) (estimate.Estimate, error) {
	if a == nil {
		return estimate.Estimate{}, fmt.Errorf("%s: there is no architecture (nil)", l.table.who())
	}
	g, err := space.Parse(l.table.space, a.Name)
	if err != nil {
		return estimate.Estimate{}, fmt.Errorf("%s: the name of the architecture does not say which row it has: %w", l.table.who(), err)
	}
	return l.EstimateGenotype(ctx, g, a, seed)
}

// EstimateGenotype implements estimate.ByGenotype. It is an error if the table has no row
// for the genotype, or if a is not the network that the table's space builds of it: the
// accuracy of one network says nothing of another with the same cell.
func (l *Lookup) EstimateGenotype(ctx context.Context, g space.Genotype, a *arch.Arch, _ uint64) (e estimate.Estimate, err error) {
	begin := time.Now()
	if ctx == nil {
		return e, fmt.Errorf("%s: %w", l.table.who(), errors.New("the context is nil; give context.Background(), or one that can be cancelled"))
	}
	if err := ctx.Err(); err != nil {
		return e, fmt.Errorf("%s: %w", l.table.who(), err)
	}
	if a == nil {
		return e, fmt.Errorf("%s: there is no architecture (nil)", l.table.who())
	}
	value, err := l.table.value(g, l.column)
	if err != nil {
		return e, err
	}
	own, err := l.table.space.Build(g)
	if err != nil {
		return e, fmt.Errorf("%s: %w", l.table.who(), err)
	}
	if own.Hash() != a.Hash() {
		return e, fmt.Errorf("%s: the architecture %q is not the network that was measured, which is that of %s; search that space", l.table.who(), a.Name, l.table.space.Name())
	}
	if e.Params, err = a.Params(); err != nil {
		return e, fmt.Errorf("%s: %w", l.table.who(), err)
	}
	if e.MACs, err = a.MACs(); err != nil {
		return e, fmt.Errorf("%s: %w", l.table.who(), err)
	}
	e.Score = value
	e.Note, _, _ = strings.Cut(l.table.note, "\n")
	if l.lower {
		e.Score = -value
	}
	e.Seconds = time.Since(begin).Seconds()
	return e, nil
}

var _ estimate.ByGenotype = (*Lookup)(nil)
