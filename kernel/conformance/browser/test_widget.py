"""A slider that a cell makes by hand, moved by a user while another cell runs."""

from lab import text

SLIDER = """
var mu sync.Mutex
widget := func(model, view [2]string, state map[string]any) *display.Comm {
	c := display.NewComm("jupyter.widget")
	for key, value := range map[string]any{
		"_model_module": model[0], "_model_module_version": "2.0.0", "_model_name": model[1],
		"_view_module": view[0], "_view_module_version": "2.0.0", "_view_name": view[1],
	} {
		state[key] = value
	}
	c.OnMessage(func(m display.CommMessage) {
		var change struct{ State map[string]any }
		if err := m.Decode(&change); err != nil {
			panic(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for key, value := range change.State {
			state[key] = value
		}
	})
	if err := c.Open(map[string]any{"state": state, "buffer_paths": []any{}}, map[string]any{"version": "2.1.0"}); err != nil {
		panic(err)
	}
	return c
}
base, controls := "@jupyter-widgets/base", "@jupyter-widgets/controls"
layout := widget([2]string{base, "LayoutModel"}, [2]string{base, "LayoutView"}, map[string]any{})
style := widget([2]string{controls, "SliderStyleModel"}, [2]string{base, "StyleView"}, map[string]any{})
rate := map[string]any{"value": 0.5, "max": 1.0, "step": 0.1, "description": "rate",
	"layout": "IPY_MODEL_" + layout.ID(), "style": "IPY_MODEL_" + style.ID()}
slider := widget([2]string{controls, "FloatSliderModel"}, [2]string{controls, "FloatSliderView"}, rate)
display.Show(display.Bundle{Data: map[string]any{
	"text/plain": "FloatSlider",
	"application/vnd.jupyter.widget-view+json": map[string]any{"model_id": slider.ID(), "version_major": 2, "version_minor": 0},
}})
value := func() float64 {
	mu.Lock()
	defer mu.Unlock()
	return rate["value"].(float64)
}
"""


def test_slider(notebook):
    notebook.run(SLIDER)
    handle = notebook.node.locator(".widget-slider .noUi-handle")
    handle.wait_for()
    readout = notebook.node.locator(".widget-slider .widget-readout")
    assert readout.inner_text() == "0.50"
    notebook.lab.command("notebook:insert-cell-below")
    notebook.start("for value() < 0.75 {\n\ttime.Sleep(time.Millisecond)\n}\nfmt.Println(value())")
    handle.focus()
    for _ in range(3):
        notebook.page.keyboard.press("ArrowRight")
    assert "0.8" in text(notebook.finish())
    assert readout.inner_text() == "0.80"
    # The kernel's end moves it too.
    notebook.run('slider.Send(map[string]any{"method": "update", "state": map[string]any{"value": 0.2}, "buffer_paths": []any{}})')
    notebook.page.wait_for_function("() => document.querySelector('.widget-slider .widget-readout').innerText === '0.20'")
