package arch

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/nascent-go/nascent/nasext/arch/internal/columns"
)

// Row is what a summary says of one node.
type Row struct {
	Name   string
	Op     string
	In     string // names of the nodes it takes
	Out    string // shape
	Params int64
	MACs   int64
	Aux    bool // only auxiliary outputs need it: the total of MACs leaves it out
}

// Summary is the architecture as a table, one row per node.
func (a *Arch) Summary() ([]Row, error) {
	infos, err := a.Infer()
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(infos))
	for i, n := range a.Nodes {
		from := make([]string, len(n.In))
		for k, j := range n.In {
			from[k] = a.Nodes[j].Name
		}
		rows[i] = Row{
			Name: n.Name, Op: n.Op.String(), In: strings.Join(from, ", "),
			Out: infos[i].Out.String(), Params: infos[i].Params, MACs: infos[i].MACs, Aux: infos[i].Aux,
		}
	}
	return rows, nil
}

// String is the summary as text, with the totals in the last line. Of an
// architecture with a mistake it is the mistake.
func (a *Arch) String() string {
	rows, err := a.Summary()
	if err != nil {
		return err.Error()
	}
	lines := [][]string{{"node", "operation", "output", "params", "MACs"}}
	var params, macs int64
	for _, r := range rows {
		lines = append(lines, []string{r.Name, r.Op, r.Out, count(r.Params), count(r.MACs)})
		params += r.Params
		if !r.Aux {
			macs += r.MACs
		}
	}
	lines = append(lines, []string{strings.TrimSpace("total " + shortName(a.Name)), fmt.Sprintf("%d nodes", len(rows)), rows[len(rows)-1].Out, fmt.Sprint(params), fmt.Sprint(macs)})
	return columns.Text(lines, 3, 4)
}

// shortName keeps the name of a network from widening the column of its nodes: that of
// a cell may be long.
func shortName(name string) string {
	const most = 40 // characters
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return fmt.Sprintf("%.*s…", most-1, name)
}

// count is a number, or a dash for none.
func count(n int64) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprint(n)
}
