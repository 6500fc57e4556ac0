package ansi

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

func TestHTML(t *testing.T) {
	tests := []struct{ text, want string }{
		{"plain <b>", "plain &lt;b&gt;"},
		{"\x1b[31mred\x1b[0m no", `<span class="ansi-red-fg">red</span> no`},
		{"\x1b[1;94mbold", `<span class="ansi-bright-blue-fg ansi-bold">bold</span>`},
		{"\x1b[41;37mx\x1b[39my\x1b[49mz", `<span class="ansi-white-fg ansi-red-bg">x</span><span class="ansi-red-bg">y</span>z`},
		{"\x1b[2;3;4;9mx\x1b[22;23;24;29my", `<span class="ansi-faint ansi-italic ansi-underline ansi-strike">x</span>y`},
		{"\x1b[7mx\x1b[27my", `<span class="ansi-default-inverse-fg ansi-default-inverse-bg">x</span>y`},
		{"\x1b[7;32mx", `<span class="ansi-default-inverse-fg ansi-green-bg">x</span>`},
		{"\x1b[38;5;9mx", `<span class="ansi-bright-red-fg">x</span>`},
		{"\x1b[38;5;196mx", `<span style="color:rgb(255,0,0)">x</span>`},
		{"\x1b[48;5;244mx", `<span style="background-color:rgb(128,128,128)">x</span>`},
		{"\x1b[38;2;1;2;300;1mx", `<span class="ansi-bold" style="color:rgb(1,2,255)">x</span>`},
		{"\x1b[106mx", `<span class="ansi-bright-cyan-bg">x</span>`},
		{"\x1b[mx\x1b[38mx", "xx"},
		{"a\x1b[2Kb\x1b[?25lc\x1b]0;title\ad\x1b]8;;u\x1b\\e\x1b(Bf\x1b7g", "abcdefg"},
		{"cut \x1b", "cut "},
		{"cut \x1b[3", "cut "},
		{"cut \x1b]0;", "cut "},
		{"\x1bé", "é"},
	}
	for _, tt := range tests {
		if got := HTML(tt.text); got != tt.want {
			t.Errorf("HTML(%q)\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestStrip(t *testing.T) {
	if got, want := Strip("\x1b[1;31mpanic\x1b[0m: x\x1b[K\x1b"), "panic: x"; got != want {
		t.Errorf("Strip = %q, want %q", got, want)
	}
}

func TestSettle(t *testing.T) {
	tests := []struct{ text, want string }{
		{"as it is\n", "as it is\n"},
		{"10%\r50%\r100%\n", "100%\n"},
		{"longer\rab\n", "abnger\n"},
		{"a\r\nb\r\n", "a\nb\n"},
		{"ab\b\bc", "cb"},
		{"é😀\rü", "ü😀"},
		{"done\r", "done"},
		{"longer\x1b[2K\rab", "ab"},
		{"longer\rab\x1b[K", "ab"},
		{"ab\x1b[2Kc", "ab\x1b[2Kc"}, // it does not go back: as it is
		{"abc\b\x1b[2Kd", "  d"},
		{"\x1b[31mred\x1b[0m\rR", "R\x1b[0;31med\x1b[0m"},
		{"\x1b[1;38;5;196mab\n\x1b[94mcd\b\x1b[0;7;102me", "\x1b[1;38;5;196mab\n\x1b[0;1;94mc\x1b[0;7;102me"},
		{"\x1b[38;5;196mab\b\x1b[9mc\b\x1b[48;5;244md", "\x1b[0;38;2;255;0;0ma\x1b[0;9;38;2;255;0;0;48;2;128;128;128md"},
		{"\b\bx", "x"},
	}
	for _, tt := range tests {
		if got := Settle(tt.text); got != tt.want {
			t.Errorf("Settle(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"\x1b[31mx", "\x1b[38;5", "a\rb\bc", "\x1b]\x1b\\", "<&\x1b[999;1m>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := html.UnescapeString(tags.ReplaceAllString(HTML(text), "")), html.UnescapeString(html.EscapeString(Strip(text))); got != want {
			t.Errorf("HTML(%q) holds the text %q, want %q", text, got, want)
		}
		if settled := Settle(text); strings.ContainsAny(Strip(settled), "\b") {
			t.Errorf("Settle(%q) = %q still goes back", text, settled)
		}
	})
}
