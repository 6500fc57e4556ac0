package wire

import "encoding/json"

// Data is a MIME bundle or another JSON object whose keys are not known
// beforehand. nil is written as {}, because front ends reject null.
type Data map[string]any

// MarshalJSON writes nil as an empty object.
func (d Data) MarshalJSON() ([]byte, error) { return json.Marshal(d.orEmpty()) }

func (d Data) orEmpty() map[string]any {
	if d == nil {
		return map[string]any{}
	}
	return d
}

// Strings is a list of strings. nil is written as [], because front ends reject null.
type Strings []string

// MarshalJSON writes nil as an empty list.
func (s Strings) MarshalJSON() ([]byte, error) {
	if s == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]string(s))
}

// Empty is the content of messages that say all by their type, and is written as {}.
type Empty struct{}

// What a reply's status field says.
const (
	StatusOK      = "ok"
	StatusError   = "error"
	StatusAborted = "aborted" // an earlier cell failed, so this request was not looked at
)

// ErrorContent is the content of the IOPub message "error": what went wrong in a cell.
type ErrorContent struct {
	Name      string  `json:"ename"`     // kind of the error, such as "panic"
	Value     string  `json:"evalue"`    // what it says, on one line if possible
	Traceback Strings `json:"traceback"` // lines for people, ANSI colours allowed
}

// ErrorReply is the content of any reply but execute_reply that says the request failed.
type ErrorReply struct {
	Status string `json:"status"` // StatusError
	ErrorContent
}

// NewErrorReply makes the content of a failed reply.
func NewErrorReply(e ErrorContent) ErrorReply {
	return ErrorReply{Status: StatusError, ErrorContent: e}
}

// KernelInfoReply says who the kernel is and which language it speaks.
type KernelInfoReply struct {
	Status                string       `json:"status"`
	ProtocolVersion       string       `json:"protocol_version"`
	Implementation        string       `json:"implementation"`
	ImplementationVersion string       `json:"implementation_version"`
	LanguageInfo          LanguageInfo `json:"language_info"`
	Banner                string       `json:"banner"`
	HelpLinks             []HelpLink   `json:"help_links,omitempty"`
	Debugger              bool         `json:"debugger"` // deprecated since 5.5, still read
	SupportedFeatures     Strings      `json:"supported_features"`
}

// LanguageInfo says how a front end shows and stores the language.
type LanguageInfo struct {
	Name              string `json:"name"`
	Version           string `json:"version"`
	MimeType          string `json:"mimetype"`
	FileExtension     string `json:"file_extension"` // with its dot
	PygmentsLexer     string `json:"pygments_lexer,omitempty"`
	CodemirrorMode    string `json:"codemirror_mode,omitempty"`
	NbconvertExporter string `json:"nbconvert_exporter,omitempty"`
}

// HelpLink is an entry of the front end's help menu.
type HelpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// ExecutionState is what the IOPub message "status" tells.
type ExecutionState string

// The states of a kernel. Starting is told exactly once.
const (
	Busy     ExecutionState = "busy"
	Idle     ExecutionState = "idle"
	Starting ExecutionState = "starting"
)

// Status is the content of the IOPub message "status".
type Status struct {
	ExecutionState ExecutionState `json:"execution_state"`
}

// Names of a Stream.
const (
	Stdout = "stdout"
	Stderr = "stderr"
)

// Stream is text written to stdout or stderr.
type Stream struct {
	Name string `json:"name"` // Stdout or Stderr
	Text string `json:"text"`
}

// Transient holds what belongs to the running session and is not stored in a notebook.
type Transient struct {
	DisplayID string `json:"display_id,omitempty"`
}

// DisplayData is the content of display_data and update_display_data. An update
// replaces every output that was shown with the same Transient.DisplayID.
type DisplayData struct {
	Data      Data      `json:"data"`     // MIME type → data
	Metadata  Data      `json:"metadata"` // MIME type → object
	Transient Transient `json:"transient"`
}

// ExecuteResult is the value of a cell's last expression.
type ExecuteResult struct {
	ExecutionCount int       `json:"execution_count"`
	Data           Data      `json:"data"`
	Metadata       Data      `json:"metadata"`
	Transient      Transient `json:"transient"`
}

// direct is a content that may be large in a form that encoding/json writes at
// once: what a MarshalJSON has written it would read once more.
type direct interface{ direct() any }

func (d DisplayData) direct() any {
	return struct {
		Data      map[string]any `json:"data"`
		Metadata  map[string]any `json:"metadata"`
		Transient Transient      `json:"transient"`
	}{d.Data.orEmpty(), d.Metadata.orEmpty(), d.Transient}
}

func (r ExecuteResult) direct() any {
	return struct {
		ExecutionCount int            `json:"execution_count"`
		Data           map[string]any `json:"data"`
		Metadata       map[string]any `json:"metadata"`
		Transient      Transient      `json:"transient"`
	}{r.ExecutionCount, r.Data.orEmpty(), r.Metadata.orEmpty(), r.Transient}
}

// ExecuteInput tells every front end which code runs now.
type ExecuteInput struct {
	Code           string `json:"code"`
	ExecutionCount int    `json:"execution_count"`
}

// ClearOutput removes the outputs of the cell: at once, or when the next output comes.
type ClearOutput struct {
	Wait bool `json:"wait"`
}

// IOPubWelcome is the content of iopub_welcome, the first message on a new
// subscription: from now on nothing of it is missed (protocol 5.5, JEP 65).
type IOPubWelcome struct {
	Subscription string `json:"subscription"` // prefix of the topics that were subscribed to
}

// InputRequest asks the front end for a line that the user types.
type InputRequest struct {
	Prompt   string `json:"prompt"`
	Password bool   `json:"password"`
}

// InputReply is what the user typed. "\x04" stands for the end of the input.
type InputReply struct {
	Value string `json:"value"`
}

// ShutdownRequest asks the kernel to end.
type ShutdownRequest struct {
	Restart bool `json:"restart"` // a new kernel will take its place
}

// ShutdownReply is the last message of a kernel, on control and on IOPub.
type ShutdownReply struct {
	Status  string `json:"status"`
	Restart bool   `json:"restart"`
}

// InterruptReply answers interrupt_request, whose content is Empty.
type InterruptReply struct {
	Status string `json:"status"`
}

// CommOpen opens a comm: a channel between an object in the kernel and one in the front end.
type CommOpen struct {
	CommID       string          `json:"comm_id"`
	TargetName   string          `json:"target_name"`
	TargetModule string          `json:"target_module,omitempty"`
	Data         json.RawMessage `json:"data"`
}

// WidgetControl is the target to which a page opens a comm to ask for all widgets at
// once (ipywidgets, packages/schema/messages.md, control comm 1.0). The page closes it.
const WidgetControl = "jupyter.widget.control"

// CommMsg is a message of an open comm.
type CommMsg struct {
	CommID string          `json:"comm_id"`
	Data   json.RawMessage `json:"data"`
}

// CommClose closes a comm, or refuses one that names an unknown target.
type CommClose struct {
	CommID string          `json:"comm_id"`
	Data   json.RawMessage `json:"data"`
}

// CommInfoRequest asks for the open comms, of all targets if TargetName is empty.
type CommInfoRequest struct {
	TargetName string `json:"target_name"`
}

// CommInfoReply lists the open comms.
type CommInfoReply struct {
	Status string          `json:"status"`
	Comms  map[string]Comm `json:"comms"` // comm id → comm; use an empty map, not nil
}

// Comm is one open comm.
type Comm struct {
	TargetName string `json:"target_name"`
}

// MarshalJSON writes the comms as an object even if there are none.
func (r CommInfoReply) MarshalJSON() ([]byte, error) {
	if r.Comms == nil {
		r.Comms = map[string]Comm{}
	}
	type plain CommInfoReply
	return json.Marshal(plain(r))
}
