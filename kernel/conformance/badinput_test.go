package conformance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/wire"
)

// finished is how a command ended.
type finished struct {
	status         int
	stdout, stderr string
}

// nascent runs the program in a folder of its own, or in dir.
func nascent(t *testing.T, dir, stdin string, args ...string) finished {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = dir
	return finish(t, cmd, stdin)
}

func finish(t *testing.T, cmd *exec.Cmd, stdin string) finished {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return finished{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// oneError checks that a command has failed with status 1 and one line on stderr,
// which says all that is wanted, and has written nothing else.
func (f finished) oneError(t *testing.T, wants ...string) {
	t.Helper()
	if f.status != 1 || f.stdout != "" {
		t.Errorf("status %d, stdout %q; want status 1 and nothing there", f.status, f.stdout)
	}
	if !strings.HasPrefix(f.stderr, "nascent: ") || strings.Count(f.stderr, "\n") != 1 {
		t.Errorf("stderr is not one line of the program:\n%s", f.stderr)
	}
	for _, want := range wants {
		if !strings.Contains(f.stderr, want) {
			t.Errorf("stderr does not say %q:\n%s", want, f.stderr)
		}
	}
}

// A connection file that can't be used.
func TestBadConnectionFiles(t *testing.T) {
	dir := t.TempDir()
	good := func(change func(*host.Connection)) string {
		_, c, err := conformance.WriteConnection(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		change(&c)
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, tt := range []struct {
		name, text string
		wants      []string
	}{
		{"text", "shell_port: 5555", []string{"it is not a JSON object"}},
		{"empty", "", []string{"it is not a JSON object"}},
		{"half", good(func(*host.Connection) {})[:40], []string{"it is not a JSON object"}},
		{"nothing", "{}", []string{"shell_port", "missing", "a kernel needs transport, ip and the ports"}},
		{"no port", good(func(c *host.Connection) { c.HBPort = 0 }), []string{"hb_port missing"}},
		{"port twice", good(func(c *host.Connection) { c.HBPort = c.ShellPort }), []string{"shell_port and hb_port are both", "each socket needs a port of its own"}},
		{"no such port", good(func(c *host.Connection) { c.IOPubPort = 65536 }), []string{"iopub_port is 65536", "1 to 65535"}},
		{"transport", good(func(c *host.Connection) { c.Transport = "udp" }), []string{`transport is "udp"`, "tcp and ipc are supported"}},
		{"scheme", good(func(c *host.Connection) { c.Scheme = "hmac-md5" }), []string{`signature_scheme is "hmac-md5"`, "hmac-sha256"}},
		{"address", good(func(c *host.Connection) { c.IP = "203.0.113.1" }), []string{"203.0.113.1", "127.0.0.1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(dir, tt.name+".json")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if tt.name != "address" { // that error is about the machine, not the file
				tt.wants = append(tt.wants, file)
			}
			nascent(t, dir, "", "kernel", "-f", file).oneError(t, tt.wants...)
		})
	}
	nascent(t, dir, "", "kernel", "-f", filepath.Join(dir, "none")).oneError(t, filepath.Join(dir, "none")+" does not exist", "Jupyter writes it")
	nascent(t, dir, "", "kernel", "-f", dir).oneError(t, dir+" is a folder")
	if os.Getuid() != 0 {
		file := filepath.Join(dir, "locked.json")
		if err := os.WriteFile(file, nil, 0o000); err != nil {
			t.Fatal(err)
		}
		nascent(t, dir, "", "kernel", "-f", file).oneError(t, file, "permission denied")
	}
}

func TestPortInUse(t *testing.T) {
	for name, port := range map[string]func(host.Connection) int{
		"shell_port": func(c host.Connection) int { return c.ShellPort },
		"hb_port":    func(c host.Connection) int { return c.HBPort },
	} {
		t.Run(name, func(t *testing.T) {
			file, c, err := conformance.WriteConnection(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			l, err := net.Listen("tcp", net.JoinHostPort(c.IP, strconv.Itoa(port(c))))
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			nascent(t, "", "", "kernel", "-f", file).oneError(t, name+" "+strconv.Itoa(port(c))+" is in use", "names a free port")
		})
	}
}

// logged is what a kernel writes to stderr, in lines that arrive a little later.
type logged struct{ lines chan string }

func (l *logged) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		l.lines <- strings.TrimSuffix(line, "\n")
	}
	return len(p), nil
}

// next is the next line.
func (l *logged) next(ctx context.Context, t *testing.T) string {
	t.Helper()
	select {
	case line := <-l.lines:
		return line
	case <-ctx.Done():
		t.Fatal("the kernel logs nothing")
		return ""
	}
}

func startLogged(t *testing.T) (*kernel, *logged) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	log := &logged{make(chan string, 1000)}
	k, err := launchLogged(ctx, t, path, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.close)
	return k, log
}

// Messages that were not made with the kernel's key, or are cut short, are
// dropped, each with a line in the log. What comes after them on the same
// connection is answered.
func TestMessagesThatAreNone(t *testing.T) {
	k, log := startLogged(t)
	m, err := k.Sender.Publish(nil, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: `panic("this must not run")`})
	if err != nil {
		t.Fatal(err)
	}
	m.Identities = nil
	whole, err := m.Encode(k.Signer)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := wire.NewSigner(wire.Scheme, "another key")
	if err != nil {
		t.Fatal(err)
	}
	forged, err := m.Encode(stranger)
	if err != nil {
		t.Fatal(err)
	}
	changed := append([][]byte{}, whole...)
	changed[len(changed)-1] = bytes.Replace(changed[len(changed)-1], []byte("panic"), []byte("print"), 1)
	badJSON := [][]byte{[]byte(wire.Delimiter), nil, []byte("{"), []byte("{}"), []byte("{}"), []byte("{}")}
	badJSON[1] = k.Signer.Sign(badJSON[2], badJSON[3], badJSON[4], badJSON[5])
	for _, tt := range []struct {
		name   string
		frames [][]byte
		want   string
	}{
		{"another key", forged, "wrong signature: it was not made with the key of this kernel's connection file"},
		{"changed content", changed, "wrong signature"},
		{"no signature", append([][]byte{whole[0], {}}, whole[2:]...), "wrong signature"},
		{"frames missing", whole[:4], "3 frames after the delimiter; signature, header, parent header, metadata and content make 5"},
		{"delimiter alone", whole[:1], "0 frames after the delimiter"},
		{"no delimiter", whole[1:], "delimiter"},
		{"no JSON", badJSON, "header"},
	} {
		k.Shell.Send(tt.frames)
		if got := k.result("1 + 1"); got != "2" {
			t.Errorf("%s: the next cell gives %s", tt.name, got)
		}
		if line := log.next(k.ctx, t); !strings.Contains(line, "dropped a message on shell") || !strings.Contains(line, tt.want) {
			t.Errorf("%s: the log says %q, want a line with %q", tt.name, line, tt.want)
		}
	}
	// The same message a second time is a replay.
	ok, err := k.Sender.Publish(nil, wire.TypeKernelInfoRequest, wire.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	ok.Identities = nil
	frames, err := ok.Encode(k.Signer)
	if err != nil {
		t.Fatal(err)
	}
	k.Shell.Send(frames)
	k.Shell.Send(frames)
	if got := k.result("3"); got != "3" {
		t.Errorf("after a replay the next cell gives %s", got)
	}
	if line := log.next(k.ctx, t); !strings.Contains(line, "dropped kernel_info_request on shell: its signature has been used before") {
		t.Errorf("the log says %q about a replay", line)
	}
}

// A connection that speaks no ZeroMQ, or stops in the middle of it, is closed and
// harms nobody.
func TestConnectionsThatAreNone(t *testing.T) {
	k, _ := startLogged(t)
	conn, err := host.ReadConnection(k.cmd.Args[len(k.cmd.Args)-1])
	if err != nil {
		t.Fatal(err)
	}
	greeting := append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, 'N', 'U', 'L', 'L'}, make([]byte, 48)...)
	for name, bytes := range map[string][]byte{
		"HTTP":             []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + strings.Repeat("x", 100)),
		"half a greeting":  greeting[:20],
		"no handshake":     append(append([]byte{}, greeting...), make([]byte, 64)...),
		"an endless frame": append(append([]byte{}, greeting...), 0x02, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
	} {
		for _, port := range []int{conn.ShellPort, conn.ControlPort, conn.StdinPort, conn.IOPubPort, conn.HBPort} {
			network, address := conn.Address(port) // go vet 1.26 fails at net.Dial(conn.Address(port))
			c, err := net.Dial(network, address)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Write(bytes); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if err := c.(*net.TCPConn).CloseWrite(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			// a reset is an end too
			if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s: the kernel keeps the connection open", name)
			}
			c.Close()
		}
		if got := k.result("1 + 1"); got != "2" {
			t.Errorf("%s: the next cell gives %s", name, got)
		}
	}
}

// A notebook that is none, or too old.
func TestBadNotebooks(t *testing.T) {
	dir := t.TempDir()
	for name, tt := range map[string]struct {
		text  string
		wants []string
	}{
		"text":     {"# a title\n", []string{"not JSON at line 1, column 1", "an .ipynb file is a JSON document"}},
		"empty":    {"", []string{"it is empty"}},
		"half":     {`{"nbformat": 4, "cells": [`, []string{"it ends too early"}},
		"list":     {"[]", []string{"not an object with the fields nbformat and cells"}},
		"other":    {`{"a": 1}`, []string{`no field "nbformat"`}},
		"old":      {`{"nbformat": 3, "worksheets": []}`, []string{"nbformat 3, want 4", "jupyter nbconvert --to notebook --nbformat 4"}},
		"new":      {`{"nbformat": 5, "cells": []}`, []string{"nbformat 5, which is newer"}},
		"python":   {`{"nbformat": 4, "metadata": {"language_info": {"name": "python"}}, "cells": []}`, []string{"written in python", "choose a Go kernel"}},
		"cell":     {`{"nbformat": 4, "cells": [{"cell_type": "cod", "source": ""}]}`, []string{`cell 1 of 1: its cell_type is "cod", want code, markdown or raw`}},
		"conflict": {"{\n<<<<<<< HEAD\n", []string{"merge conflict"}},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, name+".ipynb")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(dir, name+".out.ipynb")
			nascent(t, dir, "", "run", file, "-o", out).oneError(t, append(tt.wants, file)...)
			if _, err := os.Stat(out); err == nil {
				t.Error("a notebook was written all the same")
			}
		})
	}
	nascent(t, dir, "", "run", "none.ipynb").oneError(t, "none.ipynb", "no such file")
	nascent(t, dir, "", "run", dir).oneError(t, dir, "is a directory")
}

func TestUnknownKernelspec(t *testing.T) {
	dir := t.TempDir()
	place := filepath.Join(dir, "share", "jupyter", "kernels")
	nascent(t, dir, "", "uninstall", "--prefix", dir).oneError(t, "there is no folder "+filepath.Join(place, "nascent"), "nothing is installed there")
	if got := nascent(t, dir, "", "install", "--prefix", dir, "--name", "other"); got.status != 0 {
		t.Fatalf("%+v", got)
	}
	nascent(t, dir, "", "uninstall", "--prefix", dir).oneError(t, "installed there: other")
}

var color = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Cells that go wrong: one error, which says what is wrong and what would be right
// and where it happened; what earlier cells defined is still there.
func TestBadCells(t *testing.T) {
	k := start(t)
	k.run(`kept := 42
digits := data.Digits()
parts := digits.Parts(1)
image := digits.Shape`, wire.StatusOK)
	for _, tt := range []struct {
		name, code string
		where      string // in the traceback
		wants      []string
	}{
		{"does not compile", "fmt.Println(\"this must not run\")\nx := 1\nx = \"text\"", "3:5", []string{`cannot use "text" (untyped string constant) as int value in assignment`}},
		{"is no Go", "for i := 0; i < 3 {", "1:", []string{"expected"}},
		{"unknown name", "fmt.Printn(1)", "1:5", []string{"undefined: fmt.Printn", "did you mean fmt.Print"}},

		{"no valid architecture: nothing to choose", "c := space.DefaultGlobal(image, 10)\nc.Channels = nil\nspace.Global(c)", "line 3",
			[]string{"there is no valid architecture", "Channels is empty", "offer at least one number, such as 16"}},
		{"no valid architecture: bounds", "c := space.DefaultGlobal(image, 10)\nc.MinLayers = 9\nspace.Global(c)", "line 3",
			[]string{"there is no valid architecture", "MaxLayers is 6, below MinLayers, which is 9"}},
		{"no image", "space.Global(space.DefaultGlobal(arch.Shape{C: 1}, 10))", "line 1", []string{"1×0×0", "must be at least 1"}},

		{"batch larger than the data: training", "estimate.Train(estimate.TrainConfig{\n\tTrain: parts.Train, Valid: parts.Valid, Epochs: 1, Batch: 5000, Rate: 0.1})", "line 1",
			[]string{"batches of 5000 samples from 1078", "choose a Batch of 1 to 1078 or use more data"}},
		{"batch larger than the data: batches", "data.NewBatches(digits, 4096, 1)", "line 1",
			[]string{`batches of 4096 images from "digits"`, "choose a batch of at most 1797"}},

		{"shape: sum", "b := arch.NewBuilder(\"sum\", image)\nx := b.Conv(b.In(), 8, 3)\nb.Add(x, b.In())\na := b.Build()", "line 4",
			[]string{"add 1", "8×8×8 and 1×8×8", "an add needs equal shapes"}},
		{"shape: image into a vector", "b := arch.NewBuilder(\"flat\", image)\nb.Linear(b.In(), 10)\nb.Build()", "line 3",
			[]string{"takes a vector", "1×8×8", "put flatten or globalpool before it"}},
		{"shape: too small", "zoo.VGG16(image, 10)", "line 1", []string{"does not fit on 512×1×1", "pool less before it"}},
		{"shape: other images", "a := zoo.ResNet18(arch.Shape{C: 3, H: 32, W: 32}, 10)\nt := estimate.Train(estimate.TrainConfig{Train: parts.Train, Valid: parts.Valid, Epochs: 1, Batch: 32, Rate: 0.1})\n" +
			"t.Estimate(context.Background(), a, 1)", "line 3", []string{"takes images of 3×32×32", "are 1×8×8", "build it for 1×8×8"}},
		{"shape: numbers", "b := arch.NewBuilder(\"net\", image)\nb.Classifier(b.In(), 10)\nnet := nn.New(b.Build(), 1)\nnet.Forward(make([]float32, 10), false)", "line 4",
			[]string{"10 numbers are no whole number of samples", "a multiple of 64"}},

		{"training that diverges", "b := arch.NewBuilder(\"net\", image)\nb.Linear(b.Flatten(b.In()), 10)\nnet := nn.New(b.Build(), 1)\n" +
			"nn.Fit(context.Background(), net, nn.FitConfig{Train: parts.Train, Schedule: nn.Constant{Base: 1e38}})", "line 4",
			[]string{"the training loss is no finite number any more in epoch 1, step", "at learning rate 1e+38", "\"linear 1", "a smaller rate"}},
		{"training that needs too much memory", "b := arch.NewBuilder(\"net\", image)\nb.Linear(b.Flatten(b.In()), 10)\nnet := nn.New(b.Build(), 1)\n" +
			"nn.Fit(context.Background(), net, nn.FitConfig{Train: parts.Train, Memory: 4000})", "line 4",
			[]string{"in batches of 64 samples takes up to", "but Memory allows 4000", "choose a smaller network"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, r := k.run(tt.code, wire.StatusError)
			errs := a.Errors()
			if len(errs) != 1 || r.Error.Value != errs[0].Value || r.Error.Name != errs[0].Name {
				t.Fatalf("published %+v, replied %+v; want one error, the same", errs, r.Error)
			}
			if out := a.Text(wire.Stdout) + a.Text(wire.Stderr); out != "" {
				t.Errorf("output %q", out)
			}
			shown := color.ReplaceAllString(strings.Join(errs[0].Traceback, "\n"), "")
			for _, want := range append(tt.wants, tt.where) {
				if !strings.Contains(shown, want) {
					t.Errorf("the traceback does not say %q:\n%s", want, shown)
				}
			}
			if strings.Contains(shown, "goroutine ") || strings.Contains(shown, "yaegi") {
				t.Errorf("the traceback shows how the cell is run:\n%s", shown)
			}
			if got := k.result("kept"); got != "42" {
				t.Errorf("afterwards kept is %s", got)
			}
		})
	}
}
