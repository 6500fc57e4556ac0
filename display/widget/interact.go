package widget

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
)

// Interaction is a function with controls for its parameters, and what it gives.
type Interaction struct {
	*Box
	// Output shows what the function has returned.
	Output *Output

	call   func() []any
	mu     sync.Mutex
	busy   bool
	behind bool // something changed while busy
}

// Interact calls a function with the values of controls, one for each parameter, and
// shows what it returns; again whenever one of them changes. While a call runs, changes
// wait, and only the last of them counts. A nil result is not shown, and a panic is
// shown as what it says.
//
// Without controls they are chosen by the parameters' types: a slider from 0 to 1 for
// floating-point numbers and from 0 to 10 for integers, a checkbox for a bool, a field
// for a string. A Choice gives the text of its option to a string and its index to an
// integer.
func Interact(f any, controls ...Control) (*Interaction, error) {
	fn := reflect.ValueOf(f)
	if fn.Kind() != reflect.Func || fn.IsNil() {
		return nil, fmt.Errorf("widget: Interact needs a function, not %T", f)
	}
	t := fn.Type()
	if t.IsVariadic() {
		return nil, fmt.Errorf("widget: Interact of %s: a list of parameters without end has no controls; give a function that takes each by itself", t)
	}
	if len(controls) == 0 {
		for i := range t.NumIn() {
			c, err := controlOf(t.In(i), i)
			if err != nil {
				return nil, fmt.Errorf("widget: Interact of %s: parameter %d: %w", t, i+1, err)
			}
			controls = append(controls, c)
		}
	}
	if len(controls) != t.NumIn() {
		return nil, fmt.Errorf("widget: Interact of %s, which takes %d parameters, with %d controls; give one for each", t, t.NumIn(), len(controls))
	}
	for i, c := range controls {
		if _, err := argument(c, t.In(i)); err != nil {
			return nil, fmt.Errorf("widget: Interact of %s: parameter %d: %w", t, i+1, err)
		}
	}
	x := &Interaction{Output: NewOutput()}
	x.call = func() (results []any) {
		defer func() {
			if v := recover(); v != nil {
				results = []any{fmt.Errorf("panic: %v", v)}
			}
		}()
		in := make([]reflect.Value, len(controls))
		for i, c := range controls {
			in[i], _ = argument(c, t.In(i)) // looked at above
		}
		for _, r := range fn.Call(in) {
			if v := r.Interface(); v != nil {
				results = append(results, v)
			}
		}
		return results
	}
	parts := make([]Widget, 0, len(controls)+1)
	for _, c := range controls {
		c.watch(x.run)
		parts = append(parts, c)
	}
	x.Box = VBox(append(parts, x.Output)...)
	x.run()
	return x, nil
}

// run calls the function until nothing has changed meanwhile.
func (x *Interaction) run() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.behind = true; x.busy {
		return
	}
	x.busy = true
	defer func() { x.busy = false }()
	for x.behind {
		x.behind = false
		x.mu.Unlock()
		_ = x.Output.Replace(x.call()...)
		x.mu.Lock()
	}
}

// controlOf chooses a control for a parameter.
func controlOf(t reflect.Type, i int) (Control, error) {
	label := fmt.Sprintf("%s %d", t, i+1)
	switch t.Kind() {
	case reflect.Float32, reflect.Float64:
		return NewSlider(label, 0, 1, 0.01), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return NewIntSlider(label, 0, 10), nil
	case reflect.Bool:
		return NewCheckbox(label, false), nil
	case reflect.String:
		return NewText(label, ""), nil
	}
	return nil, fmt.Errorf("there is no control for a %s; it has to be a number, a bool or a string", t)
}

// argument is a control's value as a parameter takes it.
func argument(c Control, t reflect.Type) (reflect.Value, error) {
	if c == nil || reflect.ValueOf(c).IsNil() {
		return reflect.Value{}, errors.New("its control is nil")
	}
	v := reflect.ValueOf(c.Any())
	if choice, ok := c.(*Choice); ok && t.Kind() != reflect.String {
		v = reflect.ValueOf(choice.Value())
	}
	number := func(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Float64 }
	if v.Type().AssignableTo(t) || v.Kind() == t.Kind() || number(v.Kind()) && number(t.Kind()) {
		return v.Convert(t), nil
	}
	return reflect.Value{}, fmt.Errorf("a %s takes no %s, which a %T gives", t, v.Type(), c)
}
