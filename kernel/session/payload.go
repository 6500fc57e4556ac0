package session

import (
	"fmt"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/wire"
)

// payloads writes what a cell asks of the front end as the payload of its
// execute_reply (protocol 5.3, "Payloads").
func payloads(asked []cell.Payload) []wire.Payload {
	var list []wire.Payload
	for _, p := range asked {
		switch p := p.(type) {
		case cell.Page:
			list = append(list, wire.PagePayload(p.Bundle.Data, p.Start))
		case cell.NextInput:
			list = append(list, wire.NextInputPayload(p.Text, p.Replace))
		case cell.ExitFrontEnd:
			list = append(list, wire.ExitPayload(p.KeepKernel))
		}
	}
	return list
}

// printPages prints what is for the pager where there is none.
func printPages(asked []cell.Payload, std Streams) error {
	for _, p := range asked {
		if page, ok := p.(cell.Page); ok {
			if _, err := fmt.Fprintln(std.Out, page.Bundle.Data[display.MIMEPlain]); err != nil {
				return fmt.Errorf("printing a page: %w", err)
			}
		}
	}
	return nil
}
