package magic

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/cell"
)

// files writes files into the notebook's folder.
func files(t testing.TB, list map[string]string) {
	t.Helper()
	for name, text := range list {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// A package is initialised once, with what it imports before it, however it is imported, used or not.
func TestModuleInitialisation(t *testing.T) {
	nb := moduleNotebook(t, t.TempDir())
	files(t, map[string]string{
		"go.mod": "module m\n\ngo 1.26\n",
		"a/a.go": "package a\nimport (\"fmt\"; \"m/b\")\nvar X = b.X + y\nvar y = f()\nfunc f() int { fmt.Println(\"a's variables\"); return 1 }\nfunc init() { fmt.Println(\"a's init\", X) }\nfunc init() { fmt.Println(\"a's second\") }\n",
		"b/b.go": "package b\nimport \"fmt\"\nvar X = 10\nfunc init() { fmt.Println(\"b's init\"); X++ }\n",
		"c/c.go": "package c\nimport \"fmt\"\nvar C = \"dotted\"\nfunc init() { fmt.Println(\"c's init\") }\n",
		"d/d.go": "package other\nimport \"fmt\"\nfunc init() { fmt.Println(\"d's init\") }\nfunc Name() string { return \"other\" }\n",
	})
	nb.play([]scene{
		{`import _ "m/a"`, "b's init\na's variables\na's init 12\na's second"},
		{`import "m/a"; a.X`, "=> 12"},
		{`a.X++; import "m/b"; a.X, b.X`, "=> 13\n=> 11"},
		{`import . "m/c"`, "c's init"},
		{`C`, `=> "dotted"`},
		{`import "m/d"`, "d's init"},
		{`other.Name()`, `=> "other"`},
	})
}

// What a failed initialisation has left undone nobody uses: it is done again, and what was done is not.
func TestFailedInitialisation(t *testing.T) {
	nb := moduleNotebook(t, t.TempDir())
	files(t, map[string]string{
		"go.mod": "module m\n\ngo 1.26\n",
		"a/a.go": "package a\nimport (\"m/c\"; \"os\")\nvar X = c.X + f(len(os.Getenv(\"NASCENT_FAILS\")))\n\nfunc f(i int) int { return []int{1}[i] }\n",
		"b/b.go": "package b\nimport \"m/a\"\nvar Y = a.X\n",
		"c/c.go": "package c\nimport \"fmt\"\nvar X = 1\nfunc init() { fmt.Println(\"c's init\") }\n",
	})
	t.Setenv("NASCENT_FAILS", "yes")
	const panics = "error panic: a/a.go, line 3\n    var X = c.X + f(len(os.Getenv(\"NASCENT_FAILS\")))\na/a.go, f, line 5\n    func f(i int) int { return []int{1}[i] }\npanic: runtime error: index out of range [3] with length 1"
	nb.play([]scene{
		{`import "m/b"; b.Y`, "c's init\n" + panics},
		{`import "m/a"; a.X`, panics},
		{`b.Y`, panics},
	})
	t.Setenv("NASCENT_FAILS", "")
	nb.play([]scene{{"b.Y", "=> 2"}, {"a.X", "=> 2"}})
}

// An import can be interrupted, wherever it is, and the next one begins anew.
func TestInterruptedImport(t *testing.T) {
	nb := moduleNotebook(t, fiveModules(t))
	nb.run("%get gopkg.in/yaml.v3")
	files(t, map[string]string{
		"gate/gate.go": "package gate\nvar Open = make(chan int, 1)\n",
		"slow/slow.go": "package slow\nimport (\"fmt\"; \"notebook/gate\")\nvar X = f()\nfunc f() int { fmt.Println(\"begun\"); return 7 + <-gate.Open }\n",
		"fast/fast.go": "package fast\nvar Y = 35\n",
	})
	// polls is how often the context is asked before it ends.
	for polls := 1; ; polls += 1 + polls/2 {
		ctx := &ending{Context: t.Context()}
		ctx.left.Store(int64(polls))
		_, err := nb.env.Run(ctx, inputTo(&begun{then: func() {}}, "import \"gopkg.in/yaml.v3\"\nbefore := 1\nfunc Before() {}"))
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "cell interrupted") {
			t.Fatalf("interrupted at poll %d, the import fails with %v", polls, err)
		}
		if got := nb.run("before"); !strings.Contains(got, "undefined: before") && !strings.Contains(got, "=> ") {
			t.Fatalf("interrupted at poll %d, the session has %s", polls, got)
		}
	}
	nb.play([]scene{{`b := yaml.Marshal([]int{1, 2}); string(b)`, `=> "- 1\n- 2\n"`}})

	ctx, cancel := context.WithCancel(t.Context())
	_, err := nb.env.Run(ctx, inputTo(&begun{when: "begun\n", then: cancel}, `import ("notebook/fast"; "notebook/slow"); slow.X + fast.Y`))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the initialisation is interrupted with %v", err)
	}
	nb.play([]scene{
		{`import "notebook/fast"; fast.Y`, "=> 35"},
		{`import "notebook/gate"; gate.Open <- 1`, ""},
		{`import "notebook/slow"; slow.X + fast.Y`, "begun\n=> 43"},
	})
}

// ending is a context that ends when it has been asked a number of times whether it has.
type ending struct {
	context.Context
	left atomic.Int64
}

func (c *ending) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// A cell that imports what another one is initialising waits for it.
func TestInitialisationIsWaitedFor(t *testing.T) {
	nb := moduleNotebook(t, t.TempDir())
	files(t, map[string]string{
		"go.mod":       "module m\n\ngo 1.26\n",
		"gate/gate.go": "package gate\nvar Open = make(chan int)\n",
		"also/also.go": "package also\nimport \"fmt\"\nvar Y = 1\nfunc init() { fmt.Println(\"begun\") }\n",
		"slow/slow.go": "package slow\nimport (\"fmt\"; \"m/gate\")\nvar X = f()\nfunc f() int { fmt.Println(\"begun\"); return <-gate.Open }\n",
	})
	nb.play([]scene{{`import "m/gate"; gate.Open != nil`, "=> true"}})
	results := make(chan cell.Outcome, 2)
	run := func(src string) {
		begins := make(chan struct{})
		out := &begun{when: "begun\n", then: func() { close(begins) }}
		go func() {
			o, err := nb.env.Run(t.Context(), inputTo(out, src))
			if err != nil {
				t.Error(err)
			}
			results <- o
		}()
		select {
		case <-begins:
		case <-time.After(time.Minute):
			t.Fatal("a cell does not begin")
		}
	}
	run(`import "m/slow"; slow.X`)
	run(`import ("m/also"; "m/slow"); _ = also.Y; slow.X`)
	nb.play([]scene{{`gate.Open <- 42`, ""}})
	for range 2 {
		select {
		case o := <-results:
			if got := o.Values; len(got) != 1 || got[0] != 42 {
				t.Errorf("a cell shows %v; want 42", got)
			}
		case <-time.After(time.Minute):
			t.Fatal("a cell does not end")
		}
	}
}

// What is wrong with a package is told with its place.
func TestBadPackages(t *testing.T) {
	nb := moduleNotebook(t, t.TempDir())
	files(t, map[string]string{
		"go.mod":     "module m\n\ngo 1.20\n",
		"a/a.go":     "package a\nimport _ \"m/b\"\n",
		"b/b.go":     "package b\nimport _ \"m/a\"\n",
		"bad/bad.go": "package bad\n\nfunc F() int { return \"x\" }\nvar y int = \"s\"\n",
		"syn/syn.go": "package syn\n\nfunc F( {\n",
		"use/use.go": "package use\nimport _ \"m/bad\"\n",
		"new/new.go": "package new\nfunc F() { for range 3 {} }\n",
		"asm/asm.go": "package asm\n\nfunc Sum(x []int) int\nfunc Twice(x int) int { return 2 * x }\n",
		"asm/asm.s":  "TEXT ·Sum(SB),0,$0\n",
		"cgo/cgo.go": "package cgo\n// int f();\nimport \"C\"\nfunc F() int { return int(C.f()) }\n",
		"half/a.go":  "package half\n\nfunc F() int { return 1 }\n",
		"half/b.go":  "package half\n\nimport \"C\"\n\nfunc Version() string { return \"\" }\n",
		"sub/v.go":   "package sub\nimport _ \"github.com/google/uuid\"\n",
	})
	nb.play([]scene{
		{`import "m/a"`, "…import cycle: m/a imports m/b imports m/a"},
		{`import "m/bad"`, "…package m/bad does not compile:\n\tbad/bad.go:3:23: cannot use \"x\" (untyped string constant) as int value in return statement\n\tbad/bad.go:4:13: cannot use"},
		{`import "m/use"`, "…package m/use: package m/bad does not compile:\n\tbad/bad.go:3:23"},
		{`import "m/syn"`, "…package m/syn does not parse: syn/syn.go:3:9"},
		{`import "m/new"`, "…new/new.go:2:22: cannot range over 3 (untyped int constant): requires go1.22 or later"},
		{`import "m/asm"; asm.Twice(4)`, "=> 8"},
		{`asm.Sum(nil)`, "…cell 7:1:8: Nascent can't run this construct: function m/asm.Sum has no body in Go (asm/asm.go:3:6): it may be written in assembly"},
		{`import "m/cgo"`, "…package m/cgo needs cgo and a C compiler (cgo/cgo.go)"},
		{`import "m/sub"`, "…package m/sub: package github.com/google/uuid is not available: it is not compiled into the kernel, and no module that"},
		{`import "m/none"`, "…the notebook's own module, m, has no Go files in"},
		{`half.F()`, "…undefined: half\n    half.F()\n    ^\n    a module has such a package: import \"m/half\""},
		{`import "m/half"; half.F(), half.Version()`, "…undefined: half.Version\n    import \"m/half\"; half.F(), half.Version()\n                                    ^\n    files of m/half that need cgo are left out: half/b.go"},
		{`import "nothing"`, "…package nothing is not available"},
		{`import "github.com/pkg/errors"`, "…%get github.com/pkg/errors@latest fetches it"},
	})
	if got := nb.run(`import "m/bad"; bad.F()`); !strings.Contains(got, "cell 15:1:8") {
		t.Errorf("it shows %s", got)
	}
	files(t, map[string]string{"bad/bad.go": "package bad\n\nfunc F() int { return 7 }\n"})
	if got := nb.run(`import "m/bad"; bad.F()`); got != "=> 7" {
		t.Errorf("mended, it shows %s", got)
	}
}

// The package of system calls has assembly that only jumps to package syscall.
func TestSystemCalls(t *testing.T) {
	nb := moduleNotebook(t, t.TempDir())
	files(t, map[string]string{
		"go.mod":         "module m\n\ngo 1.26\n\nrequire golang.org/x/sys v0.1.0\n\nreplace golang.org/x/sys => ./sys\n",
		"sys/go.mod":     "module golang.org/x/sys\n",
		"sys/unix/u.go":  "package unix\nimport \"syscall\"\nfunc Syscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)\nfunc Getpid() int { pid, _, _ := Syscall(syscall.SYS_GETPID, 0, 0, 0); return int(pid) }\n",
		"sys/unix/u.s":   "TEXT ·Syscall(SB),0,$0-56\n\tJMP syscall·Syscall(SB)\n",
		"sys/other/o.go": "package other\nfunc Syscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err error)\n",
		"sys/other/o.s":  "",
	})
	nb.play([]scene{
		{`import "golang.org/x/sys/unix"; unix.Getpid() == os.Getpid()`, "=> true"},
		{`import "golang.org/x/sys/other"; other.Syscall(0, 0, 0, 0)`, "…has no body in Go (sys/other/o.go:2:6)"},
	})
}
