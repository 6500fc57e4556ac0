// Flags, arguments, environment, log on standard error.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
	"time"
)

type list []string

func (l *list) String() string     { return strings.Join(*l, "+") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func main() {
	log.SetFlags(0)
	log.SetPrefix("flags: ")
	n := flag.Int("n", 3, "how many `times`")
	v := flag.Bool("v", false, "say more")
	d := flag.Duration("wait", time.Second, "how long")
	var names list
	flag.Var(&names, "name", "a name; may be repeated")
	flag.Parse()
	fmt.Println(*n, *v, *d, names, flag.NArg(), flag.Args(), len(os.Args))
	flag.Visit(func(f *flag.Flag) { fmt.Print(f.Name, "=", f.Value, " ") })
	fmt.Println()
	fs := flag.NewFlagSet("sub", flag.ContinueOnError)
	fs.SetOutput(os.Stdout)
	x := fs.Float64("x", 0.5, "a number")
	err := fs.Parse([]string{"-x", "2", "rest"})
	fmt.Println(*x, err, fs.Args())
	err = fs.Parse([]string{"-y"})
	fmt.Println(err)
	os.Setenv("GREETING", "hello")
	fmt.Println(os.Getenv("GREETING"), os.ExpandEnv("$GREETING, ${NOBODY}you"))
	log.Printf("%d arguments", len(os.Args)-1)
	if *v {
		log.Fatalln("that was all")
	}
}
