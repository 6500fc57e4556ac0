package data

import "fmt"

// Shrink is a copy of the set with smaller images: each pixel is the mean of k×k. Rows and
// columns that no whole square holds are left out. It makes a set that a search can learn
// from in seconds: 28×28 pixels are 7×7 with k = 4.
func (s *Set) Shrink(k int) (*Set, error) {
	if most := min(s.Shape.H, s.Shape.W); k < 1 || k > most {
		return nil, fmt.Errorf("shrink %q by %d: its images are %v; shrink them by 1 to %d", s.Name, k, s.Shape, most)
	}
	t := *s
	t.Name = fmt.Sprintf("%s/%d", s.Name, k)
	t.Shape.H, t.Shape.W = s.Shape.H/k, s.Shape.W/k
	t.X = make([]float32, 0, s.Len()*t.Shape.Elems())
	s.planes(func(_, from, to int) {
		plane := s.X[from:to]
		for y := range t.Shape.H {
			for x := range t.Shape.W {
				sum := 0.0
				for r := y * k; r < (y+1)*k; r++ {
					for _, v := range plane[r*s.Shape.W+x*k : r*s.Shape.W+(x+1)*k] {
						sum += float64(v)
					}
				}
				t.X = append(t.X, float32(sum/float64(k*k)))
			}
		}
	})
	return &t, nil
}
