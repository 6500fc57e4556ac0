// Cell types in logs.
package main

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	token2 "go/token"
	"iter"
	"log/slog"
	"os"
	"strings"
	"time"
)

type token string

func (token) LogValue() slog.Value { return slog.StringValue("***") }

type user struct {
	ID   int
	Name string
}

func (u user) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("id", u.ID), slog.Any("tok", token(u.Name)))
}

type text struct{ s string }

func (t text) MarshalText() ([]byte, error) { return []byte("<" + t.s + ">"), nil }

type js struct{ A int }

func (j js) MarshalJSON() ([]byte, error) { return []byte(fmt.Sprintf(`{"js":%d}`, j.A)), nil }

type fail struct{ code int }

func (f fail) Error() string { return fmt.Sprint("fail ", f.code) }

type jfail struct{ fail }

func (f jfail) MarshalJSON() ([]byte, error) { return []byte(`"jfail"`), nil }

type plain struct{ X, y int }
type kind int

func (k kind) String() string { return "kind" }

type handler struct {
	attrs []slog.Attr
	out   *strings.Builder
}

func (h *handler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }
func (h *handler) Handle(_ context.Context, r slog.Record) error {
	fmt.Fprint(h.out, r.Level, " ", r.Message)
	for _, a := range h.attrs {
		fmt.Fprint(h.out, " ", a)
	}
	for a := range r.Attrs {
		fmt.Fprintf(h.out, " %s=%v(%v)", a.Key, a.Value.Resolve(), a.Value.Kind())
		if p, ok := a.Value.Any().(plain); ok {
			fmt.Fprint(h.out, " plain ", p.y)
		}
	}
	fmt.Fprintln(h.out)
	if r.Level > slog.LevelWarn {
		return errors.New("too bad")
	}
	return nil
}
func (h *handler) WithAttrs(as []slog.Attr) slog.Handler {
	return &handler{append(h.attrs, as...), h.out}
}
func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{append(h.attrs, slog.String("group", name)), h.out}
}
func all[T any](s iter.Seq[T]) (out []T) {
	for x := range s {
		out = append(out, x)
	}
	return
}
func main() {
	opts := &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(g []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	for _, h := range []slog.Handler{slog.NewTextHandler(os.Stdout, opts), slog.NewJSONHandler(os.Stdout, opts)} {
		l := slog.New(h)
		l.Info("a", "tok", token("secret"), "user", user{3, "bob"}, "text", text{"t"}, "js", js{4})
		l.Warn("b", "err", fail{5}, "jerr", jfail{fail{6}}, "plain", plain{1, 2}, "p", &plain{3, 4}, "k", kind(2), "d", time.Second)
		l.With("u", user{4, "x"}).WithGroup("g").Debug("c", slog.Group("h", "k", kind(1)), slog.Any("list", []kind{1, 2}), slog.Any("m", map[string]plain{"a": {}}))
		slog.New(h).LogAttrs(context.Background(), slog.LevelError, "d", slog.Any("e", errors.Join(fail{1}, fail{2})), slog.Any("n", nil))
		l.Info("odd", "k")
		l.Info("odd", plain{1, 2})
	}
	var b strings.Builder
	l := slog.New(&handler{out: &b})
	l.With("u", user{1, "y"}).Info("own", "t", token("q"), "p", plain{5, 6})
	l.WithGroup("g").Error("worse")
	l.Debug("no")
	fmt.Print(b.String())
	f, _ := parser.ParseFile(token2.NewFileSet(), "", "package p\nvar x = y", 0)
	for n := range ast.Preorder(f) {
		if id, ok := n.(*ast.Ident); ok {
			fmt.Print(id.Name, " ")
		}
	}
	fmt.Println(len(all(ast.Preorder(f))), all(strings.SplitSeq("a,b", ",")))
	v := slog.AnyValue(user{7, "z"})
	fmt.Println(v.Kind(), v.Resolve().Kind(), slog.AnyValue(kind(3)).Kind(), slog.AnyValue(kind(3)).Any().(kind))
	fmt.Println(slog.Any("k", user{7, "z"}).Value.LogValuer().(user).Name)
}
