package arch

import (
	"fmt"
	"slices"
	"strings"
)

// DOT is the architecture in the language of Graphviz: a box for each node with its
// name, its operation and the shape of its output, a frame around each block, and an
// arrow for each input. What only auxiliary outputs need is dashed.
func (a *Arch) DOT() (string, error) {
	infos, err := a.Infer()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n\tnode [shape=box];\n", dotQuote(a.Name))
	var blocks []string // in the order of their first nodes
	members := map[string][]int{}
	for i, n := range a.Nodes {
		if !slices.Contains(blocks, n.Block) {
			blocks = append(blocks, n.Block)
		}
		members[n.Block] = append(members[n.Block], i)
	}
	for k, block := range blocks {
		indent := "\t"
		if block != "" {
			fmt.Fprintf(&b, "\tsubgraph cluster_%d {\n\t\tlabel=%s;\n", k, dotQuote(block))
			indent = "\t\t"
		}
		for _, i := range members[block] {
			style := ""
			if infos[i].Aux {
				style = ", style=dashed"
			}
			n := a.Nodes[i]
			fmt.Fprintf(&b, "%sn%d [label=%s%s];\n", indent, i, dotQuote(fmt.Sprintf("%s\n%v\n%v", n.Name, n.Op, infos[i].Out)), style)
		}
		if block != "" {
			b.WriteString("\t}\n")
		}
	}
	for i, n := range a.Nodes {
		for _, from := range n.In {
			fmt.Fprintf(&b, "\tn%d -> n%d;\n", from, i)
		}
	}
	b.WriteString("}\n")
	return b.String(), nil
}

// dotQuote is a string in which no character means anything to Graphviz; its lines stay lines.
func dotQuote(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "�")
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
