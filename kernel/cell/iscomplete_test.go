package cell

import "testing"

func TestIsComplete(t *testing.T) {
	nb := newNotebook(t)
	for _, c := range []struct{ src, status, indent string }{
		{`fmt.Println("hi")`, "complete", ""},
		{"", "complete", ""},
		{"x := 1\n", "complete", ""},
		{"func f() {}", "complete", ""},
		{"for i := 0; i < 3; i++ { fmt.Println(i) }", "complete", ""},
		{"package main\nfunc main() {}", "complete", ""},
		{"// a comment", "complete", ""},
		{"x := `raw`", "complete", ""},
		{"y := undefined + 1", "complete", ""}, // Go's grammar only
		{"for i := 0; i < 3; i++ {", "incomplete", "\t"},
		{"for i := 0; i < 3; i++ {\n", "incomplete", "\t"},
		{"func f() {", "incomplete", "\t"},
		{"func f() {\n\tif x {\n", "incomplete", "\t\t"},
		{"func f() {\n\tif x {\n\t}\n", "incomplete", "\t"},
		{"fmt.Println(", "incomplete", "\t"},
		{"fmt.Println(1,", "incomplete", "\t"},
		{"x := []int{\n1,\n", "incomplete", "\t"},
		{"type T struct {", "incomplete", "\t"},
		{"x := `raw", "incomplete", ""},
		{"/* comment", "incomplete", ""},
		{"x := 1 +", "incomplete", "\t"},
		{"x :=", "incomplete", "\t"},
		{"a &&", "incomplete", "\t"},
		{"func", "incomplete", ""},
		{"import", "incomplete", ""},
		{"package main\nfunc main() {", "incomplete", "\t"},
		{"import (\n\t\"fmt\"", "incomplete", "\t"},
		{"var x = map[string]int{\"a\": 1,", "incomplete", "\t"},
		{"switch x {\ncase 1:", "incomplete", "\t"},
		{"x := )", "invalid", ""},
		{"}", "invalid", ""},
		{"x := \"half", "invalid", ""},
		{"for {]", "invalid", ""},
		{"func f( {", "invalid", ""},
		{"x y z", "invalid", ""},
		{"x := 1 2 (", "invalid", ""},
		{"if { else", "invalid", ""},
		{"'ab'", "invalid", ""},
	} {
		if got := nb.env.IsComplete(c.src); got != (Completeness{c.status, c.indent}) {
			t.Errorf("%q is %+v, not %s with indent %q", c.src, got, c.status, c.indent)
		}
	}
}
