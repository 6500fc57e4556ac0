package lower

import (
	"go/constant"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// few is how many elements of a table are written one by one.
const few = 32

// table writes a run of integer constants to elements of one array, with which the
// instructions begin, in one statement: packages with tables have thousands of them, and
// yaegi's time and memory go by statements. It returns how many instructions that are; 0
// if there is no run, or a short one.
func (f *function) table(instrs []ssa.Instruction) int {
	var array ssa.Value
	var first int64
	var numbers []string
	for 2*len(numbers)+1 < len(instrs) {
		at, ok := instrs[2*len(numbers)].(*ssa.IndexAddr)
		if !ok || !f.inPlace[at] || len(*at.Referrers()) != 1 || array != nil && at.X != array {
			break
		}
		store, ok := instrs[2*len(numbers)+1].(*ssa.Store)
		if !ok || store.Addr != at {
			break
		}
		index, ok := at.Index.(*ssa.Const)
		number := integer(store.Val)
		if !ok || number == "" || array != nil && index.Int64() != first+int64(len(numbers)) {
			break
		}
		if array == nil {
			switch at.X.(type) {
			case *ssa.Alloc, *ssa.Global: // which are no nil pointers
			default:
				return 0
			}
			array, first = at.X, index.Int64()
		}
		numbers = append(numbers, number)
	}
	if len(numbers) < few {
		return 0
	}
	place, ok := strings.CutSuffix(f.place(instrs[0].(*ssa.IndexAddr)), "["+strconv.FormatInt(first, 10)+"]")
	if !ok {
		return 0
	}
	f.p("rt.Ints(%s[%d:%d], %q)", place, first, first+int64(len(numbers)), strings.Join(numbers, " "))
	return 2 * len(numbers)
}

// integer is an integer constant in decimal, "" if v is none.
func integer(v ssa.Value) string {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil {
		return ""
	}
	b, ok := c.Type().Underlying().(*types.Basic)
	if !ok || b.Info()&types.IsInteger == 0 {
		return ""
	}
	return constant.ToInt(c.Value).ExactString()
}
