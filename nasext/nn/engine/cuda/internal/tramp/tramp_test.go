//go:build cuda && cgo && linux && amd64

package tramp

import (
	"debug/elf"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/cu"
)

// TestNoLibraryNeeded reads the test program itself: a needed libcuda would keep it
// from starting without a driver, and a visible function would catch the driver's own calls.
func TestNoLibraryNeeded(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.Open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	needed, err := f.ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(needed, func(l string) bool { return strings.Contains(l, "cuda") }) {
		t.Errorf("the program needs %v, want no libcuda", needed)
	}
	visible, err := f.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range visible {
		if strings.HasPrefix(s.Name, "cuMem") || s.Name == "cuInit" {
			t.Errorf("%s is visible to the driver", s.Name)
		}
	}
}

// TestWhyNot starts this program again with libraries that are no driver.
func TestWhyNot(t *testing.T) {
	if os.Getenv("TRAMP_TEST_LOAD") != "" {
		if _, err := cu.NumDevices(); err != cu.NotInitialized {
			t.Errorf("before Load cu says %v, want %v", err, cu.NotInitialized)
		}
		os.Stderr.WriteString(Load().Error())
		if _, err := cu.NumDevices(); err != cu.NoDevice {
			t.Errorf("after a failed Load cu says %v, want %v", err, cu.NoDevice)
		}
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for lib, want := range map[string]string{
		"/nonexistent/libcuda.so": "no CUDA driver: /nonexistent/libcuda.so: cannot open shared object file",
		"libm.so.6":               "libm.so.6 is no CUDA driver: it has no cuInit",
	} {
		c := exec.Command(self, "-test.run=^TestWhyNot$")
		c.Env = append(os.Environ(), "TRAMP_TEST_LOAD=1", Variable+"="+lib)
		var said strings.Builder
		c.Stderr = &said
		if out, err := c.Output(); err != nil {
			t.Errorf("%s: %v\n%s", lib, err, out)
		}
		if !strings.Contains(said.String(), want) {
			t.Errorf("%s: Load says %q, want %q", lib, said.String(), want)
		}
	}
}
