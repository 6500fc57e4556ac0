package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

func infoScenarios() []Scenario {
	return []Scenario{
		{"info/shell", secShell, false, func(t *T) { t.info(wire.Shell) }},
		{"info/control", secControl, false, func(t *T) { t.info(wire.Control) }},
		{"info/busy", secControl, false, infoWhileBusy},
		{"info/queued", secShell, false, infoQueued},
	}
}

// info asks who the kernel is, and compares with what is known of it.
func (t *T) info(c wire.Channel) {
	var info struct {
		ProtocolVersion   string                `json:"protocol_version"`
		LanguageInfo      struct{ Name string } `json:"language_info"`
		Debugger          bool                  `json:"debugger"`
		SupportedFeatures []string              `json:"supported_features"`
	}
	a := t.Ask(c, wire.TypeKernelInfoRequest, wire.Empty{}, &info)
	Equal(t, "published", a.Types(), []string{"busy", "idle"})
	Equal(t, "language_info.name", info.LanguageInfo.Name, t.Lang.Name)
	if version := a.Reply.Header.Version; !strings.HasPrefix(info.ProtocolVersion, version) && !strings.HasPrefix(version, info.ProtocolVersion) {
		t.Errorf("protocol_version is %s; the header says %s", info.ProtocolVersion, version)
	}
	if t.Ours && info.Debugger != slices.Contains(info.SupportedFeatures, "debugger") {
		t.Errorf("debugger is %v, supported_features are %v", info.Debugger, info.SupportedFeatures)
	}
}

// gate is a file that a cell waits for.
func (t *T) gate() (file string, open func()) {
	file = filepath.Join(t.dir, wire.NewID())
	t.gates = append(t.gates, file)
	return file, func() { t.open(file) }
}

func (t *T) open(file string) {
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Errorf("%v", err)
	}
}

// busy starts a cell that goes on when open is called, and waits until it runs.
func (t *T) busy() (cell *wire.Message, open func()) {
	t.Need(t.Lang.WaitFile)
	file, open := t.gate()
	cell = t.Cell(fmt.Sprintf(t.Lang.WaitFile, file))
	t.Published(cell, wire.TypeStream)
	return cell, open
}

// rest collects what is still missing of a cell that was awaited, and its status.
func (t *T) rest(cell *wire.Message, status string) *Answer {
	a, _ := t.Reply(cell, status)
	return a
}

// Control is not queued behind shell.
func infoWhileBusy(t *T) {
	cell, open := t.busy()
	t.info(wire.Control)
	open()
	t.rest(cell, wire.StatusOK)
}

// Requests on shell are answered in their order.
func infoQueued(t *T) {
	cell, open := t.busy()
	asked := t.Request(wire.Shell, wire.TypeKernelInfoRequest, wire.Empty{})
	next := t.Cell(t.Lang.Value)
	open()
	t.rest(cell, wire.StatusOK)
	Equal(t, "kernel_info_reply published", t.Done(asked).Types(), []string{"busy", "idle"})
	t.Reply(next, wire.StatusOK)
}
