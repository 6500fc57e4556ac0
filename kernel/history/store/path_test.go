package store

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestPath(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", "/data")
	here, err := filepath.Abs("h.sqlite")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ chosen, variable, want string }{
		{"", "", "/data/nascent/history.sqlite"},
		{"", "/elsewhere/h", "/elsewhere/h"},
		{"/chosen", "/elsewhere/h", "/chosen"},
		{"h.sqlite", "", here},
		{"off", "/elsewhere/h", ""},
		{"", "off", ""},
	} {
		t.Setenv(Variable, tt.variable)
		if got, err := Path(tt.chosen); err != nil || got != tt.want {
			t.Errorf("chosen %q, %s=%q: %q, %v; want %q", tt.chosen, Variable, tt.variable, got, err, tt.want)
		}
	}
}

func TestNoHome(t *testing.T) {
	for _, name := range []string{"HOME", "XDG_DATA_HOME", "LOCALAPPDATA", Variable} {
		t.Setenv(name, "")
	}
	if _, err := Path(""); err == nil || !strings.Contains(err.Error(), "HOME is not set; "+Variable+"=FILE names one") {
		t.Errorf("got %v", err)
	}
}

func TestDataDir(t *testing.T) {
	for _, tt := range []struct {
		system string
		env    map[string]string
		want   string
	}{
		{"linux", map[string]string{"HOME": "/home/u"}, "/home/u/.local/share"},
		{"linux", map[string]string{"HOME": "/home/u", "XDG_DATA_HOME": "/x"}, "/x"},
		{"linux", map[string]string{"HOME": "/home/u", "XDG_DATA_HOME": "x"}, "/home/u/.local/share"},
		{"darwin", map[string]string{"HOME": "/Users/u"}, "/Users/u/Library/Application Support"},
		{"windows", map[string]string{"LOCALAPPDATA": "/local", "HOME": "/h"}, "/local"},
	} {
		got, err := dataDir(tt.system, func(name string) string { return tt.env[name] })
		if err != nil || got != tt.want {
			t.Errorf("%s %v: %q, %v; want %q", tt.system, tt.env, got, err, tt.want)
		}
	}
}
