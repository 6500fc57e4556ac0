package notebook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/session"
	"github.com/nascent-go/nascent/kernel/wire"
	"github.com/nascent-go/nascent/kernel/worker"
)

// TestMain is a worker process if a test has started it as one.
func TestMain(m *testing.M) {
	switch os.Getenv("NOTEBOOK_TEST_WORKER") {
	case "":
		os.Exit(m.Run())
	case "stuck":
		time.Sleep(time.Hour)
	}
	in, out := os.NewFile(3, "in"), os.NewFile(4, "out")
	if err := session.Serve(context.Background(), in, out, options()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// fake is an environment that knows a few cells.
type fake struct{ late chan func() }

func options() session.Options {
	return session.Options{
		Env:  &fake{late: make(chan func(), 1)},
		Logf: func(string, ...any) {},
		KernelInfo: wire.KernelInfoReply{LanguageInfo: wire.LanguageInfo{
			Name: "go", Version: "go1.26", MimeType: "text/x-go", FileExtension: ".go"}},
	}
}

func text(s string) display.Bundle {
	return display.Bundle{Data: map[string]any{display.MIMEPlain: s}}
}

func (f *fake) Run(ctx context.Context, in cell.Input) (cell.Outcome, error) {
	emit := func(events ...display.Event) error {
		var errs []error
		for _, e := range events {
			errs = append(errs, in.Display.Emit(e))
		}
		return errors.Join(errs...)
	}
	command, rest, _ := strings.Cut(in.Source, " ")
	switch command {
	case "value":
		return cell.Outcome{Values: []any{text(rest)}}, nil
	case "print":
		fmt.Fprint(in.Stdout, rest)
	case "both":
		fmt.Fprint(in.Stdout, "out")
		fmt.Fprint(in.Stderr, "err")
	case "many":
		for range 3 {
			fmt.Fprint(in.Stdout, strings.Repeat("x", 9000))
		}
	case "bar":
		fmt.Fprint(in.Stdout, "10%\r100%\n")
	case "live":
		return cell.Outcome{}, emit(display.Event{ID: "d", Bundle: text("0 of 2")}, display.Event{Bundle: text("other")}, display.Event{ID: "d", Bundle: text("0 of 2")})
	case "update":
		return cell.Outcome{}, emit(display.Event{Op: display.OpUpdate, ID: "d", Bundle: text(rest)})
	case "clear":
		fmt.Fprint(in.Stdout, "gone")
		err := emit(display.Event{Op: display.OpClear, Wait: rest == "wait"})
		if rest != "nothing" {
			fmt.Fprint(in.Stdout, "kept")
		}
		return cell.Outcome{}, err
	case "go": // a goroutine that writes while the next cell runs
		f.late <- func() {
			fmt.Fprint(in.Stdout, "late")
			if err := emit(display.Event{Bundle: text("late too")}); err != nil {
				panic(err)
			}
		}
	case "join":
		(<-f.late)()
		fmt.Fprint(in.Stdout, "joined")
	case "fail":
		return cell.Outcome{}, &cell.RuntimeError{Kind: "panic", Message: rest}
	case "train": // tells of the interrupt in its own words
		<-ctx.Done()
		return cell.Outcome{}, &cell.RuntimeError{Kind: "error", Message: "stopped in epoch 3"}
	case "wait":
		<-ctx.Done()
		return cell.Outcome{}, ctx.Err()
	case "die":
		fmt.Fprintln(os.Stderr, "some words\nfatal error: concurrent map writes\n\ngoroutine 1 [running]:\nexample.com/lib.Update({0x1})\n\t/src/lib/update.go:12 +0x1d")
		os.Exit(2)
	case "vanish":
		os.Exit(0)
	}
	return cell.Outcome{}, nil
}

func (*fake) Complete(context.Context, string, int) cell.Completion     { return cell.Completion{} }
func (*fake) Inspect(context.Context, string, int, int) cell.Inspection { return cell.Inspection{} }
func (*fake) IsComplete(string) cell.Completeness                       { return cell.Completeness{} }
func (*fake) Call(_ context.Context, _ cell.Input, f func()) error      { f(); return nil }

// newInProcess makes a kernel that is a session in this process.
func newInProcess() Kernel {
	in, opts := newInbox(), options()
	opts.Emit = in.put
	s := session.New(opts)
	go func() {
		<-s.Done()
		in.end(errors.New("the session has ended"))
	}()
	return &inProcess{in, s}
}

type inProcess struct {
	*inbox
	s *session.Session
}

func (k *inProcess) Send(m *wire.Message) error {
	k.s.Handle(m)
	return nil
}

func (k *inProcess) Close() error {
	k.s.Close()
	return nil
}

func inProcessKernel(t *testing.T) Kernel {
	k := newInProcess()
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

func workerKernel(t *testing.T) Kernel {
	k := InWorker(family(t, "1"))
	t.Cleanup(func() { k.Close() })
	return k
}

// family has workers that are this program, of a kind that TestMain knows.
func family(t *testing.T, kind string) *worker.Family {
	f := worker.NewFamily(worker.Options{Command: []string{os.Args[0]}, Env: append(os.Environ(), "NOTEBOOK_TEST_WORKER="+kind)})
	t.Cleanup(f.Close)
	return f
}

// book makes a notebook of code cells; one that begins with "#tag " has a tag.
func book(sources ...string) *Notebook {
	nb := &Notebook{Minor: 4, Metadata: Object{}}
	for _, src := range sources {
		c := &Cell{Type: Code, Metadata: Object{}}
		if tag, rest, ok := strings.Cut(src, " "); ok && strings.HasPrefix(tag, "#") {
			c.Metadata["tags"] = json.RawMessage(fmt.Sprintf("[%q]", tag[1:]))
			src = rest
		}
		c.Source = src
		nb.Cells = append(nb.Cells, c)
	}
	return nb
}

// summary is the outputs of all cells, a line for each cell.
func summary(nb *Notebook) []string {
	var list []string
	for _, c := range nb.Cells {
		var parts []string
		for _, o := range c.Outputs {
			switch o.Type {
			case Stream:
				parts = append(parts, fmt.Sprintf("%s %q", o.Name, o.Text))
			case ErrorOutput:
				parts = append(parts, "error "+o.EName+": "+o.EValue)
			default:
				plain, _ := o.Data.Text(display.MIMEPlain)
				parts = append(parts, fmt.Sprintf("%s %q", o.Type, plain))
			}
		}
		list = append(list, fmt.Sprintf("%d: %s", c.ExecutionCount, strings.Join(parts, ", ")))
	}
	return list
}

func TestRunCollectsOutputs(t *testing.T) {
	tests := []struct {
		name  string
		cells []string
		want  []string
	}{
		{"results and streams", []string{"value 3", "print a\nb", "both", "", "  \n", "print"},
			[]string{`1: execute_result "3"`, `2: stdout "a\nb"`, `3: stdout "out", stderr "err"`, "0: ", "0: ", "4: "}},
		{"streams are merged", []string{"many"}, []string{`1: stdout "` + strings.Repeat("x", 27000) + `"`}},
		{"carriage returns", []string{"bar"}, []string{`1: stdout "100%\n"`}},
		{"updates go to all outputs of the id", []string{"live", "update 1 of 2", "update 2 of 2"},
			[]string{`1: display_data "2 of 2", display_data "other", display_data "2 of 2"`, "2: ", "3: "}},
		{"updates of what is not shown change nothing", []string{"update early", "live", "clear now", "update late"},
			[]string{"1: ", `2: display_data "late", display_data "other", display_data "late"`, `3: stdout "kept"`, "4: "}},
		{"clear", []string{"clear now", "clear wait", "clear nothing"}, []string{`1: stdout "kept"`, `2: stdout "kept"`, "3: "}},
		{"late output goes to its own cell", []string{"go", "join"}, []string{`1: stdout "late", display_data "late too"`, `2: stdout "joined"`}},
		{"expected failure", []string{"#raises-exception fail boom", "value 1"}, []string{"1: error panic: boom", `2: execute_result "1"`}},
		{"skipped", []string{"#skip-execution fail boom", "value 1"}, []string{"0: ", `1: execute_result "1"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			nb := book(tt.cells...)
			if err := Run(t.Context(), nb, Options{Kernel: inProcessKernel(t)}); err != nil {
				t.Fatal(err)
			}
			if got := summary(nb); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestRunDescribesTheNotebook(t *testing.T) {
	run := func() string {
		nb := book("value 1")
		nb.Cells[0].Metadata["execution"] = json.RawMessage(`{"shell.execute_reply": "long ago"}`)
		nb.Cells = append(nb.Cells, &Cell{Type: Markdown, Source: "# x", Metadata: Object{}})
		if err := Run(t.Context(), nb, Options{Kernel: inProcessKernel(t)}); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := Write(&b, nb); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first := run()
	for _, want := range []string{`"name": "go"`, `"version": "go1.26"`, `"display_name": "Go (Nascent)"`, `"nbformat_minor": 5`, `"id": "`} {
		if !strings.Contains(first, want) {
			t.Errorf("the notebook does not hold %s:\n%s", want, first)
		}
	}
	if strings.Contains(first, "execute_reply") {
		t.Error("the notebook holds times")
	}
	if second := run(); first != second {
		t.Errorf("two runs differ:\n%s\n%s", first, second)
	}
}

func TestRunRecordsTimes(t *testing.T) {
	nb := book("value 1")
	if err := Run(t.Context(), nb, Options{Kernel: inProcessKernel(t), RecordTiming: true}); err != nil {
		t.Fatal(err)
	}
	var times map[string]time.Time
	if !nb.Cells[0].Metadata.Get("execution", &times) {
		t.Fatalf("no times: %v", nb.Cells[0].Metadata)
	}
	order := []string{"iopub.status.busy", "iopub.execute_input", "shell.execute_reply", "iopub.status.idle"}
	for i, name := range order {
		if times[name].IsZero() || i > 0 && times[name].Before(times[order[i-1]]) {
			t.Errorf("times %v: %s is missing or too early", times, name)
		}
	}
}

func TestRunStopsAtAFailure(t *testing.T) {
	var said []string
	progress := func(p Progress) {
		said = append(said, fmt.Sprintf("%d/%d %s %v %v", p.Number, p.Total, p.Cell.Source, p.Done, p.Err != nil))
	}
	nb := book("value 1", "fail boom", "value 2")
	err := Run(t.Context(), nb, Options{Kernel: inProcessKernel(t), Progress: progress})
	var failed *CellError
	if !errors.As(err, &failed) {
		t.Fatalf("error = %v, want a CellError", err)
	}
	if want := "cell 2 of 3 (fail boom) failed: panic: boom"; err.Error() != want {
		t.Errorf("error = %q, want %q", err, want)
	}
	if got := failed.Report(false); got != "panic: boom" {
		t.Errorf("report = %q, want the traceback without colours", got)
	}
	if got := failed.Report(true); !strings.Contains(got, "\x1b[") {
		t.Errorf("report = %q, want the traceback with colours", got)
	}
	want := []string{`1: execute_result "1"`, "2: error panic: boom", "0: "}
	if got := summary(nb); !slices.Equal(got, want) {
		t.Errorf("outputs = %q, want %q", got, want)
	}
	wantSaid := []string{"1/3 value 1 false false", "1/3 value 1 true false", "2/3 fail boom false false", "2/3 fail boom true true"}
	if !slices.Equal(said, wantSaid) {
		t.Errorf("progress = %q, want %q", said, wantSaid)
	}

	nb = book("fail boom", "value 2")
	if err := Run(t.Context(), nb, Options{Kernel: inProcessKernel(t), AllowErrors: true}); err != nil {
		t.Errorf("with errors allowed: %v", err)
	}
	if got := summary(nb)[1]; got != `2: execute_result "2"` {
		t.Errorf("with errors allowed the next cell has %q", got)
	}
}

func TestRunRefuses(t *testing.T) {
	nb := book("print(1)")
	nb.Metadata["kernelspec"] = json.RawMessage(`{"name": "python3", "language": "python"}`)
	err := Run(t.Context(), nb, Options{Kernel: inProcessKernel(t)})
	if err == nil || !strings.Contains(err.Error(), "written in python") {
		t.Errorf("a notebook in Python: error = %v, want one that says so", err)
	}
	k := newInProcess()
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	err = Run(t.Context(), book("value 1"), Options{Kernel: k})
	if err == nil || !strings.Contains(err.Error(), "the session has ended") {
		t.Errorf("a kernel that has ended: error = %v, want one that says so", err)
	}
}

func TestRunStopsSlowCells(t *testing.T) {
	t.Run("timeout", func(t *testing.T) {
		nb := book("wait", "value 1")
		err := Run(t.Context(), nb, Options{Kernel: inProcessKernel(t), Timeout: 10 * time.Millisecond, AllowErrors: true})
		if err == nil || !strings.Contains(err.Error(), "cell 1 of 2 (wait) failed: it took longer than 10ms") {
			t.Errorf("error = %v, want one about the time", err)
		}
		if got := summary(nb)[0]; got != "1: error interrupt: it took longer than 10ms, which is the time that a cell may take" {
			t.Errorf("outputs = %q, want the reason of the interrupt", got)
		}
	})
	t.Run("own words", func(t *testing.T) {
		nb := book("train")
		if err := Run(t.Context(), nb, Options{Kernel: inProcessKernel(t), Timeout: 10 * time.Millisecond}); err == nil || !strings.Contains(err.Error(), "longer than 10ms") {
			t.Errorf("error = %v, want one about the time", err)
		}
		if got := summary(nb)[0]; got != "1: error error: stopped in epoch 3" {
			t.Errorf("outputs = %q, want the cell's own words", got)
		}
	})
	t.Run("negative", func(t *testing.T) {
		if err := Run(t.Context(), book("wait"), Options{Timeout: -time.Second}); err == nil || !strings.Contains(err.Error(), "a timeout of -1s") {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		err := Run(ctx, book("wait"), Options{Kernel: inProcessKernel(t), Progress: func(Progress) { cancel() }})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v, want %v", err, context.Canceled)
		}
	})
}

func TestRunInAWorkerProcess(t *testing.T) {
	nb := book("both", "live", "update x")
	if err := Run(t.Context(), nb, Options{Kernel: workerKernel(t)}); err != nil {
		t.Fatal(err)
	}
	want := []string{`1: stdout "out", stderr "err"`, `2: display_data "x", display_data "other", display_data "x"`, "3: "}
	if got := summary(nb); !slices.Equal(got, want) {
		t.Errorf("outputs = %q, want %q", got, want)
	}

	nb = book("value 1", "die", "value 2")
	k := workerKernel(t)
	err := Run(t.Context(), nb, Options{Kernel: k, AllowErrors: true})
	var failed *CellError
	if !errors.As(err, &failed) || failed.Number != 2 || !strings.Contains(err.Error(), "fatal error: concurrent map writes") {
		t.Errorf("a worker that dies: error = %v, want one of cell 2 in the runtime's words", err)
	}
	if got := summary(nb)[1]; !strings.Contains(got, "error kernel died: the worker process has died: fatal error: concurrent map writes") {
		t.Errorf("outputs of the cell = %q", got)
	}
	if got := nb.Cells[1].Outputs[0].Traceback; got[len(got)-1] != "    /src/lib/update.go:12" {
		t.Errorf("traceback = %q, want where the process crashed", got)
	}

	if err := k.Close(); err != nil {
		t.Errorf("the death is told of a second time: %v", err)
	}

	err = Run(t.Context(), book("vanish"), Options{Kernel: workerKernel(t)})
	if err == nil || !strings.Contains(err.Error(), "the worker process has ended") {
		t.Errorf("a worker that leaves: error = %v, want one that says so", err)
	}
	nobody := worker.NewFamily(worker.Options{Command: []string{filepath.Join(t.TempDir(), "none")}})
	defer nobody.Close()
	if err := Run(t.Context(), book("value 1"), Options{Kernel: InWorker(nobody)}); err == nil || !strings.Contains(err.Error(), "starting a worker") {
		t.Errorf("no such program: error = %v", err)
	}
}

// A worker that stays when it has nothing left to do is ended.
func TestStuckWorker(t *testing.T) {
	k := InWorker(family(t, "stuck"))
	if err := k.Send(&wire.Message{Channel: wire.Shell, Header: wire.NewHeader("s", "u", wire.TypeKernelInfoRequest)}); err != nil {
		t.Fatal(err)
	}
	if err := k.Close(); err == nil || !strings.Contains(err.Error(), "did not end when it was told to") {
		t.Errorf("closing: error = %v, want how it ended", err)
	}
}

func TestRunFile(t *testing.T) {
	dir := t.TempDir()
	in, out, page := filepath.Join(dir, "lesson.ipynb"), filepath.Join(dir, "out", "lesson.ipynb"), filepath.Join(dir, "out", "lesson.html")
	if err := WriteFile(in, book("value 1", "fail boom")); err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	var wrote []string
	err := RunFile(t.Context(), in, out, page, Options{Kernel: inProcessKernel(t), Progress: ProgressLines(&lines),
		Wrote: func(file string) { wrote = append(wrote, file) }})
	var failed *CellError
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "lesson.ipynb: cell 2 of 2") {
		t.Errorf("error = %v, want a CellError with the file's name", err)
	}
	if !slices.Equal(wrote, []string{out, page}) {
		t.Errorf("told of %q, want the notebook and the page", wrote)
	}
	nb, err := ReadFile(out)
	if err != nil || summary(nb)[1] != "2: error panic: boom" {
		t.Errorf("written notebook: %v, %v", nb, err)
	}
	html, err := os.ReadFile(page)
	if err != nil || !bytes.Contains(html, []byte("<title>lesson</title>")) || !bytes.Contains(html, []byte("boom")) {
		t.Errorf("written page: %v\n%s", err, html)
	}
	got := lines.String()
	if !strings.HasPrefix(got, "[1/2]  ") || !strings.Contains(got, "s  value 1\n[2/2] ") || !strings.HasSuffix(got, "s  fail boom  (failed)\n") {
		t.Errorf("progress:\n%s", got)
	}
	for _, bad := range []struct{ out, page, want string }{
		{dir, "", "it is a folder"},
		{filepath.Join(in, "x.ipynb"), "", "its folder can't be made"},
		{"", filepath.Join(in, "x.html"), "its folder can't be made"},
		{out, in, "the page would replace the notebook"},
		{out, filepath.Join(dir, "out", ".", "lesson.ipynb"), "can't both be written to"},
	} {
		err := RunFile(t.Context(), in, bad.out, bad.page, Options{Progress: func(Progress) { t.Error("a cell runs") }})
		if err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("out %q, page %q: error = %v, want one that says %q", bad.out, bad.page, err, bad.want)
		}
	}
	if err := RunFile(t.Context(), filepath.Join(dir, "none"), out, "", Options{}); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("no such file: error = %v", err)
	}
}
