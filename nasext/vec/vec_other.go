//go:build !amd64 || purego

package vec

func multiplyFast[T Float](_ *T, _ int, _ *T, _, _ int, _ *T, _ int, _, _, _ int) bool { return false }

func addDotsFast(_, _ []float64, _ int, _ []float64) bool { return false }

func transposeFast[T Float](_ *T, _ int, _ *T, _, _ int) bool { return false }

func squaresFast[T Float](_ *T, _ int, _ *[Lanes]float64) bool { return false }

func lstmFast[T Float](_ *T, _ int, _, _, _, _ *T) bool { return false }

func tanhFast[T Float](_ *T, _ int) bool { return false }

func lstmBackFast[T Float](_ *T, _ int, _, _, _, _, _ *T) bool { return false }

func adamFast[T Float](_, _, _, _ *T, _ int, _ AdamStep) bool { return false }
