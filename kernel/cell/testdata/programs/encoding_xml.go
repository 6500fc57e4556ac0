package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"time"
)

type Address struct {
	City, State string
}

type Color int

func (c Color) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("color-%d", int(c))), nil }
func (c *Color) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "color-%d", (*int)(c))
	return err
}

type Person struct {
	XMLName xml.Name `xml:"person"`
	Id      int      `xml:"id,attr"`
	First   string   `xml:"name>first"`
	Last    string   `xml:"name>last"`
	Age     int      `xml:"age"`
	Height  float32  `xml:"height,omitempty"`
	Married bool
	Address
	Comment string   `xml:",comment"`
	Fav     Color    `xml:"fav"`
	FavA    Color    `xml:"fava,attr"`
	Tags    []string `xml:"tags>tag"`
	secret  int
}

type Item struct {
	Name  string
	Price float64
}

type List[T any] struct {
	Items []T
}

type Node struct {
	Val  int
	Kids []*Node
	Next *Node
}

type Temp float64

func (t Temp) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(fmt.Sprintf("%.1fC", float64(t)), start)
}

func (t *Temp) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	var s string
	if err := d.DecodeElement(&s, &start); err != nil {
		return err
	}
	_, err := fmt.Sscanf(s, "%fC", (*float64)(t))
	return err
}

type Weather struct {
	At  time.Time
	Max Temp
	Min *Temp
}

func main() {
	v := &Person{Id: 13, First: "John", Last: "Doe", Age: 42, Fav: 3, FavA: 4, Tags: []string{"a", "b"}}
	v.Comment = " Need more details. "
	v.Address = Address{"Hanga Roa", "Easter Island"}
	out, err := xml.MarshalIndent(v, " ", "  ")
	fmt.Println(string(out), err)

	var p Person
	err = xml.Unmarshal(out, &p)
	fmt.Printf("%+v %v\n", p, err)

	out, err = xml.Marshal(Item{"x", 1.5})
	fmt.Println(string(out), err)
	out, err = xml.Marshal([]Item{{"x", 1.5}, {"y", 2}})
	fmt.Println(string(out), err)
	var it Item
	fmt.Println(xml.Unmarshal([]byte("<Item><Name>q</Name><Price>2.5</Price></Item>"), &it), it)
	fmt.Println(xml.Unmarshal([]byte("<Item><Name>q</Name><Price>bad</Price></Item>"), &it), it)

	out, err = xml.Marshal(List[Item]{[]Item{{"g", 1}}})
	fmt.Println(string(out), err)
	var l List[Item]
	fmt.Println(xml.Unmarshal([]byte("<L><Items><Name>a</Name></Items><Items><Name>b</Name></Items></L>"), &l), l)

	out, err = xml.Marshal(Node{1, []*Node{{Val: 2}, {Val: 3, Next: &Node{Val: 9}}}, nil})
	fmt.Println(string(out), err)
	var n Node
	fmt.Println(xml.Unmarshal(out, &n), n.Kids[1].Next.Val, len(n.Kids))

	m := Temp(-3)
	w := Weather{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), 21.55, &m}
	out, err = xml.Marshal(w)
	fmt.Println(string(out), err)
	var w2 Weather
	fmt.Println(xml.Unmarshal(out, &w2), w2.At, w2.Max, *w2.Min)

	enc := xml.NewEncoder(os.Stdout)
	enc.Indent("", "\t")
	fmt.Println(enc.Encode(it))
	fmt.Println(enc.EncodeElement(it, xml.StartElement{Name: xml.Name{Local: "other"}}))
	dec := xml.NewDecoder(strings.NewReader("<root><Item><Name>1</Name></Item><Item><Name>2</Name></Item></root>"))
	for {
		tok, err := dec.Token()
		if err != nil {
			fmt.Println(err)
			break
		}
		if se, ok := tok.(xml.StartElement); ok && se.Name.Local == "Item" {
			var i Item
			fmt.Println(dec.DecodeElement(&i, &se), i)
		}
	}
	type local struct {
		A int
		B struct{ C string }
	}
	out, err = xml.Marshal(local{A: 1})
	fmt.Println(string(out), err)
	_, err = xml.Marshal(map[string]int{"a": 1})
	fmt.Println(err)
	_, err = xml.Marshal(struct{ F func() }{})
	fmt.Println(err)
}
