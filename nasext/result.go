package nasext

import (
	"fmt"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/study"
	"github.com/nascent-go/nascent/nasext/viz"
)

// String says in a line what was found.
func (r *Result) String() string {
	failed := 0
	for _, t := range r.Trials {
		if t.Failed {
			failed++
		}
	}
	s := fmt.Sprintf("%s: %d trials, %d failed", r.Status, len(r.Trials), failed)
	if r.Best != nil {
		s += fmt.Sprintf(", best %.6g in trial %d (%d parameters, %d MACs)",
			r.Best.Score, r.Best.Number, r.Best.Estimate.Params, r.Best.Estimate.MACs)
	}
	for _, note := range r.Notes {
		s += "\n" + note
	}
	return s
}

// Record is the study as plain data, which can be written as CSV and as JSON.
func (r *Result) Record() study.Record {
	return study.Record{Spec: r.Spec, Created: r.Created, Programs: r.Programs, Status: r.Status, Trials: r.Trials}
}

// Display shows the ten best trials as a table.
func (r *Result) Display() display.Bundle {
	return viz.Top(r.Trials, 10, r.space).Captioned(r.String()).Display()
}
