package session

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/wire"
)

// create makes a subshell and returns its id.
func (b *bench) create() string {
	b.t.Helper()
	id := b.send(wire.Control, wire.TypeCreateSubshellRequest, `{}`)
	b.idle(id)
	var reply wire.CreateSubshellReply
	must(b.about(id, wire.TypeCreateSubshellReply)[0].DecodeContent(&reply))
	if reply.Status != wire.StatusOK || reply.SubshellID == "" {
		b.t.Fatalf("create_subshell_reply %+v", reply)
	}
	return reply.SubshellID
}

// sendTo sends a request to a subshell.
func (b *bench) sendTo(subshell, msgType, content string) string {
	b.subshell = subshell
	defer func() { b.subshell = "" }()
	return b.send(wire.Shell, msgType, content)
}

func (b *bench) list() string {
	id := b.send(wire.Control, wire.TypeListSubshellRequest, `{}`)
	return b.idle(id)[1]
}

func TestSubshellsAreMadeListedAndDeleted(t *testing.T) {
	b := newBench(t, &script{cells: cells{"1": value(1)}})
	if got, want := b.list(), `control list_subshell_reply {"status":"ok","subshell_id":[]}`; got != want {
		t.Errorf("at first: %s, want %s", got, want)
	}
	one, two := b.create(), b.create()
	if got, want := b.list(), fmt.Sprintf(`control list_subshell_reply {"status":"ok","subshell_id":[%q,%q]}`, one, two); got != want {
		t.Errorf("with two: %s, want %s", got, want)
	}
	del := b.send(wire.Control, wire.TypeDeleteSubshellRequest, fmt.Sprintf(`{"subshell_id": %q}`, one))
	expect(t, b.idle(del), busy, `control delete_subshell_reply {"status":"ok"}`, "iopub status idle")
	if got, want := b.list(), fmt.Sprintf(`control list_subshell_reply {"status":"ok","subshell_id":[%q]}`, two); got != want {
		t.Errorf("after the first was deleted: %s, want %s", got, want)
	}
	for _, id := range []string{one, "", "none"} {
		got := b.idle(b.send(wire.Control, wire.TypeDeleteSubshellRequest, fmt.Sprintf(`{"subshell_id": %q}`, id)))
		if len(got) != 3 || !strings.HasPrefix(got[1], `control delete_subshell_reply {"status":"error"`) {
			t.Errorf("deleting %q: %q, want an error", id, got)
		}
	}
	for _, msgType := range []string{wire.TypeExecuteRequest, wire.TypeCompleteRequest, wire.TypeKernelInfoRequest, wire.TypeHistoryRequest} {
		got := b.idle(b.sendTo(one, msgType, `{"code": "1"}`))
		reply := "shell " + strings.TrimSuffix(msgType, "request") + "reply"
		if len(got) != 3 || !strings.HasPrefix(got[1], reply+" error") && !strings.HasPrefix(got[1], reply+` {"status":"error"`) {
			t.Errorf("%s to a subshell that is not there: %q, want an error", msgType, got)
		}
	}
	expect(t, b.idle(b.sendTo(two, wire.TypeExecuteRequest, `{"code": "1"}`))[3:], "shell execute_reply ok 1", "iopub status idle")
}

// Subshells run at the same time, each in order, with its own count, history and
// abort flag; what they send has the whole header of the request as parent.
func TestSubshellsRunBesideEachOther(t *testing.T) {
	begun, goOn := make(chan struct{}, 1), make(chan struct{})
	var names sync.Map
	b := newBench(t, &script{cells: cells{
		"1": value("one"), "wait": waiting(begun),
		"hold": func(_ context.Context, in cell.Input) (cell.Outcome, error) {
			names.Store(in.Name, in.Number)
			<-goOn
			return cell.Outcome{}, fault{"panic", "boom"}
		},
	}})
	id := b.create()
	b.run("1", "")
	main := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "wait"}`)
	<-begun
	behind := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "1", "stop_on_error": false}`)
	expect(t, b.idle(b.sendTo(id, wire.TypeExecuteRequest, `{"code": "1"}`))[3:], "shell execute_reply ok 1", "iopub status idle")
	held := b.sendTo(id, wire.TypeExecuteRequest, `{"code": "hold"}`)
	aborted := b.sendTo(id, wire.TypeExecuteRequest, `{"code": "1"}`)
	b.await(held, "iopub execute_input")
	close(goOn)
	expect(t, b.idle(aborted), busy, "shell execute_reply aborted 2", "iopub status idle")
	if n, ok := names.Load("cell 2 of subshell 1"); !ok || n != 2 {
		t.Errorf("the subshell's cell has another name, or the number %v", n)
	}
	for _, m := range b.about(held, wire.TypeExecuteInput) {
		if want := fmt.Sprintf(`"subshell_id": %q`, id); !strings.Contains(string(m.Parent), want) {
			t.Errorf("parent %s lacks %s", m.Parent, want)
		}
	}
	expect(t, b.idle(b.sendTo(id, wire.TypeHistoryRequest, `{"hist_access_type": "tail", "n": 5, "output": true}`))[1:2],
		`shell history_reply {"status":"ok","history":[[1,1,["1","one"]],[1,2,["hold",null]]]}`)
	b.idle(b.send(wire.Control, wire.TypeInterruptRequest, `{}`))
	b.idle(main)
	expect(t, b.idle(behind), busy, "shell execute_reply aborted 2", "iopub status idle")
	expect(t, b.run("1", "")[3:], "shell execute_reply ok 3", "iopub status idle")
}

func TestInterruptAndShutdownAreForAllSubshells(t *testing.T) {
	begun := make(chan struct{}, 3)
	b := newBench(t, &script{cells: cells{"wait": waiting(begun)}})
	ids := []string{"", b.create(), b.create()}
	var runs []string
	for _, id := range ids {
		runs = append(runs, b.sendTo(id, wire.TypeExecuteRequest, `{"code": "wait"}`))
		<-begun
	}
	b.idle(b.send(wire.Control, wire.TypeInterruptRequest, `{}`))
	for _, run := range runs {
		if got := b.idle(run); got[len(got)-2] != "shell execute_reply error 1 interrupt" {
			t.Errorf("interrupted: %q", got)
		}
	}
	ended := make(chan struct{})
	for _, id := range ids {
		b.sendTo(id, wire.TypeExecuteRequest, `{"code": "wait"}`)
		<-begun
	}
	go func() { <-b.Done(); close(ended) }()
	b.idle(b.send(wire.Control, wire.TypeShutdownRequest, `{"restart": false}`))
	<-ended
}

// A subshell that is deleted finishes its cell, and aborts what waits.
func TestDeletingASubshellThatRuns(t *testing.T) {
	begun, goOn := make(chan struct{}, 1), make(chan struct{})
	b := newBench(t, &script{cells: cells{"1": value(1), "hold": func(context.Context, cell.Input) (cell.Outcome, error) {
		begun <- struct{}{}
		<-goOn
		return cell.Outcome{}, nil
	}}})
	id := b.create()
	run := b.sendTo(id, wire.TypeExecuteRequest, `{"code": "hold"}`)
	<-begun
	waits := b.sendTo(id, wire.TypeExecuteRequest, `{"code": "1"}`)
	b.idle(b.send(wire.Control, wire.TypeDeleteSubshellRequest, fmt.Sprintf(`{"subshell_id": %q}`, id)))
	close(goOn)
	expect(t, b.idle(run)[2:], "shell execute_reply ok 1", "iopub status idle")
	expect(t, b.idle(waits), busy, "shell execute_reply aborted 1", "iopub status idle")
}

// Cells of two subshells that ask the user at once are answered one after the other.
func TestInputInSubshells(t *testing.T) {
	asks := func(_ context.Context, in cell.Input) (cell.Outcome, error) {
		line, err := in.Stdin.(Prompter).Prompt(in.Source, false)
		return cell.Outcome{Values: plain(line)}, err
	}
	b := newBench(t, &script{cells: cells{"a": asks, "b": asks}})
	id := b.create()
	a := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "a", "allow_stdin": true}`)
	b.await(a, "stdin input_request")
	second := b.sendTo(id, wire.TypeExecuteRequest, `{"code": "b", "allow_stdin": true}`)
	b.await(second, "iopub execute_input")
	b.send(wire.Stdin, wire.TypeInputReply, `{"value": "for a"}`)
	if got := b.idle(a); !strings.Contains(fmt.Sprint(got), "for a") {
		t.Errorf("the first cell: %q", got)
	}
	b.await(second, "stdin input_request")
	if m := b.about(second, wire.TypeInputRequest)[0]; m.Header.SubshellID != id {
		t.Errorf("input_request has subshell_id %q, want %q", m.Header.SubshellID, id)
	}
	b.send(wire.Stdin, wire.TypeInputReply, `{"value": "for b"}`)
	if got := b.idle(second); !strings.Contains(fmt.Sprint(got), "for b") {
		t.Errorf("the second cell: %q", got)
	}
}

func TestQuestionsWhileACellRuns(t *testing.T) {
	begun := make(chan struct{}, 1)
	b := newBench(t, &script{
		cells:    cells{"wait": waiting(begun), "1": value(1)},
		complete: func(string, int) cell.Completion { return cell.Completion{Items: []cell.CompletionItem{{Text: "x"}}} },
		inspect:  func(string, int, int) cell.Inspection { return cell.Inspection{Plain: "x"} },
	})
	run := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "wait"}`)
	<-begun
	ask := func(msgType string) string {
		return b.send(wire.Shell, msgType, `{"code": "x", "cursor_pos": 1, "hist_access_type": "tail", "n": 9}`)
	}
	for _, msgType := range []string{wire.TypeCompleteRequest, wire.TypeInspectRequest, wire.TypeIsCompleteRequest,
		wire.TypeHistoryRequest, wire.TypeCommInfoRequest, wire.TypeKernelInfoRequest} {
		if got := b.idle(ask(msgType)); len(got) != 3 {
			t.Errorf("%s while a cell runs: %q", msgType, got)
		}
	}
	next := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "1", "stop_on_error": false}`)
	history, info := ask(wire.TypeHistoryRequest), ask(wire.TypeKernelInfoRequest)
	b.idle(ask(wire.TypeCompleteRequest)) // overtakes
	if len(b.about(history, wire.TypeHistoryReply))+len(b.about(info, wire.TypeKernelInfoReply)) > 0 {
		t.Error("history and kernel_info were answered before the cell ahead of them had begun")
	}
	b.idle(b.send(wire.Control, wire.TypeInterruptRequest, `{}`))
	b.idle(next)
	b.idle(info)
	expect(t, b.idle(history)[1:2], `shell history_reply {"status":"ok","history":[[1,1,"wait"]]}`)
	b.idle(run)
}

// Front ends take the newest status for the kernel's.
func TestStates(t *testing.T) {
	begun := make(chan struct{}, 2)
	b := newBench(t, &script{cells: cells{"wait": waiting(begun)}})
	id := b.create()
	main := b.send(wire.Shell, wire.TypeExecuteRequest, `{"code": "wait"}`)
	<-begun
	sub := b.sendTo(id, wire.TypeExecuteRequest, `{"code": "wait"}`)
	<-begun
	info := b.send(wire.Shell, wire.TypeKernelInfoRequest, `{}`)
	b.idle(info)
	interrupt := b.send(wire.Control, wire.TypeInterruptRequest, `{}`)
	b.idle(interrupt)
	b.idle(main)
	b.idle(sub)
	b.mu.Lock()
	defer b.mu.Unlock()
	last, running := "", map[string]bool{}
	for _, m := range b.got {
		if m.Header.MsgType != wire.TypeStatus {
			continue
		}
		state := describe(m)
		if p := m.ParentID(); p == main || p == sub {
			running[p] = state == busy
		}
		if last == "iopub status idle" && state != busy && m.ParentID() != interrupt { // which may end after the cells
			t.Errorf("%s follows an idle", state)
		}
		last = state
	}
	if last != "iopub status idle" || running[main] || running[sub] {
		t.Errorf("at the end the kernel is %s; running: %v", last, running)
	}
	said := slices.DeleteFunc(slices.Clone(b.got), func(m *wire.Message) bool { return m.Header.MsgType != wire.TypeStatus })
	at := slices.IndexFunc(said, func(m *wire.Message) bool { return m.ParentID() == info && describe(m) != busy })
	if next := said[at+1]; next.ParentID() != main || describe(next) != busy {
		t.Errorf("after a question's idle comes %s about %s", describe(next), next.ParentID())
	}
}

// The real environment behind several subshells, with questions and interrupts.
func TestSubshellsOfRealCells(t *testing.T) {
	lib, err := library.Std()
	if err != nil {
		t.Fatal(err)
	}
	env, err := cell.New(lib)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, env)
	b.run("import \"fmt\"\nfunc double(n int) int { return 2 * n }", "")
	var runs [][]string
	ids := []string{"", b.create(), b.create(), b.create()}
	rounds := 40
	if testing.Short() {
		rounds = 10
	}
	for i := range rounds {
		for j, id := range ids {
			code := fmt.Sprintf("x%d := double(%d)\nfmt.Println(\"out\", x%d)\nx%d", j, i, j, j)
			if j == 3 && i%3 == 0 {
				code = "func double(n int) int { return n + n }"
			}
			run := b.sendTo(id, wire.TypeExecuteRequest, executeContent(code, ""))
			runs = append(runs, []string{run, code, fmt.Sprint(2 * i)})
			b.sendTo(id, wire.TypeCompleteRequest, `{"code": "doub", "cursor_pos": 4}`)
		}
	}
	for _, run := range runs {
		got := b.idle(run[0])
		want := []string{busy, `iopub stream stdout "out ` + run[2] + `\n"`, "iopub status idle"}
		if strings.HasPrefix(run[1], "func") {
			want = want[:1]
		}
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Fatalf("%s: %q lacks %q", run[1], got, w)
			}
		}
	}
	// An interrupt stops the loops of all.
	var loops []string
	for _, id := range ids {
		loops = append(loops, b.sendTo(id, wire.TypeExecuteRequest, executeContent("fmt.Println(1); for {}", "")))
	}
	for _, l := range loops {
		b.await(l, "iopub stream")
	}
	b.idle(b.send(wire.Control, wire.TypeInterruptRequest, `{}`))
	for _, l := range loops {
		if got := b.idle(l); !strings.Contains(got[len(got)-2], "error") {
			t.Errorf("a loop that was interrupted: %q", got)
		}
	}
	var reply wire.CompleteReply
	ask := b.send(wire.Shell, wire.TypeCompleteRequest, `{"code": "doub", "cursor_pos": 4}`)
	b.idle(ask)
	must(json.Unmarshal(b.about(ask, wire.TypeCompleteReply)[0].Content, &reply))
	if !slices.Contains(reply.Matches, "double") {
		t.Errorf("completions %q", reply.Matches)
	}
}

// What is asked on control is answered there: questions at once, cells when it is
// their turn on the main shell, whatever subshell their header names.
func TestRequestsOfShellOnControl(t *testing.T) {
	begun := make(chan struct{}, 1)
	b := newBench(t, &script{
		cells:    cells{"wait": waiting(begun), "1": value(1)},
		complete: func(string, int) cell.Completion { return cell.Completion{} },
		inspect:  func(string, int, int) cell.Inspection { return cell.Inspection{} },
	})
	first := b.send(wire.Shell, wire.TypeExecuteRequest, executeContent("wait", `"stop_on_error": false`))
	<-begun
	queued := b.send(wire.Shell, wire.TypeExecuteRequest, executeContent("1", ""))
	b.subshell = "none"
	late := b.send(wire.Control, wire.TypeExecuteRequest, executeContent("1", ""))
	for msgType, content := range map[string]string{
		wire.TypeCompleteRequest:   `{"code": "x"}`,
		wire.TypeInspectRequest:    `{"code": "x"}`,
		wire.TypeIsCompleteRequest: `{"code": "x"}`,
		wire.TypeHistoryRequest:    `{"hist_access_type": "tail", "n": 3}`,
		wire.TypeCommInfoRequest:   `{}`,
	} {
		got := b.idle(b.send(wire.Control, msgType, content))
		if len(got) < 3 || !strings.HasPrefix(got[1], "control "+strings.TrimSuffix(msgType, "request")+"reply ") || strings.Contains(got[1], `"error"`) {
			t.Errorf("%s on control: %q", msgType, got)
		}
	}
	b.subshell = ""
	b.idle(b.send(wire.Control, wire.TypeInterruptRequest, `{}`))
	for _, id := range []string{first, queued} {
		b.idle(id)
	}
	b.idle(late)
	var reply wire.ExecuteReply
	answers := b.about(late, wire.TypeExecuteReply)
	if len(answers) != 1 || answers[0].Channel != wire.Control {
		t.Fatalf("a cell on control was answered with %d replies", len(answers))
	}
	if must(answers[0].DecodeContent(&reply)); reply.Status != wire.StatusOK || reply.ExecutionCount != 3 {
		t.Errorf("a cell on control: %+v", reply)
	}
}
