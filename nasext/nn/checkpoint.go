package nn

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"

	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/internal/wholefile"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/safetensors"
)

// checkpointKey is where the metadata of a file of weights have what makes it a
// checkpoint. The numbers of its training have names that begin with stateMark.
const checkpointKey = "training"

// checkpoint is what a file holds beside numbers.
type checkpoint struct {
	Recipe         []string `json:"recipe"` // what the outcome depends on, one setting each
	At             position `json:"at"`
	OptimizerSteps int      `json:"optimizer_steps"`
	AverageSteps   int      `json:"average_steps"`
	Best           bool     `json:"has_best"` // weights of the best epoch are there
}

// Save writes a checkpoint: a file in the safetensors format from which Load goes on, and
// from which Network.Load takes the weights.
func (t *TrainingOf[T]) Save(w io.Writer) error {
	if t.over {
		return errors.New("checkpoint: the training is over; save what it made with Network.Save")
	}
	c := checkpoint{Recipe: t.recipe(), At: t.at, Best: t.best != nil}
	c.At.Passes, c.At.Draws = t.net.passes, t.net.plan.Seed
	c.OptimizerSteps = t.optimizer().Steps
	if t.average != nil {
		c.AverageSteps = t.average.state.Steps
	}
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	f := &safetensors.File{
		Tensors: append(tensorsOf(t.blocks, ""), tensorsOf(t.state(t.best), stateMark)...),
		Meta:    map[string]string{checkpointKey: string(text)},
	}
	if err := safetensors.Write(w, f); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// optimizer is the state of the optimiser. One that is not of this package may have none.
func (t *TrainingOf[T]) optimizer() *OptimStateOf[T] {
	if s := t.c.Optimizer.State(t.net.params); s != nil {
		return s
	}
	return &OptimStateOf[T]{}
}

// state are all numbers that a training has beside its network.
func (t *TrainingOf[T]) state(best []*engine.ParamOf[T]) []*engine.ParamOf[T] {
	all := slices.Concat(t.optimizer().Slots...)
	if t.average != nil {
		all = append(all, t.average.begin(t.blocks).Slots[0]...)
	}
	return append(all, best...)
}

// Load goes to where the training was that Save wrote. It has to be of the same network,
// configuration and data. On an error the training is as it was.
func (t *TrainingOf[T]) Load(r io.Reader) error {
	f, err := readTensors(r)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := t.load(f); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

func (t *TrainingOf[T]) load(f *safetensors.File) error {
	text, ok := f.Meta[checkpointKey]
	if !ok {
		return errors.New("the file has weights, but no training to go on with; load it with Network.Load")
	}
	var c checkpoint
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return fmt.Errorf("what it says of the training: %w", err)
	}
	// A shape that differs is said first: it says most.
	weights, err := match(f.Tensors, t.blocks, "")
	if err != nil {
		return err
	}
	if err := sameRecipe(c.Recipe, t.recipe()); err != nil {
		return err
	}
	if err := t.possible(c); err != nil {
		return err
	}
	var best []*engine.ParamOf[T]
	if c.Best {
		best = t.newBest()
	}
	state := t.state(best)
	numbers, err := match(f.Tensors, state, stateMark)
	if err != nil {
		return err
	}
	assign(t.blocks, weights)
	assign(state, numbers)
	t.best = best
	t.optimizer().Steps = c.OptimizerSteps
	if t.average != nil {
		t.average.state.Steps = c.AverageSteps
	}
	t.at, t.over = c.At, false
	t.net.passes, t.net.plan.Seed = c.At.Passes, c.At.Draws
	t.net.wire() // what was built is for another seed
	return nil
}

// possible says if the training can't be where the checkpoint says.
func (t *TrainingOf[T]) possible(c checkpoint) error {
	at, count := c.At, t.batches.Count()
	if at.Epoch < 1 || at.Epoch > t.c.Epochs+1 || at.Batch < 0 || at.Batch > count ||
		at.Step != (at.Epoch-1)*count+at.Batch || len(at.Epochs) != at.Epoch-1 || at.Best < 0 || at.Best > len(at.Epochs) ||
		c.OptimizerSteps < 0 || c.AverageSteps < 0 || c.Best != (t.c.Patience > 0 && at.Best > 0) {
		return fmt.Errorf("it says that %d steps, %d epochs and %d of %d batches are done, which does not agree; the file is damaged",
			at.Step, len(at.Epochs), at.Batch, count)
	}
	return nil
}

// recipe is all that the outcome depends on but the weights at the start, one setting
// each, as text.
func (t *TrainingOf[T]) recipe() []string {
	if t.settings != nil {
		return t.settings // the sums over the data take their time
	}
	c := t.c
	// A loss has no name; its value for two outputs tells one from another.
	loss := c.Loss([]T{1, -0.5}, []int{0}, 2, nil).Loss
	valid := "none"
	if c.Valid != nil {
		valid = fingerprint(c.Valid)
	}
	t.settings = []string{
		"architecture " + t.net.arch.Hash(),
		"training data " + fingerprint(c.Train),
		"validation data " + valid,
		fmt.Sprintf("epochs %d", c.Epochs),
		fmt.Sprintf("batch %d", c.Batch),
		fmt.Sprintf("seed %d", c.Seed),
		fmt.Sprintf("loss of an example %g, of auxiliary heads times %g", loss, t.net.AuxWeight),
		"optimizer " + c.Optimizer.Name(),
		fmt.Sprintf("schedule %T%+v", c.Schedule, c.Schedule),
		fmt.Sprintf("clip %g", c.Clip),
		fmt.Sprintf("average %g", c.Average),
		fmt.Sprintf("augment %+v", c.Augment),
		fmt.Sprintf("patience %d", c.Patience),
		fmt.Sprintf("numbers in %T", T(0)),
		fmt.Sprintf("share of drop path %T%+v", c.DropPath, c.DropPath),
	}
	return t.settings
}

// fingerprint tells a data set from others.
func fingerprint(s *data.Set) string {
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := uint32(0)
	var part [4096]byte
	n := 0
	put := func(v uint32) {
		if n == len(part) {
			sum, n = crc32.Update(sum, table, part[:]), 0
		}
		part[n], part[n+1], part[n+2], part[n+3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
		n += 4
	}
	for _, x := range s.X {
		put(math.Float32bits(x))
	}
	for _, y := range s.Y {
		put(uint32(y))
	}
	return fmt.Sprintf("%q of %d, checksum %08x", s.Name, s.Len(), crc32.Update(sum, table, part[:n]))
}

// sameRecipe says which setting is the first that differs.
func sameRecipe(saved, now []string) error {
	for i, want := range now {
		got := "nothing of it"
		if i < len(saved) {
			got = saved[i]
		}
		if got != want {
			return fmt.Errorf("it is of another training: it has %s, this one %s; set it the same, or remove the file to begin anew", got, want)
		}
	}
	return nil
}

// resume reads the checkpoint file, if there is one.
func (t *TrainingOf[T]) resume() error {
	if t.c.Checkpoint == "" {
		return nil
	}
	f, err := os.Open(t.c.Checkpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("fit: checkpoint: %w", err)
	}
	defer f.Close()
	if err := t.Load(f); err != nil {
		return fmt.Errorf("fit: %s: %w", t.c.Checkpoint, err)
	}
	return nil
}

// SaveFile is Save to a file, which is replaced once the new one is written in full and
// on the disk: whenever the program or the machine stops, one of them is there.
func (t *TrainingOf[T]) SaveFile(path string) error { return wholefile.Write(path, t.Save) }

// SaveFile is Save to a file, which is replaced once the new one is on the disk.
func (n *NetworkOf[T]) SaveFile(path string) error { return wholefile.Write(path, n.Save) }

// LoadFile is Load from a file.
func (n *NetworkOf[T]) LoadFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("load weights: %w", err)
	}
	defer f.Close()
	if err := n.Load(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
