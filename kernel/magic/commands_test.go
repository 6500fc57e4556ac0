package magic

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/limit"
)

// -h prints the usage of every command, in each of its forms, and does nothing else.
func TestHelpOfEach(t *testing.T) {
	nb := newNotebook(t, Config{})
	for _, c := range nb.env.table.list {
		for sign, form := range map[string]Form{"%": Line, "%%": Whole} {
			if c.Form&form == 0 {
				continue
			}
			for _, src := range []string{sign + c.Name + " -h", sign + c.Name + " --help x y 'z"} {
				got := nb.run(src + "\nundefined + +")
				if form == Line {
					got = nb.run(src)
				}
				if got != strings.TrimSpace(c.Help()) {
					t.Errorf("%s shows %q; want its help", src, got)
				}
			}
		}
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || len(c.Short) > 110 {
			t.Errorf("%s: its synopsis is %q", c.Name, c.Short)
		}
	}
}

func TestTime(t *testing.T) {
	nb := newNotebook(t, Config{})
	nb.play([]scene{
		{"%time x := 7", "…Wall time:"},
		{"x", "=> 7"},
		{"%time x + 1", "…=> 8"},
		{"%time func() int {\n\treturn x\n}()", "…=> 7"},
		{"%time !echo child", "…child\nCPU time:"},
		{"%%time\ny := x\n!echo in\ny", "…=> 7"},
		{"%time panic(1)", "…Wall time:"},
		{"%time", "…%time needs more words"},
		{"%time -x", "…unknown shorthand flag: 'x' in -x"},
		{"%time -- -x", "…=> -7"},
		{"%time unknown", "error compile error: cell 11:1:7: undefined: unknown\n    %time unknown\n          ^"},
		{"%%time x\ny", "…%%time takes its Go from the lines below"},
	})
	got := nb.run("%time b := make([]byte, 1<<20)")
	if m := regexp.MustCompile(`Allocated:  [1-9][.0-9]* MiB in`).FindString(got); m == "" {
		t.Errorf("what is allocated is not told: %s", got)
	}
	if got := nb.run("%time b["); strings.Contains(got, "Wall") {
		t.Errorf("what does not compile took time: %s", got)
	}
}

// What is timed runs as machine code or does not, which makes the difference.
func TestTimeShowsTier(t *testing.T) {
	nb := newNotebook(t, Config{})
	nb.play([]scene{
		{"func fib(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\treturn fib(n-1) + fib(n-2)\n}", ""},
		{"%time fib(20)", "…\nTier:       fib: machine code"},
		{"%timeit -n1 -r1 fib(20)", "…\nTier:       fib: machine code"},
		{"type grid struct{ cells []int }\nfunc (g *grid) sum() (s int) {\n\tfor _, c := range g.cells {\n\t\ts += c\n\t}\n\treturn s\n}\n" +
			"func seen(n int) int {\n\tm := map[int]bool{}\n\tfor i := range n {\n\t\tm[i%7] = true\n\t}\n\treturn len(m)\n}\nfunc one() int { return 1 }", ""},
		{"func twice(n int) int { return seen(n) + seen(n) }", ""},
		{"%%time\ng := grid{make([]int, one())}\ng.sum()\nseen(2)\nfib(3)", "…\nTier:       (*grid).sum: machine code; fib: machine code; seen: interpreted (line 9: maps)"},
		{"%time twice(3)", "…\nTier:       twice: interpreted (cell 4, line 9: it calls seen: maps)"},
	})
	// a name that is no method, a function that is too short to matter, and a package's
	if got := nb.run("%time sum := one()\n") + nb.run("%time math.Sqrt(float64(sum))"); strings.Contains(got, "Tier:") {
		t.Errorf("nothing is to be said of how functions run: %s", got)
	}
	nb.play([]scene{
		{"%tier off", "…interpreted   fib, cell 1: %tier is off"},
		{"%time fib(5)", "…\nTier:       fib: interpreted (%tier is off)"},
	})
}

func TestTimeit(t *testing.T) {
	nb := newNotebook(t, Config{})
	nb.play([]scene{
		{"n := 0\n%timeit -n 3 -r 2 n++", "…per loop (mean ± standard deviation of 2 runs, 3 loops each)\nleast"},
		{"n", "=> 6"},
		{"%timeit -r1 -t 1us x := n + 1", "…of 1 run, "},
		{"x", "…undefined: x"},
		{"%timeit -n1 -r1 n + 1", "…of 1 run, 1 loop each)"},
		{"%%timeit -n2 -r1\na := n\nn = a + 1", "…of 1 run, 2 loops each)"},
		{"n", "=> 8"},
		{"%timeit -n 0.5 n", "…%timeit: invalid argument \"0.5\""},
		{"%timeit -r 0 n", "…%timeit takes 1 to 1000 runs"},
		{"%timeit !ls", "…%timeit runs Go only; %time also runs commands"},
		{"%timeit func f() {}", "…only statements can be run a number of times"},
		{"%timeit panic(\"oh\")", "…panic: oh"},
	})
}

func TestSample(t *testing.T) {
	s := newSample([]durationType{100, 102, 98, 100, 200}, 1)
	if s.mean != 120 || s.median != 100 || s.least != 98 || s.outliers != 1 || s.deviation < 44.7 || s.deviation > 44.8 {
		t.Errorf("got %+v", s)
	}
	if got, want := s.String(), "120 ns ± 44.7 ns per loop (mean ± standard deviation of 5 runs, 1 loop each)\nleast 98 ns, median 100 ns, 1 outlier\n"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
	if got := newSample([]durationType{3e6}, 3).String(); !strings.HasPrefix(got, "1 ms ± 0 ns per loop") {
		t.Errorf("got %q", got)
	}
}

// fixed is a memory of the test.
type fixed struct{ limit, used limit.Bytes }

func (f *fixed) Limit() limit.Bytes { return f.limit }
func (f *fixed) Used() limit.Bytes  { return f.used }
func (f *fixed) Free() limit.Bytes {
	f.used /= 2
	return f.used
}
func (f *fixed) SetLimit(l limit.Bytes) error {
	if l < f.used {
		return errors.New("too little")
	}
	f.limit = l
	return nil
}

func TestMemory(t *testing.T) {
	newNotebook(t, Config{Memory: &fixed{limit: 2 << 30, used: 1 << 30}}).play([]scene{
		{"%memory", "…limit                    2 GiB"},
		{"%memory 4GiB", "…limit                    4 GiB"},
		{"%memory 1MiB", "error command error: cell 3, line 1\n    %memory 1MiB\ncommand error: too little"},
		{"%memory lots", "…\"lots\" is no amount of memory"},
		{"%memory -c", "…in use by the session    512 MiB"},
		{"%memory 1 2", "…%memory is given a word too many"},
	})
	newNotebook(t, Config{}).play([]scene{{"%memory -c", "…goroutines"}, {"%memory 1GiB", "…can't be limited"}})
}

func TestWhoAndReset(t *testing.T) {
	newNotebook(t, Config{}).play([]scene{
		{"%who", "nothing is defined"},
		{"%whos", "no variables are defined"},
		{"x, s := 1, []string{\"a\", \"b\"}\nconst c = 2\nfunc f() int { return x }\ntype T struct{ A int }\nv := T{3}\nlong := strings.Repeat(\"x\", 100)\nplot := display.Line(\"p\")", ""},
		{"%who", "variables  long, plot, s, v, x\nconstants  c\nfunctions  f\ntypes      T"},
		{"%who int func", "variables  x\nfunctions  f"},
		{"%who function struct", "functions  f\ntypes      T"},
		{"%who chan", "nothing is defined of that kind"},
		{"%whos", "…[shown: "},
		{"%whos s", "…[]string  2 elements  "},
		{"%whos v", "…{A:3}"},
		{"%whos long", "…100 bytes  \"" + strings.Repeat("x", 40)},
		{"%whos plot", "…*display.Plot"},
		{"%whos f", "…func() int"},
		{"%whos -a c", "…untyped int"},
		{"%whos nothing", "…nothing is not defined by any cell"},
		{"%reset x", "! f (cell 3) no longer compiles: it uses x"},
		{"x", "…undefined: x"},
		{"fmt := 1\nfmt", "=> 1"},
		{"%reset fmt\nfmt.Println(\"back\")", "back"},
		{"%reset nothing", "…nothing is not defined by any cell"},
		{"%reset -f", ""},
		{"%who", "nothing is defined"},
	})
}

func TestPlaces(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	t.Setenv("HOME", dir)
	t.Setenv("WHERE", "a b")
	if err := os.MkdirAll("a b/c", 0o777); err != nil {
		t.Fatal(err)
	}
	nb := newNotebook(t, Config{})
	nb.play([]scene{
		{"%cd -", "…there is no folder before this one"},
		{"%pwd", dir},
		{"%cd a b", dir + "/a b"},
		{"%cd c", dir + "/a b/c"},
		{"%cd -", dir + "/a b"},
		{"%cd", dir},
		{"%cd ~/$WHERE", dir + "/a b"},
		{"%cd -q ..", ""},
		{"%pwd", dir},
		{"os.Getwd()", "=> \"" + dir + "\""},
		{"!pwd", dir},
		{"%cd nowhere", "error command error: cell 12, line 1\n    %cd nowhere\ncommand error: going to nowhere: no such file or directory"},
		{"%pwd x", "…%pwd takes no words"},

		{"%env NASCENT_A=1", "NASCENT_A=1"},
		{"%env NASCENT_B two $NASCENT_A", "NASCENT_B=two 1"},
		{"%env NASCENT_B", "two 1"},
		{"os.Getenv(\"NASCENT_B\")", "=> \"two 1\""},
		{"!echo $NASCENT_B", "two 1"},
		{"%env NASCENT_TOKEN=x\n%env", "…<td style=\"text-align:left\">NASCENT_TOKEN</td><td style=\"text-align:left\">(hidden)</td>"},
		{"%env -u NASCENT_A", ""},
		{"%env NASCENT_A", "…the environment has no variable NASCENT_A; %env NASCENT_A=VALUE sets it"},
		{"%env -u", "…needs the name of one variable"},
		{"%env =x", "…setting \"\": invalid argument"},

		{"%%writefile f.txt\none\n%who\n", "wrote f.txt"},
		{"%%writefile -a f.txt\ntwo", "added to f.txt"},
		{"!cat f.txt", "one\n%who\ntwo"},
		{"%%writefile f.txt\nthree", "overwrote f.txt"},
		{"%%writefile -p d/e/f.txt\nx", "wrote d/e/f.txt"},
		{"%%writefile \"$WHERE/g h\"\nx", "wrote a b/g h"},
		{"%%writefile no/f.txt\nx", "…no such file or directory"},
		{"%%writefile\nx", "…%%writefile needs more words"},
	})
}

func TestCapture(t *testing.T) {
	newNotebook(t, Config{}).play([]scene{
		{"%%capture out\nfmt.Print(\"a\")\nfmt.Fprint(os.Stderr, \"b\")\ndisplay.Show(1)\n!echo c\n7", ""},
		{"out.Stdout", "=> \"ac\\n\""},
		{"out.Stderr", "=> \"b\""},
		{"len(out.Shown)", "=> 2"},
		{"out.Show()", "[shown: 1]\n[shown: 7]"},
		{"%%capture\nfmt.Print(\"a\")\n7", ""},
		{"%%capture --no-stdout out\nfmt.Println(\"seen\")\n8", "seen"},
		{"%%capture --no-stderr --no-display out\nfmt.Print(\"a\")\nfmt.Fprintln(os.Stderr, \"seen\")\n8", "seen\n=> 8"},
		{"%%capture out\nfmt.Print(\"before\")\npanic(1)", "…panic: 1"},
		{"out.Stdout", "=> \"before\""},
		{"%%capture out\nh := display.ShowLive(1)\nh.Update(2)", ""},
		{"out.Show()", "[shown: 2]"},
		{"%%capture out\nfmt.Println(1)\ndisplay.Clear(false)\nfmt.Println(2)", ""},
		{"out.Stdout", "=> \"2\\n\""},
		{"%%capture 1x\n", "…\"1x\" is no name for a variable"},
		{"%%capture out\n%nothing", "…there is no command %nothing"},
		{"%%capture out\n%%bash\necho nested", ""},
		{"fmt.Print(out)", "nested"},
	})
}

func TestScripts(t *testing.T) {
	newNotebook(t, Config{}).play([]scene{
		{"%%sh -x\nls", "…%%sh: unknown shorthand flag"},
		{"%%sh -- -x\necho $1", "-x"},
		{"%%bash\nfalse\necho on\nexit 4", "on\nerror command error: cell 3, line 1\n    %%bash\ncommand error: exit status 4"},
		{"%%script cat\none\ntwo", "one\ntwo"},
		{"%%script sh -c 'cat; echo $0' x\none\n", "one\nx"},
		{"%%script no-such-program\nx", "…no-such-program is not installed here"},
		{"%%script\nx", "…%%script needs more words"},
		{"!read x; echo \"[$x]\"", "[]"},
		{"!kill -9 $$$$", "…exit status"},
		{"!kill -9 $$", "…signal: killed"},
		{"x := map[string]int{\"a\": 1}\n!echo {x[\"a\"]} {len(x)} {fmt.Sprint(\"}\")}", "1 1 }"},
		{"!echo {x[\"b\"]/0*x[\"a\"]}", "…division by zero"},
		{"!sleep 60 & echo started", "started\n[a process in the background still holds the output; what it writes from now on is not shown]"},
	})
}

// An interrupt ends a shell command and what it has started, and the cell.
func TestInterrupt(t *testing.T) {
	nb := newNotebook(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &begun{when: "ready", then: cancel}
	_, err := nb.exec(ctx, &buffer{}, "1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = nb.env.Run(ctx, inputTo(out, "!trap '' INT; (sleep 61; echo no) & echo ready; wait; sleep 62\nfmt.Println(\"no\")"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted command ends with %v", err)
	}
	if got := strings.TrimSpace(out.String()); got != "ready" {
		t.Errorf("it shows %q", got)
	}
}

func TestRich(t *testing.T) {
	newNotebook(t, Config{}).play([]scene{
		{"%%html\n<b>x</b>", "…text/html: <b>x</b>]"},
		{"%html <b>'x</b>\n%who", "…text/html: <b>'x</b>]"},
		{"%%markdown\n# x\n\ny", "…text/markdown: # x\n\ny]"},
		{"%md *x*", "…text/markdown: *x*]"},
		{"%%latex\n$x$", "…text/latex: $x$]"},
		{"%%svg\n<svg/>", "…image/svg+xml: <svg/>]"},
		{"%html", "…%html needs more words"},
	})
}

func TestSettings(t *testing.T) {
	derive := func(seed uint64, path ...string) uint64 { return seed + uint64(len(path)) }
	newNotebook(t, Config{Derive: derive, Version: "1.2.3"}).play([]scene{
		{"%strict", "strict is off: an error that nothing takes fails the cell"},
		{"%strict on", "strict is on: an error that nothing takes is left alone"},
		{"n := strconv.Atoi(\"1\")", "…assignment mismatch"},
		{"%strict off\nn := strconv.Atoi(\"1\")\nn", "…=> 1"},
		{"%strict maybe", "…%strict is not maybe; it is on or off"},
		{"%tier", "tier is on: functions that can, and have loops or call themselves, run as machine code"},
		{"func f(n int) (s int) {\n\tfor i := range n {\n\t\ts += i\n\t}\n\treturn s\n}\nfunc g() string {\n\treturn fmt.Sprint(1)\n}\nf(4)", "=> 6"},
		{"%tier", "tier is on: functions that can, and have loops or call themselves, run as machine code\nmachine code  f, cell 7\ninterpreted   g, cell 7: no cell has used it"},
		{"g()", "=> \"1\""},
		{"%tier", "…interpreted   g, cell 7: calls of fmt.Sprint (line 8)"},
		{"%tier off", "…interpreted   f, cell 7: %tier is off"},
		{"f(5)", "=> 10"},
		{"func h() {}\nh()\n%tier on", "…interpreted   h, cell 13: %tier was off when it was defined"},
		{"%tier maybe", "…%tier is not maybe; it is on, off or all"},
		{"%seed", "…Seed = "},
		{"%seed 42", "Seed = 42"},
		{"%seed", "Seed = 42"},
		{"Seed + 1", "=> 43"},
		{"%seed trial 17", "44"},
		{"%seed 99999999999999999999", "…it must be below 2⁶⁴"},
		{"Seed := \"x\"\n%seed", "…Seed is a string; %seed NUMBER"},
		{"%version", "…Nascent                     1.2.3"},
		{"%version -a", "…linux/"},
		{"%quit", ""},
	})
	newNotebook(t, Config{}).play([]scene{{"%seed a b", "…derives no seeds"}})
}

func TestPages(t *testing.T) {
	nb := newNotebook(t, Config{})
	nb.play([]scene{
		{"%help", "…page A cell is Go."},
		{"%help time", "page " + strings.TrimSpace(nb.env.table.names["time"].Help())},
		{"%help %%bash", "page " + strings.TrimSpace(nb.env.table.names["bash"].Help())},
		{"%bash?", "page " + strings.TrimSpace(nb.env.table.names["bash"].Help())},
		{"!?", "…page !COMMAND"},
		{"%help strings.Cut", "…page func Cut("},
		{"%help %nothing", "…there is no command %nothing"},
		{"%nothing?", "…there is no command %nothing"},
		{"x := 3\n%page x + 1", "page 4"},
		{"%page x = 2", "…there is nothing to show"},
		{"%page", "…%page needs more words"},
		{"// f doubles.\nfunc f(n int) int { return 2 * n }", ""},
		{"f?", "page func f(n int) int\n\nf doubles.\n\ncell 12"},
		{"?f;", "page func f(n int) int\n\nf doubles.\n\ncell 12"},
		{"f??", "…return 2 * n"},
		{"? ?", "…? is followed by a name"},
	})
}

func TestFormat(t *testing.T) {
	newNotebook(t, Config{}).play([]scene{
		{"%%fmt\nx:=1\nif x>0{\nfmt.Println( x )}", `next true "x := 1\nif x > 0 {\n\tfmt.Println(x)\n}"`},
		{"%%fmt\nimport  \"fmt\"\nfunc f( ) { }\n\nx:=1\n%who   int\ny :=2\n", `next true "import \"fmt\"\n\nfunc f() {}\n\nx := 1\n%who   int\ny := 2"`},
		{"%%fmt\nx := := 1", "…cell 3:2:6: expected operand"},
		{"%%fmt -q\n", "…unknown shorthand flag"},
		{"%fmt\nz:=1\n\n%who   int\nfmt.Println( z )", "variables  z\n1\nnext true \"z := 1\\n\\n%who   int\\nfmt.Println(z)\""},
		{"%fmt on\nx:=2", "cells are formatted when they run\nnext true \"%fmt on\\nx := 2\""},
		{"x   = 3", `next true "x = 3"`},
		{"x = 4\n", ""},
		{"%%fmt\nx   = 5", `next true "x = 5"`},
		{"%load -r 1 nothing", "…nothing"},
		{"x   = := 3", "…expected operand"},
		{"%%fmt off\nx:=1", "cells stay as they are when they run\nnext true \"x := 1\""},
		{"%fmt maybe", "…%fmt is not maybe"},
		{"%fmt off\nx:=2", "cells stay as they are when they run"},
	})
}

func TestHabits(t *testing.T) {
	nb := newNotebook(t, Config{})
	for name := range theHabits() {
		if _, ok := nb.env.table.names[strings.TrimLeft(name, "%")]; ok && strings.Count(name, "%") == 1 {
			t.Errorf("%s is a habit, and a command too", name)
		}
		if got := nb.run(name + "\nx"); !strings.Contains(got, "in Nascent ") || !strings.HasPrefix(got, "error command error: cell") {
			t.Errorf("%s is answered with %q", name, got)
		}
	}
	nb.play([]scene{
		{"%matplotlib inline", "error command error: cell " + cellNumber(nb) + ":1:1: %matplotlib is a command of IPython\n    %matplotlib inline\n    ^\n" +
			"    in Nascent plots are shown by themselves: display.Show(display.Line(\"loss\", …)), or a plot as the last expression"},
		{"x := 1\n%%", "…%% is a command of gonb"},
		{"!*go get x", "…in Nascent nothing is compiled: write !go get x"},
		{"$ ls", "…in Nascent write !ls"},
		{":inspect x", "…in Nascent write ?NAME"},
		{":foo", "…\":foo\" is neither Go nor a command"},
		{"% x", "…\"% x\" is no command"},
	})
}
