package wire

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ExecuteRequest asks for a cell to be run. Fields that the request leaves out
// have the defaults of the protocol: see UnmarshalJSON.
type ExecuteRequest struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`        // broadcast neither input nor result, don't count
	StoreHistory    bool              `json:"store_history"` // never true if Silent
	UserExpressions map[string]string `json:"user_expressions,omitempty"`
	AllowStdin      bool              `json:"allow_stdin"`   // the front end answers input_request
	StopOnError     bool              `json:"stop_on_error"` // abort what is queued if this cell fails
}

// UnmarshalJSON reads a request: store_history defaults to not silent,
// stop_on_error to true, allow_stdin to false; code must be there.
func (r *ExecuteRequest) UnmarshalJSON(b []byte) error {
	var raw struct {
		Code            *string           `json:"code"`
		Silent          bool              `json:"silent"`
		StoreHistory    *bool             `json:"store_history"`
		UserExpressions map[string]string `json:"user_expressions"`
		AllowStdin      bool              `json:"allow_stdin"`
		StopOnError     *bool             `json:"stop_on_error"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("reading execute_request: %w", err)
	}
	if raw.Code == nil {
		return errors.New("reading execute_request: the field code is missing; it holds the text of the cell")
	}
	*r = ExecuteRequest{
		Code:            *raw.Code,
		Silent:          raw.Silent,
		StoreHistory:    !raw.Silent && (raw.StoreHistory == nil || *raw.StoreHistory),
		UserExpressions: raw.UserExpressions,
		AllowStdin:      raw.AllowStdin,
		StopOnError:     raw.StopOnError == nil || *raw.StopOnError,
	}
	return nil
}

// ExecuteMetadata is the metadata of execute_request and execute_reply.
type ExecuteMetadata struct {
	CellID       string   `json:"cellId,omitempty"`       // request: the notebook's id of the cell
	DeletedCells []string `json:"deletedCells,omitempty"` // request: cells that are gone since
	RecordTiming bool     `json:"recordTiming,omitempty"` // request: front end stores Started
	Started      string   `json:"started,omitempty"`      // reply: when the cell began, as Timestamp writes it
}

// ExecuteReply answers ExecuteRequest. Which fields are written depends on Status.
type ExecuteReply struct {
	Status         string
	ExecutionCount int

	// If Status is StatusOK:
	Payload         []Payload
	UserExpressions map[string]UserExpression

	// If Status is StatusError:
	Error ErrorContent
}

// MarshalJSON writes the fields that belong to the status, and all of them.
func (r ExecuteReply) MarshalJSON() ([]byte, error) {
	switch r.Status {
	case StatusOK:
		ok := executeOK{r.Status, r.ExecutionCount, r.Payload, r.UserExpressions}
		if ok.Payload == nil {
			ok.Payload = []Payload{}
		}
		if ok.UserExpressions == nil {
			ok.UserExpressions = map[string]UserExpression{}
		}
		return json.Marshal(ok)
	case StatusError:
		return json.Marshal(executeError{r.Status, r.ExecutionCount, r.Error})
	case StatusAborted:
		return json.Marshal(executeAborted{r.Status, r.ExecutionCount})
	}
	return nil, fmt.Errorf("writing execute_reply: status %q; it must be %s, %s or %s", r.Status, StatusOK, StatusError, StatusAborted)
}

// UnmarshalJSON reads a reply of any status.
func (r *ExecuteReply) UnmarshalJSON(b []byte) error {
	var raw struct {
		executeOK
		ErrorContent
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("reading execute_reply: %w", err)
	}
	*r = ExecuteReply{raw.Status, raw.ExecutionCount, raw.Payload, raw.UserExpressions, raw.ErrorContent}
	return nil
}

type executeOK struct {
	Status          string                    `json:"status"`
	ExecutionCount  int                       `json:"execution_count"`
	Payload         []Payload                 `json:"payload"`
	UserExpressions map[string]UserExpression `json:"user_expressions"`
}

type executeError struct {
	Status         string `json:"status"`
	ExecutionCount int    `json:"execution_count"`
	ErrorContent
}

type executeAborted struct {
	Status         string `json:"status"`
	ExecutionCount int    `json:"execution_count"`
}

// UserExpression is the value of one of a request's user expressions, or why it has none.
type UserExpression struct {
	Status   string
	Data     Data // if Status is StatusOK
	Metadata Data
	Error    ErrorContent // if Status is StatusError
}

// MarshalJSON writes the fields that belong to the status, and all of them.
func (u UserExpression) MarshalJSON() ([]byte, error) {
	if u.Status == StatusOK {
		return json.Marshal(struct {
			Status   string `json:"status"`
			Data     Data   `json:"data"`
			Metadata Data   `json:"metadata"`
		}{u.Status, u.Data, u.Metadata})
	}
	return json.Marshal(NewErrorReply(u.Error))
}

// UnmarshalJSON reads a value or an error.
func (u *UserExpression) UnmarshalJSON(b []byte) error {
	var raw struct {
		Status   string `json:"status"`
		Data     Data   `json:"data"`
		Metadata Data   `json:"metadata"`
		ErrorContent
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("reading a user expression: %w", err)
	}
	*u = UserExpression{raw.Status, raw.Data, raw.Metadata, raw.ErrorContent}
	return nil
}

// Payload asks the front end for something besides showing outputs. Make one
// with PagePayload, NextInputPayload or ExitPayload.
type Payload struct {
	Source     string `json:"source"`
	Data       Data   `json:"data,omitempty"`
	Start      *int   `json:"start,omitempty"`
	Text       string `json:"text,omitempty"`
	Replace    *bool  `json:"replace,omitempty"`
	KeepKernel *bool  `json:"keepkernel,omitempty"`
}

// PagePayload shows data in the pager, from line start (0 is the first).
func PagePayload(data Data, start int) Payload {
	return Payload{Source: "page", Data: data, Start: &start}
}

// NextInputPayload puts text into the next cell, or, if replace, into the one that ran.
func NextInputPayload(text string, replace bool) Payload {
	return Payload{Source: "set_next_input", Text: text, Replace: &replace}
}

// ExitPayload asks a console to leave, and to let the kernel live if keepKernel.
func ExitPayload(keepKernel bool) Payload {
	return Payload{Source: "ask_exit", KeepKernel: &keepKernel}
}
