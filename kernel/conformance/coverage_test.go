package conformance_test

import (
	"slices"
	"testing"

	"github.com/nascent-go/nascent/kernel/conformance"
)

// Every field of every message type is checked by a scenario that there is, and
// every scenario checks something.
func TestCoverageIsWhole(t *testing.T) {
	scenarios := map[string]bool{} // name → it checks something
	for _, s := range conformance.Scenarios() {
		if _, twice := scenarios[s.Name]; twice {
			t.Errorf("two scenarios are called %s", s.Name)
		}
		scenarios[s.Name] = false
	}
	fields := map[string][]string{}
	for _, c := range conformance.Coverage() {
		fields[c.Type] = append(fields[c.Type], c.Field)
		if len(c.Scenarios) == 0 {
			t.Errorf("no scenario checks %s.%s", c.Type, c.Field)
		}
		for _, name := range c.Scenarios {
			if _, there := scenarios[name]; !there {
				t.Errorf("%s.%s: there is no scenario %s", c.Type, c.Field, name)
			}
			scenarios[name] = true
		}
	}
	for name, checks := range scenarios {
		if !checks {
			t.Errorf("the scenario %s is not in the table of what is checked", name)
		}
	}
	for msgType, names := range conformance.Fields() {
		covered, there := fields[msgType]
		if !there {
			t.Errorf("no scenario checks the message type %s", msgType)
		}
		for _, f := range names {
			if !slices.Contains(covered, f) {
				t.Errorf("no scenario checks %s.%s", msgType, f)
			}
		}
	}
}

// honest checks that what the table says is checked by scenarios was in their messages.
func honest(t *testing.T, results map[string]*conformance.Result) {
	t.Helper()
	for _, c := range conformance.Coverage() {
		for _, name := range c.Scenarios {
			r := results[name]
			if c.Message && r != nil && r.Skipped == "" && !r.Saw(c.Type, c.Field) {
				t.Errorf("%s is said to check %s.%s, but no such field was sent or received", name, c.Type, c.Field)
			}
		}
	}
}
