// Package arch describes neural architectures as data: a graph of operations
// with shapes, parameter counts and multiply-accumulates (MACs). It computes
// nothing else: what trains an architecture is in package nn.
package arch

import "fmt"

// Shape is the shape of one sample's activations: channels, height, width
// (NCHW without N). A vector of n features has the shape {n, 1, 1}.
type Shape struct {
	C, H, W int
}

// Elems is the number of activations of one sample.
func (s Shape) Elems() int { return s.C * s.H * s.W }

func (s Shape) String() string { return fmt.Sprintf("%d×%d×%d", s.C, s.H, s.W) }

// Kind names what an operation does.
type Kind string

// The operations. Which fields of Op count for each kind is said beside it;
// all other fields are zero.
const (
	Input      Kind = "input"      // the image; always node 0 and only there
	Conv       Kind = "conv"       // Out, KH, KW, Stride, StrideW, PadH and PadW or Same, Dilation, Groups, Bias
	BatchNorm  Kind = "batchnorm"  // over channels, with learned scale and shift unless Fixed
	MaxPool    Kind = "maxpool"    // KH, KW, Stride, PadH and PadW or Same, Ceil; padding never wins
	AvgPool    Kind = "avgpool"    // KH, KW, Stride, PadH and PadW or Same, Ceil; the mean is of the pixels inside the image only
	GlobalPool Kind = "globalpool" // mean over height and width
	Flatten    Kind = "flatten"    // C×H×W to a vector, row major
	Linear     Kind = "linear"     // Out, Bias; takes a vector
	Add        Kind = "add"        // of inputs of one shape
	Mul        Kind = "mul"        // of an image and its gate: an image of the same shape, or one number a channel (C×1×1)
	Mix        Kind = "mix"        // Alpha, Gate; Σ wₖ·xₖ of inputs of one shape, with w the gate of learned numbers α, one an input
	Custom     Kind = "custom"     // Func, Size, Out, KH, KW; a function of one's own of x and Size parameters, whose output has the shape Out×KH×KW
	Concat     Kind = "concat"     // along channels, in the order of In
	Shuffle    Kind = "shuffle"    // Groups; channels of g groups interleaved: channel j of group i becomes channel j·g+i
	Slice      Kind = "slice"      // From, Out; channels From to From+Out-1
	Shift      Kind = "shift"      // the image moved one pixel up and left; zeros enter below and at the right
	Crop       Kind = "crop"       // From, KH, KW; rows From to From+KH-1 and columns From to From+KW-1
	ZeroPad    Kind = "zeropad"    // PadH, PadW; so many rows and columns of zeros in all, half on each side, an odd one below or at the right
	Identity   Kind = "identity"   //
	Zero       Kind = "zero"       // Stride; zeros of the input's shape, height and width divided by Stride and rounded up
	Dropout    Kind = "dropout"    // Rate
	DropPath   Kind = "droppath"   // Rate

	ReLU        Kind = "relu"        // max(x, 0)
	ReLU6       Kind = "relu6"       // min(max(x, 0), 6)
	Tanh        Kind = "tanh"        //
	Sigmoid     Kind = "sigmoid"     // 1/(1+e⁻ˣ)
	HardSigmoid Kind = "hardsigmoid" // relu6(x+3)/6
	SiLU        Kind = "silu"        // x·sigmoid(x), also called swish
	HardSwish   Kind = "hardswish"   // x·hardsigmoid(x)
)

// Activation says whether k is a function of each number on its own, from ReLU to HardSwish.
func (k Kind) Activation() bool {
	switch k {
	case ReLU, ReLU6, Tanh, Sigmoid, HardSigmoid, SiLU, HardSwish:
		return true
	}
	return false
}

// Op is one operation with its settings.
//
// The literature pads in two ways, and counts of the same network differ by it.
// Explicit padding (PyTorch) puts PadH rows above and below, PadW columns left and
// right. SAME padding (TensorFlow) puts as many as make the output ⌈size/Stride⌉,
// half of them on each side and an odd one below or at the right.
type Op struct {
	Kind     Kind    `json:"kind"`
	Out      int     `json:"out,omitempty"`  // output channels or features
	From     int     `json:"from,omitempty"` // first channel of a slice, first row and column of a crop
	KH       int     `json:"kh,omitempty"`   // height of the filter, the window, the crop or what a function gives
	KW       int     `json:"kw,omitempty"`
	Stride   int     `json:"stride,omitempty"`   // both directions; 0 means 1
	StrideW  int     `json:"stride_w,omitempty"` // of a convolution, across, where it differs from Stride; 0 means Stride
	PadH     int     `json:"pad_h,omitempty"`    // on each of both sides
	PadW     int     `json:"pad_w,omitempty"`
	Same     bool    `json:"same,omitempty"`     // TensorFlow's SAME padding in place of PadH and PadW
	Dilation int     `json:"dilation,omitempty"` // 0 means 1
	Groups   int     `json:"groups,omitempty"`   // 0 means 1
	Bias     bool    `json:"bias,omitempty"`
	Ceil     bool    `json:"ceil,omitempty"`  // pooling: a last window that reaches over the edge counts too
	Fixed    bool    `json:"fixed,omitempty"` // batch norm without learned scale and shift
	Rate     float64 `json:"rate,omitempty"`  // share of activations that dropout, of samples that drop path sets to 0 in training
	Alpha    string  `json:"alpha,omitempty"` // name of the mixing numbers of a mix, which all nodes share that name them
	Gate     Gate    `json:"gate,omitempty"`  // of a mix: how its weights follow from its mixing numbers; "" means softmax
	Func     string  `json:"func,omitempty"`  // name of a custom node's function, which whoever computes the architecture must know
	Size     int     `json:"size,omitempty"`  // of a custom node: number of its parameters
}

// Node is one operation of an architecture and where its inputs come from.
type Node struct {
	Name  string `json:"name"`            // unique in the architecture
	Block string `json:"block,omitempty"` // what it belongs to when drawn: "stem", "cell 1", or a path such as "stage 2/unit 1"
	Op    Op     `json:"op"`
	In    []int  `json:"in,omitempty"` // indices of earlier nodes
}

// Arch is an architecture: nodes in an order in which each comes after its
// inputs. Node 0 is the input; the last node is the output, a vector with one
// number per class. A node whose output nobody takes is allowed (a cell whose
// other edges are zero has such nodes): its parameters exist and are counted.
type Arch struct {
	Name  string `json:"name,omitempty"`
	Input Shape  `json:"input"`
	Nodes []Node `json:"nodes"`
	// Aux are nodes, in order, whose outputs are auxiliary: vectors of classes like
	// the output, which training uses and inference does not compute. What only they
	// need has parameters that count and MACs that do not.
	Aux []int `json:"aux,omitempty"`
}
