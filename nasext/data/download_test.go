package data

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// server answers requests for a file of 3 MB, as its fields say, and remembers them.
type server struct {
	content  []byte
	noRange  bool // sends the whole whatever is asked for
	cut      int  // breaks off after so many bytes of each answer; 0: never
	noLength bool // doesn't say how long it is
	stall    bool // sends nothing more after a first part
	stalled  func()
	claim    string
	status   int
	ranges   []string // of the requests
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	if s.status != 0 {
		http.Error(w, "no", s.status)
		return
	}
	body := s.content
	status := http.StatusOK
	if r.Header.Get("Range") != "" && !s.noRange {
		var from int
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err != nil || from >= len(body) {
			http.Error(w, "range", http.StatusRequestedRangeNotSatisfiable)
			return
		}
		span := fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body))
		if s.claim != "" {
			span = s.claim
		}
		w.Header().Set("Content-Range", span)
		body, status = body[from:], http.StatusPartialContent
	}
	if !s.noLength {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	if s.cut > 0 && s.cut < len(body) {
		w.Write(body[:s.cut]) // a client that has gone is none of our business
		w.(http.Flusher).Flush()
		if s.stall {
			if s.stalled != nil {
				s.stalled()
			}
			<-r.Context().Done()
		}
		panic(http.ErrAbortHandler)
	}
	w.Write(body)
}

func fileBytes() []byte {
	b := make([]byte, 3_000_000)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(b)
	return b
}

// remote is a file of some bytes on some servers.
func remote(t *testing.T, content []byte, servers ...*server) Remote {
	f := Remote{Name: "set.bin", Bytes: int64(len(content)), SHA256: fmt.Sprintf("%x", sha256.Sum256(content))}
	for _, s := range servers {
		h := httptest.NewServer(s)
		t.Cleanup(h.Close)
		f.URLs = append(f.URLs, h.URL+"/set.bin")
	}
	return f
}

func TestDownload(t *testing.T) {
	content := fileBytes()
	wrong := slices.Clone(content)
	wrong[1234567]++
	for _, c := range []struct {
		name    string
		part    []byte // what an earlier call has left
		servers []*server
		asked   []string // of the first server
	}{
		{"at once", nil, []*server{{}}, []string{""}},
		{"no length", nil, []*server{{noLength: true}}, []string{""}},
		{"cut twice", nil, []*server{{cut: 1_100_000}}, []string{"", "bytes=1100000-", "bytes=2200000-"}},
		{"cut, without a length", nil, []*server{{cut: 1_600_000, noLength: true}}, []string{"", "bytes=1600000-"}},
		{"resumed", content[:2_999_999], []*server{{}}, []string{"bytes=2999999-"}},
		{"complete but for its name", content, []*server{{}}, nil},
		{"resumed without Range", content[:1_000_000], []*server{{noRange: true}}, []string{"bytes=1000000-"}},
		{"what was there is wrong", wrong[:2_000_000], []*server{{}}, []string{"bytes=2000000-", ""}},
		{"all that was there is wrong", wrong, []*server{{}}, []string{""}},
		{"what was there is too long", append(slices.Clone(content), 1), []*server{{}}, []string{""}},
		{"not found, then a mirror", nil, []*server{{status: 404}, {}}, []string{""}},
		{"wrong bytes, then a mirror", nil, []*server{{content: wrong}, {}}, []string{""}},
		{"wrong length, then a mirror", nil, []*server{{content: wrong[:100]}, {}}, []string{""}},
		{"wrong range, then a mirror", content[:10], []*server{{claim: "bytes 0-9/3000000"}, {}}, []string{"bytes=10-"}},
		{"breaks off for good, then a mirror", nil, []*server{{cut: 10_000, noRange: true}, {}},
			append([]string{""}, slices.Repeat([]string{"bytes=10000-"}, tries-1)...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, s := range c.servers {
				if s.content == nil {
					s.content = content
				}
			}
			dir := filepath.Join(t.TempDir(), "new", "folder")
			path := filepath.Join(dir, "set.bin")
			if c.part != nil {
				if err := os.MkdirAll(dir, 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path+".part", c.part, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			var seen []Progress
			if err := Download(t.Context(), []Remote{remote(t, content, c.servers...)}, dir, func(p Progress) { seen = append(seen, p) }); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, content) {
				t.Error("the file is not what was published")
			}
			if _, err := os.Stat(path + ".part"); err == nil {
				t.Error("the part is still there")
			}
			if !slices.Equal(c.servers[0].ranges, c.asked) {
				t.Errorf("the first server was asked for %q, want %q", c.servers[0].ranges, c.asked)
			}
			if len(seen) == 0 || seen[len(seen)-1] != (Progress{"set.bin", 3_000_000, 3_000_000}) {
				t.Errorf("the last progress of %d is not the end: %v", len(seen), seen)
			}
		})
	}
}

func TestDownloadReports(t *testing.T) {
	content := fileBytes()
	var done []int64
	err := Download(t.Context(), []Remote{remote(t, content, &server{content: content})}, t.TempDir(), func(p Progress) { done = append(done, p.Done) })
	if err != nil {
		t.Fatal(err)
	}
	if done[0] != 0 || !slices.IsSorted(done) || len(done) < 4 {
		t.Errorf("progress %v; it has to begin at 0, grow, and come at least once a MiB", done)
	}
}

// A file that is there is never fetched again, and never written over.
func TestDownloadLeavesFilesAlone(t *testing.T) {
	content := []byte("what was published")
	s := &server{content: content}
	f := remote(t, content, s)
	dir := folder(t, map[string][]byte{"set.bin": content})
	if err := Download(t.Context(), []Remote{f}, dir, nil); err != nil {
		t.Error(err)
	}
	for _, mine := range []string{"something else", "what was Published"} {
		dir := folder(t, map[string][]byte{"set.bin": []byte(mine)})
		err := Download(t.Context(), []Remote{f}, dir, nil)
		if err == nil || !strings.Contains(err.Error(), "another file of this name is there already") {
			t.Errorf("%q: %v", mine, err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "set.bin")); err != nil || string(got) != mine {
			t.Errorf("the user's file is now %q, %v", got, err)
		}
	}
	if len(s.ranges) != 0 {
		t.Errorf("%d requests", len(s.ranges))
	}
}

func TestBadDownload(t *testing.T) {
	content := fileBytes()
	wrong := slices.Clone(content)
	wrong[0]++
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	good := remote(t, content, &server{content: content})
	with := func(change func(*Remote)) []Remote { f := good; change(&f); return []Remote{f} }
	on := func(s *server) []Remote { return []Remote{remote(t, content, s)} }
	for _, c := range []struct {
		name  string
		ctx   context.Context
		files []Remote
		want  []string
	}{
		{"no context", nil, []Remote{good}, []string{"context is nil"}},
		{"cancelled", cancelled, []Remote{good}, []string{"download set.bin", "context canceled"}},
		{"path", t.Context(), with(func(f *Remote) { f.Name = "../set.bin" }), []string{"without a path"}},
		{"no URL", t.Context(), with(func(f *Remote) { f.URLs = nil }), []string{"no URL"}},
		{"no length", t.Context(), with(func(f *Remote) { f.Bytes = 0 }), []string{"its length is needed"}},
		{"no checksum", t.Context(), with(func(f *Remote) { f.SHA256 = "abc" }), []string{"64 hexadecimal digits"}},
		{"bad URL", t.Context(), with(func(f *Remote) { f.URLs = []string{"gopher://x"} }), []string{"gopher://x", "unsupported protocol"}},
		{"checksum", t.Context(), on(&server{content: wrong}), []string{"SHA-256 checksum", "the published file has " + good.SHA256}},
		{"status", t.Context(), on(&server{status: 503}), []string{"/set.bin", "503 Service Unavailable"}},
		{"shorter", t.Context(), on(&server{content: content[:5]}), []string{"the server has 5 bytes; the published file has 3000000"}},
		{"longer", t.Context(), on(&server{content: append(slices.Clone(content), 1), noLength: true}), []string{"sends more than the 3000000 bytes"}},
		{"shorter, unsaid", t.Context(), on(&server{content: content[:2_900_000], noLength: true}), []string{"2900000 of 3000000 bytes"}},
		{"breaks off", t.Context(), on(&server{content: content, cut: 1000, noRange: true}),
			[]string{"given up after 10 tries", "1000 of 3000000 bytes are kept in", "another Download goes on from there"}},
		{"stalls", t.Context(), on(&server{content: content, cut: 1000, stall: true}),
			[]string{"stopped after 1000 of 3000000 bytes", "the server sent nothing for 50ms", "are kept in"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := downloader{client: http.DefaultClient, patience: 20 * time.Second}
			if c.name == "stalls" {
				d.patience = 50 * time.Millisecond
			}
			dir := t.TempDir()
			err := d.all(c.ctx, c.files, dir)
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want an error with %q", err, want)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "set.bin")); err == nil {
				t.Error("there is a file")
			}
		})
	}
}

// A download that is cancelled half way goes on from there.
func TestDownloadCancelled(t *testing.T) {
	content := fileBytes()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &server{content: content, cut: 1_000_000, stall: true, stalled: cancel}
	f, dir := remote(t, content, s), t.TempDir()
	err := Download(ctx, []Remote{f}, dir, nil)
	if err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Fatal(err)
	}
	rest := &server{content: content}
	f.URLs = remote(t, content, rest).URLs
	if err := Download(t.Context(), []Remote{f}, dir, nil); err != nil {
		t.Fatal(err)
	}
	if len(s.ranges) != 1 || len(rest.ranges) != 1 {
		t.Errorf("requests for %q, then for %q; want one each", s.ranges, rest.ranges)
	}
}

// The lists are complete, and of the sizes that their sources name.
func TestRemotes(t *testing.T) {
	for _, c := range []struct {
		files []Remote
		bytes int64
	}{
		{MNISTFiles(), 11594722}, {FashionMNISTFiles(), 30878645}, {CIFAR10Files(), 170052171}, {CIFAR100Files(), 168513733},
	} {
		var sum int64
		for _, f := range c.files {
			if err := f.check(); err != nil {
				t.Error(err)
			}
			for _, url := range f.URLs {
				if !strings.HasSuffix(url, "/"+f.Name) {
					t.Errorf("%s is not at %s", f.Name, url)
				}
			}
			sum += f.Bytes
		}
		if sum != c.bytes {
			t.Errorf("%d bytes, want %d", sum, c.bytes)
		}
	}
}
