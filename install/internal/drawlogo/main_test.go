package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestLogosAreUpToDate(t *testing.T) {
	for name, want := range files() {
		got, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(name) == ".svg" && !bytes.Equal(got, want) { // PNGs depend on the compressor
			t.Errorf("%s is not what drawlogo draws: run go generate in the folder install", name)
		}
		if len(got) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
}
