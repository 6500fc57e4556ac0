package history

import (
	"fmt"
	"strings"
	"testing"
)

func TestRanges(t *testing.T) {
	tests := []struct{ words, want string }{
		{"", "0:1-"},
		{"4", "0:4-5"},
		{"4-6", "0:4-7"},
		{"4:6", "0:4-6"},
		{"4:4", ""},
		{"4-4", "0:4-5"},
		{"4-", "0:4-"},
		{"0", "0:0-1"},
		{"243/1-5", "243:1-6"},
		{"243/", "243:1-"},
		{"~2/", "-2:1-"},
		{"~2/7", "-2:7-8"},
		{"~4/4-", "-4:4-"},
		{"~0/3", "0:3-4"},
		{"~8/5-~6/4", "-8:5- -7:1- -6:1-5"},
		{"~8/1-~7/", "-8:1- -7:1-"},
		{"2/3-4/1", "2:3- 3:1- 4:1-2"},
		{"~8/5-~7/4 2", "-8:5- -7:1-5 0:2-3"},
	}
	for _, tt := range tests {
		all, err := Ranges(strings.Fields(tt.words))
		if err != nil {
			t.Errorf("%s: %v", tt.words, err)
		}
		var got []string
		for _, r := range all {
			stop := ""
			if r.Stop != nil {
				stop = fmt.Sprint(*r.Stop)
			}
			got = append(got, fmt.Sprintf("%d:%d-%s", r.Session, r.Start, stop))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s is %q, want %q", tt.words, got, tt.want)
		}
	}
}

func TestNoRanges(t *testing.T) {
	for word, want := range map[string]string{
		"x":                         "ranges are such as 3, 2-5",
		"-":                         "ranges are such as",
		"-5":                        "ranges are such as",
		"1-2-3":                     "ranges are such as",
		"~3":                        "ranges are such as",
		"5-2":                       "it ends before it begins",
		"~1/3-~2/4":                 "it ends before it begins",
		"4/1-2/1":                   "it ends before it begins",
		"240/1-~1/3":                "both sessions must be counted back",
		"~3/1-2/1":                  "both sessions must be counted back",
		"1/1-9999999/1":             "more than 1000 sessions",
		"99999999999999999999":      "too large a number",
		"1-99999999999999999999":    "too large a number",
		"~99999999999999999999/":    "too large a number",
		"1/1-99999999999999999999/": "too large a number",
	} {
		if _, err := Ranges([]string{"1", word}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v, want an error that says %q", word, err, want)
		}
	}
}

func FuzzRanges(f *testing.F) {
	for _, word := range []string{"4", "~8/1-~6/5", "243/1:5", "1/-3/", "x"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		all, err := Ranges([]string{word})
		if (err == nil) && !IsRange(word) {
			t.Errorf("%q is no range and gives %v", word, all)
		}
		for _, r := range all {
			if r.Start < 0 || r.Stop != nil && *r.Stop <= r.Start && len(all) == 1 {
				t.Errorf("%q gives %+v", word, r)
			}
		}
	})
}
