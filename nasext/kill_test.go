package nasext

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// killed names the study of the child process: the test binary, started again.
const killed = "NASEXT_TEST_STUDY"

const killTrials = 300

func killConfig(t testing.TB) Config {
	cfg := reinforced(t, killTrials)
	cfg.Workers, cfg.Batch = 2, 7
	return cfg
}

// TestKillChild is the child of TestKill: it searches, or resumes, and says on its
// standard output how far it is.
func TestKillChild(t *testing.T) {
	path := os.Getenv(killed)
	if path == "" {
		t.Skip("this is the child process of TestKill")
	}
	cfg := killConfig(t)
	cfg.OnTrial = func(trial Trial) { fmt.Printf("trial %d\n", trial.Number) }
	var err error
	if info, e := os.Stat(path); e == nil && info.Size() > 0 {
		_, err = Resume(context.Background(), path, cfg)
	} else {
		cfg.Path = path
		_, err = Search(context.Background(), cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A search that is killed again and again, at any point of a batch and of a
// write, ends with the trials of one that was left alone.
func TestKill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "study.db")
	kills := 0
	// lines says after how many new trials each child is killed: none of them a
	// multiple of the batch.
	for _, lines := range []int{1, 10, 3, 17, 5, 26, 2, killTrials} {
		cmd := exec.Command(self, "-test.run=^TestKillChild$")
		cmd.Env = append(os.Environ(), killed+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		scanner := bufio.NewScanner(out)
		seen := 0
		text := ""
		for scanner.Scan() {
			text += scanner.Text() + "\n"
			if seen++; seen == lines {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				break
			}
		}
		err = cmd.Wait()
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit) && exit.ExitCode() == -1:
			kills++
		case err != nil:
			t.Fatalf("the child failed: %v\n%s", err, text)
		}
	}
	if kills < 5 {
		t.Errorf("only %d children were killed: this test does not show what it should", kills)
	}
	got, err := Resume(context.Background(), path, killConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	sameTrials(t, fmt.Sprintf("killed %d times", kills), got.Trials, search(t, killConfig(t)).Trials)
}
