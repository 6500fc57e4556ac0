package study

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

// Program is what has worked on a study.
type Program struct {
	Module   string    // version of this module, "(devel)" outside a release
	Revision string    // of the sources, with "+dirty" if they were changed; empty if the build doesn't say
	Go       string    // "go1.26.0"
	Platform string    // "linux/amd64"
	Engine   string    // what computes, such as "cpu/avx512"; empty if nothing does
	Since    time.Time // when it began to work on the study
}

// thisProgram is what runs now.
func thisProgram(engine string) Program {
	p := Program{Module: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Engine: engine, Since: time.Now().UTC()}
	const module = "github.com/nascent-go/nascent"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return p
	}
	for _, d := range info.Deps {
		if d.Path == module {
			p.Module = d.Version
		}
	}
	if info.Main.Path != module {
		return p // the revision is that of another program
	}
	if info.Main.Version != "" {
		p.Module = info.Main.Version
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			p.Revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			p.Revision += "+dirty"
		}
	}
	return p
}

// differs lists what is other in the program now, field by field.
func (p Program) differs(now Program) []string {
	var diffs []string
	for _, f := range []struct{ what, have, now string }{
		{"module", p.Module, now.Module},
		{"revision", p.Revision, now.Revision},
		{"Go", p.Go, now.Go},
		{"platform", p.Platform, now.Platform},
		{"engine", p.Engine, now.Engine},
	} {
		if f.have != f.now {
			diffs = append(diffs, fmt.Sprintf("its %s was %q, and is %q now", f.what, f.have, f.now))
		}
	}
	return diffs
}
