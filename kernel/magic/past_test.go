package magic

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/history"
	"github.com/nascent-go/nascent/kernel/session"
	"github.com/nascent-go/nascent/kernel/spill"
	"github.com/nascent-go/nascent/kernel/wire"
)

// user answers what a cell asks.
type user struct {
	answers []string
	asked   []string
}

func (u *user) Read([]byte) (int, error) { return 0, errors.New("nothing is typed") }

func (u *user) Prompt(prompt string, _ bool) (string, error) {
	u.asked = append(u.asked, prompt)
	if len(u.answers) == 0 {
		return "", errors.New("nobody is there")
	}
	answer := u.answers[0]
	u.answers = u.answers[1:]
	return answer, nil
}

// book is a history with an earlier session, which has the number 1; this one has 2.
type book struct {
	*history.Memory
	entries []wire.HistoryEntry
}

func (b *book) Session() int { return 2 }

func (b *book) Find(_ context.Context, req wire.HistoryRequest) ([]wire.HistoryEntry, error) {
	if req.Access != wire.HistoryRange {
		newest := slices.Clone(b.entries)
		slices.Reverse(newest)
		return history.Choose(slices.Values(newest), req), nil
	}
	if req.Session <= 0 {
		req.Session += 2
	}
	start, stop := history.Bounds(req, 0)
	var found []wire.HistoryEntry
	for _, e := range b.entries {
		if e.Session == req.Session && e.Line >= start && (stop == 0 || e.Line < stop) {
			found = append(found, e)
		}
	}
	return history.Range(slices.Values(found), req), nil
}

// newPast is a notebook in a folder of its own, with a history that has an earlier
// session of two cells.
func newPast(t *testing.T) (*notebook, *user, *spill.Store) {
	t.Helper()
	t.Chdir(t.TempDir())
	past := &book{entries: []wire.HistoryEntry{
		{Session: 1, Line: 1, Input: "a := 1", Output: new("an output")},
		{Session: 1, Line: 2, Input: "func f() int {\n\treturn a\n}"},
	}}
	nb, u, kept := newNotebook(t, Config{}), &user{}, spill.New(1<<20)
	nb.prepare = func(ctx context.Context, in cell.Input) (context.Context, cell.Input) {
		e := wire.HistoryEntry{Session: 2, Line: in.Number, Input: in.Source}
		if strings.HasPrefix(in.Source, "x") {
			e.Output = new("the x of line " + fmt.Sprint(in.Number))
		}
		past.entries = append(past.entries, e)
		in.Stdin = u
		return session.Records{History: past, Line: in.Number, Spilled: kept.Open}.With(ctx), in
	}
	return nb, u, kept
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHistoryCommand(t *testing.T) {
	nb, u, _ := newPast(t)
	nb.play([]scene{
		{"x := 2", ""},
		{"x +\n\t1", "=> 3"},
		{"%history", "x := 2\nx +\n\t1\n%history"},
		{"%history -n -o 1-2", "1: x := 2\nthe x of line 1\n   2:\nx +\n\t1\nthe x of line 2"},
		{"%hist ~1/2 1", "func f() int {\n\treturn a\n}\nx := 2"},
		{"%history -n 1/", "1/1: a := 1\n 1/2:\nfunc f() int {\n\treturn a\n}"},
		{"%history -g [ax] :=", "1/1: a := 1\n   1: x := 2"},
		{"%history -g 'x :=' -l 1", "8: %history -g 'x :=' -l 1"},
		{"%history -l 2", "8: %history -g 'x :=' -l 1\n   9: %history -l 2"},
		{"x := 2", ""},
		{"%history -u -g [x]\\ :=", "…10: x := 2"},
		{"%history -f h.txt 1-2", "wrote h.txt"},
		{"%history -f h.txt 1", "…h.txt exists; -y overwrites it"},
		{"%history -y -f h.txt 1", "wrote h.txt"},
		// what can be wrong
		{"%history 70", "…there is nothing in the history at 70; %history -l 20 shows"},
		{"%history ~9/", "…there is nothing in the history at ~9/"},
		{"%history two", "…\"two\" is no range of the history: ranges are such as 3, 2-5"},
		{"%history -l 0", "…-l 0: how many cells must be a number from 1 on"},
		{"%history -l 2 3", "…give one of them"},
		{"%history -u", "…%history -u -g PATTERN"},
		{"%history -g nowhere[0-9]to", "…no cell in the history contains \"nowhere[0-9]to\""},
		{"%history -f nowhere/h.txt 1", "…nowhere/h.txt"},
		{"%history -h", "…~1/7     line 7 of the session before"},
	})
	if got := content(t, "h.txt"); got != "x := 2\n" {
		t.Errorf("the file has %q", got)
	}
	u.answers = []string{"no", "Yes"}
	nb.play([]scene{
		{"%history -f h.txt 2", "…h.txt is left as it is"},
		{"%history -f h.txt 2", "wrote h.txt"},
	})
	if got := content(t, "h.txt"); got != "x +\n\t1\n" || u.asked[len(u.asked)-1] != "h.txt exists. Overwrite it? (y/[n]) " {
		t.Errorf("the file has %q; the user was asked %q", got, u.asked)
	}
}

func TestSaveCommand(t *testing.T) {
	nb, u, _ := newPast(t)
	nb.play([]scene{
		{"%save f", "…no cell of this session has been run before this one"},
		{"x := 2\n!echo hi\nx", "hi\n=> 2"},
		{"%save f", "wrote 2 cells to f.go"},
		{"%save f 2", "…f.go exists; -f overwrites it; -a adds to it"},
		{"%save -a f 2", "added 1 cell to f.go"},
		{"%save -f -a f 2", "…give one of them"},
		{"%save -f g.txt 2", "wrote 1 cell to g.txt"},
		{"%save -f h.go ~1/", "wrote 2 cells to h.go"},
		{"%save h.go 99", "…there is nothing in the history at 99"},
		{"%save nowhere/h.go 2", "…nowhere/h.go"},
		{"%save", "…%save needs more words"},
		{"%save -h", "…Write cells that ran into a file"},
	})
	const first = "x := 2\n// !echo hi\nx\n"
	for name, want := range map[string]string{
		"f.go":  "// %save f\n\n" + first + "\n" + first,
		"g.txt": "x := 2\n!echo hi\nx\n",
		"h.go":  "a := 1\n\nfunc f() int {\n\treturn a\n}\n",
	} {
		if got := content(t, name); got != want {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
	}
	u.answers = []string{"y"}
	nb.play([]scene{{"%save h.go 2", "wrote 1 cell to h.go"}})
	if err := os.Mkdir("folder.go", 0o700); err != nil {
		t.Fatal(err)
	}
	nb.play([]scene{{"%save folder.go 2", "…folder.go is a folder"}})
}

const lesson = `{"nbformat":4,"nbformat_minor":5,"metadata":{"kernelspec":{"name":"nascent","display_name":"Go","language":"go"}},"cells":[
{"cell_type":"markdown","id":"a","metadata":{},"source":"# Text"},
{"cell_type":"code","id":"b","metadata":{},"execution_count":null,"outputs":[],"source":"fromLesson := 5\nfromLesson"},
{"cell_type":"code","id":"c","metadata":{},"execution_count":null,"outputs":[],"source":" "},
{"cell_type":"code","id":"d","metadata":{},"execution_count":null,"outputs":[],"source":"!echo lesson\n%s"}]}`

func TestLoadCommand(t *testing.T) {
	nb, _, _ := newPast(t)
	put(t, "f.go", "one\ntwo\nthree\nfour")
	put(t, "3", "a file with the name of a range\n")
	put(t, "nb.ipynb", fmt.Sprintf(lesson, "fmt.Println(1)"))
	put(t, "python.ipynb", strings.Replace(lesson, `"go"`, `"python"`, 1))
	put(t, "broken.ipynb", "{")
	put(t, "picture.png", "\x89PNG\xff")
	put(t, "big.go", strings.Repeat("x", loadLimit+1))
	nb.play([]scene{
		{"x := 2", ""},
		{"%load f.go", `next true "// %load f.go\none\ntwo\nthree\nfour"`},
		{"%load -r 2-3 f.go", `next true "// %load f.go\ntwo\nthree\n"`},
		{"%load -r 4-,1 f.go", `next true "// %load f.go\nfourone\n"`},
		{"%load 3", `next true "// %load 3\na file with the name of a range\n"`},
		{"%load 1 ~1/2", `next true "// %load 1 ~1/2\nx := 2\n\nfunc f() int {\n\treturn a\n}\n"`},
		{"%load nb.ipynb", `next true "// %load nb.ipynb\nfromLesson := 5\nfromLesson\n\n!echo lesson\nfmt.Println(1)\n"`},
		// what can be wrong
		{"%load nothing.go", "…there is no file nothing.go, and as a range of the history it would be written such as"},
		{"%load 77", "…there is nothing in the history at 77"},
		{"%load f.go 3", "…%load takes one file"},
		{"%load https://example.com/x.go", "…get it first: !curl -sSO https://example.com/x.go"},
		{"%load .", "…. is a folder"},
		{"%load python.ipynb", "…python.ipynb is a notebook in python, not in Go"},
		{"%load broken.ipynb", "…broken.ipynb"},
		{"%load picture.png", "…picture.png is no text"},
		{"%load big.go", "…a cell can be made of 1048576 at most"},
		{"%load -r 9 f.go", "…-r 9: the text has the lines 1 to 4"},
		{"%load -r 3-2 f.go", "…the text has the lines 1 to 4"},
		{"%load -r x f.go", "…lines are such as 5, 10-20 or 30-"},
		{"%load", "…%load needs more words"},
	})
}

func TestRunCommand(t *testing.T) {
	nb, _, _ := newPast(t)
	put(t, "program.go", "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc double(x int) int { return 2 * x }\n\nfunc main() {\n\tfmt.Println(os.Args[1:], double(4))\n}\n")
	put(t, "statements.go", "fromFile := 7\nfromFile")
	put(t, "wrong.go", "package main\n\nfunc main() {\n\tvar x int = \"a\"\n\tundefinedName()\n}\n")
	put(t, "panics.go", "package main\n\nfunc deep() {\n\tpanic(\"oh\")\n}\n\nfunc main() {\n\tdeep()\n}\n")
	put(t, "leaves.go", "os.Exit(0)")
	put(t, "fails.go", "os.Exit(4)")
	put(t, "nb.ipynb", fmt.Sprintf(lesson, "fmt.Println(fromLesson)"))
	put(t, "bad.ipynb", fmt.Sprintf(lesson, "nowhere + 1"))
	put(t, "loop.ipynb", fmt.Sprintf(lesson, "%run loop.ipynb"))
	put(t, "text.txt", "x")
	args := fmt.Sprint(os.Args)
	nb.play([]scene{
		{"%run program.go one 'two words'", "[one two words] 8"},
		{"double(3)", "=> 6"},
		{"%run -- program.go -x --help", "[-x --help] 8"},
		{"%run statements.go", ""},
		{"fromFile", "=> 7"},
		{"%run nb.ipynb", "lesson\n5"},
		{"fromLesson", "=> 5"},
		{"%run leaves.go", ""},
		// what can be wrong
		{"%run wrong.go", "…wrong.go:4:14: "},
		{"%run wrong.go", "…wrong.go:5:2: undefined: undefinedName"},
		{"%run panics.go", "…panics.go, deep, line 4\n    panic(\"oh\")"},
		{"%run fails.go", "…exit status 4"},
		{"%run bad.ipynb", "…bad.ipynb, code cell 2:2:1: undefined: nowhere"},
		{"%run loop.ipynb", "…runs itself: it would do so for ever"},
		{"%run nb.ipynb x", "…a notebook takes no arguments"},
		{"%run nothing.go", "…there is no file nothing.go"},
		{"%run nothing.ipynb", "…there is no file nothing.ipynb"},
		{"%run text.txt", "…%run takes Go files (.go) and notebooks (.ipynb), and text.txt is neither; !text.txt runs a program"},
		{"%run", "…%run needs more words"},
		{"%run -h", "…%run -- FILE -x"},
	})
	if fmt.Sprint(os.Args) != args {
		t.Errorf("os.Args are %q afterwards", os.Args)
	}
}

func TestRerunCommand(t *testing.T) {
	nb, _, _ := newPast(t)
	nb.play([]scene{
		{"%rerun", "…=== Executing: ===\nfunc f() int"}, // of the session before
		{"x := 1", ""},
		{"x++\nx", "=> 2"},
		{"%rerun", "=== Executing: ===\nx++\nx\n=== Output: ===\n=> 3"},
		{"%rerun", "=== Executing: ===\nx++\nx\n=== Output: ===\n=> 4"},
		{"%rerun 2-3", "=== Executing: ===\nx := 1\n\nx++\nx\n=== Output: ===\n=> 2"},
		{"!echo hello", "hello"},
		{"%rerun", "=== Executing: ===\n!echo hello\n=== Output: ===\nhello"},
		{"%rerun -l 2", "…hello"},
		{"%rerun -g x+", "=== Executing: ===\nx++\nx\n=== Output: ===\n=> 3"},
		{"nowhere", "…undefined: nowhere"},
		{"%rerun 11 3", "…line 2/11 of the history:1:1: undefined: nowhere"},
		{"x", "=> 3"},
		// what can be wrong
		{"%rerun 14", "…is this cell: it would run itself for ever"},
		{"%rerun 14", "…line 2/14 of the history runs itself: it would do so for ever"},
		{"%rerun 99", "…there is nothing in the history at 99"},
		{"%rerun -l 0", "…-l 0"},
		{"%rerun -l 1 3", "…give one of them"},
		{"%rerun -g zz9", "…no cell in the history contains"},
	})
}

func TestRecallCommand(t *testing.T) {
	nb, _, _ := newPast(t)
	nb.play([]scene{
		{"%recall", "…no cell of this session has had a result"},
		{"x := 1", ""},
		{"%recall", `next false "the x of line 2"`},
		{"%recall 2 ~1/1", `next false "x := 1\n\na := 1"`},
		{"%rep return a", `next false "func f() int {\n\treturn a\n}"`},
		{"%recall 99", "…there is nothing in the history at 99"},
		{"%recall zz9", "…no cell in the history contains \"zz9\""},
	})
}

func TestOutputCommand(t *testing.T) {
	nb, u, kept := newPast(t)
	f := kept.Create(3)
	var long strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&long, "line %d\n", i)
	}
	f.Write([]byte(long.String()))
	kept.Create(4).Write([]byte("all of it\n"))
	kept.Create(5).Write([]byte(strings.Repeat("é", 4000)))
	nb.play([]scene{
		{"%output 3", "…[cell 3: 8890 bytes of text were not shown]\n[the last 4095; %output 3 FILE writes all]\nline "},
		{"%output 3", "…line 998\nline 999"},
		{"%output 4", "[cell 4: 10 bytes of text were not shown]\nall of it"},
		{"%output 5", "…éé"},
		{"%output 3 rest.txt", "wrote 8890 bytes of cell 3 to rest.txt"},
		{"%output 4 rest.txt", "…rest.txt exists; -f overwrites it"},
		{"%output 7", "…of cell 7 nothing is kept"},
		{"%output x", "…\"x\" is no cell's number"},
		{"%output -- -1", "…\"-1\" is no cell's number"},
		{"%output 4 nowhere/rest.txt", "…nowhere/rest.txt"},
		{"%output", "…%output needs more words"},
	})
	if content(t, "rest.txt") != long.String() {
		t.Error("the file is not what was kept")
	}
	u.answers = []string{"y"}
	nb.play([]scene{
		{"%output 4 rest.txt", "wrote 10 bytes of cell 4 to rest.txt"},
		{"%output -f 4 rest.txt", "wrote 10 bytes of cell 4 to rest.txt"},
	})
	f = kept.Create(6)
	f.Write([]byte("some"))
	f.Write(make([]byte, 2<<20)) // more than there is room for
	nb.play([]scene{{"%output 6", "…bytes of text were not shown; the last 2097152 of them are not kept, for want of room]\nsome"}})
}

func TestWithoutPast(t *testing.T) {
	nb := newNotebook(t, Config{})
	for _, command := range []string{"%history", "%history -g x", "%rerun", "%rerun 1", "%rerun -l 1", "%recall", "%save f", "%load 1"} {
		nb.play([]scene{{command, "…a program that is run by itself has no history"}})
	}
	nb.play([]scene{{"%output 1", "…nothing is cut of the output of a program that is run by itself"}})
}
