package conformance_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/wire"
)

// outputs describes what a cell has shown, in order; texts that follow each other on
// one stream are one.
func outputs(t *testing.T, a *conformance.Answer) string {
	t.Helper()
	var list []string
	last := ""
	for _, m := range a.Published {
		var text string
		switch m.Header.MsgType {
		case wire.TypeStream:
			var s wire.Stream
			if err := m.DecodeContent(&s); err != nil {
				t.Fatal(err)
			}
			if s.Name == last {
				list[len(list)-1] += s.Text
				continue
			}
			last, text = s.Name, s.Name+":"+s.Text
		case wire.TypeDisplayData, wire.TypeExecuteResult:
			var d wire.DisplayData
			if err := m.DecodeContent(&d); err != nil {
				t.Fatal(err)
			}
			last, text = "", fmt.Sprintf("shown:%v", d.Data["text/plain"])
		default:
			continue
		}
		list = append(list, text)
	}
	return strings.Join(list, "|")
}

// What comes from file descriptors 1 and 2, whoever writes it, stands where the
// program has written it.
func TestOutputIsInTheOrderOfTheProgram(t *testing.T) {
	k := start(t)
	for _, tt := range []struct{ name, code, want string }{
		{"system calls", `
fmt.Print("a")
syscall.Write(1, []byte("B"))
fmt.Print("c")
syscall.Write(2, []byte("D"))
fmt.Print("e")
display.Show(1)
syscall.Write(1, []byte("F"))
display.Show(2)
os.Stderr.WriteString("g")
kept := os.NewFile(2, "") // it closes 2 when it is garbage
kept.WriteString("H")
println("i")
syscall.Write(1, []byte("J"))
3`, "stdout:aBc|stderr:D|stdout:e|shown:1|stdout:F|shown:2|stderr:gHi\n|stdout:J|shown:3"},
		{"a child process", `
files := []*os.File{nil, os.Stdout, os.Stderr}
run := func(script string) {
	p, err := os.StartProcess("/bin/sh", []string{"sh", "-c", script}, &os.ProcAttr{Files: files})
	if err != nil { panic(err) }
	p.Wait()
}
fmt.Print("a")
run("printf B; printf C >&2")
fmt.Print("d")
run("printf E")`, "stdout:aB|stderr:C|stdout:dE"},
		{"a command", `
c := exec.Command("sh", "-c", "printf b; printf c >&2")
c.Stdout, c.Stderr = os.Stdout, os.Stderr
fmt.Print("a")
c.Run()
fmt.Print("d")`, ""}, // its two streams are copied side by side
		{"many turns", `
for range 1000 {
	fmt.Print("a")
	syscall.Write(1, []byte("b"))
}`, "stdout:" + strings.Repeat("ab", 1000)},
	} {
		a, _ := k.run(tt.code, wire.StatusOK)
		got := outputs(t, a)
		if tt.name == "a command" {
			if a.Text(wire.Stdout) != "abd" || a.Text(wire.Stderr) != "c" || !strings.HasSuffix(got, "d") || !strings.HasPrefix(got, "stdout:a") {
				t.Errorf("%s: %s", tt.name, got)
			}
			continue
		}
		if got != tt.want {
			t.Errorf("%s:\n%s, want\n%s", tt.name, got, tt.want)
		}
	}
}

// A value that is shown after the cell asks functions of the cell, from which package
// space takes panics back.
func TestShownValueAsksTheCell(t *testing.T) {
	k := start(t)
	k.run(`towers := space.New("towers", func(c *space.Choices) (*arch.Arch, error) {
	b := arch.NewBuilder("tower", arch.Shape{C: 1, H: 8, W: 8})
	x := b.In()
	for i := range c.Int("floors", 1, 2, 3) {
		x = b.ConvBNReLU(x, c.Int(fmt.Sprint("filters", i), 8, 16, 32), 3)
	}
	b.Classifier(x, 10)
	return b.Build()
})`, wire.StatusOK)
	a, _ := k.run("towers", wire.StatusOK)
	if got := outputs(t, a); !strings.Contains(got, "towers") || !strings.Contains(got, "filters0") {
		t.Errorf("a space of one's own looks like %s", got)
	}
}

// What a goroutine prints and shows belongs to the cell that started it, also later
// and while another cell runs.
func TestLateOutputBelongsToItsCell(t *testing.T) {
	k := start(t)
	first, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: `
turn, done := make(chan int), make(chan int)
go func() {
	for n := range turn {
		fmt.Println("late", n)
		display.Show(n)
		done <- n
	}
}()`})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Collect(k.ctx, first); err != nil {
		t.Fatal(err)
	}
	second, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "fmt.Println(\"mine\")\nturn <- 7\n<-done\nfmt.Println(\"too\")"})
	if err != nil {
		t.Fatal(err)
	}
	var late, own conformance.Answer
	for idle := false; !idle || len(late.Published) < 2; {
		m, err := k.Receive(k.ctx, wire.IOPub)
		if err != nil {
			t.Fatalf("%v; of the first cell %s", err, outputs(t, &late))
		}
		switch m.ParentID() {
		case first.Header.MsgID:
			late.Published = append(late.Published, m)
		case second.Header.MsgID:
			own.Published = append(own.Published, m)
			var s wire.Status
			idle = idle || m.Header.MsgType == wire.TypeStatus && m.DecodeContent(&s) == nil && s.ExecutionState == wire.Idle
		}
	}
	if got := outputs(t, &late); got != "stdout:late 7\n|shown:7" {
		t.Errorf("the first cell shows %q", got)
	}
	if got := outputs(t, &own); got != "stdout:mine\ntoo\n" {
		t.Errorf("the second cell shows %q", got)
	}
}

// A cell's output is bounded, and what is not shown can be had.
func TestOutputOverTheLimit(t *testing.T) {
	k := start(t)
	dir := t.TempDir()
	a, r := k.run(`line := strings.Repeat("0123456789abcde\n", 1<<10)
for range 1200 { fmt.Print(line) }`, wire.StatusOK)
	const all, shown = 1200 << 14, 16 << 20
	if got := len(a.Text(wire.Stdout)); got != shown {
		t.Errorf("%d bytes are shown, want %d", got, shown)
	}
	for _, want := range []string{"the limit of 16 MiB of output", "[not shown: 2.75 MiB of text", fmt.Sprintf("%%output %d FILE", r.ExecutionCount)} {
		if text := a.Text(wire.Stderr); !strings.Contains(text, want) {
			t.Errorf("the note does not say %q: %s", want, text)
		}
	}
	file := filepath.Join(dir, "rest.txt")
	quoted, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	k.run(fmt.Sprintf("%%output %d %s", r.ExecutionCount, strings.Trim(string(quoted), `"`)), wire.StatusOK)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := all - shown; !strings.HasSuffix(string(text), "0123456789abcde\n") || len(text) < want {
		t.Errorf("%d bytes are saved, want at least the %d that were not shown", len(text), want)
	}
}
