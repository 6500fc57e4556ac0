//go:build cuda && cgo && linux && amd64

package driver

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/fake"
)

const functions = "../fake/testdata/"

func TestMain(m *testing.M) {
	if err := os.Setenv("FAKECUDA_MEMORY", "67108864"); err != nil {
		panic(err)
	}
	os.Exit(fake.Start(m, fake.Source{Files: os.DirFS(functions), Roots: []string{"test.cu"}}))
}

// rig is a device with what most tests need.
type rig struct {
	*Device
	axpy, sum *Function
}

func open(t *testing.T) rig {
	t.Helper()
	ptx, err := os.ReadFile(functions + "test.ptx")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	r := rig{Device: d}
	err = d.Do(func(th *Thread) (err error) {
		m, err := th.Load("test", string(ptx))
		if err != nil {
			return err
		}
		if r.sum, err = m.Function("sum"); err != nil {
			return err
		}
		r.axpy, err = m.Function("axpy")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// upload is new device memory with x.
func upload(th *Thread, x ...float32) (Memory, error) {
	m, err := th.Alloc(int64(4 * len(x)))
	if err != nil {
		return m, err
	}
	return m, Upload(th, m, x)
}

// add lets s add a·x to the n numbers of y.
func (r rig) add(th *Thread, s Stream, a float32, x, y Memory, n int) error {
	return th.Launch(s, r.axpy, Dim{X: (n + 31) / 32}, Dim{X: 32}, 0, a, x, y, n)
}

func TestDevices(t *testing.T) {
	all, err := Devices()
	if err != nil || len(all) == 0 {
		t.Fatalf("devices: %v, %v; want one", all, err)
	}
	if d := all[0]; d.Name == "" || d.Memory <= 0 || d.Major < 7 || d.Processors < 1 || d.Shared < 48<<10 || d.Driver < 12000 {
		t.Errorf("the device is %+v", d)
	}
}

// TestNoDevice starts this program again with a driver that has no device.
func TestNoDevice(t *testing.T) {
	if os.Getenv("FAKECUDA_NODEVICE") != "" {
		_, err := Devices()
		if want := "the CUDA driver does not start: no CUDA-capable device is detected (error 100)"; err == nil || err.Error() != want {
			t.Errorf("devices: %v, want %q", err, want)
		}
		if _, err := Open(0); err == nil {
			t.Error("a device was opened")
		}
		return
	}
	if _, err := os.Stat("/dev/nvidiactl"); err == nil {
		t.Skip("there is a device")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, "-test.run=^TestNoDevice$")
	c.Env = append(os.Environ(), "FAKECUDA_NODEVICE=1")
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestLanes lets several threads work for one device at once.
func TestLanes(t *testing.T) {
	r := open(t)
	var all sync.WaitGroup
	for i := range 4 {
		l, err := r.NewLane()
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			defer l.Close()
			for range 5 {
				got := make([]float32, 3)
				err := l.Do(func(th *Thread) error {
					s, err := th.NewStream()
					if err != nil {
						return err
					}
					x, err := upload(th, 1, 2, float32(i))
					if err != nil {
						return err
					}
					y, err := upload(th, 10, 20, 30)
					if err != nil {
						return err
					}
					return errors.Join(r.add(th, s, 2, x, y, 3), th.Wait(s), Download(th, got, y), th.Free(x), th.Free(y), th.CloseStream(s))
				})
				if want := []float32{12, 24, 30 + 2*float32(i)}; err != nil || !slices.Equal(got, want) {
					t.Errorf("lane %d: %v, %v; want %v", i, got, err, want)
				}
			}
		})
	}
	all.Wait()
}

func TestPanicReachesCaller(t *testing.T) {
	r := open(t)
	defer func() {
		if p := recover(); p != "mistake" {
			t.Errorf("recovered %v, want the panic of the thread", p)
		}
		if err := r.Do(func(*Thread) error { return nil }); err != nil {
			t.Errorf("after a panic: %v", err)
		}
	}()
	_ = r.Do(func(*Thread) error { panic("mistake") })
}

// TestGraph captures work on two streams and launches it again and again, then with other arguments.
func TestGraph(t *testing.T) {
	r := open(t)
	err := r.Do(func(th *Thread) error {
		s, err1 := th.NewStream()
		side, err2 := th.NewStream()
		fork, err3 := th.NewEvent()
		join, err4 := th.NewEvent()
		x, err5 := upload(th, 1, 2)
		y, err6 := upload(th, 0, 0)
		z, err7 := upload(th, 0, 0)
		if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
			return err
		}
		// y += a·x; z += y on the side; y += z
		work := func(a float32) func() error {
			return func() error {
				return errors.Join(
					r.add(th, s, a, x, y, 2), th.Record(fork, s), th.WaitFor(side, fork),
					r.add(th, side, 1, y, z, 2), th.Record(join, side), th.WaitFor(s, join),
					r.add(th, s, 1, z, y, 2))
			}
		}
		g, err := th.Capture(s, work(1))
		if err != nil {
			return err
		}
		if g.Work() != 3 {
			t.Errorf("the graph has %d pieces, want 3", g.Work())
		}
		got := make([]float32, 2)
		check := func(when string, want ...float32) error {
			err := errors.Join(th.Wait(s), Download(th, got, y))
			if err == nil && !slices.Equal(got, want) {
				t.Errorf("%s y is %v, want %v", when, got, want)
			}
			return err
		}
		// y, z: 0, 0 → 1·2, 1 → (2+1)+(1+3), 4
		if err := errors.Join(check("captured", 0, 0), th.LaunchGraph(g, s), th.LaunchGraph(g, s), check("launched twice", 7, 14)); err != nil {
			return err
		}
		// a = 0: z = 4+7, y = 7+11
		if err := errors.Join(th.Update(g, s, work(0)), th.LaunchGraph(g, s), check("updated", 18, 36)); err != nil {
			return err
		}
		if err := th.Update(g, s, func() error { return r.add(th, s, 1, x, y, 2) }); err == nil {
			t.Error("a graph of three pieces was updated with one")
		}
		return th.CloseGraph(g)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCaptureMistakes has what may not be done while a stream captures; the device is of use afterwards.
func TestCaptureMistakes(t *testing.T) {
	r := open(t)
	err := r.Do(func(th *Thread) error {
		s, err1 := th.NewStream()
		side, err2 := th.NewStream()
		e, err3 := th.NewEvent()
		x, err4 := upload(th, 1, 2)
		y, err5 := upload(th, 0, 0)
		if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
			return err
		}
		for _, c := range []struct {
			name string
			work func() error
			want string
		}{
			{"allocates", func() error { _, err := th.Alloc(64); return err }, "StreamCaptureUnsupported"},
			{"waits", func() error { return th.Wait(s) }, "StreamCaptureUnsupported"},
			{"leaves work unjoined", func() error {
				return errors.Join(r.add(th, s, 1, x, y, 2), th.Record(e, s), th.WaitFor(side, e), r.add(th, side, 1, x, y, 2))
			}, "StreamCaptureUnjoined"},
			{"fails", func() error { return errors.New("no such layer") }, "no such layer"},
		} {
			if _, err := th.Capture(s, c.work); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("a capture that %s: %v, want %s", c.name, err, c.want)
			}
		}
		got := make([]float32, 2)
		if err := errors.Join(r.add(th, s, 1, x, y, 2), th.Wait(s), Download(th, got, y)); err != nil {
			return err
		}
		if !slices.Equal(got, []float32{1, 2}) {
			t.Errorf("afterwards y is %v, want [1 2]", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestForgotten shows that a forgotten wait or dependency gives wrong numbers in the fake driver, where a
// device gives them at times.
func TestForgotten(t *testing.T) {
	if _, err := os.Stat("/dev/nvidiactl"); err == nil {
		t.Skip("a device may be quick enough")
	}
	r := open(t)
	err := r.Do(func(th *Thread) error {
		s, err1 := th.NewStream()
		side, err2 := th.NewStream()
		x, err3 := upload(th, 1)
		y, err4 := upload(th, 0)
		start, err5 := th.NewEvent()
		end, err6 := th.NewEvent()
		if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
			return err
		}
		got := make([]float32, 1)
		if err := errors.Join(r.add(th, s, 1, x, y, 1), Download(th, got, y)); err != nil {
			return err
		}
		if got[0] != 0 {
			t.Errorf("without a wait y is %g, want the old 0", got[0])
		}
		// side ought to wait for what s does with y behind start
		g, err := th.Capture(s, func() error {
			return errors.Join(th.Zero(s, y), th.Record(start, s), th.WaitFor(side, start),
				r.add(th, s, 1, x, y, 1), th.Zero(side, y),
				th.Record(end, side), th.WaitFor(s, end))
		})
		if err != nil {
			return err
		}
		if err := errors.Join(th.LaunchGraph(g, s), th.Wait(s), Download(th, got, y)); err != nil {
			return err
		}
		if got[0] != 1 {
			t.Errorf("without a dependency y is %g, want 1, which the order of the calls does not give", got[0])
		}
		return th.CloseGraph(g)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPinned feeds two buffers in turn: a copy of one beside the work with the other.
func TestPinned(t *testing.T) {
	r := open(t)
	err := r.Do(func(th *Thread) error {
		compute, err1 := th.NewStream()
		copies, err2 := th.NewStream()
		y, err3 := upload(th, 0, 0)
		if err := errors.Join(err1, err2, err3); err != nil {
			return err
		}
		var host [2]Pinned[float32]
		var dev [2]Memory
		var full, used [2]Event
		for i := range host {
			var errs [4]error
			host[i], errs[0] = Pin[float32](th, 2)
			dev[i], errs[1] = th.Alloc(8)
			full[i], errs[2] = th.NewEvent()
			used[i], errs[3] = th.NewEvent()
			if err := errors.Join(errs[:]...); err != nil {
				return err
			}
		}
		for step := range 6 {
			b := step % 2
			if step > 1 {
				if err := th.WaitEvent(full[b]); err != nil { // the host's buffer was copied
					return err
				}
			}
			host[b].Data[0], host[b].Data[1] = float32(step), 1
			err := errors.Join(
				th.WaitFor(copies, used[b]), UploadAsync(th, copies, dev[b], host[b], 2), th.Record(full[b], copies),
				th.WaitFor(compute, full[b]), r.add(th, compute, 1, dev[b], y, 2), th.Record(used[b], compute))
			if err != nil {
				return err
			}
		}
		if err := errors.Join(DownloadAsync(th, compute, host[0], y, 2), th.Wait(compute)); err != nil {
			return err
		}
		if got := host[0].Data; !slices.Equal(got, []float32{0 + 1 + 2 + 3 + 4 + 5, 6}) {
			t.Errorf("the sum over steps is %v, want [15 6]", got)
		}
		ms, err := th.Between(full[0], used[1])
		if err != nil || ms < 0 {
			t.Errorf("the time between events is %v, %v", ms, err)
		}
		return errors.Join(Unpin(th, host[0]), Unpin(th, host[1]))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOutOfMemory(t *testing.T) {
	r := open(t)
	err := r.Do(func(th *Thread) error {
		m, err := th.Alloc(48 << 20)
		if err != nil {
			return err
		}
		_, total, err := th.Memory()
		if err != nil {
			return err
		}
		_, err = th.Alloc(total)
		var oom *OutOfMemoryError
		if !errors.As(err, &oom) || oom.Asked != total || oom.Total != total || oom.Free > total-48<<20 {
			t.Errorf("allocating all of %d bytes: %v, want an OutOfMemoryError", total, err)
		}
		if Broken(err) {
			t.Error("a device without room is called broken")
		}
		if err := th.Free(m); err != nil {
			return err
		}
		again, err := th.Alloc(48 << 20)
		if err != nil {
			return err
		}
		return th.Free(again)
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "device memory exhausted: 1.5 GiB asked for, 16.0 MiB of 64.0 MiB free"
	if got := (&OutOfMemoryError{3 << 29, 16 << 20, 64 << 20}).Error(); got != want {
		t.Errorf("the error says %q, want %q", got, want)
	}
}

// TestBadRequests has what is told before a device is asked, or by it.
func TestBadRequests(t *testing.T) {
	r := open(t)
	err := r.Do(func(th *Thread) error {
		x, err := upload(th, 1, 2)
		if err != nil {
			return err
		}
		launch := func(block Dim, args ...any) error { return th.Launch(Stream{}, r.axpy, Dim{}, block, 0, args...) }
		slice := func(at, n int64) error { _, err := x.Slice(at, n); return err }
		for _, c := range []struct {
			err  error
			want string
		}{
			{launch(Dim{X: 32}, float32(1), x, x), "launching axpy: 3 arguments given, it takes 4"},
			{launch(Dim{X: 32}, 1, x, x, 2), "launching axpy: argument 1 is 1 of type int; the parameter is f32"},
			{launch(Dim{X: 32}, float32(1), x, 7, 2), "launching axpy: argument 3 is 7 of type int; the parameter is u64"},
			{launch(Dim{X: 32}, float32(1), x, x, 1<<40), "argument 4: 1099511627776 is no number of 32 bits"},
			{launch(Dim{X: 32}, float32(1), x, x, "two"), "argument 4: the type string can't be given to a device function"},
			{launch(Dim{X: 2048}, float32(1), x, x, 2), "launching axpy on 1×1×1 blocks of 2048×1×1 threads with 0 bytes of shared memory: InvalidValue"},
			{Upload(th, x, make([]float64, 2)), "copying 2 numbers of 8 bytes: the device memory holds 8 bytes"},
			{Download(th, make([]float32, 3), x), "copying 3 numbers of 4 bytes: the device memory holds 8 bytes"},
			{slice(4, 8), "8 bytes at 4 are not inside 8 bytes"},
			{slice(-4, 4), "4 bytes at -4 are not inside 8 bytes"},
			{slice(1<<62, 1<<62), "are not inside 8 bytes"},
		} {
			if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
				t.Errorf("the error is %v, want %q", c.err, c.want)
			}
		}
		if _, err := th.Alloc(0); err == nil {
			t.Error("nothing was allocated")
		}
		if _, err := Pin[float32](th, -1); err == nil {
			t.Error("-1 numbers were allocated")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(99); err == nil || !strings.Contains(err.Error(), "CUDA device 99") {
		t.Errorf("opening device 99: %v", err)
	}
}

// TestBrokenDevice fails a device function: that device is of no use any more, a new one is.
func TestBrokenDevice(t *testing.T) {
	r := open(t)
	err := r.Do(func(th *Thread) error {
		x, err := upload(th, 1, 2)
		if err != nil {
			return err
		}
		if err := r.add(th, Stream{}, 1, x, Memory{}, 2); err != nil {
			return err
		}
		return th.Synchronize()
	})
	if !Broken(err) {
		t.Fatalf("writing to a null pointer: %v, want an error that breaks the device", err)
	}
	if err := r.Do(func(th *Thread) error { _, err := th.Alloc(64); return err }); !Broken(err) {
		t.Errorf("allocating on a broken device: %v", err)
	}
	fresh := open(t)
	if err := fresh.Do(func(th *Thread) error { _, err := th.Alloc(64); return err }); err != nil {
		t.Errorf("allocating on a new device: %v", err)
	}
}

func TestSignatures(t *testing.T) {
	got := signatures(".visible .entry a(\n\t.param .u64 a_param_0,\n\t.param .f32 a_param_1\n)\n{}\n.visible .entry b()\n.entry c(.param .align 8 .b8 c_param_0[24])")
	want := map[string][]string{"a": {"u64", "f32"}, "b": {}, "c": {"b8"}}
	if len(got) != len(want) {
		t.Errorf("signatures: %v, want %v", got, want)
	}
	for name := range want {
		if !slices.Equal(got[name], want[name]) {
			t.Errorf("signature of %s: %v, want %v", name, got[name], want[name])
		}
	}
}
