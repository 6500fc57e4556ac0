// Functions of the struct that they are fields of.
package main

import "fmt"

type Ctx struct {
	handlers []func(*Ctx)
	named    map[string]func(*Ctx) error
	one      func(*Ctx) *Ctx
	idx      int
	log      []string
}

func (c *Ctx) Next() {
	for c.idx < len(c.handlers) {
		h := c.handlers[c.idx]
		c.idx++
		h(c)
	}
}

type HandlerFunc func(*Engine)
type Engine struct {
	hs  []HandlerFunc
	mw  map[string][]HandlerFunc
	n   int
	val func(Engine) int
}

type State struct {
	trans map[rune]func(State) State
	acc   string
}

type Option func(*Server) error
type Server struct {
	opts []Option
	addr string
}

type Node struct {
	visit func(n *Node, depth int) bool
	kids  []*Node
	eval  func(map[string]*Node, ...Node) []Node
}

func main() {
	c := &Ctx{named: map[string]func(*Ctx) error{}}
	c.handlers = append(c.handlers, func(c *Ctx) { c.log = append(c.log, "a"); c.Next(); c.log = append(c.log, "a2") }, func(c *Ctx) { c.log = append(c.log, "b") })
	c.Next()
	c.named["x"] = func(c *Ctx) error { return fmt.Errorf("idx %d", c.idx) }
	c.one = func(c *Ctx) *Ctx { c.idx = 100; return c }
	fmt.Println(c.log, c.named["x"](c), c.one(c) == c, c.idx)
	for _, h := range c.handlers {
		h(c)
	}
	for k, h := range c.named {
		fmt.Println(k, h(c))
	}
	e := &Engine{mw: map[string][]HandlerFunc{}}
	e.hs = []HandlerFunc{func(e *Engine) { e.n++ }, func(e *Engine) { e.n *= 10 }}
	e.mw["p"] = append(e.mw["p"], e.hs...)
	for _, h := range e.mw["p"] {
		h(e)
	}
	e.val = func(e Engine) int { return e.n + 1 }
	fmt.Println(e.n, e.val(*e))
	s := State{trans: map[rune]func(State) State{}}
	s.trans['a'] = func(s State) State { s.acc += "A"; return s }
	s.trans['b'] = func(s State) State { s.acc += "B"; return s }
	for _, r := range "abba" {
		s = s.trans[r](s)
	}
	fmt.Println(s.acc)
	srv := &Server{opts: []Option{func(s *Server) error { s.addr = ":80"; return nil }}}
	for _, o := range srv.opts {
		fmt.Println(o(srv), srv.addr)
	}
	n := &Node{kids: []*Node{{}, {}}}
	n.visit = func(n *Node, d int) bool {
		for _, k := range n.kids {
			k.visit = n.visit
			k.visit(k, d+1)
		}
		return d > 0
	}
	fmt.Println(n.visit(n, 0), n.kids[0].visit(n, 1))
	n.eval = func(m map[string]*Node, ns ...Node) []Node { return append(ns, *m["a"]) }
	fmt.Println(len(n.eval(map[string]*Node{"a": n}, *n, *n)))
	hs := c.handlers
	hs[1](c)
	f := c.one
	fmt.Println(f(c).idx, len(c.log))
	p := &c.one
	fmt.Println((*p)(c) == c)
	var x any = c.handlers
	if hs, ok := x.([]func(*Ctx)); ok {
		hs[1](c)
	}
	x = c.one
	if g, ok := x.(func(*Ctx) *Ctx); ok {
		fmt.Println(g(c).idx)
	}
}
