// Package fake lets tests run device functions where there is no GPU: it builds a
// CUDA driver that runs the same CUDA C on the processor, and is stricter than a device.
// Wrong addresses, missing barriers and stale PTX are errors there; README.md says more.
package fake

import (
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	//go:embed cpp/fakecuda.cpp
	driver string
	//go:embed cpp/cuda_emu.h
	emulation string
)

// Source is the CUDA C of the device functions that a fake driver has.
type Source struct {
	Files fs.FS    // with all that the roots include
	Roots []string // the files that are compiled, such as base.cu
	// Hash is what Hash says of the files, if modules say of which source they are made.
	Hash string
	// Unwatched builds a driver that is several times as fast and looks neither at addresses nor for
	// missing barriers: for long trainings of functions that other tests have watched.
	Unwatched bool
}

// errNoCompiler is why tests are skipped.
var errNoCompiler = errors.New("no C++ compiler (g++) was found")

// Start is for TestMain: it runs the tests on the GPU if there is one, or with the driver that $NASCENT_LIBCUDA
// names; otherwise on a fake driver that it builds, and skips them with a sentence if there is no C++ compiler. The result is the status to exit with.
func Start(m *testing.M, s Source) int {
	if _, err := os.Stat("/dev/nvidiactl"); err == nil || os.Getenv("NASCENT_LIBCUDA") != "" {
		return m.Run()
	}
	lib, err := Build(s)
	if errors.Is(err, errNoCompiler) {
		fmt.Println("SKIPPED: device functions without a GPU:", err)
		return 0
	}
	if err == nil {
		err = errors.Join(os.Setenv("NASCENT_LIBCUDA", lib), os.Setenv("NASCENT_LIBNVML", lib))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// Hash is what PTX says in its first line about the source that it is made of: a digest of
// all files of CUDA C in a folder.
func Hash(files fs.FS) (string, error) {
	names, err := sources(files)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, n := range names {
		text, err := fs.ReadFile(files, n)
		if err != nil {
			return "", fmt.Errorf("the source of device functions: %w", err)
		}
		fmt.Fprintf(h, "%s %d\n%s", n, len(text), text)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// sources lists the files of CUDA C.
func sources(files fs.FS) ([]string, error) {
	var names []string
	for _, pattern := range []string{"*.cu", "*.cuh"} {
		n, err := fs.Glob(files, pattern)
		if err != nil {
			return nil, fmt.Errorf("the source of device functions: %w", err)
		}
		names = append(names, n...)
	}
	slices.Sort(names)
	return names, nil
}

// Build makes the driver and says where it is. One that was made before of the same
// source is taken again.
func Build(s Source) (lib string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("building the fake CUDA driver: %w", err)
		}
	}()
	compiler, err := exec.LookPath("g++")
	if err != nil {
		return "", errNoCompiler
	}
	version, err := exec.Command(compiler, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("%s --version: %w", compiler, err)
	}
	source, err := Hash(s.Files)
	if err != nil {
		return "", err
	}
	key := sha256.Sum256(fmt.Append(nil, driver, emulation, source, s, string(version)))
	dir, err := cache()
	if err != nil {
		return "", err
	}
	lib = filepath.Join(dir, fmt.Sprintf("fakecuda-%x.so", key[:12])) // not libcuda.so.1: NVRTC would take it for one
	unlock, err := lock(lib + ".lock")                                // several packages' tests run at once
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(lib); err == nil {
		return lib, nil
	}
	if err := sweep(dir); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(dir, "build")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := compile(compiler, tmp, s); err != nil {
		return "", err
	}
	return lib, os.Rename(filepath.Join(tmp, "fakecuda.so"), lib)
}

func cache() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	dir = filepath.Join(dir, "nascent", "fakecuda")
	return dir, os.MkdirAll(dir, 0o777)
}

func lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", name, err), f.Close())
	}
	return func() { f.Close() }, nil
}

// sweep removes what is older than a day.
func sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if i, err := e.Info(); err == nil && time.Since(i.ModTime()) > 24*time.Hour {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

var (
	function = regexp.MustCompile(`extern\s+"C"\s+void\s+(?:__attribute__\s*\(\(.*?\)\)\s*)?(\w+)\s*\(`)
	dynamic  = regexp.MustCompile(`extern\s+thread_local\s+(?:alignas\s*\(\s*\d+\s*\)\s*)?([\w ]+?)\s*\b(\w+)\s*\[\s*\]`)
)

// compile makes fakecuda.so in dir.
func compile(compiler, dir string, s Source) error {
	names, err := sources(s.Files)
	if err != nil {
		return err
	}
	for _, n := range names {
		text, err := fs.ReadFile(s.Files, n)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, path.Base(n)), text, 0o666); err != nil {
			return err
		}
	}
	var functions strings.Builder
	functions.WriteString("#include \"cuda_emu.h\"\n")
	for _, r := range s.Roots {
		fmt.Fprintf(&functions, "#include \"%s\"\n", r)
	}
	write := func(name, text string) error { return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666) }
	if err := errors.Join(write("fakecuda.cpp", driver), write("cuda_emu.h", emulation), write("functions.cpp", functions.String())); err != nil {
		return err
	}
	run := func(args ...string) (string, error) {
		c := exec.Command(compiler, args...)
		c.Dir = dir
		var said strings.Builder
		c.Stderr = &said
		out, err := c.Output()
		if err != nil {
			return "", fmt.Errorf("g++ %s: %w\n%s", strings.Join(args, " "), err, said.String())
		}
		return string(out), nil
	}
	flags := []string{"-std=gnu++17", "-fPIC", "-ffp-contract=off", "-Wno-unknown-pragmas", "-DCUDA_EMU", fmt.Sprintf(`-DEMU_SOURCE="%s"`, s.Hash)}
	plain, err := run(append(flags, "-E", "-P", "functions.cpp")...)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, f := range function.FindAllStringSubmatch(plain, -1) {
		if !seen[f[1]] {
			fmt.Fprintf(&functions, "EMU_REGISTER(%s)\n", f[1])
			seen[f[1]] = true
		}
	}
	for _, d := range dynamic.FindAllStringSubmatch(plain, -1) {
		if !seen[d[2]] {
			fmt.Fprintf(&functions, "EMU_DYN_SHARED(%s, %s)\n", d[1], d[2])
			seen[d[2]] = true
		}
	}
	if err := write("functions.cpp", functions.String()); err != nil {
		return err
	}
	how := []string{"-O1", "-fsanitize=thread"} // watching takes most of the time
	if s.Unwatched {
		how = []string{"-O2"}
	}
	if _, err := run(slices.Concat(flags, how, []string{"-c", "functions.cpp"})...); err != nil {
		return err
	}
	if _, err := run(append(flags, "-O2", "-c", "fakecuda.cpp")...); err != nil {
		return err
	}
	_, err = run("-shared", "-o", "fakecuda.so", "fakecuda.o", "functions.o", "-static-libstdc++", "-static-libgcc")
	return err
}
