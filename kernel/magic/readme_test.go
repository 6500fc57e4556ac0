package magic

import (
	"os"
	"strings"
	"testing"
)

// readme is the table of the commands as README.md has it.
func readme(all []*Command) string {
	var b strings.Builder
	b.WriteString("| in a cell | |\n|---|---|\n")
	row := func(usage, short string) {
		usage = "`" + strings.ReplaceAll(usage, "\n", "`, `") + "`"
		b.WriteString("| " + strings.ReplaceAll(usage, "|", `\|`) + " | " + strings.ReplaceAll(short, "|", `\|`) + " |\n")
	}
	for _, c := range all {
		row(c.usage(), c.Short)
	}
	row("!COMMAND", "run a command in the shell; `$name` and `{expression}` are values of Go")
	row("?NAME\nNAME?\nNAME??", "show documentation; with two question marks the source too")
	return b.String()
}

func TestReadmeListsTheCommands(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := readme(New(&recorder{}, Config{}).table.list); !strings.Contains(string(text), want) {
		t.Errorf("README.md has another table of commands; it should be:\n%s", want)
	}
}
