package wire

// FeatureSubshells is what supported_features says of a kernel that has subshells
// (protocol 5.5).
const FeatureSubshells = "kernel subshells"

// CreateSubshellReply answers create_subshell_request, whose content is Empty:
// requests on shell whose header names the subshell run beside all others.
type CreateSubshellReply struct {
	Status     string `json:"status"`
	SubshellID string `json:"subshell_id"`
}

// DeleteSubshellRequest asks for a subshell to end.
type DeleteSubshellRequest struct {
	SubshellID string `json:"subshell_id"`
}

// DeleteSubshellReply answers DeleteSubshellRequest.
type DeleteSubshellReply struct {
	Status string `json:"status"`
}

// ListSubshellReply answers list_subshell_request, whose content is Empty. The
// main shell has no id and is not listed.
type ListSubshellReply struct {
	Status     string  `json:"status"`
	SubshellID Strings `json:"subshell_id"`
}
