package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// operands is the hint for an operation that Go does not have for the types of its operands.
func (c *checked) operands(b *ast.BinaryExpr) string {
	if b == nil {
		return ""
	}
	x, y := c.info.TypeOf(b.X), c.info.TypeOf(b.Y)
	if x == nil || y == nil || x == types.Typ[types.Invalid] || y == types.Typ[types.Invalid] {
		return ""
	}
	left, right := types.ExprString(b.X), types.ExprString(b.Y)
	op := " " + b.Op.String() + " "
	isNil := func(t types.Type) bool { return t == types.Typ[types.UntypedNil] }
	switch {
	case isNil(x) && isNil(y):
		return ""
	case isNil(y):
		return c.neverNil(left, x)
	case isNil(x):
		return c.neverNil(right, y)
	}
	if _, ok := x.(*types.TypeParam); ok {
		if slices.Contains([]token.Token{token.ADD, token.LSS, token.GTR, token.LEQ, token.GEQ}, b.Op) {
			return "the type's constraint has to allow it, as cmp.Ordered does"
		}
		return ""
	}
	for _, s := range []struct {
		one, other     types.Type
		text, with     string
		value          ast.Expr
		before, behind string
	}{{x, y, left, right, b.X, "", op + right}, {y, x, right, left, b.Y, left + op, ""}} {
		whole := func(operand string) string { return "write " + s.before + operand + s.behind }
		switch one := s.one.Underlying().(type) {
		case *types.Signature:
			if r := one.Results(); r.Len() == 1 && matches(r.At(0).Type(), s.other) {
				return "to call it, " + whole(s.text+"()")
			}
		case *types.Pointer:
			if matches(one.Elem(), s.other) && c.method(s.one, b.Op) == nil {
				return whole("*" + s.text)
			}
		case *types.Interface:
			if _, ok := s.other.Underlying().(*types.Basic); ok {
				return whole(s.text + ".(" + c.typeText(types.Default(s.other)) + ")")
			}
			if one.Empty() {
				return "to take a number out of it, write " + s.text + ".(int), or the type that it has"
			}
		case *types.Slice:
			switch {
			case b.Op == token.EQL || b.Op == token.NEQ:
				return "slices.Equal compares slices"
			case isNumber(one.Elem()):
				return "a loop computes with the elements of a slice, and so do floats.Add, floats.Scale and others of gonum"
			}
		}
	}
	if hint := c.byMethod(b, x); hint != "" {
		return hint
	}
	switch {
	case isString(x) && isNumber(y) || isNumber(x) && isString(y):
		return c.textAndNumber(b, x, y)
	case isNumber(x) && isNumber(y) && !types.Identical(x, y):
		return "write " + c.converted(b, x, y)
	}
	return ""
}

// fraction is the hint for a number with a fraction beside a whole one.
func (c *checked) fraction(b *ast.BinaryExpr) string {
	if b == nil {
		return ""
	}
	isInt := func(x ast.Expr) bool {
		return basicInfo(c.typeOf(x))&types.IsInteger != 0 && c.info.Types[x].Value == nil
	}
	left, right := types.ExprString(b.X), types.ExprString(b.Y)
	switch {
	case isInt(b.X):
		left = c.conversion(types.Typ[types.Float64], left)
	case isInt(b.Y):
		right = c.conversion(types.Typ[types.Float64], right)
	default:
		return ""
	}
	return "write " + left + " " + b.Op.String() + " " + right
}

// increment is the hint for an assignment such as x += y with numbers of two types.
func (c *checked) increment(s *ast.AssignStmt) string {
	if s == nil || len(s.Lhs) != 1 || len(s.Rhs) != 1 || s.Tok == token.ASSIGN || s.Tok == token.DEFINE {
		return ""
	}
	if x := c.typeOf(s.Lhs[0]); isNumber(x) && isNumber(c.typeOf(s.Rhs[0])) {
		return fmt.Sprintf("write %s %v %s", exprs(s.Lhs), s.Tok, c.conversion(x, exprs(s.Rhs)))
	}
	return ""
}

// neverNil is the hint for a comparison of nil with a value of a type that has none.
func (c *checked) neverNil(text string, t types.Type) string {
	return fmt.Sprintf("%s is a value of type %s, which is never nil", text, c.typeText(t))
}

// matches: a value of the one type can stand beside one of the other, or beside such a constant.
func matches(t, other types.Type) bool {
	return types.Identical(t, other) || isNumber(t) && isUntyped(other) && isNumber(other) || isString(t) && isUntyped(other) && isString(other)
}

func basicInfo(t types.Type) types.BasicInfo {
	if b, ok := t.Underlying().(*types.Basic); ok {
		return b.Info()
	}
	return 0
}

func isNumber(t types.Type) bool  { return basicInfo(t)&types.IsNumeric != 0 }
func isString(t types.Type) bool  { return basicInfo(t)&types.IsString != 0 }
func isUntyped(t types.Type) bool { return basicInfo(t)&types.IsUntyped != 0 }

// methodNames are what methods are called that do what operators do to numbers.
var methodNames = map[token.Token][]string{
	token.ADD: {"Add"}, token.SUB: {"Sub"}, token.MUL: {"Mul"}, token.QUO: {"Quo", "Div"}, token.REM: {"Rem", "Mod"},
	token.LSS: {"Cmp", "Compare"}, token.GTR: {"Cmp", "Compare"}, token.LEQ: {"Cmp", "Compare"}, token.GEQ: {"Cmp", "Compare"},
	token.EQL: {"Cmp", "Compare"}, token.NEQ: {"Cmp", "Compare"},
}

// method is the method of a type that stands for an operator.
func (c *checked) method(t types.Type, op token.Token) *types.Func {
	for _, name := range methodNames[op] {
		if o, _, _ := types.LookupFieldOrMethod(t, true, c.pkg, name); o != nil {
			if f, ok := o.(*types.Func); ok {
				return f
			}
		}
	}
	return nil
}

// byMethod is the hint for an operation on a type that has a method for it, as those of math/big have.
func (c *checked) byMethod(b *ast.BinaryExpr, t types.Type) string {
	f := c.method(t, b.Op)
	if f == nil {
		return ""
	}
	x, y := types.ExprString(b.X), types.ExprString(b.Y)
	named, _ := pointed(t).(*types.Named)
	if named != nil && named.Obj().Pkg() != nil && isUntyped(c.info.TypeOf(b.Y)) {
		if make := "New" + named.Obj().Name(); named.Obj().Pkg().Scope().Lookup(make) != nil {
			y = named.Obj().Pkg().Name() + "." + make + "(" + y + ")"
		}
	}
	switch params := f.Signature().Params().Len(); {
	case f.Name() == "Cmp" || f.Name() == "Compare":
		return fmt.Sprintf("write %s.%s(%s) %v 0", x, f.Name(), y, b.Op)
	case params == 1:
		return fmt.Sprintf("write %s.%s(%s)", x, f.Name(), y)
	case params == 2 && named != nil:
		return fmt.Sprintf("write new(%s).%s(%s, %s)", c.typeText(named), f.Name(), x, y)
	}
	return ""
}

func pointed(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// textAndNumber is the hint for an operation on a string and a number.
func (c *checked) textAndNumber(b *ast.BinaryExpr, x, y types.Type) string {
	text, number, one := b.X, b.Y, y
	if isNumber(x) {
		text, number, one = b.Y, b.X, x
	}
	char := ""
	if v := c.info.Types[text].Value; v != nil {
		char, _ = strconv.Unquote(v.ExactString())
	}
	switch {
	case utf8.RuneCountInString(char) == 1 && (types.Identical(one, types.Typ[types.Uint8]) || types.Identical(one, types.Typ[types.Int32])):
		return "a single character stands in single quotes: " + strconv.QuoteRune([]rune(char)[0])
	case b.Op == token.MUL:
		return fmt.Sprintf("write strings.Repeat(%s, %s)", types.ExprString(text), types.ExprString(number))
	case b.Op == token.ADD && text == b.X:
		return fmt.Sprintf("write %s + fmt.Sprint(%s)", types.ExprString(text), types.ExprString(number))
	case b.Op == token.ADD:
		return fmt.Sprintf("write fmt.Sprint(%s) + %s", types.ExprString(number), types.ExprString(text))
	}
	return "strconv.Atoi and strconv.ParseFloat read a number from a string"
}

// converted is an operation on numbers of two types with one of them converted: to the
// type with a name of its own, the floating-point type, or the wider one.
func (c *checked) converted(b *ast.BinaryExpr, x, y types.Type) string {
	weight := func(t types.Type) (n int) {
		switch {
		case basicInfo(t)&types.IsComplex != 0:
			n = 20
		case basicInfo(t)&types.IsFloat != 0:
			n = 10
		}
		if t, ok := t.Underlying().(*types.Basic); ok && !isUntyped(t) {
			n += int(types.SizesFor("gc", "amd64").Sizeof(t)) / 8
		}
		if _, ok := types.Unalias(t).(*types.Named); ok {
			n += 40
		}
		return n
	}
	left, right := types.ExprString(b.X), types.ExprString(b.Y)
	if weight(x) >= weight(y) && !isUntyped(x) || isUntyped(y) && !isUntyped(x) && weight(x) > 0 {
		right = c.conversion(x, right)
	} else if isUntyped(y) {
		left = c.conversion(types.Default(y), left)
	} else {
		left = c.conversion(y, left)
	}
	return left + " " + b.Op.String() + " " + right
}

func (c *checked) conversion(t types.Type, text string) string {
	return c.typeText(t) + "(" + text + ")"
}

// typeText is a type as the cell writes it.
func (c *checked) typeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == c.pkg || strings.HasPrefix(p.Name(), "main") {
			return ""
		}
		return p.Name()
	})
}

// misused finds a value whose type is not the one that is wanted.
var misused = regexp.MustCompile(`^cannot use (.+?) \((?:[^()]|\([^()]*\))*? of (?:(\w+) )?type ([^()]+?|func\(.*\).*?)\) as (.+?) value in `)

// arrayType finds array types.
var arrayType = regexp.MustCompile(`^\[\d+\]`)

// unlike is the hint for a value whose type is not the one that is wanted.
func (c *checked) unlike(at around, msg string) string {
	m := misused.FindStringSubmatch(msg)
	if m == nil || strings.Contains(msg, " does not implement ") {
		return ""
	}
	text, kind, have, want := m[1], m[2], m[3], m[4]
	switch {
	case (numeric(have) || numeric(kind)) && numeric(want):
		return "write " + want + "(" + text + ")"
	case numeric(have) && want == "string":
		return "write fmt.Sprint(" + text + ")"
	case have == "string" && numeric(want):
		return "strconv.Atoi and strconv.ParseFloat read a number from a string"
	case want == "*"+have && token.IsIdentifier(text):
		return "write &" + text
	case have == "*"+want:
		return "write *" + text
	case have == "func() "+want:
		return "to call it, write " + text + "()"
	case arrayType.MatchString(have) && strings.HasPrefix(want, "[]") && have[strings.Index(have, "]")+1:] == want[2:]:
		return "write " + text + "[:]"
	case strings.HasPrefix(have, "[]") && strings.HasPrefix(want, "[]") && numeric(have[2:]) && numeric(want[2:]):
		return fmt.Sprintf("a slice is not converted as a whole: make it a %s from the start, or convert its elements in a loop", want)
	case have == "any" || have == "interface{}":
		return "write " + text + ".(" + want + ")"
	case bare(have) == bare(want):
		if t, ok := types.Unalias(pointed(c.wanted(at))).(*types.Named); ok && t.Obj().Pkg() != nil {
			return fmt.Sprintf("these are types of two packages: import %q", t.Obj().Pkg().Path())
		}
		return ""
	}
	if parts := c.parts(at.value, c.wanted(at)); len(parts) > 0 && len(parts) <= 4 {
		return "write " + strings.Join(parts, " or ")
	}
	return c.maker(have, want)
}

// quotedPath finds the path of a package in a type that needs it to be told from others.
var quotedPath = regexp.MustCompile(`".*"`)

// bare is a type without the path of its package, if it is given.
func bare(t string) string {
	return quotedPath.ReplaceAllStringFunc(t, func(path string) string { return guessName(strings.Trim(path, `"`)) })
}

// wanted is the type of the parameter that the value at a place is given for; invalid if it
// is no argument.
func (c *checked) wanted(at around) types.Type {
	for _, call := range at.calls {
		s, ok := c.typeOf(call.Fun).Underlying().(*types.Signature)
		i := slices.Index(call.Args, at.value)
		switch {
		case !ok || i < 0:
		case s.Variadic() && i >= s.Params().Len()-1:
			return s.Params().At(s.Params().Len() - 1).Type().(*types.Slice).Elem()
		case i < s.Params().Len():
			return s.Params().At(i).Type()
		}
	}
	return types.Typ[types.Invalid]
}

// parts are the fields and the methods without parameters of a value that have a type.
func (c *checked) parts(x ast.Expr, want types.Type) (list []string) {
	if x == nil || want == types.Typ[types.Invalid] {
		return nil
	}
	text := types.ExprString(x)
	for _, name := range c.members(x) {
		o, _, _ := types.LookupFieldOrMethod(c.typeOf(x), true, c.pkg, name)
		switch o := o.(type) {
		case *types.Var:
			if o.Exported() && types.Identical(o.Type(), want) {
				list = append(list, text+"."+name)
			}
		case *types.Func:
			s := o.Signature()
			if o.Exported() && s.Params().Len() == 0 && s.Results().Len() == 1 && types.Identical(s.Results().At(0).Type(), want) {
				list = append(list, text+"."+name+"()")
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// numeric: a name is that of one of Go's own types of numbers.
func numeric(name string) bool {
	t, ok := types.Universe.Lookup(name).(*types.TypeName)
	return ok && isNumber(t.Type())
}

// taker is the hint for a type that is called as if it were the function which takes its values.
func (c *checked) taker(name string) string {
	hint := name + " is a type"
	pkg, _, _ := strings.Cut(name, ".")
	for _, p := range c.pkg.Imports() {
		if p.Name() != pkg {
			continue
		}
		for _, n := range p.Scope().Names() {
			f, ok := p.Scope().Lookup(n).(*types.Func)
			if !ok || !f.Exported() {
				continue
			}
			for v := range f.Signature().Params().Variables() {
				if c.typeText(v.Type()) == name {
					return hint + ", for " + pkg + "." + n
				}
			}
		}
	}
	return hint
}

// maker is the hint for a type of a package that has a function which makes such values:
// the one with fewest parameters, of those if possible that take what is there.
func (c *checked) maker(have, want string) string {
	path, name, ok := strings.Cut(strings.TrimLeft(want, "*"), ".")
	if !ok {
		return ""
	}
	for _, p := range c.pkg.Imports() {
		if p.Name() != path || p.Scope().Lookup(name) == nil {
			continue
		}
		best, score := "", 0
		for _, n := range p.Scope().Names() {
			f, ok := p.Scope().Lookup(n).(*types.Func)
			if !ok || !f.Exported() || f.Signature().Results().Len() == 0 || c.typeText(f.Signature().Results().At(0).Type()) != want {
				continue
			}
			var params []string
			takes := 0
			for v := range f.Signature().Params().Variables() {
				params = append(params, v.Name())
				if c.typeText(v.Type()) == have {
					takes = 100 // more than there are parameters
				}
			}
			s := takes - len(params)
			if best == "" || s > score {
				best, score = path+"."+n+"("+strings.Join(params, ", ")+")", s
			}
		}
		if best != "" {
			return best + " makes one"
		}
	}
	return ""
}
