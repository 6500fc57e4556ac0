package draft

import "go/token"

// Brace says what stands between two brackets.
type Brace int

// Kinds of brackets.
const (
	Block   Brace = iota // statements; the text itself is a block, too
	Cases                // the clauses of a switch or a select
	Literal              // the elements of a composite literal
	Members              // of a struct or an interface type
	Group                // specifications of an import, a const, a type or a var
	Round                // ( ) around anything else
	Square               // [ ]
)

// level is a bracket that is open, and how far its last statement is.
type level struct {
	open   int // the token that opened it, -1: it is the text itself
	kind   Brace
	owner  token.Token // of a block or of cases: if, for, switch, select, else, func, struct …; ILLEGAL: nothing
	clause bool        // cases have begun
	deflt  bool        // and one of them is the default

	first  int         // the token that the statement began with, -1: between statements
	header token.Token // if, for, switch, select or else, whose block has not begun yet; else ILLEGAL
	fn     bool        // there was a func, whose body has not begun yet
	assign bool        // the header assigns
	semis  int         // semicolons in the header
	ranges bool        // the header has a range, or a .(type)
	listed bool        // it is a list of expressions so far
	set    bool        // which something is assigned to
	closed Brace       // the last bracket that was closed in it
}

// list: elements with commas between them, which the end of a line doesn't end.
func (l *level) list() bool { return l.kind == Literal || l.kind == Round || l.kind == Square }

// reader follows the brackets and the statements of a text, token by token.
type reader struct {
	toks  []Token
	stack []level
}

func newReader(toks []Token) *reader {
	return &reader{toks: toks, stack: []level{{open: -1, owner: token.ILLEGAL, first: -1, header: token.ILLEGAL}}}
}

func (r *reader) top() *level { return &r.stack[len(r.stack)-1] }

// kind of a token; ILLEGAL where there is none.
func (r *reader) kind(i int) token.Token {
	if i < 0 || i >= len(r.toks) {
		return token.ILLEGAL
	}
	return r.toks[i].Kind
}

// closer is what ends a level.
func (r *reader) closer(l *level) token.Token {
	switch r.kind(l.open) {
	case token.LPAREN:
		return token.RPAREN
	case token.LBRACK:
		return token.RBRACK
	}
	return token.RBRACE
}

// step goes over a token. A bracket that is closed is the last one that was opened.
func (r *reader) step(i int) {
	l := r.top()
	kind := r.kind(i)
	switch kind {
	case token.SEMICOLON:
		if l.header != token.ILLEGAL && !r.toks[i].Auto {
			l.semis++
		} else {
			l.end()
		}
		return
	case token.RPAREN, token.RBRACK, token.RBRACE:
		if len(r.stack) > 1 {
			r.stack = r.stack[:len(r.stack)-1]
			r.top().closed = l.kind
		}
		return
	}
	if l.first < 0 {
		l.first, l.assign, l.semis, l.ranges, l.listed, l.set = i, false, 0, false, false, kind.IsKeyword()
		if (kind == token.CASE || kind == token.DEFAULT) && l.kind == Cases {
			l.clause, l.deflt = true, l.deflt || kind == token.DEFAULT
		}
	}
	switch kind {
	case token.LPAREN, token.LBRACK, token.LBRACE:
		r.stack = append(r.stack, r.enter(i))
	case token.IF, token.FOR, token.SWITCH, token.SELECT, token.ELSE:
		l.header = kind
	case token.FUNC:
		before := r.kind(i - 1)
		l.fn = before != token.RBRACK && before != token.CHAN && before != token.ARROW // a type of elements has no body
	case token.COMMA:
		l.listed = true
	case token.DEFINE, token.ASSIGN:
		l.set = true
		l.assign = l.assign || l.header != token.ILLEGAL
	case token.RANGE:
		l.ranges = true
	case token.TYPE:
		if r.kind(i-1) == token.LPAREN && len(r.stack) > 1 {
			r.stack[len(r.stack)-2].ranges = true
		}
	case token.COLON:
		switch first := r.kind(l.first); {
		case l.kind == Cases && (first == token.CASE || first == token.DEFAULT), l.kind <= Cases && i == l.first+1: // a clause, a label
			l.end()
		}
	}
}

// end is the end of a statement.
func (l *level) end() { l.first, l.header, l.fn = -1, token.ILLEGAL, false }

// enter is the level that a bracket opens.
func (r *reader) enter(i int) level {
	l, before := r.top(), r.kind(i-1)
	in := level{open: i, owner: token.ILLEGAL, first: -1, header: token.ILLEGAL}
	switch r.kind(i) {
	case token.LBRACK:
		in.kind = Square
		return in
	case token.LPAREN:
		in.kind = Round
		if before == token.IMPORT || before == token.CONST || before == token.VAR || before == token.TYPE {
			in.kind, in.owner = Group, before
		}
		return in
	}
	switch {
	case before == token.STRUCT || before == token.INTERFACE:
		in.kind, in.owner = Members, before
	case l.header != token.ILLEGAL && !r.ofElements(i-1):
		in.owner, l.header = l.header, token.ILLEGAL
		if in.owner == token.SWITCH || in.owner == token.SELECT {
			in.kind = Cases
		}
	case l.fn && !r.ofElements(i-1):
		in.owner, l.fn = token.FUNC, false
	case l.kind == Literal && (before == token.LBRACE || before == token.COMMA || before == token.COLON),
		l.first != i && (before == token.IDENT || before == token.RBRACK || before == token.RBRACE):
		in.kind = Literal
	}
	return in
}

// ofElements: a type ends at a token that is one of elements, as []T and map[K]V are,
// so that a brace behind it begins a literal even in the header of a statement.
func (r *reader) ofElements(i int) bool {
	if r.kind(i) == token.RBRACE { // struct{}
		return r.top().closed == Members
	}
	for r.kind(i) == token.IDENT && r.kind(i-1) == token.PERIOD {
		i -= 2
	}
	if r.kind(i) != token.IDENT {
		return false
	}
	for i--; r.kind(i) == token.MUL; {
		i--
	}
	return r.kind(i) == token.RBRACK && !(r.top().fn && r.top().header == token.ILLEGAL)
}
