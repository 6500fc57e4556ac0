package display_test

import (
	"fmt"
	"os"

	"github.com/nascent-go/nascent/display"
)

// A program without a notebook prints the text forms.
func ExamplePrinter() {
	out := display.To(display.NewTerminal(os.Stdout, false))
	loss := []float64{2.3, 0.9, 0.4, 0.21}
	plot := display.Line("loss", display.Values("train", loss)).XLabel("epoch").LogY()
	if err := out.Show(plot, 3*7, []string{"conv3x3", "maxpool"}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// plot: loss, 1 series: train (4 values, 0.21 to 2.3, last 0.21)
	// 21
	// []string{"conv3x3", "maxpool"}
}

func ExampleRender() {
	type trial struct {
		Op       string
		Accuracy float64
	}
	b := display.Render([]trial{{"conv3x3", 0.931}, {"maxpool", 0.5}})
	fmt.Println(b.Data[display.MIMEPlain])
	// Output:
	// []display_test.trial, 2 elements
	//    Op       Accuracy
	// ─  ───────  ────────
	// 0  conv3x3     0.931
	// 1  maxpool     0.500
}

func ExampleProgress() {
	out := display.To(display.NewTerminal(os.Stdout, false))
	bar := out.NewProgress("epoch", 30)
	for range 30 {
		bar.Add(1)
		bar.Note("loss %.2f", 0.21)
	}
	if err := bar.Done(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// epoch 0/30
	// epoch 30/30, loss 0.21
}

func ExampleGraph_DOT() {
	g := display.NewGraph("net").
		AddNode(display.Node{ID: "in", Label: "input"}).
		AddNode(display.Node{ID: "c", Label: "conv 3×3", Lines: []string{"16 × 8 × 8"}}).
		AddEdge("in", "c", "")
	fmt.Print(g.DOT())
	// Output:
	// digraph "net" {
	//   rankdir=TB;
	//   node [shape=box, style="rounded,filled", fontname="Helvetica", fillcolor="#f6f8fa"];
	//   "in" [label="input"];
	//   "c" [label="conv 3×3\n16 × 8 × 8"];
	//   "in" -> "c";
	// }
}
