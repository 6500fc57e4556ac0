package conformance_test

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
)

// kernelFlag names another kernel than the one of this repository.
var kernelFlag = flag.String("kernel", os.Getenv("CONFORMANCE_KERNEL"), "kernelspec to be judged: a `NAME` that Jupyter knows, or the path of a kernel.json (default: this kernel's)")

var timeoutFlag = flag.Duration("scenario-timeout", time.Minute, "how long one scenario may take")

// installed is the kernelspec of the program, as nascent install writes it.
var installed = sync.OnceValues(func() (*conformance.Spec, error) {
	path, err := program()
	if err != nil {
		return nil, err
	}
	prefix, err := os.MkdirTemp("", "nascent-test")
	if err != nil {
		return nil, err
	}
	built = append(built, prefix)
	out, err := exec.Command(path, "install", "--prefix", prefix).Output()
	if err != nil {
		return nil, err
	}
	return conformance.ReadSpec(strings.TrimSpace(string(out)))
})

// judged is the kernelspec that the suite is aimed at.
func judged(t *testing.T) (*conformance.Spec, conformance.Options) {
	t.Helper()
	var spec *conformance.Spec
	var err error
	if *kernelFlag == "" {
		spec, err = installed()
	} else {
		spec, err = conformance.ReadSpec(*kernelFlag)
	}
	if err != nil {
		t.Fatal(err)
	}
	language, err := conformance.LanguageNamed(spec.Language)
	if err != nil {
		t.Fatal(err)
	}
	return spec, conformance.Options{Language: language, Ours: *kernelFlag == "", Dir: t.TempDir(), Timeout: *timeoutFlag}
}

// suite puts kernels through all scenarios. One kernel serves many, as long as it lasts.
type suite struct {
	make  func(*testing.T) conformance.Kernel
	close func(conformance.Kernel)
	opts  conformance.Options

	kernel conformance.Kernel
	saw    map[string]*conformance.Result
}

func (s *suite) run(t *testing.T) {
	s.saw = map[string]*conformance.Result{}
	s.kernel = s.make(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if k, err := s.kernel.Connect(ctx); err != nil {
		t.Fatalf("the kernel can't be judged: %v", err)
	} else {
		k.Close()
	}
	for _, sc := range conformance.Scenarios() {
		t.Run(sc.Name, func(t *testing.T) { s.check(t, sc) })
	}
	s.drop()
	if s.opts.Ours && !t.Failed() {
		honest(t, s.saw)
	}
}

func (s *suite) drop() {
	if s.kernel != nil {
		s.close(s.kernel)
		s.kernel = nil
	}
}

func (s *suite) check(t *testing.T, sc conformance.Scenario) {
	if sc.Fresh {
		s.drop()
	}
	if s.kernel == nil {
		s.kernel = s.make(t)
	}
	r := conformance.Check(t.Context(), s.kernel, sc, s.opts)
	s.saw[sc.Name] = r
	for _, f := range r.Failures {
		t.Error(f)
	}
	if _, whole := s.kernel.(*conformance.Process); whole && s.opts.Ours && r.Skipped != "" {
		t.Errorf("it was left out: %s", r.Skipped)
	}
	if r.Broken || len(r.Failures) > 0 || sc.Fresh {
		s.drop()
	}
	if r.Skipped != "" && len(r.Failures) == 0 {
		t.Skip(r.Skipped)
	}
}

func TestInProcess(t *testing.T) {
	dir := t.TempDir()
	s := &suite{
		make: func(t *testing.T) conformance.Kernel {
			l, err := newLocal(dir, fault{})
			if err != nil {
				t.Fatal(err)
			}
			return l
		},
		close: func(k conformance.Kernel) { k.(*local).close() },
		opts:  conformance.Options{Language: conformance.Go(), Ours: true, Dir: t.TempDir()},
	}
	s.run(t)
}

func TestOverSockets(t *testing.T) {
	spec, opts := judged(t)
	dir := t.TempDir()
	log := &textLog{}
	s := &suite{
		make: func(t *testing.T) conformance.Kernel {
			p, err := conformance.Start(spec, dir, log)
			if err != nil {
				t.Fatal(err)
			}
			return p
		},
		close: func(k conformance.Kernel) {
			if err := k.(*conformance.Process).Close(); err != nil {
				t.Errorf("ending the kernel: %v", err)
			}
		},
		opts: opts,
	}
	s.run(t)
	if t.Failed() {
		t.Logf("what the kernels wrote:\n%s", log)
	}
}

// textLog keeps what is written to it.
type textLog struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *textLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *textLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
