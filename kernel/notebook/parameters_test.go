package notebook

import (
	"strings"
	"testing"
)

func TestInject(t *testing.T) {
	const declared = "epochs := 10 // times\nlr, name := 0.1, \"a\"\nvar path string\nvar (\n\ton bool = true\n\tboth = \"x\" + \"y\"\n)\nconst seed = 1\nsizes := []int{1}"
	tests := []struct {
		name   string
		cell   string
		values map[string]string
		want   string // the cell, or the error
	}{
		{"all kinds", declared, map[string]string{"epochs": "3", "lr": "1e-3", "on": "false", "seed": "7", "sizes": "[]int{2, 3}"},
			"// Parameters\nepochs = 3\nlr = 1e-3\non = false\nconst seed = 7\nsizes = []int{2, 3}"},
		{"strings", declared, map[string]string{"name": "b c", "path": `"quoted"`, "both": "5"},
			"// Parameters\nboth = \"5\"\nname = \"b c\"\npath = \"quoted\""},
		{"unknown name", declared, map[string]string{"epocs": "3"}, `parameter "epocs": the cell tagged parameters does not declare it, but these: both, epochs, lr`},
		{"no name", declared, map[string]string{"a-b": "3"}, `parameter "a-b": this is no name`},
		{"no expression", declared, map[string]string{"lr": "a b"}, `parameter "lr": "a b" is no Go expression`},
		{"two statements", declared, map[string]string{"lr": "1; panic(1)"}, `parameter "lr"`},
		{"imports and functions", "import \"fmt\"\nx, s := 1, `a`; func f() {\n\ty := 1\n}\n// é := 1\nvar (\n\tb bool\n)", map[string]string{"x": "-2", "b": "true", "s": "`raw`"},
			"// Parameters\nb = true\ns = `raw`\nx = -2"},
		{"a statement that is wrong", "x := )\n%time\ny := \"a", map[string]string{"x": "1"}, `parameter "x": the cell tagged parameters does not declare it, but these: none`},
		{"one is wrong, the other is not", "%env A\ny := 1", map[string]string{"y": "2"}, "// Parameters\ny = 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			nb := book("before", "#parameters "+tt.cell, "#injected-parameters old", "after")
			err := inject(nb, tt.values)
			if err != nil {
				if !strings.Contains(err.Error(), tt.want) {
					t.Errorf("error = %v, want one with %q", err, tt.want)
				}
				return
			}
			if len(nb.Cells) != 4 || nb.Cells[2].Source != tt.want || !nb.Cells[2].HasTag(tagInjected) {
				t.Errorf("cells = %+v, want after the parameters\n%s", nb.Cells[2], tt.want)
			}
		})
	}
	nb := book("x := 1")
	if err := inject(nb, map[string]string{"x": "2"}); err == nil || !strings.Contains(err.Error(), `no code cell has the tag "parameters"`) {
		t.Errorf("no tag: error = %v", err)
	}
	if err := inject(nb, nil); err != nil || len(nb.Cells) != 1 {
		t.Errorf("no parameters: %v, %d cells", err, len(nb.Cells))
	}
}
