package conformance_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// programs builds the programs of testdata/exec with Go's own tools, once.
var programs = sync.OnceValues(func() (map[string]string, error) {
	sources, err := filepath.Glob("testdata/exec/*/main.go")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "nascent-programs")
	if err != nil {
		return nil, err
	}
	built = append(built, dir)
	args := []string{"build", "-o", dir + string(filepath.Separator)}
	binaries := map[string]string{}
	for _, s := range sources {
		name := filepath.Base(filepath.Dir(s))
		args = append(args, "./"+filepath.Dir(s))
		binaries[name] = filepath.Join(dir, name)
	}
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	return binaries, cmd.Run()
})

// Programs do the same, to the last byte of stdout and stderr, whether Go compiles
// them or nascent exec interprets them.
func TestExecIsLikeGo(t *testing.T) {
	binaries, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	if len(binaries) < 15 {
		t.Errorf("only %d programs", len(binaries))
	}
	args := map[string][]string{"flags": strings.Fields("-n 5 -v -name a -name b=c,d -wait 3s -- x -y")}
	stdin := map[string]string{"reading": "first line\n1 2\nthe quick  brown\nfox\n"}
	status := map[string]int{"deferring": 4, "errors": 3, "flags": 1, "panics": 2}
	for name, binary := range binaries {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(binary)
			cmd.Args = append([]string{"main.go"}, args[name]...)
			want := finish(t, cmd, stdin[name])
			got := nascent(t, filepath.Join("testdata", "exec", name), stdin[name], append([]string{"exec", "main.go"}, args[name]...)...)
			if want.status != status[name] {
				t.Errorf("the compiled program ends with status %d, want %d", want.status, status[name])
			}
			if name == "panics" { // the trace is of another machine
				want.stderr, got.stderr = trace(t, want.stderr), trace(t, got.stderr)
			}
			if got != want {
				t.Errorf("nascent exec: status %d\n%s\nstderr:\n%s\n\nGo: status %d\n%s\nstderr:\n%s",
					got.status, got.stdout, got.stderr, want.status, want.stdout, want.stderr)
			}
		})
	}
}

// trace keeps of the trace of a panic what is said before it, and the names of
// functions and the places in the file.
func trace(t *testing.T, stderr string) string {
	t.Helper()
	said, stack, ok := strings.Cut(stderr, "\n\n")
	if !ok {
		t.Fatalf("there is no trace:\n%s", stderr)
	}
	lines := []string{said}
	for line := range strings.Lines(stack) {
		line = strings.TrimSpace(line)
		if function, _, ok := strings.Cut(line, "("); ok {
			lines = append(lines, strings.TrimPrefix(function, "main."))
		} else if at := strings.Index(line, "main.go:"); at >= 0 {
			place, _, _ := strings.Cut(line[at:], " ")
			lines = append(lines, place)
		}
	}
	return strings.Join(lines, "\n")
}

func TestExec(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	const hello = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"
	for _, tt := range []struct {
		name  string
		stdin string
		args  []string
		want  finished
	}{
		{"package main", "", []string{file("hello.go", hello)}, finished{0, "hello\n", ""}},
		{"standard input", hello, []string{"-"}, finished{0, "hello\n", ""}},
		{"statements", "x := 6 * 7\nfmt.Println(x)\nx\n", []string{"-"}, finished{0, "42\n", ""}},
		{"nothing", "", []string{"-"}, finished{}},
		{"reads the rest of the file's input", "a\nb", []string{file("cat.go", "package main\n\nimport (\n\t\"io\"\n\t\"os\"\n)\n\nfunc main() { io.Copy(os.Stdout, os.Stdin) }\n")}, finished{0, "a\nb", ""}},
		{"os.Exit", "", []string{file("exit.go", "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() {\n\tdefer fmt.Println(\"no\")\n\tfmt.Println(\"yes\")\n\tos.Exit(7)\n}\n")}, finished{7, "yes\n", ""}},
		{"log.Fatal", "", []string{file("fatal.go", "package main\n\nimport \"log\"\n\nfunc main() {\n\tlog.SetFlags(0)\n\tlog.Fatal(\"bye\")\n}\n")}, finished{1, "", "bye\n"}},
		{"panic", "", []string{file("panic.go", "package main\n\nfunc f(m map[string]int) {\n\tm[\"a\"] = 1\n}\n\nfunc main() {\n\tf(nil)\n}\n")},
			finished{2, "", "panic: assignment to entry in nil map\n\nf(...)\n\tpanic.go:4\nmain(...)\n\tpanic.go:8\n"}},
		{"does not compile", "", []string{file("wrong.go", "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(x)\n\tvar s string = 1\n}\n")}, finished{1, "",
			"wrong.go:6:14: undefined: x\n     fmt.Println(x)\n                 ^\n" +
				"wrong.go:7:6: declared and not used: s\n     var s string = 1\n         ^\n" +
				"wrong.go:7:17: cannot use 1 (untyped int constant) as string value in variable declaration\n     var s string = 1\n                    ^\n"}},
		{"no main", "", []string{file("nomain.go", "package main\n\nfunc f() {}\n")},
			finished{1, "", "nomain.go: function main is undeclared in package main: declare it, or leave out the package clause to run statements\n"}},
		{"another package", "", []string{file("pkg.go", "package pkg\n\nfunc f() {}\n")}, finished{1, "", "pkg.go: package pkg is no program: only package main is\n"}},
		{"no text", "", []string{file("data.go", "\x7fELF\x02\x01\x00")}, finished{1, "", "data.go: this is no Go file: it is not UTF-8 text\n"}},
		{"no file", "", []string{"none.go"}, finished{1, "", "nascent: reading the program: open none.go: no such file or directory\n"}},
		{"a folder", "", []string{"."}, finished{1, "", "nascent: reading the program: read .: is a directory\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := nascent(t, dir, tt.stdin, append([]string{"exec"}, tt.args...)...); got != tt.want {
				t.Errorf("%+v\nwant\n%+v", got, tt.want)
			}
		})
	}
}

// What ends a process ends the program as it ends one of Go's.
func TestExecOfFatalErrors(t *testing.T) {
	for name, tt := range map[string]struct{ src, want string }{
		"endless recursion":     {"func f(n int) int { return f(n+1) + 1 }\nf(0)", "stack overflow"},
		"goroutine":             {"done := make(chan bool)\ngo func() { panic(\"x\") }()\n<-done", "panic: x"},
		"concurrent map writes": {"m := map[int]int{}\nfor range 8 {\n\tgo func() {\n\t\tfor i := 0; ; i++ {\n\t\t\tm[i%10] = i\n\t\t}\n\t}()\n}\nselect {}", "fatal error: concurrent map writes"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := nascent(t, "", tt.src, "exec", "-"); got.status != 2 || got.stdout != "" || !strings.Contains(got.stderr, tt.want) {
				t.Errorf("status %d, stdout %q, stderr %.300s; want status 2 and %q", got.status, got.stdout, got.stderr, tt.want)
			}
		})
	}
}

func TestExecInterrupted(t *testing.T) {
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]string{
		"a loop":   "fmt.Println(1)\nfor {\n}",
		"a wait":   "fmt.Println(1)\nselect {}",
		"a number": "fmt.Println(1)\nnew(big.Int).Exp(big.NewInt(3), big.NewInt(1<<27), nil)",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, path, "exec", "-")
			got := interrupted(t, cmd, src)
			if want := (finished{130, "1\n", "interrupted\n"}); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
	}
}

// interrupted runs a program and interrupts it as soon as it writes to stdout.
func interrupted(t *testing.T, cmd *exec.Cmd, stdin string) finished {
	t.Helper()
	var out, errs strings.Builder
	cmd.Stdin, cmd.Stderr = strings.NewReader(stdin), &errs
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1024)
	for sent := false; ; {
		n, err := pipe.Read(buf)
		out.Write(buf[:n])
		if n > 0 && !sent {
			sent = true
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		}
		if err != nil {
			break
		}
	}
	// The status says how it ended.
	_ = cmd.Wait()
	return finished{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}
