package progen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Numeric writes the program with a number that consists of functions on numbers, arrays,
// slices and structs of them: what can be compiled to machine code.
func Numeric(seed uint64) []Part {
	n := &numeric{gen: &gen{rand: rand.New(rand.NewPCG(seed, 0x2545f4914f6cdd1d))}}
	for _, d := range strings.Split(prelude, "\n\n") {
		n.add(strings.TrimSpace(d), "")
	}
	n.add("type Pair struct {\n\tA int32\n\tB float64\n\tC [3]uint8\n}", "")
	n.add("var total int", "")
	n.add("var table = []uint16{1, 2, 3}", "")
	for _, d := range shared {
		n.add(d, "")
	}
	for range 3 + n.n(6) {
		n.function()
	}
	parts := n.decls
	for i, f := range n.kernels {
		for range 2 {
			n.vars, n.depth = nil, 0
			var args []string
			for _, t := range f.params {
				args = append(args, n.argument(t))
			}
			text := fmt.Sprintf("show(%d, %s(%s))", 4*i, f.name, strings.Join(args, ", "))
			parts = append(parts, Part{Kind: Statement, Text: fmt.Sprintf("try(%d, func() { %s })", i, text)}, Part{Kind: Statement, Text: showShared(i)})
		}
	}
	parts = append(parts, Part{Kind: Statement, Text: "show(0, total, table)"})
	return parts
}

// numeric is the state of writing one program of functions on numbers.
type numeric struct {
	*gen
	kernels []*kernel
	vars    []*number
	depth   int  // of blocks
	risky   bool // the statement has something in it that may panic
	self    *kernel
}

// kernel is a function.
type kernel struct {
	name    string
	params  []string
	results []string
	cost    int // about how many statements a call runs
}

// number is a variable.
type number struct {
	name, t string
	fixed   bool
}

var (
	wholes    = []string{"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64"}
	reals     = []string{"float64", "float32"}
	composite = []string{"[]int", "[]float64", "[]uint8", "[]float32", "[][]int", "[5]int", "Pair", "[]Pair", "complex128", "*Pair"}
)

func (n *numeric) scalar() string {
	switch n.n(10) {
	case 0:
		return "bool"
	case 1, 2, 3:
		return pick(n.gen, reals)
	case 4, 5, 6:
		return "int"
	}
	return pick(n.gen, wholes)
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// argument is a value for a parameter.
func (n *numeric) argument(t string) string {
	list := func(elem string) string {
		var vs []string
		for range 1 + n.n(6) {
			vs = append(vs, n.argument(elem))
		}
		return strings.Join(vs, ", ")
	}
	switch {
	case t == "*Pair":
		if n.chance(10) {
			return "nil"
		}
		return "&" + n.argument("Pair")
	case t == "Pair":
		return fmt.Sprintf("Pair{%d, %s, [3]uint8{1, 2, %d}}", n.n(100)-50, n.argument("float64"), n.n(256))
	case t == "[5]int":
		return "[5]int{1, 2, -3, 4}"
	case strings.HasPrefix(t, "[]"):
		if n.chance(8) {
			return t + "(nil)"
		}
		return t + "{" + list(t[2:]) + "}"
	case t == "bool":
		return fmt.Sprint(n.chance(50))
	case t == "complex128":
		return fmt.Sprintf("complex(%d, %d.5)", n.n(9)-4, n.n(3))
	}
	return n.literal(t)
}

// literal is a constant of a type of numbers.
func (n *numeric) literal(t string) string {
	switch {
	case t == "float32":
		return pick(n.gen, []string{"float32(0.1)", "float32(-2.5)", "float32(16777216)", "float32(1e-30)", "float32(3)"})
	case t == "float64":
		return pick(n.gen, []string{"0.1", "-2.5", "1e300", "1e-300", "3.0", "9007199254740993.0"})
	}
	small := fmt.Sprint(n.n(100))
	if !strings.HasPrefix(t, "u") && n.chance(40) {
		small = "-" + small
	}
	if n.chance(15) {
		edge := map[string]string{"int8": "-128", "uint8": "255", "int16": "-32768", "uint16": "65535", "int32": "-2147483648", "uint32": "4294967295",
			"int64": "-9223372036854775808", "int": "9223372036854775807", "uint": "18446744073709551615", "uint64": "18446744073709551615"}
		small = edge[t]
	}
	return t + "(" + small + ")"
}

// function declares a function.
func (n *numeric) function() {
	f := &kernel{name: n.name("K")}
	n.self, n.vars, n.depth = f, nil, 0
	var params []string
	for i := range 1 + n.n(4) {
		t := n.scalar()
		if n.chance(45) {
			t = pick(n.gen, composite)
		}
		name := fmt.Sprint("p", i)
		f.params = append(f.params, t)
		params = append(params, name+" "+t)
		n.vars = append(n.vars, &number{name, t, false})
	}
	result := n.scalar()
	if n.chance(30) {
		result = pick(n.gen, composite[:9])
	}
	f.results = []string{result}
	f.cost = 1
	n.vars = append(n.vars, &number{"total", "int", false}, &number{"r", result, false})
	body := n.block(2+n.n(5), 1)
	if n.chance(25) && f.params[0] == "int" { // it calls itself
		args := []string{"p0 - 1"}
		for i := range f.params[1:] {
			args = append(args, fmt.Sprint("p", i+1))
		}
		call := fmt.Sprintf("%s(%s)", f.name, strings.Join(args, ", "))
		body = fmt.Sprintf("\nif p0 > 0 && p0 < 6 {\nr = %s\n}", call) + body
		f.cost *= 6
	}
	n.add(fmt.Sprintf("func %s(%s) (r %s) {%s\nreturn r\n}", f.name, strings.Join(params, ", "), result, body), "")
	n.kernels = append(n.kernels, f)
}

// block writes statements; times is how often they run.
func (n *numeric) block(count, times int) string {
	var b strings.Builder
	mark := len(n.vars)
	for range count {
		n.risky = n.chance(75)
		b.WriteString("\n" + n.statement(times))
	}
	n.vars = n.vars[:mark]
	return b.String()
}

func (n *numeric) statement(times int) string {
	n.self.cost += times
	switch k := n.n(19); {
	case k < 3:
		t := n.scalar()
		if n.chance(30) {
			t = pick(n.gen, composite[:9])
		}
		e := n.expr(t, 3)
		v := &number{n.name("v"), t, false}
		n.vars = append(n.vars, v)
		return fmt.Sprintf("var %s %s = %s\n_ = %s", v.name, t, e, v.name)
	case k < 5 && n.depth < 3:
		n.depth++
		defer func() { n.depth-- }()
		cond := n.expr("bool", 2)
		if n.chance(50) {
			return fmt.Sprintf("if %s {%s\n}", cond, n.block(1+n.n(2), times))
		}
		return fmt.Sprintf("if %s {%s\n} else {%s\n}", cond, n.block(1, times), n.block(1, times))
	case k < 8 && n.depth < 2 && times < 300:
		return n.loop(times)
	case k == 8:
		if s := n.ofType("[]int", true); s != nil {
			if n.chance(30) {
				return fmt.Sprintf("%[1]s = append(%[1]s, %[1]s...)\nif len(%[1]s) > 20 {\n%[1]s = %[1]s[:7]\n}", s.name)
			}
			return fmt.Sprintf("%s = append(%s, %s)", s.name, s.name, n.expr("int", 2))
		}
	case k == 9 && times < 50:
		if c := n.call(times); c != "" {
			return c
		}
	case k > 15:
		return n.sharing()
	case k == 10:
		if s := n.ofType("[]float64", false); s != nil {
			return fmt.Sprintf("copy(%s, %s[min(1, len(%s)):])", s.name, s.name, s.name)
		}
	}
	return n.assign()
}

func (n *numeric) loop(times int) string {
	n.depth++
	defer func() { n.depth-- }()
	trips := 1 + n.n(9)
	v := &number{n.name("i"), "int", true}
	mark := len(n.vars)
	defer func() { n.vars = n.vars[:mark] }()
	head := ""
	switch n.n(3) {
	case 0:
		head = fmt.Sprintf("for %s := range %d {\n_ = %s", v.name, trips, v.name)
	case 1:
		head = fmt.Sprintf("for %s := %d; %s > 0; %s -= 2 {", v.name, trips, v.name, v.name)
	case 2:
		s := n.ofType("[]float64", false)
		if s == nil {
			head = fmt.Sprintf("for %s := 0; %s < %d; %s++ {", v.name, v.name, trips, v.name)
			break
		}
		e := &number{n.name("e"), "float64", false}
		n.vars = append(n.vars, e)
		head = fmt.Sprintf("for %s, %s := range %s {\n_, _ = %s, %s", v.name, e.name, s.name, v.name, e.name)
	}
	n.vars = append(n.vars, v)
	body := n.block(1+n.n(3), times*trips)
	if n.chance(25) {
		body += fmt.Sprintf("\nif %s {\n%s\n}", n.expr("bool", 1), pick(n.gen, []string{"break", "continue"}))
	}
	return head + body + "\n}"
}

// call is a call of a function that was declared before.
func (n *numeric) call(times int) string {
	if len(n.kernels) == 0 {
		return ""
	}
	f := pick(n.gen, n.kernels)
	if f.cost*times > 2000 {
		return ""
	}
	n.self.cost += f.cost * times
	var args []string
	for _, t := range f.params {
		if v := n.ofType(t, false); v != nil {
			args = append(args, v.name)
		} else {
			args = append(args, n.argument(t))
		}
	}
	v := &number{n.name("v"), f.results[0], false}
	n.vars = append(n.vars, v)
	return fmt.Sprintf("%s := %s(%s)\n_ = %s", v.name, f.name, strings.Join(args, ", "), v.name)
}

// ofType is a variable of a type, nil if there is none.
func (n *numeric) ofType(t string, assigned bool) *number {
	var found []*number
	for _, v := range n.vars {
		if v.t == t && (!assigned || !v.fixed) {
			found = append(found, v)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return pick(n.gen, found)
}

// assign writes an assignment.
func (n *numeric) assign() string {
	var targets []*number
	for _, v := range n.vars {
		if !v.fixed {
			targets = append(targets, v)
		}
	}
	v := pick(n.gen, targets)
	place, t := v.name, v.t
	switch {
	case t == "Pair" || t == "*Pair":
		i := n.n(3)
		place, t = place+[]string{".A", ".B", ".C[1]"}[i], []string{"int32", "float64", "uint8"}[i]
		if v.t == "*Pair" {
			if !n.risk() {
				return fmt.Sprintf("if %s != nil {\n%s = %s\n}", v.name, place, n.expr(t, 2))
			}
		}
	case t == "[5]int" && n.chance(80):
		place, t = fmt.Sprintf("%s[uint(%s)%%5]", place, n.expr("int", 1)), "int"
	case strings.HasPrefix(t, "[]") && n.chance(85):
		place, t = n.element(v)
		if t == "Pair" {
			place, t = place+".B", "float64"
		}
		if place == "" {
			return "_ = len(" + v.name + ")"
		}
		if strings.HasPrefix(t, "[]") && n.chance(50) {
			return fmt.Sprintf("if len(%s) > 0 {\n%s = append(%s, 1)\n}", v.name, place, place)
		}
		return fmt.Sprintf("if len(%s) > 0 {\n%s = %s\n}", v.name, place, n.expr(t, 3))
	}
	if has(wholes, t) && n.chance(30) {
		return fmt.Sprintf("%s %s= %s", place, pick(n.gen, []string{"+", "-", "*", "^", "|", "&", "&^"}), n.expr(t, 2))
	}
	return place + " = " + n.expr(t, 3)
}

// risk says whether something that may panic can be written: once in a statement.
func (n *numeric) risk() bool {
	if n.risky || !n.chance(30) {
		return false
	}
	n.risky = true
	return true
}

// element is an element of a slice that is not empty.
func (n *numeric) element(v *number) (place, t string) {
	return fmt.Sprintf("%s[uint(%s)%%uint(len(%s))]", v.name, n.expr("int", 1), v.name), v.t[2:]
}

// expr writes an expression of a type.
func (n *numeric) expr(t string, depth int) string {
	if depth == 0 || n.chance(15) {
		return n.leaf(t)
	}
	sub := func() string { return n.expr(t, depth-1) }
	switch {
	case t == "bool":
		return n.condition(depth)
	case t == "complex128":
		return fmt.Sprintf("(%s %s %s)", sub(), pick(n.gen, []string{"+", "-", "*"}), sub())
	case has(reals, t):
		return n.real(t, depth)
	case has(wholes, t):
		return n.whole(t, depth)
	}
	return n.leaf(t)
}

func (n *numeric) condition(depth int) string {
	t := n.scalar()
	for t == "bool" {
		t = n.scalar()
	}
	switch n.n(4) {
	case 0:
		return fmt.Sprintf("(%s %s %s)", n.expr("bool", depth-1), pick(n.gen, []string{"&&", "||"}), n.expr("bool", depth-1))
	case 1:
		return "!" + n.expr("bool", depth-1)
	}
	return fmt.Sprintf("(%s %s %s)", n.expr(t, depth-1), pick(n.gen, []string{"<", "<=", ">", ">=", "==", "!="}), n.expr(t, depth-1))
}

func (n *numeric) real(t string, depth int) string {
	sub := func() string { return n.expr(t, depth-1) }
	switch n.n(10) {
	case 0:
		return fmt.Sprintf("%s(%s)", t, n.expr(pick(n.gen, wholes), depth-1))
	case 1:
		return fmt.Sprintf("%s(%s)", t, n.expr(pick(n.gen, reals), depth-1))
	case 2:
		return fmt.Sprintf("%s(math.%s(float64(%s)))", t, pick(n.gen, []string{"Sqrt", "Abs", "Floor", "Ceil", "Trunc", "Sin", "Exp"}), sub())
	case 3:
		return fmt.Sprintf("%s(%s, %s)", pick(n.gen, []string{"min", "max"}), sub(), sub())
	case 4:
		return "-(" + sub() + ")"
	case 5:
		if c := n.ofType("complex128", false); c != nil && t == "float64" {
			return fmt.Sprintf("%s(%s)", pick(n.gen, []string{"real", "imag"}), c.name)
		}
	}
	return fmt.Sprintf("(%s %s %s)", sub(), pick(n.gen, []string{"+", "-", "*", "/"}), sub())
}

func (n *numeric) whole(t string, depth int) string {
	sub := func() string { return n.expr(t, depth-1) }
	switch n.n(12) {
	case 0, 1:
		return fmt.Sprintf("%s(%s)", t, n.expr(pick(n.gen, wholes), depth-1))
	case 2:
		by := n.expr(pick(n.gen, wholes[5:]), depth-1)
		return fmt.Sprintf("(%s %s (%s %% 70))", n.variable(t), pick(n.gen, []string{"<<", ">>"}), by)
	case 3:
		op := pick(n.gen, []string{"/", "%"})
		if n.risk() {
			return fmt.Sprintf("(%s %s (%s & 3))", n.variable(t), op, n.variable(t))
		}
		return fmt.Sprintf("(%s %s (%s | 1))", n.variable(t), op, n.variable(t))
	case 4:
		return fmt.Sprintf("%s(%s, %s)", pick(n.gen, []string{"min", "max"}), n.variable(t), sub())
	case 5:
		return pick(n.gen, []string{"-", "^"}) + "(" + n.variable(t) + ")"
	case 7:
		return fmt.Sprintf("(%s %s %s)", n.variable(t), pick(n.gen, []string{"+", "*", "&^", "-", "|"}), n.literal(t))
	case 8:
		return fmt.Sprintf("(%s %s %d)", n.variable(t), pick(n.gen, []string{"/", "%", "<<", ">>"}), 1+n.n(7))
	case 6:
		for _, list := range []string{"[]int", "[]uint8", "[][]int", "[]float32"} {
			s := n.ofType(list, false)
			switch {
			case s == nil || !n.chance(60):
			case t == "int" && n.chance(50):
				return "len(" + s.name + ")"
			case list[2:] == t && n.risk():
				return fmt.Sprintf("%s[%d]", s.name, n.n(5))
			case list == "[][]int" && t == "int" && n.risk():
				return fmt.Sprintf("%s[%d][uint8(%s)&1]", s.name, n.n(2), n.variable("int"))
			}
		}
	}
	return fmt.Sprintf("(%s %s %s)", n.variable(t), pick(n.gen, []string{"+", "-", "*", "&", "|", "^", "&^"}), sub())
}

// variable is a number that is no constant for the compiler.
func (n *numeric) variable(t string) string {
	if v := n.ofType(t, false); v != nil {
		return v.name
	}
	return fmt.Sprintf("%s(total)", t)
}

// leaf is a value without operations.
func (n *numeric) leaf(t string) string {
	if v := n.ofType(t, false); v != nil && n.chance(75) {
		return v.name
	}
	switch {
	case t == "Pair":
		if v := n.ofType("[]Pair", false); v != nil && n.risk() {
			return v.name + "[0]"
		}
	case t == "int32":
		if v := n.ofType("Pair", false); v != nil {
			return v.name + ".A"
		}
	case t == "float64":
		if v := n.ofType("*Pair", false); v != nil && n.risk() {
			return v.name + ".B"
		}
	case t == "int":
		if v := n.ofType("[5]int", false); v != nil {
			return fmt.Sprintf("%s[%d]", v.name, n.n(5))
		}
	case t == "[]int" && n.chance(50):
		return fmt.Sprintf("make([]int, %d, %d)", n.n(4), 4+n.n(4))
	case t == "uint16" && n.chance(50):
		return "table[1]"
	}
	if has(wholes, t) || has(reals, t) { // no constant, with which the compiler would compute
		return "id(" + n.literal(t) + ")"
	}
	return n.argument(t)
}
