package proxy

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/exact"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// JacobCov is −Σᵢ[log(vᵢ+k) + 1/(vᵢ+k)], k = 10⁻⁵, over the eigenvalues of the matrix of
// correlations between samples of the gradients of their outputs' sum by their pixels: how
// differently the network sees them (Mellor et al. 2020, the first version of "Neural
// Architecture Search without Training").
func JacobCov(m *exact.Model, b Batch) (float64, error) {
	if err := several(b); err != nil {
		return 0, err
	}
	x := b.X.AsVar()
	rows, err := grad.Grad(frozen(m).Forward(x, true).Sum(), x)[0].Data()
	if err != nil {
		return 0, err
	}
	return jacobCov(x.Shape()[0], rows)
}

// jacobCov is the score of n rows of gradients.
func jacobCov(n int, rows []float64) (float64, error) {
	var correlations mat.SymDense
	stat.CorrelationMatrix(&correlations, mat.NewDense(n, len(rows)/n, rows).T(), nil)
	eigen, err := eigenvalues(&correlations)
	if err != nil {
		return 0, fmt.Errorf("the correlations between the samples' gradients: %w; of a sample whose outputs depend on no pixel there are none", err)
	}
	const k = 1e-5
	var score float64
	for _, v := range eigen {
		score -= math.Log(v+k) + 1/(v+k)
	}
	return score, nil
}

// rounding is the share of a matrix's largest eigenvalue below which others are only rounding.
const rounding = 1e-14

// eigenvalues are those of a symmetric matrix, the smallest first.
func eigenvalues(s mat.Symmetric) ([]float64, error) {
	if n := mat.Norm(s, 1); math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, errors.New("the matrix has numbers that are not finite")
	}
	var e mat.EigenSym
	if !e.Factorize(s, false) {
		return nil, errors.New("the eigenvalues were not found")
	}
	return e.Values(nil), nil
}

// NASWOT is log|det K|, where K counts for each two samples the ReLUs that are on for both or
// off for both: how well the network's linear regions tell samples apart (Mellor et al. 2021,
// "Neural Architecture Search without Training", section 3). A ReLU is on where its input is
// above 0, and counts if the output depends on it.
func NASWOT(m *exact.Model, b Batch) (float64, error) {
	if err := several(b); err != nil {
		return 0, err
	}
	return naswot(m.Arch(), b, func(x *grad.Tensor, nodes []int) ([][]float64, error) { return observe(frozen(m), x, nodes) })
}

// naswot is the score of a network by the outputs of its nodes.
func naswot(a *arch.Arch, b Batch, look observer) (float64, error) {
	codes, err := codes(a, b, look)
	if err != nil {
		return 0, err
	}
	return logDet(agreements(codes))
}

// codes say which ReLUs are on, 1 or 0, for each sample.
func codes(a *arch.Arch, b Batch, look observer) ([][]float64, error) {
	var inputs []int // of ReLUs
	for i, use := range useful(a) {
		if n := a.Nodes[i]; use && (n.Op.Kind == arch.ReLU || n.Op.Kind == arch.ReLU6) {
			inputs = append(inputs, n.In[0])
		}
	}
	if len(inputs) == 0 {
		return nil, errors.New("the network has no ReLU that its output depends on, so there are no codes")
	}
	values, err := look(b.X, inputs)
	if err != nil {
		return nil, err
	}
	codes := make([][]float64, b.X.Shape()[0])
	for _, all := range values {
		units := len(all) / len(codes)
		for s := range codes {
			for _, v := range all[s*units : (s+1)*units] {
				on := 0.0
				if v > 0 {
					on = 1
				}
				codes[s] = append(codes[s], on)
			}
		}
	}
	return codes, nil
}

// agreements count in how many places each two codes of zeros and ones are equal.
func agreements(codes [][]float64) *mat.SymDense {
	k := mat.NewSymDense(len(codes), nil)
	for i, x := range codes {
		for j, y := range codes[:i+1] {
			// x·y + (1-x)·(1-y)
			k.SetSym(i, j, float64(len(x))-floats.Sum(x)-floats.Sum(y)+2*floats.Dot(x, y))
		}
	}
	return k
}

// logDet is the logarithm of the determinant of a kernel of codes.
func logDet(k *mat.SymDense) (float64, error) {
	for i := range k.SymmetricDim() {
		for j := range i {
			if k.At(i, j) == k.At(i, i) {
				return 0, fmt.Errorf("samples %d and %d have equal codes, so the kernel's determinant is 0", j, i)
			}
		}
	}
	var c mat.Cholesky
	if !c.Factorize(k) || c.Cond() > 1/rounding {
		return 0, errors.New("the codes depend on each other linearly, so the kernel's determinant is 0; there may be too few ReLUs for so many samples")
	}
	return c.LogDet(), nil
}

// NTKCondition is the condition number of the neural tangent kernel J·Jᵀ, its largest by its
// smallest eigenvalue, where row i of J is the gradient of the sum of sample i's outputs by
// all trainable weights: networks with small ones train fast (Chen, Gong and Wang 2021,
// "Neural Architecture Search on ImageNet in Four GPU Hours", section 3.1.1). It takes a
// backward pass of the batch for each of its samples.
func NTKCondition(ctx context.Context, m *exact.Model, b Batch) (float64, error) {
	if err := several(b); err != nil {
		return 0, err
	}
	out := m.Forward(b.X, true)
	if err := out.Err(); err != nil {
		return 0, err
	}
	return ntkCondition(ctx, out.Shape()[0], func(i int) (row []float64, err error) {
		for _, g := range grad.Grad(out.Slice(0, i, i+1).Sum(), m.Params()...) {
			part, err := g.Data()
			if err != nil {
				return nil, err
			}
			row = append(row, part...)
		}
		return row, nil
	})
}

// ntkCondition is the condition number of the kernel of n samples, with the row of the
// Jacobian of each.
func ntkCondition(ctx context.Context, n int, row func(i int) ([]float64, error)) (float64, error) {
	rows := make([][]float64, n)
	kernel := mat.NewSymDense(n, nil)
	for i := range rows {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		var err error
		if rows[i], err = row(i); err != nil {
			return 0, err
		}
		for j := range i + 1 {
			kernel.SetSym(i, j, floats.Dot(rows[i], rows[j]))
		}
	}
	eigen, err := eigenvalues(kernel)
	if err != nil {
		return 0, fmt.Errorf("the tangent kernel: %w", err)
	}
	least, most := eigen[0], eigen[len(eigen)-1]
	if least <= most*rounding {
		return 0, fmt.Errorf("the tangent kernel is singular (eigenvalues from %.3g to %.3g), so it has no condition number; two samples may be equal", least, most)
	}
	return most / least, nil
}
