package progen

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/session"
)

var (
	fuzzTime  = flag.Duration("progen-time", 0, "compare random programs for so long")
	firstSeed = flag.Uint64("progen-seed", 1, "number of the first random program")
	count     = flag.Int("progen-count", 6, "compare so many random programs, unless -progen-time is given")
	shrinking = flag.Bool("progen-shrink", false, "make programs that differ small")
)

// stream is what a program writes; its goroutines write too.
type stream struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

const limit = time.Minute // for one program

// numericShare is of how many programs one consists of functions on numbers.
const numericShare = 2

// nascent runs parts of a program: as nascent exec does, or as cells.
type nascent struct {
	lib     *library.Library
	asCells bool
	tier    cell.TierMode
}

func (n nascent) String() string {
	how := "whole"
	if n.asCells {
		how = "in cells"
	}
	return how + ", machine code " + string(n.tier)
}

func (n nascent) run(parts []Part) (o outcome) {
	var out, stderr stream
	defer func() {
		if r := recover(); r != nil {
			o = outcome{out: out.String(), err: fmt.Sprintf("it crashed: %v\n%s", r, debug.Stack()), status: -1}
		}
	}()
	env, err := cell.New(n.lib)
	if err != nil {
		panic(err)
	}
	env.SetTier(n.tier)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	status := 0
	if n.asCells {
		status = runCells(ctx, env, Cells(parts), &out, &stderr)
	} else {
		status = session.Exec(ctx, env, "p.go", Source(parts), session.Streams{In: strings.NewReader(""), Out: &out, Err: &stderr})
	}
	return outcome{out: out.String(), err: saidBeforeTrace(stderr.String()), status: status}
}

// runCells runs cells until one fails.
func runCells(ctx context.Context, env *cell.Env, cells []string, out, stderr io.Writer) (status int) {
	for i, src := range cells {
		_, err := env.Run(ctx, cell.Input{Number: i + 1, Source: src, Stdin: strings.NewReader(""), Stdout: out, Stderr: stderr})
		if err == nil {
			continue
		}
		var exit *cell.Exit
		var broke *cell.RuntimeError
		if errors.As(err, &exit) {
			return exit.Code
		}
		fmt.Fprintln(stderr, err)
		if errors.As(err, &broke) {
			return 2
		}
		return 1
	}
	return 0
}

// TestPrograms holds random programs, whole and cut into cells, against the Go tool chain.
func TestPrograms(t *testing.T) {
	lib, err := library.Std()
	if err != nil {
		t.Fatal(err)
	}
	c := &comparison{tc: newToolchain(t), lib: lib, known: readKnown(t)}
	if *fuzzTime == 0 {
		c.programs(t, *firstSeed, *count)
		return
	}
	start := time.Now()
	for seed := *firstSeed; time.Since(start) < *fuzzTime; seed += batch {
		c.programs(t, seed, batch)
		t.Logf("%v: %d programs, the last is %d; %d refused by the tool chain, %d with known differences",
			time.Since(start).Round(time.Second), c.ran, seed+batch-1, c.refused, c.excused)
	}
}

// comparison counts what was compared.
type comparison struct {
	tc                    *toolchain
	lib                   *library.Library
	known                 []*regexp.Regexp
	ran, refused, excused int
}

// readKnown reads the differences that are known.
func readKnown(t *testing.T) (known []*regexp.Regexp) {
	data, err := os.ReadFile("testdata/known.txt")
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(data)) {
		if strings.HasPrefix(l, "#") {
			continue
		}
		pattern, reason, ok := strings.Cut(strings.TrimSuffix(l, "\n"), "\t")
		if !ok || reason == "" {
			t.Fatalf("a known difference without a reason: %s", l)
		}
		known = append(known, regexp.MustCompile(pattern))
	}
	return known
}

// programs compares n programs, the first of which has the number seed.
func (c *comparison) programs(t *testing.T, seed uint64, n int) {
	var programs [][]Part
	for i := range n {
		write := Program
		if (seed+uint64(i))%numericShare == 0 {
			write = Numeric
		}
		programs = append(programs, write(seed+uint64(i)))
	}
	wants, err := c.tc.run(programs)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range wants {
		if want.refused { // the generator is wrong
			c.refused++
			t.Errorf("program %d: %s", seed+uint64(i), want.err)
			continue
		}
		c.ran++
		c.program(t, seed+uint64(i), programs[i], want)
	}
}

// program compares a program, whole and cut into cells.
func (c *comparison) program(t *testing.T, seed uint64, parts []Part, want outcome) {
	for _, n := range []nascent{{c.lib, false, cell.TierOff}, {c.lib, false, cell.TierAll}, {c.lib, true, cell.TierOn}} {
		if n.asCells {
			parts = Cut(parts, seed)
		}
		got := n.run(parts)
		if got == want {
			continue
		}
		difference := firstDifference(got, want)
		if slices.ContainsFunc(c.known, func(k *regexp.Regexp) bool { return k.MatchString(difference) }) {
			c.excused++
			return
		}
		t.Errorf("program %d %v: %s", seed, n, difference)
		if *shrinking {
			t.Log(shrink(c.tc, n, parts))
		}
		return
	}
}

func firstDifference(got, want outcome) string {
	g, w := strings.Split(got.String(), "\n"), strings.Split(want.String(), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("line %d of the output:\n%s\n--- not\n%s", i+1, part(g, i), part(w, i))
		}
	}
	return ""
}

func part(lines []string, i int) string {
	return strings.Join(lines[min(i, len(lines)):min(i+3, len(lines))], "\n")
}
