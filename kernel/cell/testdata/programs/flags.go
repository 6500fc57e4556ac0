// Cell types as flags.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

type level int

func (l level) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("L%d", int(l))), nil }
func (l *level) UnmarshalText(b []byte) error {
	n, err := strconv.Atoi(strings.TrimPrefix(string(b), "L"))
	if err != nil {
		return errors.New("bad level")
	}
	*l = level(n)
	return nil
}

type list []string

func (l *list) String() string     { return strings.Join(*l, "+") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

type on bool

func (o *on) String() string {
	if *o {
		return "yes"
	}
	return ""
}
func (o *on) Set(s string) error { *o = s == "true"; return nil }
func (o *on) IsBoolFlag() bool   { return true }
func (o *on) Get() any           { return bool(*o) }
func main() {
	fs := flag.NewFlagSet("x", flag.ContinueOnError)
	fs.SetOutput(os.Stdout)
	var l level
	fs.TextVar(&l, "level", level(3), "the level")
	var ls list
	fs.Var(&ls, "l", "a list")
	var o on
	fs.Var(&o, "on", "is on")
	fs.Func("f", "a func", func(s string) error {
		if s == "bad" {
			return errors.New("it is bad")
		}
		fmt.Println("f", s)
		return nil
	})
	fs.BoolFunc("b", "b func", func(s string) error { fmt.Println("b", s); return nil })
	fmt.Println(l)
	fmt.Println(fs.Parse([]string{"-level", "L7", "-l", "a", "-l=b", "-on", "-f", "q", "-b", "rest"}))
	fmt.Println(int(l), ls, o, fs.Args())
	fs.VisitAll(func(f *flag.Flag) {
		fmt.Println(f.Name, f.Value, f.DefValue, f.Usage)
		if g, ok := f.Value.(flag.Getter); ok {
			if l, ok := g.Get().(*level); ok {
				fmt.Println("get", *l)
			} else {
				fmt.Println("get", g.Get())
			}
		}
		if x, ok := f.Value.(*list); ok {
			fmt.Println("list", len(*x))
		}
	})
	fmt.Println(fs.Parse([]string{"-level", "zz"}))
	fmt.Println(fs.Parse([]string{"-f", "bad"}))
	fs.PrintDefaults()
	fl := fs.Lookup("l").Value.(*list)
	fmt.Println(fl == &ls)
}
