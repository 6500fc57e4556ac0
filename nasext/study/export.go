package study

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/space"
)

// Record is a study as plain data.
type Record struct {
	Spec     Spec
	Created  time.Time
	Programs []Program
	Status   Status
	Trials   []Trial // by number
}

// Record is all that the study holds.
func (s *Study) Record() Record {
	return Record{Spec: s.Spec(), Created: s.Created(), Programs: s.Programs(), Status: s.Status(), Trials: s.Trials()}
}

// Export says what is written of a study.
type Export struct {
	// Times are when everything began, how long it took, and measured latencies.
	// Without them, equal searches by one program give equal bytes.
	Times bool
}

// CSV writes a line with names and then one for each trial. Genotypes are numbers with
// spaces between them; of a learning curve there is the number of epochs.
func (r Record) CSV(w io.Writer, e Export) error {
	names := []string{"number", "batch", "genotype", "budget", "hash", "seed", "score", "error", "copy_of", "params", "macs", "epochs", "note"}
	if e.Times {
		names = append(names, "started", "seconds", "estimate_seconds", "latency")
	}
	out := csv.NewWriter(w)
	if err := out.Write(names); err != nil {
		return fmt.Errorf("study: writing CSV: %w", err)
	}
	float := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	for _, t := range r.Trials {
		line := []string{
			strconv.Itoa(t.Number), strconv.Itoa(t.Batch), strings.Trim(fmt.Sprint([]int(t.Genotype)), "[]"), strconv.Itoa(t.Budget), t.Hash,
			strconv.FormatUint(t.Seed, 10), float(t.Score), t.Error, strconv.Itoa(t.CopyOf),
			strconv.FormatInt(t.Estimate.Params, 10), strconv.FormatInt(t.Estimate.MACs, 10), strconv.Itoa(len(t.Estimate.Curve)), t.Estimate.Note,
		}
		if t.Failed {
			line[6] = ""
		}
		if e.Times {
			line = append(line, t.Started.Format(time.RFC3339Nano), float(t.Seconds), float(t.Estimate.Seconds), float(t.Estimate.Latency))
		}
		if err := out.Write(line); err != nil {
			return fmt.Errorf("study: writing CSV: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("study: writing CSV: %w", err)
	}
	return nil
}

// exported, programJSON and trialJSON are what a JSON file holds of a study. Times are
// pointers, so that they can be left out; seeds are text, since many readers of JSON
// round numbers of 64 bits.
type exported struct {
	Format    int             `json:"nascent_study"`
	Name      string          `json:"name"`
	Space     string          `json:"space"`
	Strategy  string          `json:"strategy"`
	Estimator string          `json:"estimator"`
	Data      string          `json:"data"`
	Seed      uint64          `json:"seed,string"`
	Batch     int             `json:"batch"`
	Unit      estimate.Budget `json:"unit"`
	Repeat    bool            `json:"repeat"`
	Status    Status          `json:"status"`
	Created   *time.Time      `json:"created,omitempty"`
	Programs  []programJSON   `json:"programs"`
	Trials    []trialJSON     `json:"trials"`
}

type programJSON struct {
	Module   string     `json:"module"`
	Revision string     `json:"revision"`
	Go       string     `json:"go"`
	Platform string     `json:"platform"`
	Engine   string     `json:"engine"`
	Since    *time.Time `json:"since,omitempty"`
}

type trialJSON struct {
	Number   int            `json:"number"`
	Batch    int            `json:"batch"`
	Genotype space.Genotype `json:"genotype"`
	Budget   int            `json:"budget,omitempty"`
	Hash     string         `json:"hash,omitempty"`
	Seed     uint64         `json:"seed,string"`
	Error    *string        `json:"error,omitempty"` // there if it failed
	CopyOf   int            `json:"copy_of,omitempty"`
	Estimate *estimateJSON  `json:"estimate,omitempty"` // there if not; its score is the trial's
	Started  *time.Time     `json:"started,omitempty"`
	Seconds  *float64       `json:"seconds,omitempty"`
}

// jsonFormat is the version of what JSON writes.
const jsonFormat = 1

// JSON writes everything, with one line for each trial. ReadJSON reads it.
func (r Record) JSON(w io.Writer, e Export) error {
	c := r.Spec
	out := exported{
		Format: jsonFormat, Name: c.Name, Space: c.Space, Strategy: c.Strategy, Estimator: c.Estimator, Data: c.Data, Seed: c.Seed,
		Batch: c.Batch, Unit: c.Unit, Repeat: c.Repeat, Status: r.Status, Trials: []trialJSON{},
	}
	if e.Times {
		out.Created = &r.Created
	}
	for _, p := range r.Programs {
		to := programJSON{Module: p.Module, Revision: p.Revision, Go: p.Go, Platform: p.Platform, Engine: p.Engine}
		if e.Times {
			to.Since = &p.Since
		}
		out.Programs = append(out.Programs, to)
	}
	text, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("study: writing JSON: %w", err)
	}
	head, _ := bytes.CutSuffix(text, []byte("]}"))
	var b bytes.Buffer
	b.Write(head)
	for i, t := range r.Trials {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		text, err := json.Marshal(exportTrial(t, e))
		if err != nil {
			return fmt.Errorf("study: writing JSON: trial %d: %w", t.Number, err)
		}
		b.Write(text)
	}
	b.WriteString("\n]}\n")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("study: writing JSON: %w", err)
	}
	return nil
}

func exportTrial(t Trial, e Export) trialJSON {
	out := trialJSON{Number: t.Number, Batch: t.Batch, Genotype: t.Genotype, Budget: t.Budget, Hash: t.Hash, Seed: t.Seed, CopyOf: t.CopyOf}
	if e.Times {
		out.Started, out.Seconds = &t.Started, &t.Seconds
	}
	if t.Failed {
		out.Error = &t.Error
		return out
	}
	t.Estimate.Score = t.Score
	if !e.Times {
		t.Estimate.Seconds, t.Estimate.Latency = 0, 0
	}
	stored := encode(t.Estimate)
	out.Estimate = &stored
	return out
}

// ReadJSON reads what JSON has written. Times that were left out are zero.
func ReadJSON(from io.Reader) (Record, error) {
	var in exported
	d := json.NewDecoder(from)
	if err := d.Decode(&in); err != nil {
		return Record{}, fmt.Errorf("study: reading JSON: %w", err)
	}
	if in.Format != jsonFormat {
		return Record{}, fmt.Errorf("study: reading JSON: %w: nascent_study is %d, this program knows %d", ErrSchema, in.Format, jsonFormat)
	}
	r := Record{Status: in.Status, Spec: Spec{
		Name: in.Name, Space: in.Space, Strategy: in.Strategy, Estimator: in.Estimator, Data: in.Data, Seed: in.Seed,
		Batch: in.Batch, Unit: in.Unit, Repeat: in.Repeat,
	}}
	if in.Created != nil {
		r.Created = *in.Created
	}
	for _, p := range in.Programs {
		to := Program{Module: p.Module, Revision: p.Revision, Go: p.Go, Platform: p.Platform, Engine: p.Engine}
		if p.Since != nil {
			to.Since = *p.Since
		}
		r.Programs = append(r.Programs, to)
	}
	for i, t := range in.Trials {
		if t.Number < 1 || t.Batch < 1 || i > 0 && t.Number <= in.Trials[i-1].Number {
			return Record{}, fmt.Errorf("study: reading JSON: trial %d of batch %d in place %d; both are counted from 1, and trials come by number", t.Number, t.Batch, i+1)
		}
		if (t.Error == nil) == (t.Estimate == nil) {
			return Record{}, fmt.Errorf("study: reading JSON: trial %d has to have an error or an estimate, and not both", t.Number)
		}
		r.Trials = append(r.Trials, t.trial())
	}
	return r, nil
}

func (t trialJSON) trial() Trial {
	out := Trial{
		Number: t.Number, Batch: t.Batch, Genotype: slices.Clone(t.Genotype), Budget: t.Budget, Hash: t.Hash, Seed: t.Seed, CopyOf: t.CopyOf,
	}
	if t.Error != nil {
		out.Failed, out.Error = true, *t.Error
	} else {
		out.Estimate = t.Estimate.decode()
		out.Score = out.Estimate.Score
	}
	if t.Started != nil {
		out.Started = *t.Started
	}
	if t.Seconds != nil {
		out.Seconds = *t.Seconds
	}
	return out
}
