package cell

import (
	"go/token"
	"regexp"
	"strings"
	"unicode"
)

// habit is what somebody writes who comes from another language, and what Go has for it.
type habit struct {
	line    *regexp.Regexp // what stands in the line
	message string         // how the parser's complaint begins
	hint    string
}

// habits are looked through in this order.
var habits = []habit{
	{regexp.MustCompile(`^\s*go\s+(get|install|mod)\b`), "", "%get MODULE fetches a module, without a Go installation; !go runs the go command"},
	{regexp.MustCompile(`^\s*go\s+(build|run|test|vet|fmt|env|version|doc|work|tool)\b`), "", "a cell is run as it is; !go runs the go command"},
	{regexp.MustCompile(`^\s*#\s*include\b`), "illegal character U+0023", `a package is imported by its path: import "math"`},
	{regexp.MustCompile(``), "illegal character U+0023", "a comment begins with //"},
	{regexp.MustCompile(`^\s*(import\s+[\w.]+\b(\s+as\b.*)?\s*$|from\s)`), "", `a package is imported by its path in quotes: import "gonum.org/v1/gonum/mat"`},
	{regexp.MustCompile(`\b[fr]["']`), "", `Go has no f-strings: fmt.Printf("x is %v\n", x) prints, fmt.Sprintf makes a string`},
	{regexp.MustCompile(`""""|'''`), "", "text of several lines stands in backquotes"},
	{regexp.MustCompile(`'`), "illegal rune literal", "a string stands in double quotes; single quotes hold one character"},
	{regexp.MustCompile(`'`), "more than one character in rune literal", "a string stands in double quotes; single quotes hold one character"},
	{regexp.MustCompile(`\?`), "illegal character U+003F", "Go has no a ? b : c: write if and else"},
	{regexp.MustCompile(`^\s*(for|foreach)\b.*\s(in|of)\s`), "", "Go's loops are for i := range n { … } and for i, x := range list { … }"},
	{regexp.MustCompile(`^\s*for\s*\(`), "", "the header of a for has no parentheses: for i := 0; i < n; i++ { … }"},
	{regexp.MustCompile(`^\s*(if|for)\b.*\b(and|or|not)\b`), "", "Go writes && for and, || for or, ! for not"},
	{regexp.MustCompile(`^\s*(if|for|else)\b.*:\s*$`), "", "a body stands in braces, and the { ends this line"},
	{regexp.MustCompile(`^\s*(if|for|switch)\b`), "expected '{', found newline", "its { has to stand at the end of this line"},
	{regexp.MustCompile(`^\s*(if|for|switch)\b`), "unexpected newline, expecting { after", "its { has to stand at the end of this line"},
	{regexp.MustCompile(`^\s*if\b[^{]*$`), "expected ';', found", "what an if does stands in braces: if x == 1 { … }"},
	{regexp.MustCompile(`^\s*else\b`), "expected statement, found 'else'", "else stands on the line of the } before it: } else {"},
	{regexp.MustCompile(`[^=!<>]=[^=]`), "expected boolean expression, found assignment", "to compare, write =="},
	{regexp.MustCompile(`\+\+`), "expected ';', found '++'", "x++ is a statement of its own, behind the x, and has no value"},
	{regexp.MustCompile(`\+\+`), "expected statement, found '++'", "x++ is a statement of its own, behind the x, and has no value"},
	{regexp.MustCompile(`=>|\blambda\b`), "", "a function without a name is written func(x int) int { return … }"},
	{regexp.MustCompile(`^\s*\w+\s*=\s*\w+\s*=[^=]`), "expected '==', found '='", "an assignment has no value: write one a line"},
	{regexp.MustCompile(`^\s*func\b.*\w\s*:`), "missing ',' in parameter list", "a parameter is written x int, and the result's type stands behind all of them"},
	{regexp.MustCompile(`^\s*func\b.*->`), "", "the result's type stands behind the parameters, without an arrow"},
	{regexp.MustCompile(`[=(,]\s*\{`), "expected operand, found '{'", `a literal begins with its type: []int{1, 2}, map[string]int{"a": 1}`},
	{regexp.MustCompile(`\[\]`), "expected type, found", "an empty list is written []int{}"},
	{regexp.MustCompile(`\b(int|uint|float32|float64|string|byte|bool)\s*\[`), "expected ", "a list's brackets stand before the type: []int, and [5]int for an array"},
	{regexp.MustCompile(`^\s*var\s.*:=`), "expected ';', found ':='", "write var x int = 5, or x := 5"},
	{regexp.MustCompile(`\bnew\s+\w`), "expected ';', found", "a value is made without new: T{…}, or &T{…} for a pointer"},
	{regexp.MustCompile(`::`), "middle index required", "Go's slices have no step: write a loop"},
	{regexp.MustCompile(`^\s*(int|uint|float|double|float32|float64|string|byte|char|bool|boolean|auto|dict|list)\s+\w+`), "expected ';', found", "a variable is declared by x := value, or by var x int"},
	{regexp.MustCompile(`^\s*type\s+\w+\s*\{`), "expected type, found '{'", "a struct type is written type Name struct { … }"},
	{regexp.MustCompile(`^\s*(struct|interface)\s+\w+`), "expected '{', found", "a type is declared by type Name struct { … } or type Name interface { … }"},
	{regexp.MustCompile(`\bfor\s+\w+\s+in\b`), "", "a list is made by a loop that appends to it: list = append(list, x)"},
	{regexp.MustCompile(`\bif\b.*\belse\b`), "expected ';', found 'if'", "Go has no a if b else c: write if and else"},
	{regexp.MustCompile(`\brange\b`), "expected operand, found 'range'", "range stands in the header of a for: for i := range n { … }"},
	{regexp.MustCompile(`^\s*\w+\s*:`), "expected type, found ':'", "a field is written x int"},
	{regexp.MustCompile(`^\s*\w+\s+[\w.*\[\]]+,\s*$`), "expected ';', found ','", "fields stand on lines of their own, without commas"},
	{regexp.MustCompile(`^\s*import\b.*\bas\b`), "", `a name for a package stands before its path: import m "math"`},
	{regexp.MustCompile(`\w\s+in\s+\w`), "expected ", "slices.Contains(list, x) says whether x is in a list; _, ok := m[x] whether a map has it"},
	{regexp.MustCompile(``), "expression in go must be function call", "a call ends in parentheses: go func() { … }()"},
	{regexp.MustCompile(``), "expression in defer must be function call", "a call ends in parentheses: defer f.Close()"},
	{regexp.MustCompile(``), "unexpected comma; expecting ]", "a list is written []int{…}"},
	{regexp.MustCompile(``), "missing ',' before newline in ", "the last line before the closing bracket ends in a comma too"},
}

// foreign are words of other languages that begin a line.
var foreign = map[string]string{
	"while": "Go's loop is for", "until": "Go's loop is for", "loop": "Go's loop is for", "do": "Go's loop is for", "foreach": "Go's loop is for",
	"def": "a function begins with func", "fn": "a function begins with func", "function": "a function begins with func",
	"public": "a function begins with func; a name with a capital letter is public", "private": "a function begins with func; a name with a small letter is private",
	"static": "a function begins with func", "async": "every function can wait; go f() runs it beside the others",
	"await": "a call waits by itself; go f() does not", "yield": "an iterator is a function: func(yield func(x int) bool) { … }",
	"let": "a variable is declared by x := value", "class": "a type is declared by type Name struct { … }", "enum": "names for numbers: const ( A = iota; B; C )",
	"elif": "Go has else if", "try": "errors are values: if err != nil { … }", "except": "errors are values: if err != nil { … }",
	"with": "open it, then defer its Close", "throw": "a function returns its error; panic(x) stops",
	"raise": "a function returns its error; panic(x) stops", "assert": "write if !condition { panic(…) }",
	"del": "delete(m, key) takes a key out of a map; %reset x forgets a variable", "global": "an assignment with = is to the variable outside",
}

// elsewhere are names of other languages.
var elsewhere = map[string]string{
	"null": "Go writes nil", "None": "Go writes nil", "undefined": "Go writes nil", "nullptr": "Go writes nil", "NULL": "Go writes nil",
	"True": "Go writes true", "False": "Go writes false",
	"pass": "a body may be empty: { }", "self": "a method names what it belongs to: func (x T) name()", "this": "a method names what it belongs to: func (x T) name()",
	"console": "fmt.Println(x) prints", "System": "fmt.Println(x) prints", "printf": "write fmt.Printf", "sprintf": "write fmt.Sprintf",
	"assert": "write if !condition { panic(…) }", "str": "fmt.Sprint(x) makes a string", "input": "fmt.Scanln(&x) reads a line",
	"double": "Go's type is float64", "float": "Go's type is float64", "char": "Go's types are byte and rune", "boolean": "Go's type is bool",
	"long": "Go's type is int64", "String": "Go's type is string", "Integer": "Go's type is int", "dict": "write map[string]int{}", "list": "write []int{}",
	"abs": "write math.Abs", "sqrt": "write math.Sqrt", "pow": "write math.Pow", "exp": "write math.Exp", "log10": "write math.Log10",
	"floor": "write math.Floor", "ceil": "write math.Ceil", "round": "write math.Round", "tanh": "write math.Tanh",
	"sum": "a loop adds numbers up, or floats.Sum of gonum", "sorted": "slices.Sort(list) sorts in place", "enumerate": "for i, x := range list { … } counts too", "isinstance": "_, ok := x.(T) says whether x holds a T",
	"np": "gonum's packages mat, floats and stat do what numpy does", "plt": "package display draws: display.Line, display.Scatter and others",
}

// quoted finds strings, whose words are not those of the line.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// syntaxHint is the hint for what the parser does not understand.
func syntaxHint(line, msg string) string {
	code, _, _ := strings.Cut(quoted.ReplaceAllString(line, `""`), "//")
	for _, h := range habits {
		if strings.HasPrefix(msg, h.message) && h.line.MatchString(code) {
			return h.hint
		}
	}
	if !strings.HasPrefix(msg, "expected ';', found") {
		return ""
	}
	word := strings.TrimSpace(line)
	if i := strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }); i > 0 {
		word = word[:i]
	}
	if hint := foreign[word]; hint != "" {
		return hint
	}
	var keywords []string
	for t := token.BREAK; t <= token.VAR; t++ {
		keywords = append(keywords, t.String())
	}
	if near := nearest(word, keywords); near != word {
		return meant("", near)
	}
	return ""
}
