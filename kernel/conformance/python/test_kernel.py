"""Jupyter's own test of kernels, with every test that concerns this kernel."""

import jupyter_kernel_test
from conftest import KERNEL


class TestKernel(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL
    language_name = "go"
    file_extension = ".go"

    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "oh no")'

    completion_samples = [
        {"text": "fmt.Printl", "matches": {"Println"}},
        {"text": "strings.TrimSp", "matches": {"TrimSpace"}},
        {"text": "fmt.NoSuchFunction", "matches": set()},
    ]

    complete_code_samples = [
        "1 + 1",
        'fmt.Println("x")',
        "x := 1",
        "func twice(n int) int { return 2 * n }",
        "type T struct {\n\tName string\n}",
        "package main\n\nfunc main() {}",
        "// only a comment",
        "",
    ]
    incomplete_code_samples = [
        "func f() {",
        "for i := range 3 {",
        'fmt.Println("x",',
        "x := []int{1,",
        "type T struct {",
        "s := `raw",
        "if true {\n\tx := 1",
        "import (",
        "/* a comment",
    ]
    invalid_code_samples = [
        "func }",
        "x := )",
        "for for {}",
        'fmt.Println("x"))',
        's := "not closed\n',
    ]

    code_page_something = "%help"

    code_generate_error = 'panic("on purpose")'

    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": '"a" + "b"', "result": '"ab"'},
        {"code": "[]int{1, 2, 3}", "result": "[]int{1, 2, 3}"},
        {"code": "math.Sqrt(2)", "result": "1.4142135623730951"},
        {"code": "map[string]int{}"},
        {"code": 'x := 20; fmt.Println("with output"); x + 1', "result": "21"},
    ]

    code_display_data = [
        {"code": 'display.Show("text")', "mime": "text/plain"},
        {"code": 'display.Show(display.HTML("<b>x</b>"))', "mime": "text/html"},
        {"code": 'display.Show(display.Markdown("# x"))', "mime": "text/markdown"},
        {"code": 'display.Show(display.LaTeX("x^2"))', "mime": "text/latex"},
        {"code": "display.Show(display.JSON([]int{1}))", "mime": "application/json"},
        {"code": 'display.Show(display.SVG("<svg xmlns=\'http://www.w3.org/2000/svg\'/>"))', "mime": "image/svg+xml"},
        {"code": "display.Show(image.NewRGBA(image.Rect(0, 0, 2, 2)))", "mime": "image/png"},
        {"code": 'display.Show(display.Line("x", display.Values("y", []float64{1, 2, 4})))', "mime": "image/svg+xml"},
        {"code": 'display.Show(display.Line("x", display.Values("y", []float64{1, 2, 4})))', "mime": "image/png"},
    ]

    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6 ? 7"

    code_inspect_sample = "fmt.Println"
    code_clear_output = "display.Clear(false)"


class TestWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True
