package nn

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/safetensors"
)

// Save writes all parameters and running moments in the safetensors format, by the names
// and shapes that Params and Moments have. Python's safetensors can read them.
func (n *NetworkOf[T]) Save(w io.Writer) error {
	if err := safetensors.Write(w, &safetensors.File{Tensors: tensorsOf(n.blocks(), "")}); err != nil {
		return fmt.Errorf("save weights: %w", err)
	}
	return nil
}

// Load reads weights in the safetensors format, such as Save of a network of the same
// architecture or a checkpoint of its training. They may be in half or double precision.
// On an error the network is as it was.
func (n *NetworkOf[T]) Load(r io.Reader) error {
	f, err := readTensors(r)
	if err != nil {
		return fmt.Errorf("load weights: %w", err)
	}
	blocks := n.blocks()
	values, err := match(f.Tensors, blocks, "")
	if err != nil {
		return fmt.Errorf("load weights: %w; load them into the architecture that was saved", err)
	}
	assign(blocks, values)
	return nil
}

// blocks are all numbers that make the network what it is.
func (n *NetworkOf[T]) blocks() []*engine.ParamOf[T] {
	return slices.Concat(n.params, n.alphas, n.moments)
}

func readTensors(r io.Reader) (*safetensors.File, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return safetensors.Parse(b)
}

// stateMark begins the names of what a checkpoint holds beside the network.
const stateMark = "@"

// tensorsOf are blocks as they are in a file, their names after a prefix.
func tensorsOf[T engine.Float](blocks []*engine.ParamOf[T], prefix string) []safetensors.Tensor {
	all := make([]safetensors.Tensor, len(blocks))
	for i, p := range blocks {
		all[i] = safetensors.Of(prefix+p.Name, p.Shape, p.W)
	}
	return all
}

// match finds the numbers of the blocks in a file, by their names after a prefix. It says
// which block is the first that the file has not or has in another shape, or which tensor
// of that prefix belongs to no block.
func match[T engine.Float](tensors []safetensors.Tensor, blocks []*engine.ParamOf[T], prefix string) ([][]T, error) {
	left := map[string]safetensors.Tensor{}
	for _, t := range tensors {
		if strings.HasPrefix(t.Name, prefix) {
			left[t.Name] = t
		}
	}
	values := make([][]T, len(blocks))
	for i, p := range blocks {
		name := prefix + p.Name
		t, ok := left[name]
		if !ok {
			return nil, fmt.Errorf("there is no %q of shape %s in the file", name, dims(p.Shape))
		}
		if !slices.Equal(t.Shape, p.Shape) {
			return nil, fmt.Errorf("%q is of shape %s in the file, but of %s in the network", name, dims(t.Shape), dims(p.Shape))
		}
		delete(left, name)
		values[i] = make([]T, len(p.W))
		if err := safetensors.Read(t, values[i]); err != nil {
			return nil, err
		}
	}
	for _, t := range tensors {
		if _, ok := left[t.Name]; ok && (prefix != "" || !strings.HasPrefix(t.Name, stateMark)) {
			return nil, fmt.Errorf("the file has %q of shape %s, which the network has not", t.Name, dims(t.Shape))
		}
	}
	return values, nil
}

// dims writes a shape, such as 16×3×3×3.
func dims(shape []int) string {
	text := make([]string, len(shape))
	for i, d := range shape {
		text[i] = strconv.Itoa(d)
	}
	return strings.Join(text, "×")
}

// assign gives blocks their numbers.
func assign[T engine.Float](blocks []*engine.ParamOf[T], values [][]T) {
	for i, p := range blocks {
		copy(p.W, values[i])
	}
}
