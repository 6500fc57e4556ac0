package main

import (
	"errors"
	"fmt"
	htmpl "html/template"
	"os"
	"strings"
	"text/template"
)

type Item struct {
	Name  string
	Price float64
	Qty   int
}

func (i Item) Total() float64               { return i.Price * float64(i.Qty) }
func (i *Item) Pointer() string             { return "ptr:" + i.Name }
func (i Item) Times(n int) int              { return i.Qty * n }
func (i Item) Fail() (string, error)        { return "", errors.New("failed on purpose") }
func (i Item) Variadic(xs ...string) string { return strings.Join(xs, "+") }

type Money float64

func (m Money) String() string { return fmt.Sprintf("$%.2f", float64(m)) }

type Order struct {
	ID    int
	Items []Item
	PI    []*Item
	M     map[string]Item
	Cust  *Customer
	Paid  bool
	Sum   Money
	Any   any
	F     func(int) int
	inner int
}

type Customer struct {
	Base
	Email string
}
type Base struct{ Name string }

func (b Base) Greet() string { return "Hi " + b.Name }

func main() {
	o := &Order{ID: 7, Items: []Item{{"A", 1.5, 2}, {"B", 2, 3}}, PI: []*Item{{"P", 1, 1}}, M: map[string]Item{"k": {"K", 3, 1}},
		Cust: &Customer{Base{"Zoe"}, "z@x"}, Sum: 12.5, Any: Item{"any", 1, 1}, F: func(n int) int { return n + 1 }}
	run := func(text string, data any) {
		t, err := template.New("t").Funcs(template.FuncMap{
			"upper": strings.ToUpper, "total": func(i Item) float64 { return i.Total() * 10 }, "mk": func(n string) Item { return Item{Name: n} },
			"join": strings.Join,
		}).Parse(text)
		if err != nil {
			fmt.Println("parse:", err)
			return
		}
		if err := t.Execute(os.Stdout, data); err != nil {
			fmt.Print(" error: ", err)
		}
		fmt.Println()
	}
	run("{{.ID}} {{.Cust.Name}} {{.Cust.Email}} {{.Cust.Greet}}", o)
	run("{{range $i, $x := .Items}}{{$i}}:{{$x.Name}}={{$x.Total}},{{.Times 4}};{{end}}", o)
	run("{{range .PI}}{{.Pointer}} {{.Total}}{{end}} {{.M.k.Name}} {{index .M \"k\"}} {{(index .Items 1).Name}}", o)
	run("{{.Sum}} {{printf \"%v %T\" .Sum .Sum}} {{.Any.Name}} {{.Any.Total}} {{call .F 4}}", o)
	run("{{if .Paid}}yes{{else}}no{{end}} {{with .Cust}}{{.Greet}}{{end}} {{len .Items}} {{not .Paid}} {{and .Paid 1}} {{eq .ID 7}}", o)
	run("{{.Missing}}", o)
	run("{{.inner}}", o)
	run("{{(index .Items 0).Fail}}", o)
	run("{{(index .Items 0).Variadic \"a\" \"b\"}} {{upper .Cust.Name}} {{total (index .Items 0)}} {{(mk \"zz\").Name}}", o)
	run("{{.}}", Item{"x", 1, 2})
	run("{{printf \"%+v\" .}}", Item{"x", 1, 2})
	run("{{range .}}{{.}} {{end}}", []Money{1, 2})
	run("{{range $k, $v := .}}{{$k}}={{$v}} {{end}}", map[Money]Item{2: {"two", 0, 0}, 1: {"one", 0, 0}})
	run("{{.Name}} {{.Items}}", map[string]any{"Name": "n", "Items": []Item{{"i", 1, 1}}})
	run("{{define \"x\"}}<{{.Name}}>{{end}}{{template \"x\" .}}{{block \"y\" .}}[{{.Qty}}]{{end}}", Item{"x", 1, 2})
	run("{{range 3}}{{.}}{{end}} {{slice \"abcdef\" 1 3}} {{html \"<a>\"}} {{js \"'\"}} {{print 1 2 \"x\"}} {{lt 1 2}}", nil)
	run("{{ .X", nil)
	run("{{eq .A .B}} {{lt .A .B}}", struct{ A, B Money }{1, 2})
	run("{{range $x := .}}{{if gt $x.Qty 1}}{{break}}{{end}}{{$x.Name}}{{else}}none{{end}}", o.Items)

	h := htmpl.Must(htmpl.New("h").Parse(`<a href="/x?q={{.Name}}" title='{{.Name}}' onclick="f({{.}})">{{.Name}} {{.Total}} {{.Link}}</a><script>var x = {{.}};</script>` + "\n"))
	err := h.Execute(os.Stdout, Page{Item{"<b>&\"x", 2, 3}, htmpl.HTML("<i>ok</i>")})
	fmt.Println(err)
	htmpl.Must(htmpl.New("l").Parse("{{range .}}<li>{{.}}</li>{{end}}\n")).Execute(os.Stdout, []Money{1, 2.5})
}

type Page struct {
	Item
	Link htmpl.HTML
}
