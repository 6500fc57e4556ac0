package host

import (
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

// Language is what a kernel of version version says about the Go that cells are
// written in; goVersion is as runtime.Version returns it.
func Language(goVersion string) wire.LanguageInfo {
	return wire.LanguageInfo{
		Name:           "go",
		Version:        goVersion,
		MimeType:       "text/x-go",
		FileExtension:  ".go",
		PygmentsLexer:  "go",
		CodemirrorMode: "go",
	}
}

// Info is what the kernel says about itself, if it has version version.
func Info(version, goVersion string) wire.KernelInfoReply {
	goVersion, _, _ = strings.Cut(goVersion, " ")
	return wire.KernelInfoReply{
		Status:                wire.StatusOK,
		ProtocolVersion:       wire.ProtocolVersion,
		Implementation:        "nascent",
		ImplementationVersion: version,
		LanguageInfo:          Language(goVersion),
		Banner:                "Nascent " + version + ": Go (" + goVersion + ") in a notebook, with neural architecture search",
		HelpLinks: []wire.HelpLink{
			{Text: "Nascent", URL: "https://github.com/nascent-go/nascent"},
			{Text: "A Tour of Go", URL: "https://go.dev/tour/"},
			{Text: "Go standard library", URL: "https://pkg.go.dev/std"},
		},
		SupportedFeatures: wire.Strings{wire.FeatureSubshells},
	}
}
