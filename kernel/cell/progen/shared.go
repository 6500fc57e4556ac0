package progen

import "fmt"

// Variables of the program that functions on numbers change: slices in structs in slices,
// which come to share what they hold.
var shared = []string{
	"type Row struct {\n\tID int\n\tCells []int\n\tPairs []Pair\n\tOn bool\n}",
	"var rows = []Row{{1, []int{1, 2, 3}, nil, true}, {2, nil, []Pair{{A: 4}, {B: 0.5}}, false}, {3, make([]int, 2, 6), []Pair{{A: 7}}, true}}",
	"var grid = [][]Pair{{{A: 1}, {A: 2}}, {{B: 1.5}}, nil}",
	"var deck = []int{9, 8, 7, 6, 5, 4}",
	"var tally [5][3]int16",
}

// showShared tells of the variables, also of what a panic has left half done.
func showShared(n int) string { return fmt.Sprintf("show(%d, rows, grid, deck, tally)", 4*n+1) }

// within is an index that is in range if the length, an expression, is not 0.
func (n *numeric) within(length string) string {
	return fmt.Sprintf("uint(%s)%%uint(%s)", n.expr("int", 1), length)
}

// sharing writes a statement on the variables.
func (n *numeric) sharing() string {
	row := func() string { // there is one at least
		if n.risk() {
			return fmt.Sprintf("rows[%s&3]", n.variable("int"))
		}
		return "rows[" + n.within("len(rows)") + "]"
	}
	r := row()
	v := n.name("v")
	bounds := func(s string) string { // two of them, in order
		return fmt.Sprintf("min(%d, len(%s)):min(%d, len(%s))", n.n(3), s, 3+n.n(5), s)
	}
	switch n.n(16) {
	case 0:
		return fmt.Sprintf("if %s := &%s; len(%[1]s.Cells) > 0 {\n%[1]s.Cells[%[3]s] = %[4]s\n}", v, r, n.within("len("+v+".Cells)"), n.expr("int", 2))
	case 1:
		return fmt.Sprintf("if %s := &%s; len(%[1]s.Cells) < 9 {\n%[1]s.Cells = append(%[1]s.Cells, %[3]s)\n} else {\n%[1]s.Cells = %[1]s.Cells[:2]\n}", v, r, n.expr("int", 2))
	case 2:
		return fmt.Sprintf("%s, %s = %s, %s", r, "rows[0]", "rows[len(rows)-1]", r)
	case 3:
		return fmt.Sprintf("%s := %s.Cells\n%s.Cells = %[1]s[%[4]s]", v, r, row(), bounds(v))
	case 4:
		return fmt.Sprintf("%s := %s.Cells\n%s.Cells = %[1]s[%[4]s:len(%[1]s)]", v, r, row(), bounds(v))
	case 5:
		return fmt.Sprintf("for %s := range %s.Pairs {\n%[2]s.Pairs[%[1]s].C[%[1]s&1] += %[3]s\n}", v, "rows["+fmt.Sprint(n.n(3))+"%len(rows)]", n.expr("uint8", 1))
	case 6:
		return fmt.Sprintf("grid[%d] = grid[%s]", n.n(3), n.within("3"))
	case 7:
		return fmt.Sprintf("for %s := range grid[%d] {\ngrid[%[2]d][%[1]s].A ^= %[3]s\n}", v, n.n(3), n.expr("int32", 2))
	case 8:
		return fmt.Sprintf("%s := %s\n%[1]s.ID = %[3]s\nif len(%[1]s.Cells) > 1 {\n%[1]s.Cells[1]--\n}\n%[4]s = %[1]s", v, r, n.expr("int", 2), row())
	case 9:
		return fmt.Sprintf("for _, %s := range rows {\n%[1]s.ID++\nif %[1]s.On {\ntotal += %[1]s.ID + len(%[1]s.Cells)\n}\n}", v)
	case 10:
		return fmt.Sprintf("if %s := int(%s); len(deck) > 2 {\ndeck = append(deck[:%[1]s], deck[%[1]s+1:]...)\n}", v, n.within("len(deck)"))
	case 11:
		return fmt.Sprintf("copy(deck[min(%d, len(deck)):], deck)\nclear(deck[%s])", n.n(4), bounds("deck"))
	case 12:
		return fmt.Sprintf("if len(rows) < 6 {\nrows = append(rows, %s)\n} else {\nrows = rows[%d:]\n}", r, 1+n.n(4))
	case 13:
		return fmt.Sprintf("tally[%s][%d] += %s", n.within("5"), n.n(3), n.expr("int16", 2))
	case 14:
		return fmt.Sprintf("if len(deck) < 12 {\ndeck = append(deck, %s, %s.ID)\n}", n.expr("int", 2), r)
	}
	return fmt.Sprintf("%s.On = %s", r, n.expr("bool", 2))
}
