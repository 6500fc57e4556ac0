package estimate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/predict"
	"github.com/nascent-go/nascent/nasext/space"
)

// Scored is an architecture, by its choices, with the score that it had.
type Scored struct {
	Genotype space.Genotype
	Score    float64
}

// PredictConfig is what scores are predicted from. All but Folds and Seed has to be given.
type PredictConfig struct {
	Predictor predict.Predictor // such as &predict.Forest{}; the estimator's own from now on
	Encoding  *space.Encoding   // what the predictor sees, such as that of space.OneHot
	Trials    []Scored          // finished trials to learn from: at least 4
	Folds     int               // of the cross-validation; 0: 5, or as many as trials if they are fewer
	Seed      uint64            // of the predictor and of the folds
}

// Predicted is the estimator that has learnt from finished trials and predicts the score of
// others in microseconds. It goes by genotypes. How far to trust it says Validation.
type Predicted struct {
	c          PredictConfig
	sum        string // of the trials
	validation predict.Validation
}

// Predict fits the predictor to the trials, and cross-validates it before.
func Predict(c PredictConfig) (*Predicted, error) {
	const fewest, usual = 4, 5
	switch {
	case c.Predictor == nil:
		return nil, errors.New("predict: there is no predictor (nil); give one, such as &predict.Forest{}")
	case c.Encoding == nil:
		return nil, errors.New("predict: there is no encoding (nil); give that of the space, such as space.OneHot makes")
	case len(c.Trials) < fewest:
		return nil, fmt.Errorf("predict: %d trials; at least %d are needed to learn from and to validate with", len(c.Trials), fewest)
	}
	if c.Folds == 0 {
		c.Folds = min(usual, len(c.Trials))
	}
	hash := sha256.New()
	rows, scores := make([][]float64, len(c.Trials)), make([]float64, len(c.Trials))
	for i, t := range c.Trials {
		var err error
		if rows[i], err = c.Encoding.Encode(t.Genotype); err != nil {
			return nil, fmt.Errorf("predict: trial %d: %w", i, err)
		}
		scores[i] = t.Score
		fmt.Fprintln(hash, t.Genotype, t.Score)
	}
	p := &Predicted{c: c, sum: hex.EncodeToString(hash.Sum(nil)[:4])}
	var err error
	if p.validation, err = predict.CrossValidate(c.Predictor, rows, scores, c.Folds, c.Seed); err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	if err := c.Predictor.Fit(rows, scores, c.Seed); err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	return p, nil
}

// Validation is how well predictions of trials that were left out order them: Spearman's and
// Kendall's correlation with the scores.
func (p *Predicted) Validation() predict.Validation { return p.validation }

// String is the name with the correlations.
func (p *Predicted) String() string {
	return fmt.Sprintf("%s: Spearman %.3f, Kendall %.3f in %d folds", p.Name(), p.validation.Spearman, p.validation.Kendall, p.c.Folds)
}

// Name implements Estimator. It tells what was learnt from apart.
func (p *Predicted) Name() string {
	return fmt.Sprintf("predict(%s, %s, %d trials with sum %s, seed %d)", p.c.Predictor.Name(), p.c.Encoding.Name(), len(p.c.Trials), p.sum, p.c.Seed)
}

// Estimate implements Estimator. It fails, as an architecture alone does not say what was
// chosen.
func (p *Predicted) Estimate(context.Context, *arch.Arch, uint64) (Estimate, error) {
	return Estimate{}, errors.New("predict: it goes by the choices in a space; call EstimateGenotype, as a search does")
}

// EstimateGenotype implements ByGenotype. The note has the deviation of the prediction. The
// seed changes nothing.
func (p *Predicted) EstimateGenotype(ctx context.Context, g space.Genotype, a *arch.Arch, _ uint64) (Estimate, error) {
	return timed(ctx, "predict", func() (Estimate, error) { return p.estimate(ctx, g, a) })
}

func (p *Predicted) estimate(ctx context.Context, g space.Genotype, a *arch.Arch) (Estimate, error) {
	if err := ctx.Err(); err != nil {
		return Estimate{}, err
	}
	infos, err := a.Infer()
	if err != nil {
		return Estimate{}, err
	}
	row, err := p.c.Encoding.Encode(g)
	if err != nil {
		return Estimate{}, err
	}
	mean, deviation, err := p.c.Predictor.Predict([][]float64{row})
	if err != nil {
		return Estimate{}, err
	}
	e := Estimate{Score: mean[0], Note: fmt.Sprintf("predicted, ± %.3g", deviation[0])}
	e.Params, e.MACs = arch.Totals(infos)
	return e, nil
}
