// An index of an index: which of them is out of range.
package main

import "fmt"

type cell struct {
	list  []int
	array [3]uint16
}

func two(m [][]int, i, j int) int           { return m[i][j] }
func three(m [][][]int, i, j, k int) int    { return m[i][j][k] }
func lists(m [][]cell, i, j, k int) int     { return m[i][j].list[k] }
func arrays(m [][]cell, i, j, k int) uint16 { return m[i][j].array[k] }
func assigned(m [][]int, i, j int)          { m[i][j] = 1 }
func byIndex(m, index []int, i int) int     { return m[index[i]] }
func inSteps(m [][]int, i, j int) int       { r := m[i]; return r[j] }
func pointers(m []*[]int, i, j int) int     { return (*m[i])[j] }
func slices(m [][]int, i, j int) []int      { return m[i][j:] }

func try(f func()) {
	defer func() { fmt.Println(recover()) }()
	f()
}

func main() {
	m, c := [][][]int{{{1}, {2, 3}}}, [][]cell{{{list: []int{1}}}}
	for _, at := range [][3]int{{5, 0, 0}, {-1, 0, 0}, {0, 6, 0}, {0, -2, 0}, {0, 0, 7}, {0, 0, -3}} {
		i, j, k := at[0], at[1], at[2]
		try(func() { two(m[0], i+j, k) })
		try(func() { three(m, i, j, k) })
		try(func() { lists(c, i, j, k) })
		try(func() { arrays(c, i, j, k) })
		try(func() { assigned(m[0], i+j, k) })
		try(func() { byIndex(m[0][1], []int{0, j, k}, max(i, 0)) })
		try(func() { inSteps(m[0], i, j) })
		try(func() { pointers([]*[]int{&m[0][0]}, i, j) })
		try(func() { slices(m[0], i, j) })
	}
}
