package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var (
	kindMath      = ast.NewNodeKind("Math")
	kindMathBlock = ast.NewNodeKind("MathBlock")
)

// math is a formula in a line of text.
type math struct {
	ast.BaseInline
	tex     string // without its dollars
	display bool   // it stood between double dollars
}

func (*math) Kind() ast.NodeKind { return kindMath }

func (m *math) Dump(source []byte, level int) {
	ast.DumpHelper(m, source, level, map[string]string{"TeX": m.tex}, nil)
}

// mathInline reads $x$ and $$x$$. As in Pandoc, an opening dollar has no space
// after it and a closing one no space before it and no digit after it, so that
// prices stay prices.
type mathInline struct{}

// Trigger implements parser.InlineParser.
func (mathInline) Trigger() []byte { return []byte{'$'} }

// Parse implements parser.InlineParser.
func (mathInline) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	rest := remaining(block)
	fence := []byte("$")
	if bytes.HasPrefix(rest, []byte("$$")) {
		fence = []byte("$$")
	}
	body := rest[len(fence):]
	n := closing(body, fence)
	if n <= 0 {
		return nil
	}
	tex := body[:n]
	if len(fence) == 1 {
		after := body[n+1:]
		if util.IsSpace(tex[0]) || util.IsSpace(tex[n-1]) || len(after) > 0 && after[0] >= '0' && after[0] <= '9' {
			return nil
		}
	}
	block.Advance(2*len(fence) + n)
	return &math{tex: string(bytes.TrimSpace(tex)), display: len(fence) == 2}
}

// remaining is what is left of the paragraph: a formula may go over lines.
func remaining(block text.Reader) []byte {
	var rest []byte
	line, at := block.Position()
	for {
		l, _ := block.PeekLine()
		if l == nil {
			break
		}
		rest = append(rest, l...)
		block.AdvanceLine()
	}
	block.SetPosition(line, at)
	return rest
}

// closing is where the fence stands again, not behind a backslash; -1 if nowhere.
func closing(body, fence []byte) int {
	for i := 0; i+len(fence) <= len(body); i++ {
		if body[i] == '\\' {
			i++
		} else if bytes.HasPrefix(body[i:], fence) {
			return i
		}
	}
	return -1
}

// mathBlock is a formula that stands for itself: between lines that begin and
// end with $$, or a LaTeX environment.
type mathBlock struct {
	ast.BaseBlock
	end []byte // what ends it
}

func (*mathBlock) Kind() ast.NodeKind { return kindMathBlock }

func (m *mathBlock) Dump(source []byte, level int) { ast.DumpHelper(m, source, level, nil, nil) }

func (*mathBlock) IsRaw() bool { return true }

// mathBlocks reads mathBlocks.
type mathBlocks struct{}

// Trigger implements parser.BlockParser.
func (mathBlocks) Trigger() []byte { return []byte{'$', '\\'} }

// Open implements parser.BlockParser.
func (mathBlocks) Open(_ ast.Node, reader text.Reader, _ parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	trimmed := bytes.TrimSpace(line)
	node := &mathBlock{}
	body := trimmed
	switch {
	case bytes.HasPrefix(trimmed, []byte("$$")):
		node.end, body = []byte("$$"), trimmed[2:]
	case bytes.HasPrefix(trimmed, []byte(`\begin{`)):
		_, name, _ := bytes.Cut(trimmed, []byte("{"))
		name, _, ok := bytes.Cut(name, []byte("}"))
		if !ok {
			return nil, parser.NoChildren
		}
		node.end = []byte(`\end{` + string(name) + "}")
	default:
		return nil, parser.NoChildren
	}
	if i := bytes.Index(body, node.end); i >= 0 {
		if i+len(node.end) < len(body) { // text goes on behind it: a paragraph
			return nil, parser.NoChildren
		}
		node.end = nil // all on one line
	} else if !bytes.Contains(reader.Source()[segment.Stop:], node.end) {
		return nil, parser.NoChildren
	}
	node.Lines().Append(segment)
	reader.AdvanceToEOL()
	return node, parser.NoChildren
}

// Continue implements parser.BlockParser.
func (mathBlocks) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	m := node.(*mathBlock)
	if m.end == nil {
		return parser.Close
	}
	line, segment := reader.PeekLine()
	m.Lines().Append(segment)
	reader.AdvanceToEOL()
	if bytes.HasSuffix(bytes.TrimSpace(line), m.end) {
		m.end = nil
	}
	return parser.Continue | parser.NoChildren
}

// Close implements parser.BlockParser.
func (mathBlocks) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (mathBlocks) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (mathBlocks) CanAcceptIndentedLine() bool { return false }
