package gpucheck

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine/enginetest"
)

//go:embed peer.py
var script string

// peer is a Python with PyTorch, which trains what it is told.
type peer struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	version string
}

// times are what it says of a workload, in seconds.
type times struct {
	Eager    float64 `json:"eager"`
	Compiled float64 `json:"compiled"`
	Version  string  `json:"version"`
	Error    string  `json:"error"`
}

// startPeer starts one; nil without an interpreter.
func startPeer(ctx context.Context, python string) (*peer, error) {
	if python == "" {
		return nil, nil
	}
	p := &peer{command: exec.CommandContext(ctx, python, "-c", script)}
	p.command.Stderr = os.Stderr
	in, err := p.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("starting %s for the comparison with PyTorch: %w", python, err)
	}
	p.in, p.out = in, bufio.NewScanner(out)
	return p, nil
}

// times asks for those of a workload.
func (p *peer) times(w enginetest.Workload) (t times, err error) {
	if p == nil {
		return t, nil
	}
	infos, err := w.Arch.Infer()
	if err != nil {
		return t, err
	}
	type node struct {
		Op  arch.Op    `json:"op"`
		In  []int      `json:"in"`
		Out arch.Shape `json:"out"`
	}
	task := struct {
		Batch int    `json:"batch"`
		Nodes []node `json:"nodes"`
	}{Batch: w.Batch}
	for i, n := range w.Arch.Nodes {
		op := n.Op.WithDefaults()
		if len(n.In) > 0 {
			op.PadH, op.PadW = n.Op.Leading(infos[n.In[0]].Out)
		}
		task.Nodes = append(task.Nodes, node{op, n.In, infos[i].Out})
	}
	if err := json.NewEncoder(p.in).Encode(task); err != nil {
		return t, fmt.Errorf("asking: %w", err)
	}
	if !p.out.Scan() {
		return t, errors.Join(errors.New("it has ended without an answer"), p.out.Err())
	}
	if err := json.Unmarshal(p.out.Bytes(), &t); err != nil {
		return t, fmt.Errorf("its answer %.80q: %w", p.out.Text(), err)
	}
	p.version = t.Version
	if t.Error != "" {
		return t, errors.New(t.Error)
	}
	return t, nil
}

// cells are those of a table, beside a step of ours.
func (t times) cells(ours float64) []string {
	show := func(v float64, format string) string {
		if v == 0 {
			return "–"
		}
		return fmt.Sprintf(format, v)
	}
	share := func(v float64) float64 {
		if v == 0 {
			return 0
		}
		return ours / v
	}
	return []string{show(1e3*t.Eager, "%.3f"), show(1e3*t.Compiled, "%.3f"), show(share(t.Eager), "%.2f"), show(share(t.Compiled), "%.2f")}
}

// close ends it, and says what it was.
func (p *peer) close() (version string, err error) {
	if p == nil {
		return "", nil
	}
	err = errors.Join(p.in.Close(), p.command.Wait())
	return p.version, err
}
