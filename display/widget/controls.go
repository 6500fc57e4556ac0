package widget

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// labelled is the state of a control with a description before it, as long as it is.
func labelled(label string) map[string]any { return map[string]any{"description": label} }

// whole shows all of a long description; the front end would cut it.
func (m *model) whole(styled string) *model {
	m.setPart("style", false, newModel(style(styled), map[string]any{"description_width": "initial"}))
	return m
}

// Slider is a number between two others. It has the methods Value, Set, OnChange and
// Bind, with float64.
type Slider struct{ *valued[float64] }

// NewSlider makes a slider from low to high in steps, which stands in the middle.
// What is out of order or not finite is put right: the larger of low and high is the
// upper end, and a step that is not positive becomes a hundredth of the range.
func NewSlider(label string, low, high, step float64) *Slider {
	low, high = order(finite(low), finite(high))
	if !(step > 0) || math.IsInf(step, 0) {
		step = max((high-low)/100, math.SmallestNonzeroFloat64)
	}
	digits := min(max(0, int(math.Ceil(-math.Log10(step)-1e-9))), 6)
	state := labelled(label)
	state["min"], state["max"], state["step"] = low, high, step
	state["readout_format"] = "." + strconv.Itoa(digits) + "f"
	m := newModel(controls("FloatSlider"), state).whole("Slider")
	s := &Slider{newValued(m, "value", low+(high-low)/2, clamp(low, high))}
	m.text = func() string { return fmt.Sprintf("%s: %.*f (%g to %g)", label, digits, s.Value(), low, high) }
	return s
}

// IntSlider is a whole number between two others. It has the methods Value, Set,
// OnChange and Bind, with int.
type IntSlider struct{ *valued[int] }

// NewIntSlider makes a slider from low to high, which stands at low. If they are out
// of order the larger is the upper end.
func NewIntSlider(label string, low, high int) *IntSlider {
	low, high = order(low, high)
	state := labelled(label)
	state["min"], state["max"] = low, high
	m := newModel(controls("IntSlider"), state).whole("Slider")
	s := &IntSlider{newValued(m, "value", low, clamp(low, high))}
	m.text = func() string { return fmt.Sprintf("%s: %d (%d to %d)", label, s.Value(), low, high) }
	return s
}

// Checkbox is on or off. It has the methods Value, Set, OnChange and Bind, with bool.
type Checkbox struct{ *valued[bool] }

// NewCheckbox makes a box with a label behind it.
func NewCheckbox(label string, on bool) *Checkbox {
	state := labelled(label)
	state["indent"] = false
	m := newModel(controls("Checkbox"), state)
	c := &Checkbox{newValued(m, "value", on, keep[bool])}
	m.text = func() string {
		if c.Value() {
			return "[x] " + label
		}
		return "[ ] " + label
	}
	return c
}

// Text is a field of text. It has the methods Value, Set, OnChange and Bind, with string.
type Text struct{ *valued[string] }

// NewText makes a field of one line. A change is heard of when the reader leaves it or
// presses enter.
func NewText(label, text string) *Text { return newText("Text", label, text) }

// NewTextArea makes a field of several lines.
func NewTextArea(label, text string) *Text { return newText("Textarea", label, text) }

func newText(name, label, text string) *Text {
	state := labelled(label)
	state["continuous_update"] = false
	m := newModel(controls(name), state).whole("Text")
	t := &Text{newValued(m, "value", text, keep[string])}
	m.text = func() string { return fmt.Sprintf("%s: %q", label, t.Value()) }
	return t
}

// Choice is one of several options. It has the methods Value, Set, OnChange and Bind,
// with the index of the option, −1 if there are none.
type Choice struct {
	*valued[int]
	options []string
}

// NewDropdown makes a list that opens, with the first option chosen.
func NewDropdown(label string, options ...string) *Choice {
	return newChoice("Dropdown", "Description", label, options)
}

// NewToggles makes a row of buttons of which one is down, the first.
func NewToggles(label string, options ...string) *Choice {
	return newChoice("ToggleButtons", "ToggleButtons", label, options)
}

func newChoice(name, styled, label string, options []string) *Choice {
	options = slices.Clone(options)
	state := labelled(label)
	state["_options_labels"] = append([]string{}, options...)
	m := newModel(controls(name), state).whole(styled)
	c := &Choice{newValued(m, "index", 0, clamp(min(0, len(options)-1), len(options)-1)), options}
	if len(options) == 0 {
		m.state["index"] = nil
	}
	m.text = func() string { return fmt.Sprintf("%s: %s", label, c.Option()) }
	return c
}

// Option is the option that is chosen; empty if there are none.
func (c *Choice) Option() string {
	if i := c.Value(); i >= 0 {
		return c.options[i]
	}
	return ""
}

// Any is Option.
func (c *Choice) Any() any { return c.Option() }

// Button is what the reader clicks.
type Button struct{ *model }

// NewButton makes a button that calls f at each click; a nil f does nothing.
func NewButton(label string, f func()) *Button {
	b := &Button{newModel(controls("Button"), labelled(label))}
	b.text = func() string { return "[" + label + "]" }
	b.OnClick(f)
	return b
}

// OnClick sets what is called at each click.
func (b *Button) OnClick(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.custom = func(content json.RawMessage) {
		var event struct{ Event string }
		if json.Unmarshal(content, &event) == nil && event.Event == "click" && f != nil {
			f()
		}
	}
}

// SetLabel changes what is written on the button.
func (b *Button) SetLabel(label string) {
	b.mu.Lock()
	b.text = func() string { return "[" + label + "]" }
	b.mu.Unlock()
	b.set("description", label)
}

// Enable says whether the button can be clicked; at first it can.
func (b *Button) Enable(on bool) { b.set("disabled", !on) }

func keep[T any](v T) T { return v }

// clamp finds the nearest number between low and high; for what is no number low.
func clamp[T int | float64](low, high T) func(T) T {
	return func(v T) T {
		if !(v >= low) {
			return low
		}
		return min(v, high)
	}
}

func order[T int | float64](a, b T) (low, high T) { return min(a, b), max(a, b) }

// finite is v, or the end of what the front end's numbers are good for.
func finite(v float64) float64 {
	switch {
	case math.IsNaN(v):
		return 0
	case math.IsInf(v, 0):
		return math.Copysign(1e300, v)
	}
	return v
}
