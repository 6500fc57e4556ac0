package cell

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestLoop(t *testing.T) {
	nb := newNotebook(t)
	nb.run("sum := 0\nfunc add(n int) int { sum += n; return sum }\ntype T struct{ a int }")
	for src, want := range map[string]string{
		"add(2)": "20", "x := sum\nsum = x + 1": "10", "sum + 1": "0", "len([]int{})": "0", "float64(sum)": "0", "T{1}": "0",
		"sum++\nif sum > 3 {\n\tcontinue\n}": "10", "for i := range 3 {\n\tsum += i\n}": "30",
		"nothing": "cell 2:1:1: undefined: nothing", "func f() {}": "only statements can be run a number of times", "": "only statements",
	} {
		nb.run("sum = 0")
		called := 0
		err := nb.env.Loop(t.Context(), Input{Number: 2, Source: src}, func(loop func(int)) {
			called++
			loop(3)
			loop(7)
		})
		got := fmt.Sprint(nb.run("sum"))
		if got = strings.TrimSpace(strings.TrimPrefix(got, "=>")); err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) || (called == 1) != (err == nil) {
			t.Errorf("%q: %s, called %d times; want %s", src, got, called, want)
		}
	}
}

func TestLoopFails(t *testing.T) {
	nb := newNotebook(t)
	err := nb.env.Loop(t.Context(), Input{Number: 1, Source: "\npanic(\"oh\")"}, func(loop func(int)) { loop(1) })
	if got := told(Outcome{}, err); !strings.Contains(got, "cell 1, line 2\n    panic(\"oh\")") && !strings.Contains(got, "line 2") {
		t.Errorf("got %s", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = nb.env.Loop(ctx, Input{Number: 1, Source: "for {\n}"}, func(loop func(int)) {
		cancel()
		loop(1)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a loop that is cancelled ends with %v", err)
	}
}

func TestAround(t *testing.T) {
	nb := newNotebook(t)
	out := &buffer{}
	ran := false
	o, err := nb.env.Run(t.Context(), Input{Number: 1, Source: "fmt.Print(1)\n7", Stdout: out, Around: func(run func()) {
		fmt.Fprint(out, "(")
		run()
		fmt.Fprint(out, ")")
		ran = true
	}})
	if got := out.String() + told(o, err); got != "(1)=> 7\n" || !ran {
		t.Errorf("got %q", got)
	}
}

func TestStrict(t *testing.T) {
	nb := newNotebook(t)
	fails := "x := strconv.Atoi(\"x\")"
	if got := nb.run(fails); !strings.Contains(got, "invalid syntax") {
		t.Errorf("an error that nothing takes is not raised: %s", got)
	}
	nb.env.SetStrict(true)
	for src, want := range map[string]string{
		fails: "assignment mismatch", "os.Remove(\"/no/such/file\");": "", "strconv.Atoi(\"x\")": "=> 0 strconv.Atoi: parsing \"x\": invalid syntax",
		"fmt.Sprint(1 + strconv.Atoi(\"1\"))": "multiple-value",
	} {
		if got := nb.run(src); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("strict: %q shows %q; want %q", src, got, want)
		}
	}
	if !nb.env.Strict() {
		t.Error("the environment is not strict")
	}
	nb.env.SetStrict(false)
	if got := nb.run("strconv.Atoi(\"3\")"); got != "=> 3\n" {
		t.Errorf("got %q", got)
	}
}
