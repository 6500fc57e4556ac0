package viz

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
	"github.com/nascent-go/nascent/nasext/space"
)

// longText is the number of nodes above which a table of them is no text to put
// beside a picture.
const longText = 200

// Picture is what a value of nasext looks like where it is shown as it is, such as
// in the last line of a cell: an architecture as its graph, a genotype or a cell of
// NAS-Bench-101 as cells, the zoo and a search space as tables. It is false for all other values. A
// program hands it to display.SetPictures.
func Picture(v any) (display.Displayer, bool) {
	switch x := v.(type) {
	case *arch.Arch:
		if x == nil {
			return nil, false
		}
		text := ""
		if len(x.Nodes) <= longText {
			text = x.String()
		}
		return picture{Architecture(x), text}, true
	case arch.Arch:
		return Picture(&x)
	case cell.Genotype:
		return picture{Genotype(x), x.String()}, true
	case space.NB101Cell:
		return vertices(x), true
	case zoo.Table:
		return picture{Zoo(x), x.String()}, true
	case space.Space:
		return Space(x), !missing(x)
	}
	return nil, false
}

// missing says whether a value is a nil pointer.
func missing(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// mostDecisions is how many decisions Space lists.
const mostDecisions = 30

// Space is a table of what a search space asks for: the decisions on the way to its
// first architecture, with their options. Others may follow other choices.
func Space(s space.Space) *display.Table {
	out := display.NewTable("decision", "options")
	g, err := space.First(s)
	if err != nil {
		return out.Captioned(err.Error())
	}
	out.Captioned(s.Name())
	if sized, ok := s.(space.Sizer); ok {
		out.Caption += fmt.Sprintf(": %v genotypes", sized.Size())
	}
	if u, ok := s.(space.Uniquer); ok {
		out.Caption += fmt.Sprintf(", %d different architectures", u.UniqueSize())
	}
	out.Total = len(g)
	for i := range min(len(g), mostDecisions) {
		d, _, err := s.Next(g[:i])
		if err != nil {
			return out.Captioned(err.Error())
		}
		out.Add(d.Name, strings.Join(d.Options, ", "))
	}
	return out
}

// picture is a picture with a text of its own, if that is not empty.
type picture struct {
	display.Displayer
	text string
}

func (p picture) Display() display.Bundle {
	b := p.Displayer.Display()
	if p.text != "" {
		b.Data[display.MIMEPlain] = p.text
	}
	return b
}

// Zoo is a table of published networks: what is computed of each beside what is
// published.
func Zoo(t zoo.Table) *display.Table {
	out := display.NewTable("network", "input", "classes", "parameters", "published", "MACs", "published", "source", "paper")
	known := func(n int64) any {
		if n == 0 {
			return nil
		}
		return n
	}
	for _, n := range t {
		out.Add(n.Name, n.Input.String(), n.Classes, n.Params, known(n.PublishedParams), n.MACs, known(n.PublishedMACs), n.Source, n.Paper)
	}
	return out
}
