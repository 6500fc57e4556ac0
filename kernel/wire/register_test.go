package wire

import (
	"errors"
	"testing"
)

func TestSealedContent(t *testing.T) {
	s, err := NewSigner(Scheme, "key")
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewSigner(Scheme, "another key")
	if err != nil {
		t.Fatal(err)
	}
	sealed := Seal([]byte("ACK"), s)
	for _, prefix := range [][][]byte{nil, {[]byte("id")}, {{}, []byte("id")}} {
		got, err := Unseal(append(prefix, sealed...), s)
		if err != nil || string(got) != "ACK" {
			t.Errorf("behind %q: %q, %v", prefix, got, err)
		}
	}
	for name, tt := range map[string]struct {
		frames [][]byte
		signer *Signer
		want   error
	}{
		"other key":    {sealed, other, ErrSignature},
		"no signature": {[][]byte{sealed[0], {}, sealed[2]}, s, ErrSignature},
		"no content":   {sealed[:2], s, ErrFrames},
		"more frames":  {append(Seal([]byte("ACK"), s), []byte("x")), s, ErrFrames},
		"no delimiter": {sealed[1:], s, ErrFrames},
		"nothing":      {nil, s, ErrFrames},
	} {
		if got, err := Unseal(tt.frames, tt.signer); !errors.Is(err, tt.want) {
			t.Errorf("%s: %q, %v; want %v", name, got, err, tt.want)
		}
	}
}
