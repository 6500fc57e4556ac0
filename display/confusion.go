package display

import (
	"fmt"
	"strconv"
)

// Confusion draws how often each class (a row) was taken for each class (a
// column). The colour is the share of the row, the text the count. Names of
// classes may be fewer than the classes; the rest gets numbers from 0.
func Confusion(matrix [][]int, names []string) *Plot {
	classes := len(matrix)
	for _, row := range matrix {
		classes = max(classes, len(row))
	}
	labels := make([]string, classes)
	for i := range labels {
		labels[i] = strconv.Itoa(i)
	}
	copy(labels, names)
	right, all := 0, 0
	shares, texts := make([][]float64, len(matrix)), make([][]string, len(matrix))
	for i, row := range matrix {
		sum := 0
		for j, n := range row {
			sum += n
			if i == j {
				right += n
			}
		}
		all += sum
		for _, n := range row {
			shares[i] = append(shares[i], float64(n)/float64(max(sum, 1)))
			text := ""
			if n != 0 {
				text = strconv.Itoa(n)
			}
			texts[i] = append(texts[i], text)
		}
	}
	title := "confusion: no samples yet"
	if all > 0 {
		title = fmt.Sprintf("confusion: %d of %d right, %.2f %%", right, all, 100*float64(right)/float64(all))
	}
	return Heatmap(title, shares).CellTexts(texts).ColorRange(0, 1).
		XTicks(labels...).YTicks(labels[:len(matrix)]...).XLabel("taken for").YLabel("class")
}
