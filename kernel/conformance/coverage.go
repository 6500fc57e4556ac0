package conformance

import (
	"maps"
	"slices"

	"github.com/nascent-go/nascent/kernel/wire"
)

// Covered is one field of the protocol and the scenarios that check it.
type Covered struct {
	Section   string
	Type      string // a message type, or what else the protocol describes
	Field     string // "" stands for the type as a whole
	Scenarios []string
	Message   bool // a field of messages: it must have been sent or received in these scenarios
}

// by lists scenarios by field.
type by map[string][]string

// Coverage is every message type of the protocol with every field, and the
// scenarios that check it. The judge checks kinds and formats in all of them.
func Coverage() []Covered {
	var all []Covered
	for _, c := range []struct {
		section, msgType string
		message          bool
		fields           by
	}{
		{secWire, "header", true, by{
			"msg_id": {"robust/headers", "execute/two clients"}, "session": {"robust/headers", "execute/two clients"}, "username": {"robust/headers"},
			"date": {"robust/headers"}, "msg_type": {"robust/unknown type", "robust/headers"}, "version": {"robust/headers", "info/shell"}, "subshell_id": {"subshell/busy", "subshell/stdin"},
		}},
		{secWire, "frames", false, by{
			"identities": {"execute/two clients", "stdin/who is asked"}, "delimiter": {"socket/truncated"}, "signature": {"socket/signature", "socket/replay"},
			"header": {"robust/headers"}, "parent_header": {"robust/headers", "execute/order"}, "metadata": {"execute/metadata", "execute/started"}, "content": {"robust/wrong types", "robust/missing fields"},
			"buffers": {"comm/from the kernel", "comm/from the front end"}, "topic": {"execute/order", "socket/welcome topics"},
		}},
		{secWire, "heartbeat", false, by{"": {"socket/heartbeat", "socket/heartbeat busy"}}},

		{secShell, wire.TypeKernelInfoRequest, true, by{"": {"info/shell", "info/control", "info/busy", "info/queued"}}},
		{secShell, wire.TypeKernelInfoReply, true, info("status", "protocol_version", "implementation", "implementation_version", "language_info", "banner", "help_links", "debugger", "supported_features",
			"language_info.name", "language_info.version", "language_info.mimetype", "language_info.file_extension", "language_info.pygments_lexer", "language_info.codemirror_mode")},
		{secShell, wire.TypeExecuteRequest, true, by{
			"code": {"execute/order", "robust/missing fields", "robust/long cell"}, "silent": {"execute/silent", "execute/silent error", "display/silent"},
			"store_history": {"execute/count", "execute/defaults", "history/what is stored"}, "user_expressions": {"execute/expressions", "execute/bad expressions"},
			"allow_stdin": {"stdin/input", "stdin/not allowed"}, "stop_on_error": {"abort/queued cells", "abort/not asked for", "abort/other requests", "abort/ends"},
		}},
		{secShell, wire.TypeExecuteRequest + " metadata", true, by{"cellId": {"execute/metadata"}, "deletedCells": {"execute/metadata"}}},
		{secShell, wire.TypeExecuteReply, true, by{
			"status": {"execute/order", "execute/error", "abort/queued cells"}, "execution_count": {"execute/count", "execute/silent"},
			"payload": {"execute/order"}, "user_expressions": {"execute/expressions", "execute/bad expressions"},
			"ename": {"execute/error", "execute/invalid"}, "evalue": {"execute/error", "execute/invalid"}, "traceback": {"execute/error", "execute/invalid"},
		}},
		{secShell, wire.TypeExecuteReply + " metadata", true, by{"started": {"execute/started"}}},
		{secShell, "language_info", false, by{"nbconvert_exporter": {"info/shell"}}}, // the judge knows it, and this kernel has no use for it
		{secShell, "payload", false, by{"page": {"payload/page"}, "set_next_input": {"payload/next input"}}},
		{secShell, wire.TypeInspectRequest, true, by{"code": {"inspect/found", "inspect/none"}, "cursor_pos": {"inspect/emoji", "complete/cursor outside"}, "detail_level": {"inspect/found"}}},
		{secShell, wire.TypeInspectReply, true, by{"status": {"inspect/found"}, "found": {"inspect/found", "inspect/none"}, "data": {"inspect/found", "inspect/none"}, "metadata": {"inspect/found"}}},
		{secShell, wire.TypeCompleteRequest, true, by{"code": {"complete/one", "complete/none", "complete/busy"}, "cursor_pos": {"complete/emoji", "complete/cursor outside"}}},
		{secShell, wire.TypeCompleteReply, true, by{
			"status": {"complete/one"}, "matches": {"complete/one", "complete/many", "complete/none"}, "cursor_start": {"complete/one", "complete/emoji"}, "cursor_end": {"complete/one", "complete/emoji"},
			"metadata": {"complete/many"}, "metadata._jupyter_types_experimental": {"complete/many"},
		}},
		{secShell, wire.TypeHistoryRequest, true, by{
			"output": {"history/output"}, "raw": {"history/tail"}, "hist_access_type": {"history/tail", "history/range", "history/search"}, "session": {"history/range", "history/restart"},
			"start": {"history/range"}, "stop": {"history/range"}, "n": {"history/tail", "history/search"}, "pattern": {"history/search"}, "unique": {"history/search"},
		}},
		{secShell, wire.TypeHistoryReply, true, by{"status": {"history/tail"}, "history": {"history/tail", "history/range", "history/search", "history/output", "history/what is stored", "history/restart"}}},
		{secShell, wire.TypeIsCompleteRequest, true, by{"code": {"is_complete/all"}}},
		{secShell, wire.TypeIsCompleteReply, true, by{"status": {"is_complete/all"}, "indent": {"is_complete/all"}}},
		{secShell, wire.TypeCommInfoRequest, true, by{"target_name": {"comm/info"}}},
		{secShell, wire.TypeCommInfoReply, true, by{"status": {"comm/info"}, "comms": {"comm/info", "comm/from the kernel"}}},
		{secShell, wire.TypeCommOpen, true, by{"comm_id": {"comm/from the kernel", "comm/from the front end"}, "target_name": {"comm/from the kernel", "comm/unknown target"}, "target_module": {"comm/from the front end"}, "data": {"comm/from the kernel"}}},
		{secShell, wire.TypeCommMsg, true, by{"comm_id": {"comm/from the front end", "comm/busy", "comm/unknown comm"}, "data": {"comm/from the front end", "comm/from the kernel"}}},
		{secShell, wire.TypeCommClose, true, by{"comm_id": {"comm/unknown target", "comm/from the kernel"}, "data": {"comm/from the front end"}}},

		{secControl, wire.TypeShutdownRequest, true, by{"restart": {"shutdown/for good", "shutdown/restart", "shutdown/busy", "shutdown/on shell"}}},
		{secControl, wire.TypeShutdownReply, true, by{"status": {"shutdown/for good"}, "restart": {"shutdown/for good", "shutdown/restart"}}},
		{secControl, wire.TypeInterruptRequest, true, by{"": {"interrupt/message", "interrupt/nothing", "interrupt/queued cells", "stdin/interrupt"}}},
		{secControl, wire.TypeInterruptReply, true, by{"status": {"interrupt/message"}}},
		{secControl, wire.TypeUsageRequest, true, by{"": {"usage/idle", "usage/busy"}}},
		{secControl, wire.TypeUsageReply, true, by{
			"hostname": {"usage/idle", "usage/busy"}, "pid": {"usage/idle", "usage/busy"}, "kernel_memory": {"usage/idle", "usage/busy"}, "cpu_count": {"usage/idle", "usage/busy"},
			"kernel_cpu": {"usage/idle"}, "host_cpu_percent": {"usage/idle"}, "host_virtual_memory": {"usage/idle", "usage/busy"},
		}},
		{secControl, wire.TypeCreateSubshellRequest, true, by{"": {"subshell/list", "subshell/busy"}}},
		{secControl, wire.TypeCreateSubshellReply, true, by{"status": {"subshell/list"}, "subshell_id": {"subshell/list", "subshell/busy"}}},
		{secControl, wire.TypeDeleteSubshellRequest, true, by{"subshell_id": {"subshell/list", "subshell/unknown"}}},
		{secControl, wire.TypeDeleteSubshellReply, true, by{"status": {"subshell/list", "subshell/unknown"}}},
		{secControl, wire.TypeListSubshellRequest, true, by{"": {"subshell/list"}}},
		{secControl, wire.TypeListSubshellReply, true, by{"status": {"subshell/list"}, "subshell_id": {"subshell/list"}}},
		{secControl, "subshell", false, by{
			"execution_count": {"subshell/count"}, "history": {"subshell/count"}, "variables": {"subshell/state"}, "aborting": {"subshell/abort"}, "stdin": {"subshell/stdin"}, "interrupt": {"subshell/interrupt"},
		}},
		{secControl, "signal", false, by{"SIGINT": {"interrupt/signal"}}},

		{secIOPub, wire.TypeStatus, true, by{"execution_state": {"execute/order", "info/shell"}}},
		{secIOPub, wire.TypeStream, true, by{"name": {"output/streams"}, "text": {"output/streams", "output/lines", "output/characters", "output/late", "output/child process", "output/flood", "output/before reply"}}},
		{secIOPub, wire.TypeDisplayData, true, by{"data": {"display/show", "display/json", "display/large", "display/order"}, "metadata": {"display/show"}, "transient": {"display/update"}, "transient.display_id": {"display/update"}}},
		{secIOPub, wire.TypeUpdateDisplayData, true, by{"data": {"display/update"}, "metadata": {"display/update"}, "transient": {"display/update"}, "transient.display_id": {"display/update", "display/update later"}}},
		{secIOPub, wire.TypeExecuteInput, true, by{"code": {"execute/order", "robust/long cell"}, "execution_count": {"execute/order"}}},
		{secIOPub, wire.TypeExecuteResult, true, by{"execution_count": {"execute/result"}, "data": {"execute/result", "execute/tuple", "execute/state"}, "metadata": {"execute/result"}, "transient": {"execute/result"}}},
		{secIOPub, wire.TypeError, true, by{"ename": {"execute/error"}, "evalue": {"execute/error"}, "traceback": {"execute/error"}}},
		{secIOPub, wire.TypeClearOutput, true, by{"wait": {"display/clear"}}},
		{secIOPub, wire.TypeIOPubWelcome, true, by{"subscription": {"socket/welcome", "socket/welcome topics"}}},
		{secIOPub, "death", false, by{"exit": {"death/exit"}, "signal": {"death/crash"}}},

		{secStdin, wire.TypeInputRequest, true, by{"prompt": {"stdin/input", "stdin/prompt"}, "password": {"stdin/input", "stdin/password"}}},
		{secStdin, wire.TypeInputReply, true, by{"value": {"stdin/input", "stdin/two questions", "stdin/end", "stdin/stale reply"}}},

		{secHandshake, "registration file", false, handshake("kernel_id", "transport", "registration_ip", "registration_port", "signature_scheme", "key")},
		{secHandshake, "registration", false, handshake("kernel_id", "control_port", "shell_port", "stdin_port", "iopub_port", "hb_port")},
		{secHandshake, "acknowledgement", false, by{"": {"start/handshake", "start/no acknowledgement"}}},
		{secSpec, "kernelspec", false, by{
			"argv": {"start/kernelspec"}, "display_name": {"start/kernelspec"}, "language": {"start/kernelspec"}, "interrupt_mode": {"start/kernelspec"}, "env": {"start/handshake"},
			"metadata": {"start/kernelspec"}, "kernel_protocol_version": {"start/kernelspec"}, "logos": {"start/kernelspec"},
		}},
		{secWire, "robustness", false, by{
			"extra fields": {"robust/extra fields"}, "null": {"robust/null fields"}, "large messages": {"robust/long cell", "socket/huge"}, "clients that vanish": {"socket/client that vanishes"},
			"many cells": {"execute/many"}, "empty cells": {"execute/empty"},
		}},
	} {
		for _, f := range slices.Sorted(maps.Keys(c.fields)) {
			all = append(all, Covered{c.section, c.msgType, f, c.fields[f], c.message && f != ""})
		}
	}
	return all
}

func same(scenarios []string, fields []string) by {
	b := by{}
	for _, f := range fields {
		b[f] = scenarios
	}
	return b
}

func info(fields ...string) by      { return same([]string{"info/shell", "info/control"}, fields) }
func handshake(fields ...string) by { return same([]string{"start/handshake"}, fields) }

// Fields lists the fields of every message type that the judge knows.
func Fields() map[string][]string {
	all := map[string][]string{}
	for msgType, s := range schemas() {
		all[msgType] = []string{}
		for _, f := range s.fields {
			all[msgType] = append(all[msgType], f.name)
		}
	}
	return all
}
