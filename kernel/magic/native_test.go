package magic

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func newNativeNotebook(t *testing.T) *notebook {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no Go tool chain is installed here")
	}
	nb := newNotebook(t, Config{})
	t.Cleanup(func() {
		if err := nb.env.Reset(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return nb
}

func TestNative(t *testing.T) {
	nb := newNativeNotebook(t)
	nb.play([]scene{
		{`const scale = 10

// Degrees
type (
	Celsius float64
	Kelvin  float64
)

func double(x int) int { return 2 * x }`, ""},
		{`%%native
import "errors"

type Point struct {
	X, Y float64
	tags []string
}

func (p *Point) Move(dx float64) {
	p.X += dx
	p.tags = append(p.tags, "moved")
}

func (p Point) Norm() float64 { return math.Hypot(p.X, p.Y) }

func Fib(n int) int {
	if n < 2 {
		return n
	}
	return Fib(n-1) + Fib(n-2)
}

var errNegative = errors.New("negative")

func Fill(xs []float64, by float64) (sum float64, err error) {
	if by < 0 {
		return 0, errNegative
	}
	for i := range xs {
		xs[i] = by
		sum += by
	}
	return sum, nil
}

var count int

func Next(by ...int) int {
	for _, b := range by {
		count += b
	}
	count++
	return count
}

func At(xs []int, i int) int {
	return func() int {
		return xs[i]
	}()
}

func Words(text string) map[string]int {
	m := map[string]int{}
	for _, w := range strings.Fields(text) {
		m[w]++
	}
	return m
}

func Scaled(c Celsius, n int) (Celsius, int) { return scale * c, double(n) }

func Open(name string) error {
	_, err := os.Open(name)
	return err
}

func Fail(how string) {
	switch how {
	case "text":
		panic("no")
	case "error":
		panic(fmt.Errorf("reading: %w", io.EOF))
	case "number":
		panic(Celsius(3))
	case "nil":
		var p *Point
		p.X = 1
	}
}

func Say(to *int, words ...string) {
	fmt.Println(words)
	*to = len(words)
}

func Later(t time.Time, by ...time.Duration) time.Time { return t.Add(by[0]) }

func Warn(text string) { fmt.Fprintln(os.Stderr, text) }`, ""},
		// results
		{"Fib(30)", "=> 832040"},
		{"Scaled(1.5, 4)", "=> 15\n=> 8"},
		{`Words("a b a")["a"]`, "=> 2"},
		{"xs := []float64{1, 1, 1}\nFill(xs[1:], 2)", "=> 4"},
		{"xs", "=> []float64{1, 2, 2}"},
		{"Fill(xs, -1)", "error error: cell 8, line 1\n    Fill(xs, -1)\nerror: negative"},
		{`err := Open("/no such file")
errors.Is(err, fs.ErrNotExist)`, "=> true"},
		{`Later(time.Unix(0, 0).UTC(), time.Hour).Format(time.RFC3339)`, `=> "1970-01-01T01:00:00Z"`},
		// methods and their receivers
		{"p := Point{X: 1, Y: 4}\np.Move(2)\np, p.Norm()", "=> {X:3 Y:4 tags:[moved]}\n=> 5"},
		{"q := &p\nq.Move(-3)\np.X", "=> 0"},
		// state
		{"Next(), Next(1, 2), Next([]int{3}...)", "=> 1\n=> 5\n=> 9"},
		{"count", "…count is a variable of the native code of cell 2, which only functions of that cell see"},
		{"count := \"mine\"\ncount", "=> \"mine\""},
		{"Next()", "=> 10"},
		// output
		{`var n int
Say(&n, "a", "b")
fmt.Println(n)
Warn("careful")
Say(&n)`, "[a b]\n2\ncareful\n[]"},
		// panics
		{"At([]int{1}, 4)", `error panic: cell 18, line 1
    At([]int{1}, 4)
cell 2, At, line 49
    }()
cell 2, func literal in At, line 48
    return xs[i]
panic: runtime error: index out of range [4] with length 1`},
		{`Fail("nil")`, "…cell 2, Fail, line 77\n    p.X = 1\npanic: runtime error: invalid memory address or nil pointer dereference"},
		{`Fail("text")`, "…panic: no"},
		{`Fail("number")`, "…panic: main.Celsius(3)"},
		{`func caught(how string) (v any) {
	defer func() { v = recover() }()
	Fail(how)
	panic("nothing")
}
func isRuntime(v any) bool { _, ok := v.(runtime.Error); return ok }
caught("text"), caught(""), errors.Is(caught("error").(error), io.EOF), isRuntime(caught("nil"))`, "=> \"no\"\n=> \"nothing\"\n=> true\n=> true"},
		// goroutines
		{`var wg sync.WaitGroup
all := make([]int, 40)
for i := range all {
	wg.Go(func() { all[i] = Fib(i % 10) })
}
wg.Wait()
all[9], all[39]`, "=> 34\n=> 34"},
		// as values, and in types
		{"f := Fib\ng := p.Norm\nf(10), g()", "=> 55\n=> 4"},
		{"var n interface{ Norm() float64 } = p\nn.Norm()", "=> 4"},
		{"%tier", "…%%native      (*Point).Move, cell 2"},
		// redeclaration
		{"func Fib(n int) string { return \"mine\" }\nFib(3)", "=> \"mine\""},
		{"%%native\nvar calls int\nfunc Fib(n int) int { calls++; return -n - calls }", ""},
		{"old := Fib\nFib(3)", "=> -4"},
		{"%%native\nfunc Fib(n int) int { return -n }", ""},
		{"Fib(3)", "=> -3"},
		{"old(3)", "…starts anew: its variables have their first values again\n=> -4"},
		{"func panic(string) {}", ""},
		{"%%native\nfunc panic(x string) int { return len(x) }", ""},
		{"panic(\"ab\")", "=> 2"},
		{"func sum(n int) (s int) {\n\tfor i := range n {\n\t\ts += Fib(i)\n\t}\n\treturn s\n}\nsum(5)", "=> -10"},
		{"const scale = 100", "! the native code of cell 2 still has what it was compiled with (Scaled uses it): run that cell again"},
		{"%reset", ""},
		{"Fib(3)", "…undefined: Fib"},
	})
}

// TestNativeFunctionsThatStay: functions that can't be called in another process are interpreted, unless
// they need its variables.
func TestNativeFunctionsThatStay(t *testing.T) {
	nb := newNativeNotebook(t)
	nb.play([]scene{
		{`%%native
var total float64

type Tree struct{ Left, Right *Tree }

func Map[T, U any](xs []T, f func(T) U) (ys []U) {
	for _, x := range xs {
		ys = append(ys, f(x))
	}
	return ys
}

func Sum(xs []float64) (sum float64) {
	for _, x := range Map(xs, func(x float64) float64 { return 2 * x }) {
		sum += x
	}
	total += sum
	return sum
}

func Apply(f func(float64) float64) float64 { return f(3) }

func Add(ch chan float64) { total += <-ch }

func (t *Tree) Depth() int {
	if t == nil {
		return 0
	}
	return 1 + max(t.Left.Depth(), t.Right.Depth())
}`, `! Map is compiled for its own cell only, and interpreted where others call it: it is generic
! Apply is compiled for its own cell only, and interpreted where others call it: its parameter f is a func(float64) float64
! Add can be called in its own cell only: its parameter ch is a chan float64, and it uses the variable total of native code
! Tree.Depth is compiled for its own cell only, and interpreted where others call it: its receiver is Tree, in which Left is Tree, which contains itself`},
		{"Sum([]float64{1, 2})", "=> 6"},
		{"Map([]int{1, 2}, func(i int) string { return strings.Repeat(`x`, i) })", "=> []string{\"x\", \"xx\"}"},
		{"Apply(math.Sqrt) == math.Sqrt(3)", "=> true"},
		{"(&Tree{Left: &Tree{}}).Depth()", "=> 2"},
		{"Add(nil)", "…undefined: Add"},
		{"type pair struct{ a, b []int }\nvar shared = 3\nfunc usesShared() int { return shared }", ""},
		{"%%native\nfunc F() int { return shared }", "…shared is a variable of another cell, which native code cannot see"},
		{"%%native\nfunc F() int { return usesShared() }", "…native code cannot use usesShared: shared is a variable of another cell, which native code cannot see"},
		{"%%native\nfunc F() float64 { return Sum(nil) }", "…Sum belongs to the native code of cell 1, whose variable total it uses"},
		{"%%native\nfunc F(p pair, x *[]int) { p.a[0]++; (*x)[1]++ }", ""},
		{"s := []int{1, 2}\nF(pair{a: s}, &s)\ns", "=> []int{2, 3}"},
		{"type both struct{ n int }", ""},
		{"%%native\nfunc G(a *both, b *int) {}", ""},
		{"v := both{}\nG(&v, &v.n)", "…share memory as values of different types"},
	})
}

func TestNativeErrors(t *testing.T) {
	nb := newNativeNotebook(t)
	t.Chdir(t.TempDir())
	nb.play([]scene{
		{"%%native\nimport \"os\"\n\nfunc F() int {\n\treturn 1\n}", "error compile error: cell 1:2:8: \"os\" imported and not used\n    import \"os\"\n           ^"},
		{"%%native\nfunc F() int {\n\tx := 1\n\treturn \"a\"\n}", "…cell 2:4:9: cannot use \"a\" (untyped string constant) as int value in return statement"},
		{"%%native\nfunc F( {", "…cell 3:2:9: "},
		{"%%native\nx := 1", "…cell 4:2:1: a native cell has declarations only\n    x := 1\n    ^\n    var x = … declares a variable"},
		{"%%native\nfmt.Println(1)", "…a native cell has declarations only"},
		{"%%native\nfunc main() {}", "…a native cell has no function main"},
		{"%%native\npackage main\nfunc F() {}", "…a native cell has no package clause"},
		{"%%native\nvar a, b = b, a", "…initialization cycle"},
		{"%%native\n%time F()", "…%%native is followed by declarations of Go, and by no commands"},
		{"%%native\nfunc init() { var p *int; *p = 1 }", "…cell 10, init, line 2\n    func init() { var p *int; *p = 1 }\nerror: the native code of cell 10 has ended: panic: runtime error: invalid memory address"},
		{"%%native", "…%%native is followed by declarations"},
		{"%%native\n//line a.go:7\nfunc F() {}", "…cell 12:1:1: native code cannot have line directives"},
		{"%%native\nfunc F() {\n//line cell 13:700\n}", "…native code cannot have line directives"},
		{"func G() {\n/*line a.go:7*/\n}", ""},
		{"%%native\nfunc F() { G() }", "…cell 14:1:1: native code cannot have line directives"},
		{"%%native now\nfunc F() {}", "error command error: cell 16:1:1: %%native takes its Go from the lines below\n    %%native now\n    ^"},
		{"%native func F() {}", "…%%native is one, for the whole cell below it"},
		{"%%native\nimport \"github.com/no/such\"", "…github.com/no/such"},
		{"%%native\nfunc F() int { return mat.NewDense(1, 1, nil).RawMatrix().Cols }", "…there is none here for gonum.org/v1/gonum/mat; %get makes one"},
	})
}

// TestNativeModules: packages of the folder's module are compiled with what imports them, by the language
// of cells, and nothing is written there.
func TestNativeModules(t *testing.T) {
	newNativeNotebook(t) // skips
	dir := t.TempDir()
	nb := moduleNotebook(t, dir)
	nb.play([]scene{
		{"%%native\nimport \"m/internal/count\"\nfunc F() int { return count.To(3) }", "…m/internal/count"},
	})
	files(t, map[string]string{
		"go.mod":                  "module m\n\ngo 1.20\n\nrequire example.com/twice v1.0.0\n\nreplace example.com/twice => ./twice\n",
		"internal/count/count.go": "package count\n\nimport \"example.com/twice\"\n\nfunc To(n int) int { return twice.Of(n) }\n",
		"twice/go.mod":            "module example.com/twice\n",
		"twice/twice.go":          "package twice\n\nfunc Of(n int) int { return 2 * n }\n",
	})
	nb.play([]scene{
		{"%%native\nimport \"m/internal/count\"\nfunc F(n int) (sum int) {\n\tfor i := range n {\n\t\tsum += count.To(i)\n\t}\n\treturn sum\n}", ""},
		{"F(4)", "=> 12"},
	})
	left, err := filepath.Glob("*")
	if want := []string{"go.mod", "internal", "twice"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("the folder holds %v, %v", left, err)
	}
}

// TestNativeInLoop: a loop that calls native code is interpreted, and %tier says why.
func TestNativeInLoop(t *testing.T) {
	nb := newNativeNotebook(t)
	nb.play([]scene{
		{"%%native\nfunc One() int { return 1 }", ""},
		{"func count(n int) (s int) {\n\tfor range n {\n\t\ts += One()\n\t}\n\treturn s\n}\ncount(5)", "=> 5"},
		{"%tier", "…count, cell 2: it calls One: it runs in a process of its own (%%native) (cell 1, line 2)"},
	})
}

// TestNativeEnds: what ends the process is an error of the call, and the next call starts it anew.
func TestNativeEnds(t *testing.T) {
	nb := newNativeNotebook(t)
	nb.play([]scene{
		{`%%native
var n int

func Next() int { n++; return n }

func Exit(code int) { fmt.Println("leaving"); os.Exit(code) }

func Recurse(n int) int { return Recurse(n+1) + 1 }

func Kill() {
	p, _ := os.FindProcess(os.Getpid())
	p.Kill()
	select {}
}

func Panic() {
	go func() {
		panic("oh")
	}()
	select {}
}

func Goexit() { runtime.Goexit() }`, ""},
		{"Next(), Next()", "=> 1\n=> 2"},
		{"Exit(3)", "…leaving\nerror panic: cell 3, line 1\n    Exit(3)\npanic: the native code of cell 1 has ended: it has called os.Exit(3)"},
		{"Next()", "the native code of cell 1 starts anew: its variables have their first values again\n=> 1"},
		{"Recurse(0)", "…has ended: fatal error: stack overflow: goroutine stack exceeds 268435456-byte limit"},
		{"Next()", "…=> 1"},
		{"Kill()", "…has ended: killed by signal: killed"},
		{"Panic()", "…cell 1, func literal in Panic, line 18\n    panic(\"oh\")\npanic: the native code of cell 1 has ended: panic: oh"},
		{`done := make(chan string)
go func() {
	defer close(done)
	Goexit()
	done <- "not ended"
}()
<-done`, "…=> \"\""},
		{"Next()", "…=> 1"},
	})
}

// TestNativeInterrupt: a call that is interrupted ends at once, and its process with it.
func TestNativeInterrupt(t *testing.T) {
	nb := newNativeNotebook(t)
	if got := nb.run("%%native\nvar n int\nfunc Spin() {\n\tn++\n\tfmt.Println(\"spinning\", n)\n\tfor {\n\t}\n}"); got != "" {
		t.Fatal(got)
	}
	for range 2 {
		ctx, cancel := context.WithCancel(context.Background())
		out := &begun{when: "spinning 1\n"}
		var stopped time.Time
		out.then = func() {
			if stopped.IsZero() {
				stopped = time.Now()
				cancel()
			}
		}
		_, err := nb.env.Run(ctx, inputTo(out, "Spin()"))
		if took := time.Since(stopped); err == nil || ctx.Err() == nil || !strings.Contains(err.Error(), "interrupted") || took > 5*time.Second {
			t.Errorf("after %v: %v, output %q", took, err, out.String())
		}
	}
}

// TestNativeForgets: of programs whose functions are declared again nothing is kept.
func TestNativeForgets(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles ten times")
	}
	nb := newNativeNotebook(t)
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	define := func(i int) {
		if got, want := nb.run(fmt.Sprintf("%%%%native\nfunc F() int { return %d }", i))+nb.run("F()"), fmt.Sprintf("=> %d", i); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	define(0)
	before := heap()
	for i := range 9 {
		define(i)
	}
	const most = 9 << 20 // a program has about 2 MB
	if after := heap(); after > before+most {
		t.Errorf("%d bytes are held after ten programs, %d after one", after, before)
	}
}

func TestNativeWithoutGo(t *testing.T) {
	nb := newNotebook(t, Config{})
	t.Setenv("PATH", t.TempDir())
	nb.play([]scene{{"%%native\nfunc F() int { return 1 }", "…there is no go command in PATH; cells run without it (in the interpreter, or as %tier says)"}})
}
