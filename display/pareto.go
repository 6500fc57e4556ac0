package display

import (
	"cmp"
	"fmt"
	"slices"
)

// Pareto returns points of which a small x and a large y are wanted, such as the
// cost and the accuracy of networks, with the Pareto front: those for which no other
// point is as good in both and better in one. Points with a NaN or an infinity are
// left out.
func Pareto(title string, x, y []float64) *Plot {
	p := newPlot("Pareto front", title, MarkPoints, []Series{XY("each", x, y).Tint(5)})
	if len(x) != len(y) {
		return p // Err tells
	}
	front := paretoFront(x, y)
	if len(front) == 0 {
		return p
	}
	var fx, fy []float64
	for _, i := range front {
		fx, fy = append(fx, x[i]), append(fy, y[i])
	}
	if _, right, _ := extent(x); right > fx[len(fx)-1] { // the front holds as far as the points go
		fx, fy = append(fx, right), append(fy, fy[len(fy)-1])
	}
	return p.Add(XY(fmt.Sprintf("front of %d", len(front)), fx, fy).Step().Tint(2))
}

// paretoFront are the indices of the points of the front, by growing x and y.
func paretoFront(x, y []float64) []int {
	var order, front []int
	for i := range x {
		if finite(x[i]) && finite(y[i]) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(x[i], x[j]), cmp.Compare(y[j], y[i]), cmp.Compare(i, j)) })
	for _, i := range order {
		if len(front) == 0 || y[i] > y[front[len(front)-1]] {
			front = append(front, i)
		}
	}
	return front
}
