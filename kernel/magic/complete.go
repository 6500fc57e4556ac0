package magic

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nascent-go/nascent/kernel/cell"
)

// Complete says what can stand at byte offset pos of a cell: names, options and words
// of commands, and Go.
func (e *Env) Complete(ctx context.Context, src string, pos int) cell.Completion {
	pos = min(max(pos, 0), len(src))
	text, p, ok := e.at(src, pos)
	if !ok {
		return e.Go.Complete(ctx, text, pos)
	}
	if pos < p.start { // before the name in a question
		return cell.Completion{Start: pos, End: pos}
	}
	start := wordStart(src, p.start, pos)
	word := src[start:pos]
	out := cell.Completion{Start: start, End: pos}
	switch {
	case p.kind == shell:
		word = strings.TrimLeft(word, "!")
		out.Start = pos - len(word)
		out.Items = Files(ctx, e.Go, nil, word)
		return out
	case p.kind == foreign:
		return out
	case start == p.start:
		out.Items = e.commandNames(word)
		return out
	}
	c := e.table.names[commandName(src[p.start:])]
	if c == nil {
		return out
	}
	before := texts(firstOf(words(src[p.start:start])))[1:]
	if strings.HasPrefix(word, "-") {
		out.Items = optionNames(c, word)
	} else if c.Complete != nil {
		out.Items = c.Complete(ctx, e.Go, before, word)
	}
	return out
}

func firstOf(list []word, _ error) []word { return list }

// at finds the command in whose words a position lies. If ok is false it lies in Go,
// and text is what the Go environment sees of the cell.
func (e *Env) at(src string, pos int) (text string, p piece, ok bool) {
	return e.atWithin(src, pos, 0, len(src))
}

func (e *Env) atWithin(src string, pos, from, to int) (text string, p piece, ok bool) {
	for _, p := range e.splitter(src).split(from, to) {
		if pos < p.start || pos > p.end || pos == p.end && p.end < to && src[p.end-1] == '\n' {
			continue
		}
		if p.kind == goCode {
			if p.start == 0 && p.end == len(src) {
				return src, p, false
			}
			return blank(src, p.start, p.end), p, false
		}
		switch c := e.table.names[commandName(src[p.start:p.end])]; {
		case p.kind == whole && pos >= p.body && src[p.body-1] == '\n':
			if c != nil && c.goBody() {
				return e.atWithin(src, pos, p.body, p.end)
			}
			return "", piece{kind: foreign}, true // a body that is no Go
		case p.kind == line:
			if n := e.goAt(src[p.start:p.end]); n >= 0 && pos >= p.start+n && src[p.start+n:pos] != "-" {
				return e.atWithin(src, pos, p.start+n, p.end)
			}
			if c != nil && c.Rest == Program && pos > p.start+1+len(commandName(src[p.start:p.end])) && !strings.HasPrefix(src[wordStart(src, p.start, pos):], "-") {
				return blank(src, pos, pos), p, false
			}
		case p.kind == question:
			m := asked.FindStringSubmatchIndex(firstLine(src[p.start:p.end]))
			if m == nil {
				return src, piece{kind: foreign}, true
			}
			from, to := p.start+m[4], p.start+m[5] // the name
			if !strings.ContainsAny(src[from:from+1], "%!") {
				return blank(src, from, to), p, false
			}
			p.kind, p.start = line, from
			if src[from] == '!' {
				p.kind = shell
			}
			return src, p, true
		}
		return src, p, true
	}
	return blank(src, pos, pos), piece{}, false
}

// wordStart is where the word before a position begins, but not before start.
func wordStart(src string, start, pos int) int {
	i := strings.LastIndexAny(src[start:pos], " \t\n=")
	return start + i + 1
}

// commandNames are the commands whose names begin with a word, which has its signs.
func (e *Env) commandNames(word string) []cell.CompletionItem {
	var items []cell.CompletionItem
	sign := "%"
	form := Line
	if strings.HasPrefix(word, "%%") {
		sign, form = "%%", Whole
	}
	name := strings.TrimLeft(word, "%")
	for _, c := range e.table.list {
		for _, known := range append([]string{c.Name}, c.Aliases...) {
			if !strings.HasPrefix(known, name) {
				continue
			}
			if c.Form&form != 0 {
				items = append(items, cell.CompletionItem{Text: sign + known, Type: "magic", Signature: c.Short})
			}
			if word == "%" && c.Form&Whole != 0 {
				items = append(items, cell.CompletionItem{Text: "%%" + known, Type: "magic", Signature: c.Short})
			}
		}
	}
	slices.SortFunc(items, func(a, b cell.CompletionItem) int {
		return cmp.Or(cmp.Compare(strings.Count(a.Text, "%"), strings.Count(b.Text, "%")), cmp.Compare(a.Text, b.Text))
	})
	return items
}

func optionNames(c *Command, word string) []cell.CompletionItem {
	var items []cell.CompletionItem
	c.flags().VisitAll(func(f *pflag.Flag) {
		if text := "--" + f.Name; strings.HasPrefix(text, word) {
			items = append(items, cell.CompletionItem{Text: text, Type: "option", Signature: f.Usage})
		}
		if text := "-" + f.Shorthand; f.Shorthand != "" && strings.HasPrefix(text, word) {
			items = append(items, cell.CompletionItem{Text: text, Type: "option", Signature: f.Usage})
		}
	})
	return items
}

// Files completes the name of a file. It is a [Command.Complete].
func Files(_ context.Context, _ Go, _ []string, word string) []cell.CompletionItem {
	dir, _ := filepath.Split(word)
	real, err := homely(dir)
	if err != nil {
		return nil
	}
	items := cell.Files(real + word[len(dir):])
	for i := range items {
		items[i].Text = dir + strings.ReplaceAll(strings.TrimPrefix(items[i].Text, real), " ", `\ `)
	}
	return items
}

// folders completes the name of a folder.
func folders(ctx context.Context, env Go, before []string, word string) []cell.CompletionItem {
	return slices.DeleteFunc(Files(ctx, env, before, word), func(i cell.CompletionItem) bool { return i.Type != "folder" })
}

// homely is a path in which ~ at the beginning is the user's home and $NAME and
// ${NAME} are variables of the process's environment.
func homely(path string) (string, error) {
	path = os.ExpandEnv(path)
	if path != "~" && !strings.HasPrefix(path, "~/") {
		return path, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return home + path[1:], nil
}

// Inspect says what stands at byte offset pos of a cell: the help of a command, or
// what the Go environment knows.
func (e *Env) Inspect(ctx context.Context, src string, pos, detail int) cell.Inspection {
	pos = min(max(pos, 0), len(src))
	text, p, ok := e.at(src, pos)
	if !ok {
		return e.Go.Inspect(ctx, text, min(pos, len(text)), detail)
	}
	name := "!"
	if p.kind != shell {
		name = commandName(src[p.start:p.end])
	}
	if help, ok := e.help(name); ok && p.kind != foreign {
		return cell.Inspection{Plain: help, Markdown: "```text\n" + help + "```"}
	}
	return cell.Inspection{}
}

// IsComplete says whether a front end should run a text or wait for more lines. A
// cell that begins with a %% command ends with an empty line.
func (e *Env) IsComplete(src string) cell.Completeness {
	pieces := e.splitter(src).split(0, len(src))
	if len(pieces) == 0 || len(pieces) == 1 && pieces[0].kind == goCode {
		return e.Go.IsComplete(src)
	}
	last := pieces[len(pieces)-1]
	if last.kind == whole {
		if last.body == last.end || !endsBlank(src[last.body:]) {
			return cell.Completeness{Status: "incomplete"}
		}
		return cell.Completeness{Status: "complete"}
	}
	for _, p := range pieces {
		start := p.start
		switch {
		case p.kind == line:
			n := e.goAt(src[p.start:p.end])
			if n < 0 {
				continue
			}
			start += n
		case p.kind != goCode:
			continue
		}
		if strings.TrimSpace(src[start:p.end]) == "" || strings.ContainsRune("%!", rune(src[start])) {
			continue
		}
		if c := e.Go.IsComplete(blank(src, start, p.end)); c.Status != "complete" {
			return c
		}
	}
	if strings.HasSuffix(strings.TrimRight(src, "\r\n"), `\`) && last.kind != goCode && !strings.HasSuffix(src, "\n\n") {
		return cell.Completeness{Status: "incomplete"}
	}
	return cell.Completeness{Status: "complete"}
}

// endsBlank: the last line is there and empty.
func endsBlank(text string) bool {
	i := strings.LastIndexByte(text, '\n')
	return i >= 0 && strings.TrimSpace(text[i:]) == "" && (strings.TrimSpace(text) != "" || strings.Count(text, "\n") > 0)
}
