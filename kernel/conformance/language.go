package conformance

import (
	"fmt"
	"strings"
)

// Language is the language of a kernel: the cells that scenarios need. A scenario
// whose cell is "" is left out. Where a text has a verb, it is for fmt.Sprintf.
type Language struct {
	Name string // as kernel_info_reply and kernelspecs say

	Print      string // %q to stdout, without a line end
	PrintErr   string // %q to stderr
	Lines      string // %d lines of "line N", from 0
	Flood      string // %d million bytes to stdout
	Value      string // an expression whose text is 42
	Assign     string // %s = %d
	Quiet      string // a statement without a value
	Tuple      string // two values, 1 and 2, as one result
	Fails      string // fails with the text "on purpose" after it printed "before"
	Invalid    string // can't be run at all
	Late       string // leaves behind something that prints "late" when the file %q exists
	WaitFile   string // prints "begun" and goes on when the file %q exists
	Endless    string // prints "begun" and runs until it is interrupted
	Exit       string // ends the kernel's process, printing "before"
	Crash      string // kills the kernel's process
	ChildPrint string // a child process prints %q on its stdout

	Ask      string // asks for a line with the prompt "name? " and prints it in brackets; the prompt may be printed
	Prompt   string // asks for a line with the prompt "name? ", which is not printed, and prints it in brackets
	AskTwice string // asks for two lines and prints them in brackets
	AskEnd   string // asks for a line and prints "end" if there is none
	AskOn    string // asks for lines until it is interrupted
	Password string // asks for a password with the prompt "secret: " and prints it in brackets

	Display  string // shows the HTML %q
	JSON     string // shows {"a": [1, 2]} as JSON
	Update   string // shows "old", then replaces it with "new"
	Hold     string // shows "first" so that a later cell can replace it
	Replace  string // replaces it with "second"
	Clear    string // clears the output
	ClearEnd string // clears the output when the next one comes
	Large    string // shows an HTML text of %d bytes

	Complete     Place    // a name with one match
	CompleteMany Place    // a prefix of several
	CompleteNone Place    // nothing
	Emoji        Place    // Complete behind characters outside the basic plane, in code points
	Inspect      Place    // a name that is known
	InspectNone  Place    // one that is not
	Whole        []string // cells that are complete
	Partial      []string // that lack lines
	Broken       []string // that no line can complete

	OpenComm   string // opens a comm to the target %q with data {"v": 1}, and answers each message's {"v": n} with n+1, with a buffer
	CloseComm  string // closes it
	CommTarget string // registers the target %q, which answers each comm's messages as OpenComm does

	Page      string // shows text in the pager
	NextInput string // puts a text into the next cell
}

// Place is a place in a text, and what is found there.
type Place struct {
	Code   string
	Cursor int // in code points
	Start  int // of what is replaced
	Match  string
}

// Go is the language of this kernel.
func Go() *Language {
	l := &Language{
		Name:     "go",
		Print:    `fmt.Print(%q)`,
		PrintErr: `fmt.Fprint(os.Stderr, %q)`,
		Lines:    "for i := range %d {\n\tfmt.Println(\"line\", i)\n}",
		Flood:    "func() {\n\tblock := strings.Repeat(strings.Repeat(\"x\", 99)+\"\\n\", 10_000)\n\tfor range %d {\n\t\tfmt.Print(block)\n\t}\n}()",
		Value:    "6 * 7", Assign: "%s := %d", Quiet: "func() {}()", Tuple: "func() (int, int) { return 1, 2 }()",
		Fails:      "fmt.Print(\"before\")\npanic(\"on purpose\")",
		Invalid:    `nothing.Known(`,
		Late:       "go func() {\n\t" + goWait + "\n\tfmt.Println(\"late\")\n}()",
		WaitFile:   "fmt.Println(\"begun\")\n" + goWait,
		Endless:    "fmt.Println(\"begun\")\nfor {\n}",
		Exit:       "fmt.Println(\"before\")\nos.Exit(3)",
		Crash:      "syscall.Kill(os.Getpid(), syscall.SIGKILL)\nselect {}",
		ChildPrint: "func() {\n\tc := exec.Command(\"printf\", \"%%s\", %q)\n\tc.Stdout = os.Stdout\n\tif err := c.Run(); err != nil {\n\t\tpanic(err)\n\t}\n}()",

		Ask:      "fmt.Print(\"name? \")\nfunc() {\n\tvar line string\n\tfmt.Scanln(&line)\n\tfmt.Print(\"<\" + line + \">\")\n}()",
		Prompt:   "func() {\n\tline, err := display.Input(\"name? \")\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tfmt.Print(\"<\" + line + \">\")\n}()",
		AskTwice: "func() {\n\tvar a, b string\n\tfmt.Scanln(&a)\n\tfmt.Scanln(&b)\n\tfmt.Print(\"<\" + a + \"><\" + b + \">\")\n}()",
		AskEnd:   "func() {\n\tif _, err := bufio.NewReader(os.Stdin).ReadString('\\n'); err == io.EOF {\n\t\tfmt.Print(\"end\")\n\t}\n}()",

		Password: "func() {\n\tword, err := display.Password(\"secret: \")\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tfmt.Print(\"<\" + word + \">\")\n}()",
		AskOn:    "for {\n\tvar line string\n\tfmt.Scanln(&line)\n}",

		Display:  `display.Show(display.HTML(%q))`,
		JSON:     `display.Show(display.JSON(map[string][]int{"a": {1, 2}}))`,
		Update:   "display.ShowLive(display.Text(\"old\")).Update(display.Text(\"new\"))",
		Hold:     `held := display.ShowLive(display.Text("first"))`,
		Replace:  `held.Update(display.Text("second"))`,
		Clear:    "display.Clear(false)",
		ClearEnd: "display.Clear(true)",
		Large:    `display.Show(display.HTML(strings.Repeat("x", %d)))`,

		Complete:     Place{Code: "fmt.Printl", Cursor: 10, Start: 4, Match: "Println"},
		CompleteMany: Place{Code: "strings.Trim", Cursor: 12, Start: 8, Match: "TrimSpace"},
		CompleteNone: Place{Code: "fmt.NoSuchThing", Cursor: 15},
		Emoji:        Place{Code: "s := \"\U0001F600\U0001F600é\"; fmt.Printl(s)", Cursor: 22, Start: 16, Match: "Println"},
		Inspect:      Place{Code: "fmt.Println(1)", Cursor: 6, Match: "Println"},
		InspectNone:  Place{Code: "nosuchname", Cursor: 4},
		Whole:        []string{"1 + 1", "x := 1", "func f() {}", ""},
		Partial:      []string{"func f() {", "for i := range 3 {", "x := []int{1,"},
		Broken:       []string{"func }", "x := )"},

		Page:       "fmt.Println?",
		NextInput:  "%%fmt\nx  :=  1",
		OpenComm:   "talk := display.NewComm(%q)\n" + goAnswer("talk") + "talk.Open(map[string]int{\"v\": 1}, nil)",
		CloseComm:  "talk.Close(map[string]int{\"v\": 0})",
		CommTarget: "display.RegisterTarget(%q, func(c *display.Comm, first display.CommMessage) {\n" + goAnswer("c") + "})",
	}
	return l
}

const goWait = "for {\n\t\tif _, err := os.Stat(%q); err == nil {\n\t\t\tbreak\n\t\t}\n\t\ttime.Sleep(time.Millisecond)\n\t}"

// goAnswer answers the messages of a comm.
func goAnswer(comm string) string {
	return strings.ReplaceAll(`COMM.OnMessage(func(m display.CommMessage) {
	var data struct{ V int }
	if err := m.Decode(&data); err != nil {
		panic(err)
	}
	COMM.Send(map[string]int{"v": data.V + 1}, append([][]byte{[]byte("raw")}, m.Buffers...)...)
})
`, "COMM", comm)
}

// Python is the language of ipykernel.
func Python() *Language {
	return &Language{
		Name:     "python",
		Print:    `print(%q, end="")`,
		PrintErr: "import sys\nprint(%q, end=\"\", file=sys.stderr)",
		Lines:    "for i in range(%d): print('line', i)",
		Value:    "6 * 7", Assign: "%s = %d", Quiet: "None", Tuple: "1, 2",
		Fails:    "print('before', end='')\nraise ValueError('on purpose')",
		Invalid:  "nothing known(",
		Late:     "import threading, time, os\ndef late():\n    while not os.path.exists(%q): time.sleep(0.001)\n    print('late')\nthreading.Thread(target=late).start()",
		WaitFile: "import time, os\nprint('begun', flush=True)\nwhile not os.path.exists(%q): time.sleep(0.001)",
		Endless:  "import time\nprint('begun', flush=True)\nwhile True: time.sleep(0.001)",

		ChildPrint: "import subprocess\nprint(subprocess.run(['printf', '%%s', %q], capture_output=True, text=True).stdout, end='')",

		Ask:      "print('<' + input('name? ') + '>', end='')",
		Prompt:   "print('<' + input('name? ') + '>', end='')",
		AskTwice: "a, b = input(), input()\nprint(f'<{a}><{b}>', end='')",
		AskOn:    "while True: input()",
		Password: "import getpass\nprint('<' + getpass.getpass('secret: ') + '>', end='')",

		Display:  "from IPython.display import *\ndisplay(HTML(%q))",
		JSON:     "from IPython.display import *\ndisplay(JSON({'a': [1, 2]}))",
		Update:   "from IPython.display import *\ndisplay('old', display_id='u').update('new')",
		Hold:     "from IPython.display import *\nheld = display('first', display_id='held')\nNone",
		Replace:  "held.update('second')",
		Clear:    "from IPython.display import *\nclear_output()",
		ClearEnd: "from IPython.display import *\nclear_output(wait=True)",
		Large:    "from IPython.display import *\ndisplay(HTML('x' * %d))",

		Complete:     Place{Code: "isinst", Cursor: 6, Start: 0, Match: "isinstance"},
		CompleteMany: Place{Code: "is", Cursor: 2, Start: 0, Match: "isinstance"},
		CompleteNone: Place{Code: "nosuchname", Cursor: 10},
		Emoji:        Place{Code: "s = '\U0001F600\U0001F600é'; isinst", Cursor: 17, Start: 11, Match: "isinstance"},
		Inspect:      Place{Code: "print", Cursor: 5, Match: "print"},
		InspectNone:  Place{Code: "nosuchname", Cursor: 4},
		Whole:        []string{"1 + 1", "x = 1"},
		Partial:      []string{"for i in range(3):", "x = [1,"},
		Broken:       []string{"x = )"},

		OpenComm: "from comm import create_comm\ntalk = create_comm(%q, data={'v': 1})\n" + pythonAnswer +
			"answer(talk)",
		CloseComm:  "talk.close(data={'v': 0})",
		CommTarget: "from comm import get_comm_manager\n" + pythonAnswer + "get_comm_manager().register_target(%q, lambda c, first: answer(c))",

		Page:      "print?",
		NextInput: "get_ipython().set_next_input('next')",
	}
}

const pythonAnswer = `def answer(c):
    @c.on_msg
    def got(m):
        c.send({'v': m['content']['data']['v'] + 1}, buffers=[b'raw'] + [bytes(b) for b in m.get('buffers', [])])
`

// LanguageNamed is the language with a name, as kernelspecs write it.
func LanguageNamed(name string) (*Language, error) {
	for _, l := range []*Language{Go(), Python()} {
		if strings.EqualFold(l.Name, name) {
			return l, nil
		}
	}
	return nil, fmt.Errorf("there are no cells in the language %q: add a Language for it", name)
}
