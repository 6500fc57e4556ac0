//go:build unix

package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

// role tells this test's program that it is another kernel.
const role = "HISTORY_TEST_ROLE"

func TestMain(m *testing.M) {
	if kind, path, ok := strings.Cut(os.Getenv(role), ":"); ok {
		os.Exit(another(kind, path))
	}
	os.Exit(m.Run())
}

// another is another kernel. It says which lines are in the file.
func another(kind, path string) int {
	if kind == "full" {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 200_000, Max: 200_000}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	s := begun(path, strconv.Itoa(os.Getpid()))
	lines := 300
	if kind == "endless" {
		lines = 1 << 30
	}
	for line := 1; line <= lines; line++ {
		if err := s.Book().Begin(line, fmt.Sprintf("line %d of %d: %s", line, os.Getpid(), strings.Repeat("x", 500)))(); err != nil {
			fmt.Println("warning", err)
		}
		s.Book().Output(line, "output "+strconv.Itoa(line))
		if entries, err := s.Book().Find(context.Background(), wire.HistoryRequest{Access: wire.HistoryTail, N: new(1)}); err != nil || len(entries) != 1 || entries[0].Line != line {
			fmt.Println("error", entries, err)
			return 1
		}
		fmt.Println("has", line)
	}
	if err := s.Close(); err != nil {
		fmt.Println("warning", err)
	}
	return 0
}

func start(t *testing.T, kind, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), role+"="+kind+":"+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd, bufio.NewScanner(out)
}

func TestKilledWhileWriting(t *testing.T) {
	path := tempFile(t)
	has := map[int]int{} // session: lines
	for round, most := range []int{1, 7, 100, 431} {
		cmd, out := start(t, "endless", path)
		for out.Scan() {
			n, err := strconv.Atoi(strings.TrimPrefix(out.Text(), "has "))
			if err != nil {
				t.Fatalf("the other kernel says %q", out.Text())
			}
			if has[round+1] = n; n == most {
				cmd.Process.Kill()
			}
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the other kernel has ended by itself")
		}
	}
	s := keep(t, path, "after")
	for session, lines := range has {
		entries, err := s.Book().Find(t.Context(), wire.HistoryRequest{Access: wire.HistoryRange, Session: session, Output: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) < lines {
			t.Errorf("session %d: %d lines are there, %d were", session, len(entries), lines)
		}
		for i, e := range entries {
			if e.Line != i+1 || !strings.HasPrefix(e.Input, fmt.Sprintf("line %d of ", e.Line)) {
				t.Errorf("session %d: line %d is %d: %.20q", session, i+1, e.Line, e.Input)
			}
			if i < lines && (e.Output == nil || *e.Output != fmt.Sprint("output ", e.Line)) {
				t.Errorf("session %d: line %d has lost its output", session, e.Line)
			}
		}
	}
	closeQuietly(t, s)
	if got := names(t, filepath.Dir(path)); !slices.Equal(got, []string{"history.sqlite"}) {
		t.Errorf("after a clean end there are %q", got)
	}
}

func TestKernelsAtTheSameTime(t *testing.T) {
	path := tempFile(t)
	var kernels sync.WaitGroup
	for range 4 {
		cmd, out := start(t, "some", path)
		kernels.Go(func() {
			for out.Scan() {
				if !strings.HasPrefix(out.Text(), "has ") {
					t.Errorf("a kernel says %q", out.Text())
				}
			}
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	kernels.Wait()
	s := keep(t, path, "after")
	for session := range 4 {
		entries, err := s.Book().Find(t.Context(), wire.HistoryRequest{Access: wire.HistoryRange, Session: session + 1})
		if err != nil || len(entries) != 300 {
			t.Errorf("session %d has %d lines, %v; want 300", session+1, len(entries), err)
		}
	}
}

func TestDiskFull(t *testing.T) {
	cmd, out := start(t, "full", tempFile(t))
	var warnings []string
	has := 0
	for out.Scan() {
		if strings.HasPrefix(out.Text(), "has ") {
			has++
		} else {
			warnings = append(warnings, out.Text())
		}
	}
	if err := cmd.Wait(); err != nil || has != 300 {
		t.Errorf("%v after %d lines, want 300", err, has)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "memory only: writing to ") {
		t.Errorf("warnings: %q", warnings)
	}
}
