package magic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/modules"
)

// buffer is a cell's output.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// Emit writes what is shown as text and the names of its other forms.
func (b *buffer) Emit(e display.Event) error {
	_, err := fmt.Fprintf(b, "[shown: %s]\n", forms(e.Bundle))
	return err
}

func forms(b display.Bundle) string {
	out := fmt.Sprint(b.Data[display.MIMEPlain])
	for _, mime := range []string{display.MIMEHTML, display.MIMEMarkdown, display.MIMELaTeX, display.MIMESVG} {
		if text, ok := b.Data[mime]; ok {
			out += fmt.Sprintf(" %s: %v", mime, text)
		}
	}
	return out
}

// notebook runs cells one after the other.
type notebook struct {
	t   testing.TB
	env *Env
	n   int
	// prepare changes what a cell runs with; nil: nothing
	prepare func(ctx context.Context, in cell.Input) (context.Context, cell.Input)
}

func newNotebook(t testing.TB, conf Config) *notebook {
	t.Helper()
	lib, err := library.Std()
	if err != nil {
		t.Fatal(err)
	}
	lib.SetModules(&modules.Resolver{})
	env, err := cell.New(lib)
	if err != nil {
		t.Fatal(err)
	}
	before := display.Default()
	display.SetDefault(env.Sink())
	t.Cleanup(func() { display.SetDefault(before) })
	return &notebook{t: t, env: New(env, conf)}
}

func (nb *notebook) exec(ctx context.Context, out *buffer, src string) (cell.Outcome, error) {
	nb.n++
	in := cell.Input{Number: nb.n, Source: src, Stdout: out, Stderr: out, Stdin: strings.NewReader("typed\n"), Display: out}
	if nb.prepare != nil {
		ctx, in = nb.prepare(ctx, in)
	}
	return nb.env.Run(ctx, in)
}

// run is what a reader sees of a cell: its output, its result behind "=> ", pages,
// warnings, the failure's traceback behind "error ".
func (nb *notebook) run(src string) string {
	nb.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out := &buffer{}
	o, err := nb.exec(ctx, out, src)
	var b strings.Builder
	b.WriteString(out.String())
	for _, w := range o.Warnings {
		fmt.Fprintln(&b, "!", w)
	}
	for _, v := range o.Values {
		fmt.Fprintln(&b, "=>", display.Render(v).Data[display.MIMEPlain])
	}
	for _, p := range o.Payloads {
		switch p := p.(type) {
		case cell.Page:
			fmt.Fprintf(&b, "page %v\n", p.Bundle.Data[display.MIMEPlain])
		case cell.NextInput:
			fmt.Fprintf(&b, "next %v %q\n", p.Replace, p.Text)
		}
	}
	if err != nil {
		b.WriteString("error ")
		var f cell.Failure
		if errors.As(err, &f) {
			b.WriteString(f.Name() + ": " + strings.Join(f.Traceback(false), "\n"))
		} else {
			b.WriteString(err.Error())
		}
	}
	return strings.TrimSpace(b.String())
}

// scene is a cell and what has to be seen of it, or a part of that behind "…".
type scene struct{ src, want string }

func (nb *notebook) play(scenes []scene) {
	nb.t.Helper()
	for _, s := range scenes {
		got := nb.run(s.src)
		if part, ok := strings.CutPrefix(s.want, "…"); ok && strings.Contains(got, part) || got == s.want {
			continue
		}
		nb.t.Errorf("%s\n  shows %q\n  want  %q", s.src, got, s.want)
	}
}

type durationType = time.Duration

func cellNumber(nb *notebook) string { return fmt.Sprint(nb.n + 1) }

// begun is a buffer that calls then when a text has been written.
type begun struct {
	buffer
	when string
	then func()
}

func (b *begun) Write(p []byte) (int, error) {
	n, err := b.buffer.Write(p)
	if strings.Contains(b.String(), b.when) {
		b.then()
	}
	return n, err
}

func inputTo(out *begun, src string) cell.Input {
	return cell.Input{Number: 1, Source: src, Stdout: out, Stderr: out, Stdin: strings.NewReader(""), Display: out}
}
