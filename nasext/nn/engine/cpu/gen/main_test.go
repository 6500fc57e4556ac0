package main

import (
	"testing"

	"github.com/nascent-go/nascent/nasext/internal/asm"
)

func TestGeneratedFilesAreCurrent(t *testing.T) {
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	stale, err := asm.Stale("..", files)
	if err != nil {
		t.Fatal(err)
	}
	if len(stale) > 0 {
		t.Errorf("%v are not what gen writes; run go generate in the folder of package cpu", stale)
	}
}
