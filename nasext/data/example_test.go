package data_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/nascent-go/nascent/nasext/data"
)

// An epoch of 1 078 digits, each moved by up to a pixel and with a hole in it; the next
// epoch shows them in another order, moved elsewhere.
func ExampleBatches_Augment() {
	parts, err := data.Digits().Parts(1)
	if err != nil {
		log.Fatal(err)
	}
	batches, err := data.NewBatches(parts.Train, 64, 1)
	if err != nil {
		log.Fatal(err)
	}
	if err := batches.Augment(data.Augment{Crop: 1, Cutout: 2}); err != nil {
		log.Fatal(err)
	}
	images := 0
	for x, y, ok := batches.Next(); ok; x, y, ok = batches.Next() {
		images += len(y)
		_ = x // C×H×W numbers for each label
	}
	fmt.Println(images, "images in", batches.Count(), "batches")
	// Output:
	// 1078 images in 17 batches
}

func ExampleCSV() {
	folder, err := os.MkdirTemp("", "iris")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "iris.csv")
	if err := os.WriteFile(path, []byte("length,width,kind\n5.1,3.5,setosa\n7.0,3.2,versicolor\n6.3,3.3,virginica\n"), 0o666); err != nil {
		log.Fatal(err)
	}
	s, err := data.CSV(path, data.CSVConfig{Label: "kind"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Len(), s.Shape, s.Names)
	fmt.Println(s.Image(1), s.ClassName(s.Y[1]))

	_, err = data.CSV(path, data.CSVConfig{Label: "kin"})
	fmt.Println(err != nil)
	// Output:
	// 3 2×1×1 [setosa versicolor virginica]
	// [7 3.2] versicolor
	// true
}

// Five scores, each of the images that the network was not trained on, are a better
// estimate than one.
func ExampleSet_Fold() {
	digits := data.Digits()
	for i := range 5 {
		train, valid, err := digits.Fold(1, 5, i)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(train.Len(), valid.Len())
	}
	// Output:
	// 1437 360
	// 1437 360
	// 1438 359
	// 1438 359
	// 1438 359
}
