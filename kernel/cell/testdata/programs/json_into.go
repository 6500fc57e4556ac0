// Decoding JSON into what has values already, and the errors of both directions.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

type Celsius float64
type Lv int

func (l *Lv) UnmarshalText(b []byte) error { *l = Lv(len(b)); return nil }

type Pos struct {
	X, Y int
}
type Emb struct{ E Celsius }
type Conf struct {
	Emb
	Name string  `json:"name"`
	T    Celsius `json:"t"`
	P    Pos     `json:"p"`
	PP   *Pos    `json:"pp"`
	L    []Pos   `json:"l"`
	Ls   []Lv    `json:"ls"`
	Lv   Lv      `json:"lv"`
	M    map[string]Pos
	MM   map[string]map[Lv]Lv
	Any  any
	priv []Lv
	Self *Conf
	F    func() `json:"-"`
	A    [2]Lv
	Is   []any
}
type Bad struct{}

func (Bad) MarshalJSON() ([]byte, error) { return []byte("{bad"), nil }

type T struct{ A int }

func (T) MarshalJSON() ([]byte, error) { return nil, errors.New("no way") }

type U struct {
	X int
	T T
	N *Inner
}
type Inner struct {
	Q Tm
	L []Inner
	M map[string]Inner
	K int
}
type Tm int

func (t *Tm) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, (*int)(t)) }

type K struct{ a int }

func (K) MarshalText() ([]byte, error) { return nil, errors.New("tt") }

func try(c *Conf, s string) {
	err := json.Unmarshal([]byte(s), c)
	shown := *c
	shown.PP, shown.Self = nil, nil
	fmt.Printf("%s: %v\n  %+v\n", s, err, shown)
	var e *json.UnmarshalTypeError
	if errors.As(err, &e) {
		fmt.Println("  ", e.Struct, "|", e.Field, "|", e.Value, "|", e.Type)
	}
}

func main() {
	c := &Conf{Name: "n", L: []Pos{{1, 2}, {3, 4}}, Ls: []Lv{7, 8, 9}, M: map[string]Pos{"a": {5, 6}}, MM: map[string]map[Lv]Lv{"q": {1: 2}}, priv: []Lv{1}, A: [2]Lv{3, 4}, Any: 5, Lv: 4}
	try(c, `{}`)
	try(c, `{"name":"x"}`)
	try(c, `{"l":[{"X":9}]}`)
	try(c, `{"l":[{"X":8},{"Y":7},{"X":6}],"ls":["abcd"]}`)
	try(c, `{"M":{"a":{"X":1},"b":{}},"MM":{"q":{"zz":"yyy"},"r":{}}}`)
	try(c, `{"M":null,"ls":null,"A":["x"]}`)
	try(c, `{"t":"x"}`)
	try(c, `{"p":5}`)
	try(c, `{"p":{"X":"s"}}`)
	try(c, `{"pp":{"Y":1.5}}`)
	try(c, `{"l":[{"Y":true}]}`)
	try(c, `{"l":5}`)
	try(c, `{"lv":5}`)
	try(c, `{"E":"s"}`)
	try(c, `{"Self":{"Self":{"t":[]}}}`)
	try(c, `{"M":{"k":{"X":"s"}}}`)
	try(c, `[1]`)
	try(c, `{"ls":[1]}`)
	try(c, `{"Is":[1,{"a":2}], "Any":{"b":[]}}`)
	var ps []Pos
	fmt.Println(json.Unmarshal([]byte(`[{"X":1},"s"]`), &ps), ps)
	var m map[Lv]Celsius
	fmt.Println(json.Unmarshal([]byte(`{"abc":1.5,"d":"x"}`), &m), m)
	var e *json.MarshalerError
	_, err := json.Marshal(map[string]any{"x": Bad{}})
	fmt.Println(err, errors.As(err, &e))
	fmt.Println(e.Type, e.Err)
	var ce Celsius
	fmt.Println(json.Unmarshal([]byte(`"x"`), &ce))
	for _, x := range []any{T{}, U{}, []U{{}}, map[string]any{"a": &T{}}, map[K]int{{}: 1}, map[K]int{}, K{}, struct{ F func() }{}} {
		_, err := json.Marshal(x)
		fmt.Println(err)
	}
	in := Inner{K: 5, L: []Inner{{K: 6}, {K: 7, Q: 3}}, M: map[string]Inner{"a": {K: 1}}}
	for _, s := range []string{
		`{"Q":1}`, `{"L":[{"Q":2},{},{"K":9}],"M":{"b":{"Q":4}}}`, `{"L":[],"M":null}`,
		`{"L":[{"K":"x"}]}`, `{"L":[{"Q":"x"}]}`, `{"Q":"x"}`,
	} {
		err := json.Unmarshal([]byte(s), &in)
		fmt.Println(err, in, in.L == nil)
	}
	json.NewEncoder(os.Stdout).Encode(c)
}
