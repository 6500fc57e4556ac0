package display

import (
	"encoding/xml"
	"math/big"
	"strings"
	"testing"
)

func TestTablePlain(t *testing.T) {
	tests := []struct {
		name string
		t    *Table
		want string
	}{
		{"numbers on the right", NewTable("op", "params", "acc").Add("conv", 160, 0.5).Add("max pool", 12832, 0.931),
			"op        params    acc\n────────  ──────  ─────\nconv         160  0.500\nmax pool   12832  0.931"},
		{"exponents", NewTable("x").Add(1e-9).Add(2.5), "    x\n─────\n1e-09\n  2.5"},
		{"wide characters", NewTable("a", "b").Add("日本", 1).Add("é", 2), "a     b\n────  ─\n日本  1\né     2"},
		{"caption and names", NewTable("v").Captioned("Two").Named("a", 1).Named("bb", 2), "Two\n    v\n──  ─\na   1\nbb  2"},
		{"ragged", NewTable("a", "b").Add(1).Add(1, 2, "x"), "a  b\n─  ─  ─\n1\n1  2  x"},
		{"blank and nil", NewTable("a").Add(nil).Add(3), "a\n─\n\n3"},
		{"no header", (&Table{}).Add("a", 1), "a  1"},
		{"lines are folded", NewTable("a").Add("x\ny"), "a\n───\nx y"},
		{"empty", &Table{}, "empty table"},
		{"header only", NewTable("a", "b"), "a  b\n─  ─"},
		{"long cells", NewTable("a").Add(strings.Repeat("x", 100)), "a\n" + strings.Repeat("─", 48) + "\n" + strings.Repeat("x", 47) + "…"},
		{"total", &Table{Columns: []string{"a"}, Rows: [][]any{{1}}, Total: 12345}, "a\n─\n1\n1 of 12\u202f345 rows"},
		{"big integers", NewTable("n").Add(big.NewInt(5)).Add(big.NewInt(-12345678901)).Add(7),
			"              n\n───────────────\n              5\n-12\u202f345\u202f678\u202f901\n              7"},
		{"stringers are text", NewTable("a").Add(word("x")), "a\n──────\nword x"},
	}
	for _, tt := range tests {
		if got := tt.t.Display().Data[MIMEPlain]; got != tt.want {
			t.Errorf("%s:\ngot\n%v\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// A long caption makes no wide table; the text form has it whole.
func TestLongCaption(t *testing.T) {
	long := strings.Repeat("op, ", 100)
	b := NewTable("a").Add(1).Captioned(long).Display()
	if html, _ := b.Data[MIMEHTML].(string); len(html) > 400 {
		t.Errorf("the caption is not shortened: %s", html)
	}
	if text, _ := b.Data[MIMEPlain].(string); !strings.HasPrefix(text, long) {
		t.Errorf("the text is %q", text)
	}
}

func TestTableHTMLSurvives(t *testing.T) {
	s := NewTable("<a>", "b").Captioned("A & B").Named("r", "<script>alert(1)</script>", 1.5).Display().Data[MIMEHTML].(string)
	d := xml.NewDecoder(strings.NewReader("<div>" + s + "</div>"))
	for {
		tok, err := d.Token()
		if err != nil {
			break
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "p":
		default:
			t.Errorf("the table has a <%s> element", e.Name.Local)
		}
		for _, a := range e.Attr {
			if a.Name.Local != "style" || strings.Contains(a.Value, "color") || strings.Contains(a.Value, "background") {
				t.Errorf("<%s> has the attribute %s=%q", e.Name.Local, a.Name.Local, a.Value)
			}
		}
	}
	if _, err := d.Token(); err == nil || err.Error() != "EOF" {
		t.Errorf("the table is not well-formed: %v", err)
	}
	if !strings.Contains(s, `<td style="text-align:right">1.5</td>`) {
		t.Errorf("the number is not on the right: %s", s)
	}
}

func TestShortNumbers(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.931: "0.931", 12.5: "12.5", 1797: "1797", 123456.789: "123457", 2.5e-5: "2.5e-05", 0.00012345: "0.0001234", 1e12: "1e+12", -0.25: "-0.25",
	} {
		if got := short(v); got != want {
			t.Errorf("short(%g) = %s, want %s", v, got, want)
		}
	}
	if got := grouped(-1234567); got != "-1\u202f234\u202f567" {
		t.Errorf("grouped(-1234567) = %q", got)
	}
}
