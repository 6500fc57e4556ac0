package zoo_test

import (
	"fmt"
	"log"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
)

func ExampleBuild() {
	a, err := zoo.Build("GoogLeNet")
	if err != nil {
		log.Fatal(err)
	}
	params, err := a.Params()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(a.Name, "has", params, "parameters")
	// Output: GoogLeNet has 6624904 parameters
}

// The networks are functions, too, for images and classes of one's own.
func ExampleMobileNetV2() {
	a, err := zoo.MobileNetV2(arch.Shape{C: 1, H: 64, W: 64}, 10)
	if err != nil {
		log.Fatal(err)
	}
	macs, err := a.MACs()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.1f million multiply-accumulates\n", float64(macs)/1e6)
	// Output: 23.9 million multiply-accumulates
}
