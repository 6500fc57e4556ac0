package magic

import (
	"fmt"
	"regexp"
	"strings"
)

// habits are commands of other kernels, by name: who has it, and what Nascent has
// instead.
type habits map[string][2]string

// theHabits is the table. A name is written with its signs.
func theHabits() habits {
	const ipython, gonb, gophernotes = "IPython", "gonb", "gophernotes"
	t := habits{}
	add := func(whose, answer string, names ...string) {
		for _, n := range names {
			t[n] = [2]string{whose, answer}
		}
	}

	add(ipython, "plots are shown by themselves: display.Show(display.Line(\"loss\", …)), or a plot as the last expression", "%matplotlib", "%pylab", "%config")
	add(ipython, "%get MODULE fetches a Go module; the standard library, gonum, gorgonia's tensors and nasext are built in; !pip and !conda run the programs", "%pip", "%conda", "%mamba", "%uv", "%micromamba")
	add(ipython, "a function or a type that is defined again takes effect everywhere at once", "%autoreload", "%aimport")
	add(ipython, "commands are built in; there are no extensions to load", "%load_ext", "%reload_ext", "%unload_ext", "%alias_magic")
	add(ipython, "%rerun runs cells again, and a Go function keeps what is run often", "%macro")
	add(ipython, "a failure shows the lines of the cells that led to it; print or display.Show what they work with", "%debug", "%pdb", "%%debug", "%tb", "%xmode")
	add(ipython, "%timeit measures a statement; import runtime/pprof and call pprof.StartCPUProfile for a profile", "%prun", "%%prun", "%lprun", "%profile", "%%profile")
	add(ipython, "%time prints what memory a statement allocates, %memory what the session holds", "%memit", "%%memit", "%mprun", "%mem")
	add(ipython, "%time prints the processor time of a statement", "%cpu", "%ptime")
	add(ipython, "%%script runs a cell in another program: %%script python3", "%%python", "%%python2", "%%python3", "%%pypy", "%python", "%python3")
	add(ipython, "%%script runs a cell in another program, such as %%script perl", "%%perl", "%%ruby", "%%js", "%%cython", "%%R", "%R", "%%sql", "%sql", "%%cmd")
	add(ipython, "%%html shows a page with its scripts: %%html <script>…</script>", "%%javascript", "%javascript")
	add(ipython, "a shell command is !cmd, and a Go function makes a short name for what is long", "%alias", "%unalias", "%rehashx")
	add(ipython, "!cmd runs a shell command, and %%capture NAME keeps what it prints", "%sc", "%sx", "%system", "%%sx", "%%system")
	add(ipython, "write values into files with encoding/json or encoding/gob; searches go on from theirs with nasext.Resume", "%store")
	add(ipython, "cells are edited in the front end; %%writefile writes one into a file", "%edit", "%ed")
	add(ipython, "paste into a cell: Go over several lines needs no command", "%cpaste", "%paste")
	add(ipython, "%cd goes to a folder, %cd - back; a Go constant can name one", "%bookmark", "%dhist", "%dirs", "%pushd", "%popd")
	add(ipython, "the front end saves the notebook; nascent run runs one without it", "%notebook")
	add(ipython, "commands always need their %", "%automagic", "%autocall", "%autoawait", "%colors", "%color", "%precision", "%doctest_mode", "%gui", "%logstart", "%logoff", "%logon", "%logstate", "%logstop")
	add(ipython, "write ?NAME or NAME?, with two question marks for the source", "%pinfo", "%pinfo2", "%pdoc", "%pdef", "%psource", "%pfile", "%pycat")
	add(ipython, "%who lists names; Tab completes them", "%psearch", "%who_ls")
	add(ipython, "%reset NAME forgets names; %reset -h says more", "%reset_selective")
	add(ipython, "the kernel's connection file is what nascent kernel -f was started with", "%connect_info", "%qtconsole", "%killbgscripts")
	add(ipython, "start work in the background with go func() { … }(): its output belongs to the cell that started it", "%%bg", "%bg")

	add(gonb, "statements stand at the top of a cell, and a main function of a cell with a package clause is called", "%%", "%main")
	add(gonb, "assign os.Args = []string{\"program\", …} where flags are to be parsed", "%args")
	add(gonb, "call the function: a cell is statements", "%exec")
	add(gonb, "cells are interpreted at once: there is no compiler, and it has no flags", "%goflags")
	add(gonb, "%get MODULE fetches a module, and nothing is fetched without it", "%autoget", "%noautoget", "%goworkfix", "%go")
	add(gonb, "call tests as functions; %timeit takes the place of a benchmark", "%test", "%bench")
	add(gonb, "cells run in the kernel; %%html shows a page with scripts", "%wasm", "%widgets", "%widgets_hb")
	add(gonb, "there are no files to track: what other packages cells import is built in", "%track", "%untrack")
	add(gonb, "a shell command's standard input is closed; ask with fmt.Scan in Go and give it $name, or run %%bash with the text", "%with_inputs", "%with_password")
	add(gonb, "go vet's checks that matter run with every cell, since go/types checks it", "%vet", "%no_vet", "%gopls")

	add(gophernotes, "modules are not needed: the packages that cells can import are built in", "%go111module")
	return t
}

// habit is the answer to a command of another kernel.
func habit(name string) (error, bool) {
	a, ok := theHabits()[name]
	if !ok {
		return nil, false
	}
	return &problem{fmt.Sprintf("%s is a command of %s", name, a[0]), "in Nascent " + a[1]}, true
}

var gomacroName = regexp.MustCompile(`^:\s*([\pL]+)`)

// foreignHabit is the answer to a line that begins with a sign of other kernels:
// $ cmd of gophernotes, :name of gomacro.
func foreignHabit(text string) error {
	text = strings.TrimSpace(text)
	if cmd, ok := strings.CutPrefix(text, "$"); ok {
		return &problem{"$ before a shell command is gophernotes'", "in Nascent write !" + strings.TrimSpace(firstLine(cmd))}
	}
	answers := map[string]string{
		"help": "%help", "inspect": "?NAME", "env": "%who", "doc": "?NAME", "unload": "%reset NAME", "quit": "%quit", "debug": "%time, or print what you want to see", "write": "%%writefile FILE",
		"package": "a package clause at the top of a cell", "options": "%help",
	}
	name := ""
	if m := gomacroName.FindStringSubmatch(text); m != nil {
		name = m[1]
	}
	if a, ok := answers[name]; ok {
		return &problem{fmt.Sprintf(":%s is a command of gomacro and gophernotes", name), "in Nascent write " + a}
	}
	return &problem{fmt.Sprintf("%q is neither Go nor a command", firstLine(text)), "commands begin with % or !; %help lists them"}
}
