package conformance

import (
	"fmt"

	"github.com/nascent-go/nascent/kernel/wire"
)

// Where the fields of the protocol are described: the parts of the protocol in
// the order of Jupyter's own description.
const (
	secWire      = "wire"      // frames, signatures and headers
	secShell     = "shell"     // requests on shell
	secControl   = "control"   // requests on control
	secIOPub     = "iopub"     // what is published
	secStdin     = "stdin"     // questions to the user
	secHandshake = "handshake" // start-up by a registration file, protocol 5.6
	secSpec      = "spec"      // kernelspecs
)

// schema is the content of a message type.
type schema struct {
	section string
	request bool    // clients send it
	fields  []field // those of a reply, if its status is ok
	check   func(content map[string]any) string
}

// errorFields are the content of an error, on IOPub and in replies.
var errorFields = append(need(name, "ename"), append(need(text, "evalue"), need(texts, "traceback")...)...)

func join(lists ...[]field) []field {
	var all []field
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// reply is the schema of a reply that has a status, which is ok.
func reply(section string, lists ...[]field) schema {
	return schema{section: section, fields: append(oneOf("status", wire.StatusOK), join(lists...)...)}
}

func request(section string, lists ...[]field) schema {
	return schema{section: section, request: true, fields: join(lists...)}
}

func published(lists ...[]field) schema { return schema{section: secIOPub, fields: join(lists...)} }

// schemas are the message types of protocol 5.5, and ipykernel's usage_request.
func schemas() map[string]schema {
	code := need(text, "code")
	cursor := need(count, "cursor_pos")
	comm := need(name, "comm_id")
	data := need(object, "data")
	open := join(comm, need(name, "target_name"), data, may(anything, "target_module"))
	shown := join(need(bundle, "data"), need(object, "metadata"))
	s := map[string]schema{
		wire.TypeKernelInfoRequest: request(secShell),
		wire.TypeKernelInfoReply: reply(secShell, need(name, "protocol_version", "implementation", "implementation_version", "banner"),
			need(object, "language_info"), may(truth, "debugger"), may(pairs, "help_links"), need(texts, "supported_features")),
		wire.TypeExecuteRequest:  request(secShell, code, may(truth, "silent", "store_history", "allow_stdin", "stop_on_error"), may(object, "user_expressions")),
		wire.TypeExecuteReply:    reply(secShell, need(count, "execution_count"), need(pairs, "payload"), need(object, "user_expressions")),
		wire.TypeInspectRequest:  request(secShell, code, cursor, may(count, "detail_level")),
		wire.TypeInspectReply:    reply(secShell, need(truth, "found"), shown),
		wire.TypeCompleteRequest: request(secShell, code, cursor),
		wire.TypeCompleteReply:   reply(secShell, need(texts, "matches"), need(count, "cursor_start", "cursor_end"), need(object, "metadata")),
		wire.TypeHistoryRequest: request(secShell, oneOf("hist_access_type", "range", "tail", "search"), need(truth, "output", "raw"),
			may(whole, "session", "start"), may(whole, "stop", "n"), may(text, "pattern"), may(truth, "unique")),
		wire.TypeHistoryReply:      reply(secShell, need(pairs, "history")),
		wire.TypeIsCompleteRequest: request(secShell, code),
		wire.TypeIsCompleteReply:   {section: secShell, fields: append(oneOf("status", "complete", "incomplete", "invalid", "unknown"), may(text, "indent")...)},
		wire.TypeCommInfoRequest:   request(secShell, may(text, "target_name")),
		wire.TypeCommInfoReply:     reply(secShell, need(object, "comms")),
		wire.TypeCommOpen:          {section: secShell, fields: open},
		wire.TypeCommMsg:           {section: secShell, fields: join(comm, data)},
		wire.TypeCommClose:         {section: secShell, fields: join(comm, data)},

		wire.TypeShutdownRequest:       request(secControl, need(truth, "restart")),
		wire.TypeShutdownReply:         reply(secControl, need(truth, "restart")),
		wire.TypeInterruptRequest:      request(secControl),
		wire.TypeInterruptReply:        reply(secControl),
		wire.TypeUsageRequest:          request(secControl),
		wire.TypeUsageReply:            {section: secControl, fields: join(may(name, "hostname"), need(count, "pid"), may(number, "kernel_cpu", "host_cpu_percent"), need(count, "kernel_memory", "cpu_count"), may(object, "host_virtual_memory"))},
		wire.TypeCreateSubshellRequest: request(secControl),
		wire.TypeCreateSubshellReply:   reply(secControl, need(name, "subshell_id")),
		wire.TypeDeleteSubshellRequest: request(secControl, need(name, "subshell_id")),
		wire.TypeDeleteSubshellReply:   reply(secControl),
		wire.TypeListSubshellRequest:   request(secControl),
		wire.TypeListSubshellReply:     reply(secControl, need(texts, "subshell_id")),

		wire.TypeStatus:            published(oneOf("execution_state", "busy", "idle", "starting")),
		wire.TypeStream:            published(oneOf("name", wire.Stdout, wire.Stderr), need(text, "text")),
		wire.TypeDisplayData:       published(shown, may(object, "transient")),
		wire.TypeUpdateDisplayData: published(shown, need(object, "transient")),
		wire.TypeExecuteInput:      published(code, need(count, "execution_count")),
		wire.TypeExecuteResult:     published(need(count, "execution_count"), shown, may(object, "transient")),
		wire.TypeError:             published(errorFields),
		wire.TypeClearOutput:       published(need(truth, "wait")),
		wire.TypeIOPubWelcome:      published(need(text, "subscription")),

		wire.TypeInputRequest: {section: secStdin, fields: join(need(text, "prompt"), need(truth, "password"))},
		wire.TypeInputReply:   request(secStdin, need(text, "value")),
	}
	for t, check := range checks() {
		one := s[t]
		one.check = check
		s[t] = one
	}
	return s
}

// checks are what a content must fulfil beyond the kinds of its fields.
func checks() map[string]func(map[string]any) string {
	return map[string]func(map[string]any) string{
		wire.TypeKernelInfoReply: checkInfo,
		wire.TypeCompleteReply:   checkComplete,
		wire.TypeExecuteReply:    checkExecuted,
		wire.TypeIsCompleteReply: func(c map[string]any) string {
			if _, has := c["indent"]; has != (c["status"] == "incomplete") {
				return "indent belongs to the status incomplete, and to no other"
			}
			return ""
		},
		wire.TypeHistoryReply: checkHistory,
		wire.TypeCommInfoReply: func(c map[string]any) string {
			comms, _ := c["comms"].(map[string]any)
			for id, v := range comms {
				if target, _ := v.(map[string]any)["target_name"].(string); target == "" {
					return fmt.Sprintf("comms: %s has no target_name", id)
				}
			}
			return ""
		},
		wire.TypeUpdateDisplayData: func(c map[string]any) string {
			transient, _ := c["transient"].(map[string]any)
			if id, _ := transient["display_id"].(string); id == "" {
				return "transient.display_id is missing: nothing can be updated"
			}
			return ""
		},
		wire.TypeInspectReply: func(c map[string]any) string {
			data, _ := c["data"].(map[string]any)
			if found, _ := c["found"].(bool); found != (len(data) > 0) {
				return fmt.Sprintf("found is %v with %d forms of data", found, len(data))
			}
			return ""
		},
	}
}
