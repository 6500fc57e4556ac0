package wire

import "slices"

// Registration is what a kernel sends to the program that has started it with a
// registration file: the ports of its sockets (protocol 5.6, JEP 66). It is no
// message but travels alone: see Seal.
type Registration struct {
	KernelID    string `json:"kernel_id"` // as in the registration file
	ControlPort string `json:"control_port"`
	ShellPort   string `json:"shell_port"`
	StdinPort   string `json:"stdin_port"`
	IOPubPort   string `json:"iopub_port"`
	HBPort      string `json:"hb_port"`
}

// Seal writes a content that is no part of a message, as the handshake of protocol
// 5.6 sends it in both directions: delimiter, signature, content.
func Seal(content []byte, s *Signer) [][]byte {
	return [][]byte{[]byte(Delimiter), s.Sign(content), content}
}

// Unseal reads what Seal has written, behind any identities. The error wraps
// ErrSignature or ErrFrames.
func Unseal(frames [][]byte, s *Signer) (content []byte, err error) {
	at := slices.IndexFunc(frames, func(f []byte) bool { return string(f) == Delimiter })
	if at < 0 {
		return nil, malformed("none of %d frames is the delimiter %s", len(frames), Delimiter)
	}
	rest := frames[at+1:]
	if len(rest) != 2 {
		return nil, malformed("%d frames after the delimiter; signature and content make 2", len(rest))
	}
	if err := s.Check(rest[0], rest[1]); err != nil {
		return nil, err
	}
	return rest[1], nil
}
