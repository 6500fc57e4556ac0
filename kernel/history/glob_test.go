package history

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestGlob(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"abc", "abc", true},
		{"abc", "abcd", false},
		{"ABC", "abc", false},
		{"*", "", true},
		{"*", "two\nlines", true},
		{"**", "x", true},
		{"a*", "a", true},
		{"a*c", "abbc", true},
		{"a*c", "abcb", false},
		{"*abab*c", "abacababdc", true},
		{"*aab", "aaaab", true},
		{"?", "", false},
		{"?", "é", true},
		{"?", "\n", true},
		{"??", "é", false},
		{"[abc]", "b", true},
		{"[abc]", "d", false},
		{"[a-c]x", "bx", true},
		{"[c-a]", "b", false},
		{"[a-]", "-", true},
		{"[-a]", "-", true},
		{"[^a-c]", "b", false},
		{"[^a-c]", "d", true},
		{"[!a-c]", "d", true},
		{"[^a]", "", false},
		{"[à-ü]", "é", true},
		{"[]]", "]", true},
		{"[^]]", "]", false},
		{"[^]]", "x", true},
		{"[]a]b", "ab", true},
		{"[*]", "*", true},
		{"[*]", "x", false},
		{"[x", "[x", true},
		{"[x", "x", false},
		{"[", "[", true},
		{"[^", "[^", true},
		{"[]", "[]", true},
		{"*[]int*", "x := []int{1}", true},
		{`\*`, `\anything`, true},
		{"fmt.*", "fmt.Println(1)", true},
		{"\xff", "\xff", true},
		{"?", "\xff", true},
	}
	for _, tt := range tests {
		if got := Compile(tt.pattern).Match(tt.text); got != tt.want {
			t.Errorf("%q matches %q: %v, want %v", tt.pattern, tt.text, got, tt.want)
		}
	}
}

// TestGlobIsQuick would not end in the life of a tester if every star were tried
// with every length of every other.
func TestGlobIsQuick(t *testing.T) {
	if Compile(strings.Repeat("a*", 200) + "b").Match(strings.Repeat("a", 5000)) {
		t.Error("a text without b matches a pattern that ends in b")
	}
}

// matchSlowly is what Match has to do, written down as it is said.
func matchSlowly(pattern, text []rune) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	if pattern[0] == '*' {
		return matchSlowly(pattern[1:], text) || len(text) > 0 && matchSlowly(pattern, text[1:])
	}
	if len(text) == 0 {
		return false
	}
	if pattern[0] == '[' {
		i, not := 1, false
		if i < len(pattern) && strings.ContainsRune("^!", pattern[i]) {
			i, not = i+1, true
		}
		in, closed := false, false
		for first := i; i < len(pattern); {
			if pattern[i] == ']' && i > first {
				closed = true
				break
			}
			if i+2 < len(pattern) && pattern[i+1] == '-' && pattern[i+2] != ']' {
				in = in || pattern[i] <= text[0] && text[0] <= pattern[i+2]
				i += 3
				continue
			}
			in = in || pattern[i] == text[0]
			i++
		}
		if closed {
			return in != not && matchSlowly(pattern[i+1:], text[1:])
		}
	}
	return (pattern[0] == '?' || pattern[0] == text[0]) && matchSlowly(pattern[1:], text[1:])
}

func FuzzGlob(f *testing.F) {
	for _, pattern := range []string{"a*b*c", "[a-c]*[^x]", "*[]int*", "[!]", "[]-a]", "[a-]", "?[?]*", "[^^]", "é*\xff", "[a]]-]"} {
		for _, text := range []string{"", "abc", "[]int", "é\xff", "a-]"} {
			f.Add(pattern, text)
		}
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if utf8.RuneCountInString(pattern) > 12 || utf8.RuneCountInString(text) > 24 {
			t.Skip("the reference would take too long")
		}
		got, want := Compile(pattern).Match(text), matchSlowly([]rune(pattern), []rune(text))
		if got != want {
			t.Errorf("%q matches %q: %v, want %v", pattern, text, got, want)
		}
	})
}

func BenchmarkGlob(b *testing.B) {
	g := Compile("*Print*7*")
	for i := range b.N {
		g.Match(fmt.Sprintf("for i := range 10 { fmt.Println(i, %d) }", i))
	}
}
