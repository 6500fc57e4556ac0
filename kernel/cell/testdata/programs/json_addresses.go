// Methods of pointers, where package json has an address.
package main

import (
	"encoding/json"
	"fmt"
	"strconv"
)

type ref int

func (r *ref) MarshalJSON() ([]byte, error) {
	return []byte(strconv.Quote(fmt.Sprint("ref ", int(*r)))), nil
}

type txt struct{ n int }

func (t *txt) MarshalText() ([]byte, error) { return []byte(fmt.Sprint("txt ", t.n)), nil }

type both struct {
	A  ref
	B  txt
	C  *ref
	D  []ref
	E  [2]txt
	M  map[string]ref
	I  any
	In struct{ R ref }
}
type emb struct {
	both2
	X int
}
type both2 struct{ A ref }

func main() {
	show := func(x any) { b, err := json.Marshal(x); fmt.Println(string(b), err) }
	r := ref(1)
	b := both{A: 1, B: txt{2}, C: &r, D: []ref{3, 4}, M: map[string]ref{"k": 5}, I: ref(6)}
	show(b)
	show(&b)
	show([]both{b})
	show([]ref{7})
	show(&r)
	show(r)
	show([1]ref{8})
	show(&[1]ref{9})
	show([]txt{{1}})
	show(map[string]both{"m": b})
	show(&emb{both2{1}, 2})
	show(emb{both2{1}, 2})
	show(struct{ P *both }{&b})
	show([]*both{&b})
	show(any(&b))
}
