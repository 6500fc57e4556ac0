package notebook

import (
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"strings"
)

// maxNested is how deep widgets stand in each other; one that stands in itself has no
// end.
const maxNested = 20

// widget is the view of a widget as it was left; false if the notebook doesn't keep
// its model, or one that is known here. Nothing of it can be moved on a page without
// a kernel.
func (b *pageBuilder) widget(id string, o *Output) (template.HTML, bool, error) {
	var view struct {
		Model string `json:"model_id"`
	}
	if json.Unmarshal(o.Data[widgetView], &view) != nil || b.widgets[view.Model] == nil {
		return "", false, nil
	}
	var out strings.Builder
	err := b.model(&out, id, view.Model)
	return template.HTML(out.String()), err == nil, err
}

// model writes one model and what stands in it.
func (b *pageBuilder) model(out *strings.Builder, id, name string) error {
	m := b.widgets[strings.TrimPrefix(name, "IPY_MODEL_")]
	if m == nil || b.nested > maxNested {
		return nil
	}
	b.nested++
	defer func() { b.nested-- }()
	text := func(key string) string {
		var s string
		m.State.Get(key, &s)
		return html.EscapeString(s)
	}
	raw := func(key string) string { return html.EscapeString(strings.Trim(string(m.State[key]), `"`)) }
	list := func(key string) (all []string) {
		m.State.Get(key, &all)
		return all
	}
	label := func(control string, values ...any) {
		fmt.Fprintf(out, `<label class="widget"><span>%s</span>`+control+"</label>", append([]any{text("description")}, values...)...)
	}
	switch m.Name {
	case "FloatSliderModel", "IntSliderModel":
		label(`<input type="range" disabled min="%s" max="%s" step="any" value="%s"> <output>%s</output>`, raw("min"), raw("max"), raw("value"), raw("value"))
	case "IntProgressModel", "FloatProgressModel":
		label(`<progress max="%s" value="%s"></progress>`, raw("max"), raw("value"))
	case "CheckboxModel":
		checked := ""
		if raw("value") == "true" {
			checked = " checked"
		}
		fmt.Fprintf(out, `<label class="widget"><input type="checkbox" disabled%s> %s</label>`, checked, text("description"))
	case "TextModel", "IntTextModel", "FloatTextModel":
		value := text("value")
		if value == "" {
			value = raw("value")
		}
		label(`<input disabled value="%s">`, value)
	case "TextareaModel":
		label(`<textarea disabled>%s</textarea>`, text("value"))
	case "DropdownModel", "ToggleButtonsModel":
		index := -1
		m.State.Get("index", &index)
		var options strings.Builder
		for i, option := range list("_options_labels") {
			class := ""
			if i == index {
				class = ` class="on"`
			}
			fmt.Fprintf(&options, `<button disabled%s>%s</button>`, class, html.EscapeString(option))
		}
		label(`%s`, options.String())
	case "ButtonModel":
		fmt.Fprintf(out, `<button class="widget" disabled>%s</button>`, text("description"))
	case "HTMLModel":
		var value string
		m.State.Get("value", &value)
		fmt.Fprintf(out, `<div class="widget">%s</div>`, value)
	case "ImageModel":
		format := text("format")
		for _, buffer := range m.Buffers {
			if len(buffer.Path) == 1 && buffer.Path[0] == "value" {
				fmt.Fprintf(out, `<figure class="widget"><img src="%s" alt=""></figure>`, html.EscapeString(dataURI("image/"+format, buffer.Data)))
			}
		}
	case "OutputModel":
		var outputs []json.RawMessage
		m.State.Get("outputs", &outputs)
		for i, one := range outputs {
			o, err := parseOutput(one)
			if err != nil {
				return fmt.Errorf("an output in a widget: %w", err)
			}
			view, err := b.output(fmt.Sprintf("%s-%d", id, i), o)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, `<div class="output %s">%s</div>`, view.Class, view.Body)
		}
	case "HBoxModel", "VBoxModel", "BoxModel", "TabModel", "AccordionModel":
		titles := list("titles")
		fmt.Fprintf(out, `<div class="widgets %s">`, strings.ToLower(strings.TrimSuffix(m.Name, "Model")))
		for i, child := range list("children") {
			if i < len(titles) {
				fmt.Fprintf(out, `<div class="title">%s</div>`, html.EscapeString(titles[i]))
			}
			if err := b.model(out, fmt.Sprintf("%s-%d", id, i), child); err != nil {
				return err
			}
		}
		out.WriteString("</div>")
	default:
		fmt.Fprintf(out, `<div class="widget">(a %s)</div>`, html.EscapeString(m.Name))
	}
	return nil
}
