package magic

import "testing"

func TestCells(t *testing.T) {
	newNotebook(t, Config{}).play([]scene{
		{"x := 7\nx % 4", "=> 3"},
		{"fmt.Println(1)\n!echo two\nfmt.Println(3)", "1\ntwo\n3"},
		{"x\n!echo no result", "no result"},
		{"!echo {x} {x+1} $x $$x ${x}y {a,b} {print} '{x}'", "…7 8 7"},
		{"!exit 3", "error command error: cell 5, line 1\n    !exit 3\ncommand error: exit status 3"},
		{"\n!echo one\nfunc g() {\n\tpanic(\"oh\")\n}\n!echo two\ng()", "one\ntwo\nerror panic: cell 6, line 7\n    g()\ncell 6, g, line 4\n    panic(\"oh\")\npanic: oh"},
		{"x = 8\n!echo now\nx + y", "now\nerror compile error: cell 7:3:5: undefined: y\n    x + y\n        ^"},
		{"x", "=> 8"},
		{"x = 9\n%hepl\n!echo no\n%bash x", "error command error: cell 9:2:1: there is no command %hepl\n    %hepl\n    ^\n    did you mean %help? %help lists the commands\n" +
			"cell 9:4:1: %bash is no command on a line\n    %bash x\n    ^\n    %%bash is one, for the whole cell below it"},
		{"x", "=> 8"},
		{"x = 10\n!echo no\nx :=", "…cell 11:3:5: expected operand"},
		{"x", "=> 8"},
		{"%%bash a 'b c'\nread x\necho $1, $2, \"$x\"", "a, b c,"},
		{"x\n%%bash\nls", "…%%bash has to be the first line of its cell"},
		{"%help 'a", "…%help: a quote is not closed"},
		{"%help a b", "…%help is given a word too many"},
		{"%help -x", "…%help: unknown shorthand flag: 'x' in -x"},
		{"strings.Cut?", "…page func Cut(s, sep string) (before, after string, found bool)\n\nCut slices s"},
		{"?nothing", "nothing is known of nothing"},
		{"!", "…! is followed by a command for the shell"},
	})
}
