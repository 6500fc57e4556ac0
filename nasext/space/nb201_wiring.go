package space

// Frame has the six edges as the nodes of one cell, none among their operations:
// so every cell has the same wiring and one path for each of four ways through it.
func (s *NB201) Frame() Frame {
	return Frame{Cells: []string{"cell"}, Inputs: 1, Ops: nb201Ops(), Nodes: len(s.decisions), Shortest: 1, Longest: 3}
}

// Wirings is the one cell of a genotype.
func (s *NB201) Wirings(g Genotype) ([]Wiring, error) {
	if err := s.checkComplete(g); err != nil {
		return nil, err
	}
	const input, output = 0, 7
	edges := nb201Edges()
	w := Wiring{Ops: append([]int(nil), g...)}
	for i, e := range edges {
		if e[0] == 0 {
			w.Edges = append(w.Edges, [2]int{input, i + 1})
		}
		for j, onward := range edges {
			if onward[0] == e[1] {
				w.Edges = append(w.Edges, [2]int{i + 1, j + 1})
			}
		}
		if e[1] == 3 {
			w.Edges = append(w.Edges, [2]int{i + 1, output})
		}
	}
	return []Wiring{w}, nil
}

var _ interface {
	Stater
	Wired
} = (*NB201)(nil)
