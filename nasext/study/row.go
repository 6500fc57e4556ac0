package study

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/space"
)

// row is a trial as the table holds it.
type row struct {
	number, batch int
	genotype      string
	budget        sql.NullInt64
	hash, seed    string
	score         sql.NullFloat64
	err           sql.NullString
	copyOf        sql.NullInt64
	estimate      sql.NullString
	started       string
	seconds       float64
}

func newRow(t Trial) (row, error) {
	genotype := t.Genotype
	if genotype == nil {
		genotype = space.Genotype{} // "[]", not "null"
	}
	text, err := json.Marshal(genotype)
	if err != nil {
		return row{}, err
	}
	r := row{
		number: t.Number, batch: t.Batch, genotype: string(text), budget: sql.NullInt64{Int64: int64(t.Budget), Valid: t.Budget != 0}, hash: t.Hash, seed: strconv.FormatUint(t.Seed, 10),
		copyOf:  sql.NullInt64{Int64: int64(t.CopyOf), Valid: t.CopyOf != 0},
		started: t.Started.UTC().Format(time.RFC3339Nano), seconds: t.Seconds,
	}
	if t.Failed {
		r.err = sql.NullString{String: t.Error, Valid: true}
		return r, nil
	}
	if math.IsNaN(t.Score) {
		return row{}, errors.New("its score is NaN; a trial without a score has to be marked as failed")
	}
	r.score = sql.NullFloat64{Float64: t.Score, Valid: true}
	text, err = json.Marshal(encode(t.Estimate))
	r.estimate = sql.NullString{String: string(text), Valid: true}
	return r, err
}

// fields are those of the table, in order, but the checksum.
func (r row) fields() []any {
	return []any{r.number, r.batch, r.genotype, r.budget, r.hash, r.seed, r.score, r.err, r.copyOf, r.estimate, r.started, r.seconds}
}

func (r row) trial() (Trial, error) {
	t := Trial{
		Number: r.number, Batch: r.batch, Budget: int(r.budget.Int64), Hash: r.hash, Score: r.score.Float64,
		Failed: !r.score.Valid, Error: r.err.String, CopyOf: int(r.copyOf.Int64), Seconds: r.seconds,
	}
	if err := json.Unmarshal([]byte(r.genotype), &t.Genotype); err != nil {
		return Trial{}, fmt.Errorf("genotype: %w", err)
	}
	var err error
	if t.Seed, err = strconv.ParseUint(r.seed, 10, 64); err != nil {
		return Trial{}, fmt.Errorf("seed: %w", err)
	}
	if t.Started, err = time.Parse(time.RFC3339Nano, r.started); err != nil {
		return Trial{}, fmt.Errorf("start: %w", err)
	}
	if r.estimate.Valid {
		var stored estimateJSON
		if err := json.Unmarshal([]byte(r.estimate.String), &stored); err != nil {
			return Trial{}, fmt.Errorf("estimate: %w", err)
		}
		t.Estimate = stored.decode()
	}
	return t, nil
}

// number is a float that JSON can hold whatever it is: the loss of a training
// that diverged is NaN or infinite, which JSON has no numbers for.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsNaN(f) || math.IsInf(f, 0) {
		return json.Marshal(strconv.FormatFloat(f, 'g', -1, 64))
	}
	return json.Marshal(float64(n))
}

func (n *number) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		f, err := strconv.ParseFloat(text, 64)
		*n = number(f)
		return err
	}
	return json.Unmarshal(data, (*float64)(n))
}

// estimateJSON and epochJSON have the fields and the JSON names of
// estimate.Estimate and estimate.Epoch.
type estimateJSON struct {
	Score   number      `json:"score"`
	Params  int64       `json:"params"`
	MACs    int64       `json:"macs"`
	Curve   []epochJSON `json:"curve,omitempty"`
	Latency number      `json:"latency,omitempty"`
	Seconds number      `json:"seconds"`
	Note    string      `json:"note,omitempty"`
}

type epochJSON struct {
	Epoch     int    `json:"epoch"`
	Rate      number `json:"rate"`
	TrainLoss number `json:"train_loss"`
	TrainAcc  number `json:"train_acc"`
	ValidLoss number `json:"valid_loss"`
	ValidAcc  number `json:"valid_acc"`
}

func encode(e estimate.Estimate) estimateJSON {
	out := estimateJSON{Score: number(e.Score), Params: e.Params, MACs: e.MACs, Latency: number(e.Latency), Seconds: number(e.Seconds), Note: e.Note}
	for _, p := range e.Curve {
		out.Curve = append(out.Curve, epochJSON{
			p.Epoch, number(p.Rate), number(p.TrainLoss), number(p.TrainAcc), number(p.ValidLoss), number(p.ValidAcc),
		})
	}
	return out
}

func (e estimateJSON) decode() estimate.Estimate {
	out := estimate.Estimate{Score: float64(e.Score), Params: e.Params, MACs: e.MACs, Latency: float64(e.Latency), Seconds: float64(e.Seconds), Note: e.Note}
	for _, p := range e.Curve {
		out.Curve = append(out.Curve, estimate.Epoch{
			Epoch: p.Epoch, Rate: float64(p.Rate), TrainLoss: float64(p.TrainLoss), TrainAcc: float64(p.TrainAcc),
			ValidLoss: float64(p.ValidLoss), ValidAcc: float64(p.ValidAcc),
		})
	}
	return out
}
