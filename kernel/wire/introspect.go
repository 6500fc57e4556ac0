package wire

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// CompleteRequest asks what could stand at a place in a cell.
type CompleteRequest struct {
	Code      string `json:"code"`
	CursorPos int    `json:"cursor_pos"` // in Unicode code points
}

// UnmarshalJSON reads a request; without cursor_pos the cursor stands at the end.
func (r *CompleteRequest) UnmarshalJSON(b []byte) error {
	code, pos, _, err := readPlace("complete_request", b)
	*r = CompleteRequest{Code: code, CursorPos: pos}
	return err
}

// CompleteReply lists what could replace the code points from CursorStart up to CursorEnd.
type CompleteReply struct {
	Status      string           `json:"status"`
	Matches     Strings          `json:"matches"`
	CursorStart int              `json:"cursor_start"`
	CursorEnd   int              `json:"cursor_end"`
	Metadata    CompleteMetadata `json:"metadata"`
}

// CompleteMetadata says more about matches than their text.
type CompleteMetadata struct {
	Types []CompletionType `json:"_jupyter_types_experimental,omitempty"` // parallel to the matches
}

// CompletionType describes one match.
type CompletionType struct {
	Start     int    `json:"start"`
	End       int    `json:"end"`
	Text      string `json:"text"`
	Type      string `json:"type"` // such as "function"; front ends show an icon for it
	Signature string `json:"signature,omitempty"`
}

// InspectRequest asks what stands at a place in a cell.
type InspectRequest struct {
	Code        string `json:"code"`
	CursorPos   int    `json:"cursor_pos"`   // in Unicode code points
	DetailLevel int    `json:"detail_level"` // 1: the source too, if there is one
}

// UnmarshalJSON reads a request; without cursor_pos the cursor stands at the end.
func (r *InspectRequest) UnmarshalJSON(b []byte) error {
	code, pos, level, err := readPlace("inspect_request", b)
	*r = InspectRequest{Code: code, CursorPos: pos, DetailLevel: level}
	return err
}

// readPlace reads what complete_request and inspect_request have in common,
// and brings the cursor into the code.
func readPlace(msgType string, b []byte) (code string, pos, level int, err error) {
	var raw struct {
		Code        *string `json:"code"`
		CursorPos   *int    `json:"cursor_pos"`
		DetailLevel int     `json:"detail_level"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return "", 0, 0, fmt.Errorf("reading %s: %w", msgType, err)
	}
	if raw.Code == nil {
		return "", 0, 0, fmt.Errorf("reading %s: the field code is missing; it holds the text of the cell", msgType)
	}
	pos = utf8.RuneCountInString(*raw.Code)
	if raw.CursorPos != nil {
		pos = max(0, min(*raw.CursorPos, pos))
	}
	return *raw.Code, pos, raw.DetailLevel, nil
}

// InspectReply says what was found.
type InspectReply struct {
	Status   string `json:"status"`
	Found    bool   `json:"found"`
	Data     Data   `json:"data"`
	Metadata Data   `json:"metadata"`
}

// IsCompleteRequest asks whether a console should run the code or wait for another line.
type IsCompleteRequest struct {
	Code string `json:"code"`
}

// UnmarshalJSON reads a request; code must be there.
func (r *IsCompleteRequest) UnmarshalJSON(b []byte) error {
	code, _, _, err := readPlace("is_complete_request", b)
	*r = IsCompleteRequest{Code: code}
	return err
}

// Completeness is the answer to IsCompleteRequest.
type Completeness string

// How complete code can be.
const (
	Complete   Completeness = "complete"
	Incomplete Completeness = "incomplete"
	Invalid    Completeness = "invalid" // more lines won't make it right
	Unknown    Completeness = "unknown"
)

// IsCompleteReply says how complete the code is.
type IsCompleteReply struct {
	Status Completeness
	Indent string // what the next line should begin with; written only if Incomplete
}

// MarshalJSON writes indent exactly if the code is incomplete.
func (r IsCompleteReply) MarshalJSON() ([]byte, error) {
	if r.Status == Incomplete {
		return json.Marshal(isComplete{r.Status, &r.Indent})
	}
	return json.Marshal(isComplete{Status: r.Status})
}

// UnmarshalJSON reads a reply.
func (r *IsCompleteReply) UnmarshalJSON(b []byte) error {
	var raw isComplete
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("reading is_complete_reply: %w", err)
	}
	*r = IsCompleteReply{Status: raw.Status}
	if raw.Indent != nil {
		r.Indent = *raw.Indent
	}
	return nil
}

type isComplete struct {
	Status Completeness `json:"status"`
	Indent *string      `json:"indent,omitempty"`
}

// HistoryAccess says how a HistoryRequest chooses.
type HistoryAccess string

// Ways to choose from the history.
const (
	HistoryRange  HistoryAccess = "range"  // Start to before Stop of Session
	HistoryTail   HistoryAccess = "tail"   // the last N
	HistorySearch HistoryAccess = "search" // the last N that match Pattern
)

// HistoryRequest asks for cells that ran.
type HistoryRequest struct {
	Output  bool          `json:"output"` // outputs too
	Raw     bool          `json:"raw"`    // as typed, not as transformed
	Access  HistoryAccess `json:"hist_access_type"`
	Session int           `json:"session"`           // 0 the current one, negative counts back from it
	Start   int           `json:"start"`             // below 0: counts back from the end, as Stop does
	Stop    *int          `json:"stop,omitempty"`    // nil or 0: to the end
	N       *int          `json:"n,omitempty"`       // nil: the kernel's choice; below 0: no limit
	Pattern string        `json:"pattern,omitempty"` // glob with *, ? and classes in brackets
	Unique  bool          `json:"unique,omitempty"`  // each input once, the latest
}

// HistoryReply lists cells, the oldest first.
type HistoryReply struct {
	Status  string
	History []HistoryEntry
}

// MarshalJSON writes a list even if it is empty.
func (r HistoryReply) MarshalJSON() ([]byte, error) {
	if r.History == nil {
		r.History = []HistoryEntry{}
	}
	return json.Marshal(historyReply(r))
}

// UnmarshalJSON reads a reply.
func (r *HistoryReply) UnmarshalJSON(b []byte) error {
	var raw historyReply
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("reading history_reply: %w", err)
	}
	*r = HistoryReply(raw)
	return nil
}

type historyReply struct {
	Status  string         `json:"status"`
	History []HistoryEntry `json:"history"`
}

// HistoryEntry is one cell: [session, line, input], or [session, line, [input, output]]
// if outputs were asked for.
type HistoryEntry struct {
	Session    int
	Line       int // execution count
	Input      string
	Output     *string // text of the result; nil if the cell had none
	WithOutput bool    // outputs were asked for
}

// MarshalJSON writes the entry as a list.
func (e HistoryEntry) MarshalJSON() ([]byte, error) {
	if e.WithOutput {
		return json.Marshal([]any{e.Session, e.Line, []any{e.Input, e.Output}})
	}
	return json.Marshal([]any{e.Session, e.Line, e.Input})
}

// UnmarshalJSON reads an entry with or without output.
func (e *HistoryEntry) UnmarshalJSON(b []byte) error {
	var text json.RawMessage
	var got HistoryEntry
	list := []any{&got.Session, &got.Line, &text}
	if err := json.Unmarshal(b, &list); err != nil {
		return fmt.Errorf("reading an entry of the history: %w", err)
	}
	if len(list) != 3 {
		return fmt.Errorf("reading an entry of the history: it has %d parts, not 3", len(list))
	}
	if len(text) > 0 && text[0] == '[' {
		got.WithOutput = true
		pair := []any{&got.Input, &got.Output}
		if err := json.Unmarshal(text, &pair); err != nil {
			return fmt.Errorf("reading input and output of an entry of the history: %w", err)
		}
	} else if err := json.Unmarshal(text, &got.Input); err != nil {
		return fmt.Errorf("reading the input of an entry of the history: %w", err)
	}
	*e = got
	return nil
}
