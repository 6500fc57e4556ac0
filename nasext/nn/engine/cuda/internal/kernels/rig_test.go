//go:build cuda && cgo && linux && amd64

package kernels

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/fake"
)

func TestMain(m *testing.M) {
	files := os.DirFS(".")
	hash, err := fake.Hash(files)
	if err != nil {
		panic(err)
	}
	status := fake.Start(m, fake.Source{Files: files, Roots: []string{"base.cu", "tc.cu"}, Hash: hash})
	if status == 0 && flag.Lookup("test.run").Value.String() == "" && len(launched) > 0 {
		for _, f := range append(Functions(basePTX), Functions(tensorPTX)...) {
			if !launched[f] {
				fmt.Println("FAIL: no test launches the device function", f)
				status = 1
			}
		}
	}
	os.Exit(status)
}

// launched are the device functions that tests have launched.
var launched = map[string]bool{}

// failure ends a test: it runs on a thread of the device's, which testing.T can't end.
type failure string

// rig runs device functions in a test.
type rig struct {
	t   testing.TB
	th  *driver.Thread
	lib *Library
	rng *rand.Rand
}

// on runs a test with a device and random numbers of its own.
func on(t testing.TB, f func(r *rig)) {
	t.Helper()
	d, err := driver.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	err = d.Do(func(th *driver.Thread) (err error) {
		defer func() {
			if p := recover(); p != nil {
				why, ok := p.(failure)
				if !ok {
					panic(p)
				}
				err = errors.New(string(why))
			}
		}()
		lib, err := Open(th, true)
		if err == nil {
			f(&rig{t, th, lib, rand.New(rand.NewPCG(1, 2))})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) fail(format string, args ...any) { panic(failure(fmt.Sprintf(format, args...))) }

func (r *rig) check(err error) {
	if err != nil {
		r.fail("%v", err)
	}
}

func (r *rig) alloc(bytes int64) driver.Memory {
	m, err := r.th.Alloc(max(bytes, 4))
	r.check(err)
	return m
}

// put is device memory with the numbers.
func put[T driver.Number](r *rig, x []T) driver.Memory {
	var v T
	m := r.alloc(int64(len(x)) * size(v))
	r.check(driver.Upload(r.th, m, x))
	return m
}

func size[T driver.Number](v T) int64 {
	switch any(v).(type) {
	case float64, uint64, int64:
		return 8
	}
	return 4
}

// get are n numbers from device memory.
func get[T driver.Number](r *rig, m driver.Memory, n int) []T {
	x := make([]T, n)
	var v T
	m, err := m.Slice(0, int64(n)*size(v))
	r.check(err)
	r.check(driver.Download(r.th, x, m))
	return x
}

// run runs launches and waits for them.
func (r *rig) run(launches ...Launch) {
	s, err := r.th.NewStream()
	r.check(err)
	r.check(r.lib.Run(r.th, s, launches...))
	for _, l := range launches {
		launched[l.Func] = true
	}
	r.check(r.th.Wait(s))
	r.check(r.th.CloseStream(s))
}

// normal are n numbers of a normal distribution.
func (r *rig) normal(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.rng.NormFloat64())
	}
	return x
}

// value is a number in double precision, and the sum of the sizes of what was added to give it.
type value struct{ x, size float64 }

func (v *value) add(x float64) { v.x, v.size = v.x+x, v.size+math.Abs(x) }

// near checks numbers: each may be off by rel of the size of what it is the sum of. A sum of k terms in single precision is off by k·2⁻²⁴ of this at most
// (Higham 2002, section 4.2), and as a rule by √k·2⁻²⁴.
func (r *rig) near(what string, got []float32, want []value, rel float64) {
	if len(got) != len(want) {
		r.fail("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if g := float64(got[i]); !(math.Abs(g-w.x) <= rel*w.size+1e-37) {
			r.fail("%s: number %d of %d is %v, want %v ± %.2g", what, i, len(want), g, w.x, rel*w.size)
		}
	}
}

// sumOf is what a sum of k terms may be off by, and a few operations more.
func sumOf(k int) float64 { return (8 + 2*math.Sqrt(float64(k))) * math.Exp2(-24) }

// same checks that the launches give the same bits again.
func (r *rig) same(what string, m driver.Memory, n int, launches ...Launch) {
	before := get[uint32](r, m, n)
	r.run(launches...)
	if !slices.Equal(before, get[uint32](r, m, n)) {
		r.fail("%s: other bits the second time", what)
	}
}
