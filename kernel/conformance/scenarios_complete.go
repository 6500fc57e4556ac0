package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

func completeScenarios() []Scenario {
	return []Scenario{
		{"complete/one", secShell, false, func(t *T) { t.complete(t.Lang.Complete) }},
		{"complete/emoji", secShell, false, func(t *T) { t.complete(t.Lang.Emoji) }},
		{"complete/many", secShell, false, completeMany},
		{"complete/none", secShell, false, completeNone},
		{"complete/cursor outside", secShell, false, completeOutside},
		{"complete/busy", secShell, false, completeWhileBusy},
		{"inspect/found", secShell, false, inspectFound},
		{"inspect/none", secShell, false, inspectNone},
		{"inspect/emoji", secShell, false, inspectEmoji},
		{"is_complete/all", secShell, false, isComplete},
	}
}

func (t *T) complete(p Place) wire.CompleteReply {
	var r wire.CompleteReply
	a := t.Ask(wire.Shell, wire.TypeCompleteRequest, wire.CompleteRequest{Code: p.Code, CursorPos: p.Cursor}, &r)
	Equal(t, "published", a.Types(), []string{"busy", "idle"})
	if !slices.Contains(r.Matches, p.Match) {
		t.Errorf("matches %.300q, want %q among them", r.Matches, p.Match)
	}
	if r.CursorStart != p.Start || r.CursorEnd != p.Cursor {
		t.Errorf("code points %d to %d are replaced, want %d to %d", r.CursorStart, r.CursorEnd, p.Start, p.Cursor)
	}
	return r
}

// The types of matches are experimental, and JupyterLab shows them.
func completeMany(t *T) {
	r := t.complete(t.Lang.CompleteMany)
	if len(r.Matches) < 2 {
		t.Errorf("matches %q, want several", r.Matches)
	}
	if len(r.Metadata.Types) != len(r.Matches) {
		t.Errorf("%d types for %d matches", len(r.Metadata.Types), len(r.Matches))
	}
	sorted := slices.Clone([]string(r.Matches))
	slices.Sort(sorted)
	if unique := slices.Compact(sorted); len(unique) != len(r.Matches) {
		t.Errorf("a match comes twice: %q", r.Matches)
	}
}

func completeNone(t *T) {
	p := t.Lang.CompleteNone
	var r wire.CompleteReply
	t.Ask(wire.Shell, wire.TypeCompleteRequest, wire.CompleteRequest{Code: p.Code, CursorPos: p.Cursor}, &r)
	Equal(t, "matches", len(r.Matches), 0)
}

// A cursor that stands nowhere in the text harms nobody.
func completeOutside(t *T) {
	for _, cursor := range []int{-3, 1000} {
		for _, msgType := range []string{wire.TypeCompleteRequest, wire.TypeInspectRequest} {
			a := t.Answer(msgType, map[string]any{"code": t.Lang.Complete.Code, "cursor_pos": cursor, "detail_level": 0})
			if a.Status() == "" {
				t.Errorf("%s at %d is answered with %s", msgType, cursor, a.Reply.Content)
			}
		}
	}
}

// A question while a cell runs is answered, at the latest when it has ended.
func completeWhileBusy(t *T) {
	cell, open := t.busy()
	p := t.Lang.Complete
	asked := t.Request(wire.Shell, wire.TypeCompleteRequest, wire.CompleteRequest{Code: p.Code, CursorPos: p.Cursor})
	open()
	t.rest(cell, wire.StatusOK)
	Equal(t, "status", t.Done(asked).Status(), wire.StatusOK)
}

func (t *T) inspect(p Place, detail int) wire.InspectReply {
	var r wire.InspectReply
	a := t.Ask(wire.Shell, wire.TypeInspectRequest, wire.InspectRequest{Code: p.Code, CursorPos: p.Cursor, DetailLevel: detail}, &r)
	Equal(t, "published", a.Types(), []string{"busy", "idle"})
	return r
}

func inspectFound(t *T) {
	for detail := range 2 {
		r := t.inspect(t.Lang.Inspect, detail)
		text, _ := r.Data["text/plain"].(string)
		if !r.Found || !strings.Contains(text, t.Lang.Inspect.Match) {
			t.Errorf("detail_level %d: found is %v, text/plain %.100q", detail, r.Found, text)
		}
	}
}

func inspectNone(t *T) {
	r := t.inspect(t.Lang.InspectNone, 0)
	Equal(t, "found", r.Found, false)
	Equal(t, "data", len(r.Data), 0)
}

// The cursor counts code points: with other characters in front of it the answer is
// the same.
func inspectEmoji(t *T) {
	p := t.Lang.Emoji
	text := []rune(p.Code)
	p.Code = string(text[:p.Start]) + p.Match + string(text[p.Cursor:])
	p.Cursor = p.Start + 1
	plain := p
	plain.Code = strings.Map(func(r rune) rune {
		if r > 127 {
			return 'x'
		}
		return r
	}, p.Code)
	got, want := t.inspect(p, 0), t.inspect(plain, 0)
	if !got.Found || !want.Found {
		t.Errorf("nothing is found in %q or %q at %d", p.Code, plain.Code, p.Cursor)
	}
	Equal(t, "data", got.Data, want.Data)
}

func isComplete(t *T) {
	for status, cells := range map[string][]string{"complete": t.Lang.Whole, "incomplete": t.Lang.Partial, "invalid": t.Lang.Broken} {
		for _, code := range cells {
			a := t.Answer(wire.TypeIsCompleteRequest, wire.IsCompleteRequest{Code: code})
			if got := a.Status(); got != status {
				t.Errorf("%q is %s, want %s", code, got, status)
			}
			Equal(t, "published", a.Types(), []string{"busy", "idle"})
			var r struct {
				Indent *string `json:"indent"`
			}
			if err := json.Unmarshal(a.Reply.Content, &r); err != nil || (r.Indent != nil) != (status == "incomplete") {
				t.Errorf("%q: %s", code, fmt.Sprint(string(a.Reply.Content), err))
			}
		}
	}
}
