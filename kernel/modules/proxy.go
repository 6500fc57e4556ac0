package modules

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
)

// errAbsent says that a proxy does not have what it was asked for.
var errAbsent = errors.New("not found")

// open asks the proxies of GOPROXY, in order, for a file of a module, such as
// "@v/list". Behind a comma a proxy is asked if the one before does not have it, behind
// a bar after any error.
func (f *fetcher) open(ctx context.Context, mod, file string) (io.ReadCloser, error) {
	escaped, err := module.EscapePath(mod)
	if err != nil {
		return nil, err
	}
	if module.MatchPrefixPatterns(f.noProxy, mod) {
		return nil, fmt.Errorf("%s is private (GOPRIVATE, GONOPROXY): Nascent fetches from module proxies only; go get %[1]s fetches it", mod)
	}
	return f.ask(ctx, escaped+"/"+file)
}

// ask asks the proxies for a file.
func (f *fetcher) ask(ctx context.Context, file string) (io.ReadCloser, error) {
	var first error // the last proxy may only say that there is no other
	rest := f.proxy
	for rest != "" {
		entry, after := rest, ""
		always := false
		if i := strings.IndexAny(rest, ",|"); i >= 0 {
			entry, after, always = rest[:i], rest[i+1:], rest[i] == '|'
		}
		rest = after
		r, err := f.askOne(ctx, strings.TrimSpace(entry), file)
		if err == nil {
			return r, nil
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil || !always && !errors.Is(err, errAbsent) {
			return nil, first
		}
	}
	if first == nil {
		first = errors.New("GOPROXY names no proxy")
	}
	return nil, first
}

func (f *fetcher) askOne(ctx context.Context, proxy, file string) (io.ReadCloser, error) {
	switch proxy {
	case "":
		return nil, fmt.Errorf("GOPROXY names no proxy: %w", errAbsent)
	case "off":
		return nil, errors.New("GOPROXY=off allows no downloads")
	case "direct":
		return nil, fmt.Errorf("GOPROXY=direct means version control, and Nascent fetches from module proxies only: %w", errAbsent)
	}
	u, err := url.Parse(proxy)
	if err != nil {
		return nil, fmt.Errorf("GOPROXY: %w", err)
	}
	if u.Scheme == "file" {
		r, err := os.Open(filepath.Join(filepath.FromSlash(u.Path), filepath.FromSlash(file)))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w", u.JoinPath(file).Redacted(), errAbsent)
		}
		return r, err
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("GOPROXY has %q, which is no URL of a proxy, such as https://proxy.golang.org", proxy)
	}
	return f.download(ctx, u.JoinPath(file))
}

// download asks a server for a file.
func (f *fetcher) download(ctx context.Context, u *url.URL) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 300)) // as much as there is
	resp.Body.Close()                                     //nolint:errcheck // nothing was asked of it
	err = fmt.Errorf("%s: %s", u.Redacted(), resp.Status)
	if text := strings.TrimSpace(string(said)); text != "" && !strings.HasPrefix(text, "<") {
		err = fmt.Errorf("%w: %s", err, text)
	}
	if resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone {
		return nil, &absent{err}
	}
	return nil, err
}

// absent is the error of a server that does not have a file, in its words.
type absent struct{ error }

func (e *absent) Is(target error) bool { return target == errAbsent }
func (e *absent) Unwrap() error        { return e.error }

// read reads a file of a module, which must not be longer than limit bytes.
func (f *fetcher) read(ctx context.Context, mod, file string, limit int64) ([]byte, error) {
	r, err := f.open(ctx, mod, file)
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // it was read
	return readLimited(r, limit)
}

func readLimited(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("what a proxy sends is longer than the %d bytes that are allowed", limit)
	}
	return b, err
}
