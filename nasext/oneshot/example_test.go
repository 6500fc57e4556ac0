package oneshot_test

import (
	"context"
	"fmt"

	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/oneshot"
	"github.com/nascent-go/nascent/nasext/space"
)

func ExampleSearch() {
	halves, err := data.Digits().Split(1, 0.5, 0.5)
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := space.NASBench201(space.NASBench201Config{C: 4, N: 1, Input: halves[0].Shape})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := oneshot.Search(context.Background(), oneshot.Config{
		Space: s, Method: oneshot.DARTS{}, Train: halves[0], Valid: halves[1], Epochs: 3,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range r.Epochs[1:] {
		fmt.Println(p.Epoch, len(p.Alphas), p.Loss < r.Epochs[1].Loss, len(p.Genotype))
	}
	fmt.Println(r.String() == r.Settings+"\nfound "+r.Text)
	// Output:
	// 1 6 false 6
	// 2 6 true 6
	// 3 6 true 6
	// true
}
