package display

import "testing"

type disc struct{ Radius int }

func (c disc) String() string { return "a disc" }

type drawnDisc struct{ c disc }

func (d drawnDisc) Display() Bundle {
	return Bundle{Data: map[string]any{MIMESVG: "<svg/>", MIMEPlain: "drawn"}}
}

func TestSetPictures(t *testing.T) {
	asked := 0
	SetPictures(func(v any) (Displayer, bool) {
		asked++
		c, ok := v.(disc)
		return drawnDisc{c}, ok
	})
	t.Cleanup(func() { SetPictures(nil) })
	for _, test := range []struct {
		v      any
		svg    bool
		plain  string // of Render
		quick  string // of Plain
		called int
	}{
		{disc{1}, true, "drawn", "a disc", 1},
		{standIn{disc{1}, ""}, true, "drawn", "a disc", 1},
		{standIn{disc{1}, "the cell's text"}, true, "the cell's text", "the cell's text", 1},
		{word("x"), false, "word x", "word x", 1},
		{drawnDisc{}, true, "drawn", "drawn", 0},
		{nil, false, "nil", "nil", 0},
		{(*disc)(nil), false, "(*display.disc)(nil)", "(*display.disc)(nil)", 0},
	} {
		asked = 0
		b := Render(test.v)
		if _, svg := b.Data[MIMESVG]; svg != test.svg || b.Data[MIMEPlain] != test.plain || asked != test.called {
			t.Errorf("%#v shows as %v after %d questions; want %q, a picture: %t, after %d", test.v, b.Data, asked, test.plain, test.svg, test.called)
		}
		asked = 0
		if got := Plain(test.v); got != test.quick || asked != 0 {
			t.Errorf("%#v reads %q after %d questions; want %q after none", test.v, got, asked, test.quick)
		}
	}
	SetPictures(nil)
	if b := Render(disc{1}); b.Data[MIMEPlain] != "a disc" {
		t.Errorf("without pictures it shows as %v", b.Data)
	}
}
