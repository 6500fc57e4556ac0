package magic

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
)

// commSink is a cell's sink whose front end takes comms.
type commSink struct {
	*buffer
	opened []string
}

func (s *commSink) OpenComm(_, target string, _ display.CommMessage, _ display.CommHandler) error {
	s.opened = append(s.opened, target)
	return nil
}

func (s *commSink) SendComm(string, display.CommMessage) error { return nil }

func (s *commSink) CloseComm(string, display.CommMessage) error { return nil }

func (s *commSink) RegisterTarget(string, func(string) display.CommHandler) error { return nil }

// What is shown is captured; a comm is none of it.
func TestCaptureLetsCommsThrough(t *testing.T) {
	nb := newNotebook(t, Config{})
	sink := &commSink{buffer: &buffer{}}
	_, err := nb.env.Run(t.Context(), cell.Input{
		Number: 1, Source: "%%capture\ndisplay.Show(1)\nif err := display.NewComm(\"chart\").Open(nil, nil); err != nil { panic(err) }",
		Stdout: sink, Stderr: sink, Stdin: strings.NewReader(""), Display: sink,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sink.opened) != 1 || sink.opened[0] != "chart" || sink.String() != "" {
		t.Errorf("opened %q, shown %q", sink.opened, sink)
	}
}
