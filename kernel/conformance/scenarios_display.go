package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

func displayScenarios() []Scenario {
	return []Scenario{
		{"display/show", secIOPub, false, displayShow},
		{"display/json", secIOPub, false, displayJSON},
		{"display/order", secIOPub, false, displayOrder},
		{"display/update", secIOPub, false, displayUpdate},
		{"display/update later", secIOPub, false, displayUpdateLater},
		{"display/clear", secIOPub, false, displayClear},
		{"display/large", secIOPub, false, displayLarge},
		{"display/silent", secIOPub, false, displaySilent},
	}
}

func (t *T) shown(m *wire.Message) wire.DisplayData {
	var d wire.DisplayData
	t.Read(m, &d)
	return d
}

func displayShow(t *T) {
	t.Need(t.Lang.Display)
	a, _ := t.OK(fmt.Sprintf(t.Lang.Display, "<b>bold</b>"))
	shown := a.Of(wire.TypeDisplayData)
	if len(shown) != 1 {
		t.Fatalf("published %v, want one display_data", a.Types())
	}
	d := t.shown(shown[0])
	if page, _ := d.Data["text/html"].(string); !strings.Contains(page, "<b>bold</b>") {
		t.Errorf("text/html is %v", d.Data["text/html"])
	}
	if _, ok := d.Data["text/plain"]; !ok {
		t.Errorf("there is no text/plain beside %v", d.Data)
	}
}

// JSON is sent as it is, not as text.
func displayJSON(t *T) {
	t.Need(t.Lang.JSON)
	a, _ := t.OK(t.Lang.JSON)
	shown := a.Of(wire.TypeDisplayData)
	if len(shown) != 1 {
		t.Fatalf("published %v, want one display_data", a.Types())
	}
	Equal(t, "application/json", short(t.shown(shown[0]).Data["application/json"]), `{"a":[1,2]}`)
}

// Displays stand among the text where the program shows them.
func displayOrder(t *T) {
	t.Need(t.Lang.Display)
	a, _ := t.OK(strings.Join([]string{
		fmt.Sprintf(t.Lang.Print, "before"), fmt.Sprintf(t.Lang.Display, "<i>x</i>"), fmt.Sprintf(t.Lang.Print, "after"), t.Lang.Value,
	}, "\n"))
	Equal(t, "published", a.Types(), []string{"busy", "execute_input", "stream", "display_data", "stream", "execute_result", "idle"})
}

func displayUpdate(t *T) {
	t.Need(t.Lang.Update)
	a, _ := t.OK(t.Lang.Update)
	shown, updated := a.Of(wire.TypeDisplayData), a.Of(wire.TypeUpdateDisplayData)
	if len(shown) != 1 || len(updated) != 1 {
		t.Fatalf("published %v, want a display_data and an update_display_data", a.Types())
	}
	first, second := t.shown(shown[0]), t.shown(updated[0])
	if id := first.Transient.DisplayID; id == "" || second.Transient.DisplayID != id {
		t.Errorf("shown with display_id %q, updated with %q", id, second.Transient.DisplayID)
	}
	for want, d := range map[string]wire.DisplayData{"old": first, "new": second} {
		if text, _ := d.Data["text/plain"].(string); !strings.Contains(text, want) {
			t.Errorf("text/plain is %q, want %q", text, want)
		}
	}
}

// An output of another cell can be updated, and what tells it belongs to the cell
// that does it.
func displayUpdateLater(t *T) {
	t.Need(t.Lang.Hold, t.Lang.Replace)
	a, _ := t.OK(t.Lang.Hold)
	b, _ := t.OK(t.Lang.Replace)
	shown, updated := a.Of(wire.TypeDisplayData), b.Of(wire.TypeUpdateDisplayData)
	if len(shown) != 1 || len(updated) != 1 {
		t.Fatalf("published %v and %v, want a display_data and an update_display_data", a.Types(), b.Types())
	}
	Equal(t, "display_id", t.shown(updated[0]).Transient.DisplayID, t.shown(shown[0]).Transient.DisplayID)
}

func displayClear(t *T) {
	t.Need(t.Lang.Clear, t.Lang.ClearEnd)
	for code, wait := range map[string]bool{t.Lang.Clear: false, t.Lang.ClearEnd: true} {
		a, _ := t.OK(fmt.Sprintf(t.Lang.Print, "old") + "\n" + code + "\n" + fmt.Sprintf(t.Lang.Print, "new"))
		types := a.Types()
		if !slices.Contains(types, wire.TypeClearOutput) || types[len(types)-2] != wire.TypeStream || types[2] != wire.TypeStream {
			t.Fatalf("published %v, want clear_output between two streams", types)
		}
		var c wire.ClearOutput
		t.Read(a.Of(wire.TypeClearOutput)[0], &c)
		Equal(t, "wait", c.Wait, wait)
	}
}

func displayLarge(t *T) {
	t.Need(t.Lang.Large)
	const size = 1 << 20
	a, _ := t.OK(fmt.Sprintf(t.Lang.Large, size))
	shown := a.Of(wire.TypeDisplayData)
	if len(shown) != 1 {
		t.Fatalf("published %v, want one display_data", a.Types())
	}
	if page, _ := t.shown(shown[0]).Data["text/html"].(string); strings.Count(page, "x") < size {
		t.Errorf("%d bytes were shown, want %d", len(page), size)
	}
}

// A silent cell shows what it shows itself.
func displaySilent(t *T) {
	t.Need(t.Lang.Display)
	a, _ := t.With(wire.ExecuteRequest{Code: fmt.Sprintf(t.Lang.Display, "x"), Silent: true}, wire.StatusOK)
	if t.Ours {
		Equal(t, "published", a.Types(), []string{"busy", "display_data", "idle"})
	}
}
