package wire

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

const testKey = "a0436f6c-1916-498b-8eb9-e81ab9368e84"

// The golden message and its signature were made with Python's hmac module.
var (
	goldenFrames = []string{
		"client-1", Delimiter,
		"708313b40fa5f33c283dd2e72132549a497dcb190f980462d44981cbe969696f",
		`{"msg_id":"a1","session":"s1","username":"ada","date":"2026-01-02T03:04:05.678900Z","msg_type":"execute_request","version":"5.5"}`,
		`{}`, `{}`,
		`{"code":"fmt.Println(\"héllo\")","silent":false}`,
		"\x00\x01\x02", "",
	}
	header  = goldenFrames[3]
	content = goldenFrames[6]
)

func frames(parts ...string) [][]byte {
	out := make([][]byte, len(parts))
	for i, p := range parts {
		out[i] = []byte(p)
	}
	return out
}

func newSigner(t testing.TB, key string) *Signer {
	t.Helper()
	s, err := NewSigner(Scheme, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGoldenSignature(t *testing.T) {
	s := newSigner(t, testKey)
	m, err := Decode(frames(goldenFrames...), s)
	if err != nil {
		t.Fatal(err)
	}
	want := Header{MsgID: "a1", Session: "s1", Username: "ada", Date: "2026-01-02T03:04:05.678900Z", MsgType: "execute_request", Version: "5.5"}
	if m.Header != want {
		t.Errorf("header %+v, want %+v", m.Header, want)
	}
	if len(m.Identities) != 1 || string(m.Identities[0]) != "client-1" {
		t.Errorf("identities %q", m.Identities)
	}
	if len(m.Buffers) != 2 || string(m.Buffers[0]) != "\x00\x01\x02" || len(m.Buffers[1]) != 0 {
		t.Errorf("buffers %q", m.Buffers)
	}
	back, err := m.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, frames(goldenFrames...)) {
		t.Errorf("encoded again:\n%q\nwant\n%q", back, goldenFrames)
	}
}

func TestDecodeRejects(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000)
	tests := []struct {
		name   string
		frames []string
		want   string // part of the error
		is     error
	}{
		{"nothing", nil, "delimiter", ErrFrames},
		{"no delimiter", []string{"a", "b"}, "none of 2 frames", ErrFrames},
		{"only delimiter", []string{Delimiter}, "0 frames after", ErrFrames},
		{"truncated", []string{"id", Delimiter, "", header, "{}", "{}"}, "4 frames after", ErrFrames},
		{"header not JSON", []string{Delimiter, "", "{", "{}", "{}", "{}"}, "header is not JSON", ErrFrames},
		{"header a list", []string{Delimiter, "", "[1]", "{}", "{}", "{}"}, "not a JSON object", ErrFrames},
		{"header empty", []string{Delimiter, "", "", "{}", "{}", "{}"}, "header is empty", ErrFrames},
		{"header mistyped", []string{Delimiter, "", `{"msg_id":1,"msg_type":"x"}`, "{}", "{}", "{}"}, "can't be read", ErrFrames},
		{"no type", []string{Delimiter, "", `{"msg_id":"1"}`, "{}", "{}", "{}"}, "no msg_type", ErrFrames},
		{"no id", []string{Delimiter, "", `{"msg_type":"x"}`, "{}", "{}", "{}"}, "no msg_id", ErrFrames},
		{"content null", []string{Delimiter, "", header, "{}", "{}", "null"}, "content is not a JSON object", ErrFrames},
		{"content text", []string{Delimiter, "", header, "{}", "{}", `"x"`}, "content is not a JSON object", ErrFrames},
		{"content bad UTF-8", []string{Delimiter, "", header, "{}", "{}", "\xff"}, "content is not JSON", ErrFrames},
		{"too deep", []string{Delimiter, "", header, "{}", "{}", deep}, "content is not JSON", ErrFrames},
		{"long identity", []string{strings.Repeat("x", MaxIdentity+1), Delimiter, "", header, "{}", "{}", "{}"}, "identity 1 has 1025 bytes", ErrFrames},
		{"many frames", append([]string{Delimiter}, make([]string, MaxFrames)...), "4097 frames", ErrFrames},
	}
	unsigned := newSigner(t, "")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode(frames(tt.frames...), unsigned)
			if !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func TestSignatureIsChecked(t *testing.T) {
	s := newSigner(t, testKey)
	tests := []struct {
		name      string
		signature string
		content   string
	}{
		{"other content", goldenFrames[2], `{"code":"os.Exit(1)"}`},
		{"none", "", content},
		{"one digit", "8" + goldenFrames[2][1:], content},
		{"upper case", strings.ToUpper(goldenFrames[2]), content},
		{"cut", goldenFrames[2][:63], content},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode(frames(Delimiter, tt.signature, header, "{}", "{}", tt.content), s)
			if !errors.Is(err, ErrSignature) {
				t.Errorf("error %v, want ErrSignature", err)
			}
		})
	}
}

func TestNullParentIsEmpty(t *testing.T) {
	m, err := Decode(frames(Delimiter, "", header, "null", " null ", "{}"), newSigner(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	if string(m.Parent) != "{}" || string(m.Metadata) != "{}" || m.ParentID() != "" {
		t.Errorf("parent %s, metadata %s; want {}", m.Parent, m.Metadata)
	}
}

func TestUnknownScheme(t *testing.T) {
	_, err := NewSigner("hmac-md5", "k")
	if err == nil || !strings.Contains(err.Error(), "hmac-md5") || !strings.Contains(err.Error(), Scheme) {
		t.Errorf("error %v; it must name the scheme and the supported one", err)
	}
	if s, err := NewSigner("", "k"); err != nil || !s.Signs() {
		t.Errorf("no scheme: %v; want the usual one", err)
	}
}

func TestEmptyKeyMeansEmptySignature(t *testing.T) {
	m := &Message{Header: NewHeader("s", "u", "x"), Content: []byte("{}")}
	got, err := m.Encode(newSigner(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 6 || len(got[1]) != 0 {
		t.Errorf("frames %q; the second must be empty", got)
	}
	if string(got[3]) != "{}" || string(got[4]) != "{}" {
		t.Errorf("parent %s and metadata %s; want {}", got[3], got[4])
	}
}

func TestReplyKeepsParentHeaderByteForByte(t *testing.T) {
	odd := `{ "msg_id":"a1", "msg_type":"execute_request", "extra":[1,2], "session":"c" }`
	parent, err := Decode(frames("id", Delimiter, "", odd, "{}", "{}", "{}"), newSigner(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	parent.Channel = Control
	r, err := Sender{Session: "k", User: "kernel"}.Reply(parent, TypeShutdownReply, ShutdownReply{Status: StatusOK})
	if err != nil {
		t.Fatal(err)
	}
	if string(r.Parent) != odd {
		t.Errorf("parent %s, want %s", r.Parent, odd)
	}
	if r.Header.Session != "k" || r.Channel != Control || string(r.Identities[0]) != "id" || r.ParentID() != "a1" {
		t.Errorf("reply %+v", r)
	}
}

func TestPublishNeedsAnObject(t *testing.T) {
	s := Sender{Session: "k"}
	if _, err := s.Publish(nil, TypeStream, "text"); err == nil {
		t.Error("a string was accepted as content")
	}
	m, err := s.Publish(nil, TypeStatus, Status{Busy})
	if err != nil {
		t.Fatal(err)
	}
	if string(m.Parent) != "{}" || m.Channel != IOPub || string(m.Identities[0]) != "status" {
		t.Errorf("message %+v", m)
	}
}

func FuzzDecode(f *testing.F) {
	join := func(parts []string) []byte {
		var b []byte
		for _, p := range parts {
			b = append(b, byte(min(len(p), 255)))
			b = append(b, p[:min(len(p), 255)]...)
		}
		return b
	}
	f.Add(join(goldenFrames))
	f.Add(join([]string{Delimiter, "", `{"msg_id":"1","msg_type":"x"}`, "null", "{}", "{}"}))
	f.Add([]byte{})
	s := newSigner(f, "")
	f.Fuzz(func(t *testing.T, data []byte) {
		var parts [][]byte
		for len(data) > 0 {
			n := min(int(data[0]), len(data)-1)
			parts = append(parts, data[1:1+n])
			data = data[1+n:]
		}
		m, err := Decode(parts, s)
		if err != nil {
			if !errors.Is(err, ErrFrames) {
				t.Fatalf("error %v is not ErrFrames", err)
			}
			return
		}
		again, err := m.Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		m2, err := Decode(again, s)
		if err != nil {
			t.Fatalf("decoding what was encoded: %v", err)
		}
		if !reflect.DeepEqual(m, m2) {
			t.Fatalf("%+v became %+v", m, m2)
		}
		if !json.Valid(m.Content) {
			t.Fatalf("content %q", m.Content)
		}
	})
}
