//go:build cuda && cgo && linux && amd64

package fake_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/fake"
)

// source is what the driver of these tests is made of.
func source() fake.Source {
	files := os.DirFS("testdata")
	hash, err := fake.Hash(files)
	if err != nil {
		panic(err)
	}
	return fake.Source{Files: files, Roots: []string{"test.cu"}, Hash: hash}
}

func TestMain(m *testing.M) {
	if _, err := os.Stat("/dev/nvidiactl"); err == nil {
		fmt.Println("SKIPPED: the fake driver, which is for machines without a GPU")
		return
	}
	os.Exit(fake.Start(m, source()))
}

func ptx(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/test.ptx")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// on runs f on a device of its own: some tests break theirs.
func on(t testing.TB, f func(*driver.Thread, *driver.Module) error) error {
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
	return d.Do(func(th *driver.Thread) error {
		m, err := th.Load("test", ptx(t))
		if err != nil {
			return err
		}
		return f(th, m)
	})
}

// call runs a function of 64 threads a block on x and y, each in memory of its own, and returns y.
func call(t testing.TB, name string, blocks int, x, y []float32, arguments func(x, y driver.Memory) []any) error {
	t.Helper()
	return on(t, func(th *driver.Thread, m *driver.Module) error {
		f, err := m.Function(name)
		if err != nil {
			return err
		}
		var at [2]driver.Memory
		for i, v := range [][]float32{x, y} {
			if at[i], err = th.Alloc(int64(4 * len(v))); err != nil {
				return err
			}
			if err := driver.Upload(th, at[i], v); err != nil {
				return err
			}
		}
		if err := th.Launch(driver.Stream{}, f, driver.Dim{X: blocks}, driver.Dim{X: 64}, 8, arguments(at[0], at[1])...); err != nil {
			return err
		}
		if err := th.Synchronize(); err != nil {
			return err
		}
		return driver.Download(th, y, at[1])
	})
}

func numbers(n int) []float32 {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	x := make([]float32, n)
	for i := range x {
		x[i] = 2*r.Float32() - 1
	}
	return x
}

func both(x, y driver.Memory) []any  { return []any{x, y} }
func onlyY(_, y driver.Memory) []any { return []any{y} }
func axpy(n int) func(x, y driver.Memory) []any {
	return func(x, y driver.Memory) []any { return []any{float32(2), x, y, n} }
}

func TestRightFunctions(t *testing.T) {
	x, y := numbers(1000), make([]float32, 1000)
	if err := call(t, "axpy", 16, x, y, axpy(1000)); err != nil {
		t.Fatal(err)
	}
	for i := range y {
		if y[i] != 2*x[i] {
			t.Fatalf("axpy: y[%d] = %g, want %g", i, y[i], 2*x[i])
		}
	}
	x, y = numbers(128), make([]float32, 128)
	if err := call(t, "reverse", 2, x, y, both); err != nil {
		t.Fatal(err)
	}
	for i := range y {
		if want := x[i/64*64+63-i%64]; y[i] != want {
			t.Fatalf("reverse: y[%d] = %g, want %g", i, y[i], want)
		}
	}
	if err := call(t, "reverse_warp", 1, x, y, both); err != nil {
		t.Error(err)
	}
	x, y = numbers(1003), []float32{0}
	if err := call(t, "sum", 3, x, y, func(x, y driver.Memory) []any { return []any{x, y, 1003} }); err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for _, v := range x {
		want += float64(v)
	}
	if math.Abs(want-float64(y[0])) > 1e-4 {
		t.Errorf("sum: %g, want %g", y[0], want)
	}
}

// TestMistakes shows that each mistake of a device function is an error, every time.
func TestMistakes(t *testing.T) {
	x, y := numbers(128), make([]float32, 128)
	for _, c := range []struct {
		name   string
		blocks int
		y      []float32
		args   func(x, y driver.Memory) []any
		want   string
	}{
		{"axpy_beyond", 3, y, axpy(128), "IllegalAddress"},
		{"write_before", 1, y, onlyY, "IllegalAddress"},
		{"reverse", 3, y, both, "IllegalAddress"},
		{"sum", 1, y, func(x, _ driver.Memory) []any { return []any{x, driver.Memory{}, 128} }, "IllegalAddress"},
		{"reverse_no_barrier", 1, y, both, "LaunchFailed"},
		{"reverse_twice", 1, y, both, "LaunchFailed"},
		{"reverse_warp_no_barrier", 1, y, both, "LaunchFailed"},
		{"neighbour_no_barrier", 1, y, both, "LaunchFailed"},
		{"neighbour_in_memory", 1, y, both, "LaunchFailed"},
		{"warps_need_block", 1, y, both, "LaunchFailed"},
		{"diverge", 1, y, onlyY, "LaunchFailed"},
		{"unwritten", 1, y, onlyY, "LaunchFailed"},
		{"blocks_collide", 2, y, onlyY, "LaunchFailed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := call(t, c.name, c.blocks, x, c.y, c.args)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("the error is %v, want one with %s", err, c.want)
			}
			if !driver.Broken(err) {
				t.Errorf("the device is not called broken after %v", err)
			}
		})
	}
}

// TestStale gives the driver PTX that is not of its source.
func TestStale(t *testing.T) {
	fresh := ptx(t)
	for name, stale := range map[string]string{
		"of another source":  strings.Replace(fresh, source().Hash, strings.Repeat("0", 64), 1),
		"of another type":    strings.Replace(fresh, ".param .f32 axpy_param_0", ".param .f64 axpy_param_0", 1),
		"of another name":    strings.Replace(fresh, ".entry axpy(", ".entry axpz(", 1),
		"no PTX":             "hello",
		"nothing of a value": strings.Replace(fresh, ",\n\t.param .u32 axpy_param_3", "", 1),
	} {
		if stale == fresh {
			t.Fatalf("%s: nothing was replaced", name)
		}
		err := on(t, func(th *driver.Thread, _ *driver.Module) error {
			_, err := th.Load("stale", stale)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "InvalidPtx") {
			t.Errorf("PTX %s: the error is %v, want InvalidPtx", name, err)
		}
	}
}

// TestPTXBelongsToSource is what says that PTX has to be made again, without a driver.
func TestPTXBelongsToSource(t *testing.T) {
	if !strings.HasPrefix(ptx(t), "// source sha256 "+source().Hash+"\n") {
		t.Error("testdata/test.ptx is not of testdata/*.cu: run make ptx")
	}
}

// TestUnwatched runs right functions once more, with the driver that does not watch.
func TestUnwatched(t *testing.T) {
	fast := source()
	fast.Unwatched = true
	lib, err := fake.Build(fast)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, "-test.run=^TestRightFunctions$")
	c.Env = append(os.Environ(), "NASCENT_LIBCUDA="+lib)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestBuildFails has why there may be no driver.
func TestBuildFails(t *testing.T) {
	wrong := fake.Source{Files: fstest.MapFS{"wrong.cu": {Data: []byte("extern \"C\" __global__ void f(float *x) { x[0] = y; }")}}, Roots: []string{"wrong.cu"}}
	if _, err := fake.Build(wrong); err == nil || !strings.Contains(err.Error(), "wrong.cu:1:") {
		t.Errorf("CUDA C with a mistake: %v, want the compiler's words", err)
	}
	t.Setenv("PATH", "")
	if _, err := fake.Build(wrong); err == nil || !strings.Contains(err.Error(), "no C++ compiler (g++) was found") {
		t.Errorf("without a compiler: %v", err)
	}
}

// BenchmarkMatmul is 256³ with two barriers for 16 steps of the sum.
func BenchmarkMatmul(b *testing.B) {
	const n = 256
	x := numbers(n * n)
	err := on(b, func(th *driver.Thread, m *driver.Module) error {
		f, err := m.Function("matmul")
		if err != nil {
			return err
		}
		at, err := th.Alloc(3 * 4 * n * n)
		if err != nil {
			return err
		}
		var p [3]driver.Memory
		for i := range p {
			if p[i], err = at.Slice(int64(4*n*n*i), 4*n*n); err != nil {
				return err
			}
			if err := driver.Upload(th, p[i], x); err != nil {
				return err
			}
		}
		for b.Loop() {
			if err := th.Launch(driver.Stream{}, f, driver.Dim{X: n / 16, Y: n / 16}, driver.Dim{X: 16, Y: 16}, 0, n, n, n, p[0], p[1], p[2]); err != nil {
				return err
			}
			if err := th.Synchronize(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
