package widget

import (
	"encoding/json"
	"strings"
)

// Box holds other widgets.
type Box struct{ *model }

// HBox puts widgets side by side.
func HBox(widgets ...Widget) *Box { return newBox("HBox", "   ", widgets) }

// VBox puts widgets below each other.
func VBox(widgets ...Widget) *Box { return newBox("VBox", "\n", widgets) }

// Tabs shows one of several widgets at a time; titles name them, by number where
// there are too few.
func Tabs(titles []string, widgets ...Widget) *Box {
	b := newBox("Tab", "\n", widgets)
	b.state["titles"] = append([]string{}, titles...)
	b.state["selected_index"] = 0
	b.taken["selected_index"] = func(raw json.RawMessage) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.state["selected_index"] = raw
		return nil
	}
	return b
}

func newBox(name, between string, widgets []Widget) *Box {
	b := &Box{newModel(controls(name), map[string]any{})}
	parts := make([]*model, len(widgets))
	for i, w := range widgets {
		parts[i] = w.part()
	}
	b.setPart("children", true, parts...)
	b.text = func() string {
		lines := make([]string, len(parts))
		for i, p := range parts {
			lines[i] = p.plain()
		}
		return strings.Join(lines, between)
	}
	return b
}
