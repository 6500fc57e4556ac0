package magic

import (
	"context"
	"fmt"
	"go/scanner"
	"go/token"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
)

func tier() Command {
	return Command{
		Name: "tier", Usage: "[on|off|all]", Form: Line, Most: 1,
		Short: "list which functions run as machine code, and why others do not; or say which should",
		Long: "Functions that work with numbers, strings that they only read, and structs, arrays and slices of numbers, call\n" +
			"nothing else, and have loops or call themselves, are compiled when they are first called, and run a hundred\n" +
			"times as fast. With all, those without loops are compiled, too; off, nothing is. What is set holds for functions\n" +
			"that are defined from then on; off, for all. Machine code sees 4 GiB of memory: where arguments lie elsewhere, or\n" +
			"little is left when a function that makes slices is called, it is interpreted; a slice that does not fit then is a panic.",
		Setup: func(*pflag.FlagSet) Runner {
			return func(_ context.Context, c *Call) error {
				if len(c.Args) > 0 {
					var mode cell.TierMode
					if err := mode.Set(c.Args[0]); err != nil {
						return &problem{"%tier is not " + c.Args[0], err.Error()}
					}
					c.Go.SetTier(mode)
				}
				mode, list := c.Go.Tier()
				if err := c.Printf("tier is %s: %s\n", mode, tierMeans[mode]); err != nil {
					return err
				}
				for _, f := range list {
					how, why := "interpreted", ""
					switch {
					case f.Compiled:
						how = "machine code"
					case f.Native:
						how = "%%native"
					}
					if f.Why != "" {
						why = ": " + f.Why
					}
					if f.At.IsValid() {
						why += " (" + placeIn(f) + ")"
					}
					if err := c.Printf("%-12s  %s, %s%s\n", how, f.Name, f.Cell, why); err != nil {
						return err
					}
				}
				return nil
			}
		},
		Complete: func(_ context.Context, _ Go, _ []string, word string) []cell.CompletionItem {
			return matching(items("value", "all", "off", "on"), word)
		},
	}
}

var tierMeans = map[cell.TierMode]string{
	cell.TierOn:  "functions that can, and have loops or call themselves, run as machine code",
	cell.TierAll: "functions that can run as machine code",
	cell.TierOff: "all functions are interpreted",
}

// placeIn is where that is which keeps a function from being compiled.
func placeIn(f cell.Tiered) string {
	line := fmt.Sprintf("line %d", f.At.Line)
	if f.At.Filename == f.Cell {
		return line
	}
	return f.At.Filename + ", " + line
}

// tiersOf is a line on how the functions of cells run that the Go of a call names, empty if
// there is nothing to say of any. Those that are too short to matter are left out.
func tiersOf(c *Call) string {
	named := names(c.Go, c.Rest+"\n"+c.Body)
	var parts []string
	_, list := c.Go.Tier()
	for _, f := range list {
		name := f.Name
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			name = name[i:]
		}
		if f.Slight || !named[name] {
			continue
		}
		how := "machine code"
		switch {
		case f.Native:
			how = "compiled Go, in a process of its own"
		case f.Compiled && f.Why != "":
			how = f.Why
		case !f.Compiled && f.At.IsValid():
			how = "interpreted (" + placeIn(f) + ": " + f.Why + ")"
		case !f.Compiled:
			how = "interpreted (" + f.Why + ")"
		}
		parts = append(parts, f.Name+": "+how)
	}
	if len(parts) == 0 {
		return ""
	}
	return "Tier:       " + strings.Join(parts, "; ") + "\n"
}

// names are the names in some Go, with a dot in front of those that are selected from
// anything but a package.
func names(env Go, source string) map[string]bool {
	file := token.NewFileSet().AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, []byte(source), nil, 0)
	found := map[string]bool{}
	before := [2]string{} // the words before
	for {
		_, tok, word := s.Scan()
		switch {
		case tok == token.EOF:
			return found
		case tok == token.PERIOD:
			word = "."
		case tok == token.IDENT && before[1] != ".":
			found[word] = true
		case tok == token.IDENT && env.KindOf(before[0]) != "package":
			found["."+word] = true
		}
		before = [2]string{before[1], word}
	}
}
