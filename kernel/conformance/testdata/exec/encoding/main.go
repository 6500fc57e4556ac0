// JSON, CSV, base64, hashes, binary, gob: reflection on the program's own types.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
)

type level int

func (l level) MarshalText() ([]byte, error) { return []byte(strings.Repeat("*", int(l))), nil }

type address struct {
	Street string `json:"street"`
	No     int    `json:"no,omitempty"`
}

type user struct {
	ID      int            `json:"id"`
	Name    string         `json:"name"`
	Emails  []string       `json:"emails,omitempty"`
	Address *address       `json:"address"`
	Extra   map[string]any `json:"extra,omitempty"`
	Level   level          `json:"level"`
}

type celsius float64

func (c celsius) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"c":%.1f}`, float64(c)), nil
}

func main() {
	u := user{ID: 1, Name: "Ada <a>", Address: &address{"Main", 0}, Level: 3, Extra: map[string]any{"b": 1, "a": []int{1, 2}}}
	out, err := json.Marshal(u)
	fmt.Println(string(out), err)
	var back user
	err = json.Unmarshal([]byte(`{"id":7,"name":"Bob","emails":["a","b"],"address":{"no":5},"extra":{"x":[1,"y",null,{"z":true}]}}`), &back)
	fmt.Printf("%+v %v %+v\n", back.Address, err, back.Extra)
	fmt.Println(back.ID, back.Emails, back.Level)
	err = json.Unmarshal([]byte(`{"id":1,}`), &back)
	fmt.Println(err)
	out, err = json.MarshalIndent([]any{celsius(21.55), map[string]celsius{"t": 1}, nil, "é\u2028"}, "", "  ")
	fmt.Println(string(out), err)
	dec := json.NewDecoder(strings.NewReader(`{"Street":"s","unknown":1}`))
	dec.DisallowUnknownFields()
	fmt.Println(dec.Decode(&address{}))
	enc := json.NewEncoder(os.Stdout)
	enc.SetEscapeHTML(false)
	enc.Encode(struct{ A, B string }{"<", ">"})

	t := reflect.TypeOf(u)
	for i := range t.NumField() {
		f := t.Field(i)
		fmt.Print(f.Name, ":", f.Type.Kind(), ":", f.Tag.Get("json"), " ")
	}
	fmt.Println(reflect.DeepEqual(u, u), reflect.ValueOf(u).Field(1))
	rows, err := csv.NewReader(strings.NewReader("a,b\n\"x,1\",\"say \"\"hi\"\"\"\n")).ReadAll()
	fmt.Printf("%q %v\n", rows, err)
	w := csv.NewWriter(os.Stdout)
	w.Write([]string{"q\"uote", "com,ma", "plain"})
	w.Flush()
	sum := sha256.Sum256([]byte("abc"))
	fmt.Println(hex.EncodeToString(sum[:4]), base64.StdEncoding.EncodeToString([]byte("any carnal pleas")))
	var buf bytes.Buffer
	err = binary.Write(&buf, binary.LittleEndian, struct {
		A uint16
		B int32
		C [2]uint8
	}{1, -2, [2]uint8{3, 4}})
	fmt.Printf("% x %v\n", buf.Bytes(), err)
	var hdr struct {
		A uint16
		B int32
	}
	fmt.Println(binary.Read(&buf, binary.LittleEndian, &hdr), hdr)
}
