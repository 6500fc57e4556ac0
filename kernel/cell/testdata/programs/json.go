// JSON of types with everything that it looks at.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

type Level int

func (l Level) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("L%d", int(l))), nil }
func (l *Level) UnmarshalText(b []byte) error {
	if len(b) < 2 || b[0] != 'L' {
		return errors.New("bad level " + string(b))
	}
	*l = Level(b[1] - '0')
	return nil
}

type Temp float64

func (t Temp) MarshalJSON() ([]byte, error) {
	return []byte(fmt.Sprintf(`{"deg":%g}`, float64(t))), nil
}
func (t *Temp) UnmarshalJSON(b []byte) error {
	var x struct{ Deg float64 }
	err := json.Unmarshal(b, &x)
	*t = Temp(x.Deg)
	return err
}

type Base struct {
	ID   int    `json:"id"`
	Note string `json:",omitempty"`
}
type hidden struct{ Secret string }
type Node struct {
	Val  int
	Next *Node  `json:"next,omitempty"`
	Kids []Node `json:"kids,omitempty"`
}
type Extra struct{ Bonus float64 }
type All struct {
	Base
	hidden
	*Extra
	Name   string `json:"name"`
	skip   int
	Level  Level
	Temp   *Temp
	Temps  []Temp
	ByLvl  map[Level]Temp
	Tree   *Node
	When   time.Time
	Any    any
	Raw    json.RawMessage
	Opt    *string
	Inner  struct{ X, Y int } `json:"inner"`
	Grid   [2][]Level
	Ignore string `json:"-"`
	Bytes  []byte
	Str    int   `json:",string"`
	Err    error `json:",omitempty"`
}

func main() {
	s := "opt"
	t := Temp(36.6)
	a := All{
		Base: Base{ID: 7}, hidden: hidden{"s"}, Extra: &Extra{1.5}, Name: "n", skip: 3, Level: 4, Temp: &t, Temps: []Temp{1, 2},
		ByLvl: map[Level]Temp{1: 10, 2: 20}, Tree: &Node{1, &Node{Val: 2}, []Node{{Val: 3}, {Val: 4, Next: &Node{Val: 5}}}},
		When: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC), Any: map[string]any{"k": []int{1}}, Raw: json.RawMessage(`{"raw":true}`), Opt: &s,
		Grid: [2][]Level{{1}, {2, 3}}, Ignore: "x", Bytes: []byte("hi"), Str: 12,
	}
	a.Inner.X = 5
	out, err := json.MarshalIndent(a, "", " ")
	fmt.Println(string(out), err)
	var b All
	b.Name, b.skip = "old", 99
	b.Note = "kept"
	b.Extra = &Extra{}
	fmt.Println(json.Unmarshal(out, &b))
	fmt.Println(b.ID, b.Note, b.Secret, b.Extra.Bonus, b.Name, b.skip, int(b.Level), float64(*b.Temp), len(b.Temps), float64(b.Temps[1]), len(b.ByLvl), float64(b.ByLvl[2]))
	fmt.Println(b.Tree.Val, b.Tree.Next.Val, b.Tree.Next.Next == nil, len(b.Tree.Kids), b.Tree.Kids[1].Next.Val, b.When, b.Any, string(b.Raw), *b.Opt, b.Inner, b.Grid, b.Ignore, string(b.Bytes), b.Str)
	b.Note = ""
	again, _ := json.MarshalIndent(b, "", " ")
	fmt.Println(bytes.Equal(again, out))

	p := b.Tree
	fmt.Println(json.Unmarshal([]byte(`{"Tree":{"Val":100},"Temp":null,"Opt":null,"Level":"L9","name":null}`), &b))
	fmt.Println(b.Tree == p, b.Tree.Val, b.Tree.Next.Val, b.Temp == nil, b.Opt == nil, int(b.Level), b.Name)

	var list []Base
	fmt.Println(json.Unmarshal([]byte(`[{"ID":1},{"id":2,"Note":"x"}]`), &list), list)
	var m map[string]*All
	fmt.Println(json.Unmarshal([]byte(`{"a":{"id":3,"Bonus":2.5}}`), &m), m["a"].ID, m["a"].Bonus)
	var lv Level
	fmt.Println(json.Unmarshal([]byte(`"L6"`), &lv), int(lv), json.Unmarshal([]byte(`"x"`), &lv))
	var wrong Base
	err = json.Unmarshal([]byte(`{"id":"x","Note":"still"}`), &wrong)
	fmt.Println(err, wrong)
	var te *json.UnmarshalTypeError
	fmt.Println(errors.As(err, &te), te.Field, te.Value, te.Offset, te.Struct)
	err = json.Unmarshal([]byte(`{"id":`), &wrong)
	var se *json.SyntaxError
	fmt.Println(err, errors.As(err, &se))
	dec := json.NewDecoder(strings.NewReader(`{"id":1}{"id":2} {"unknown":3}`))
	dec.DisallowUnknownFields()
	for {
		var x struct {
			Base
			More []Level
		}
		if err := dec.Decode(&x); err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println(x)
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent(">", "  ")
	fmt.Println(enc.Encode(map[string]any{"base": Base{1, "<n>"}, "levels": []Level{1}, "err": nil}))
	var anyv any = &Base{}
	fmt.Println(json.Unmarshal([]byte(`{"id":5}`), anyv), anyv.(*Base).ID)
}
