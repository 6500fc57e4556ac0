package modules

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
)

// The key of the database that all go commands know.
const (
	publicSumDB = "sum.golang.org"
	publicKey   = publicSumDB + "+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
)

// database is a checksum database. It keeps what it has been told where the go command does.
type database struct {
	f    *fetcher
	ctx  context.Context //nolint:containedctx // sumdb's interface has none
	name string
	key  string
	base *url.URL // where it is asked; nil: not known yet

	client *sumdb.Client
	once   sync.Once
	failed error // why base is not known
}

// newDatabase reads GOSUMDB: "off", a name that is known, or a key and maybe a URL.
func newDatabase(ctx context.Context, f *fetcher) (*database, error) {
	words := strings.Fields(f.sumDB)
	if len(words) == 0 || len(words) > 2 {
		return nil, fmt.Errorf("GOSUMDB is %q; it is off, sum.golang.org, or a key and a URL", f.sumDB)
	}
	d := &database{f: f, ctx: ctx, key: words[0]}
	switch words[0] {
	case publicSumDB:
		d.key = publicKey
	case "sum.golang.google.cn":
		d.key = publicKey
		words = append(words[:1], "https://sum.golang.google.cn")
	}
	d.name, _, _ = strings.Cut(d.key, "+")
	if d.name == d.key {
		return nil, fmt.Errorf("GOSUMDB is %q, a database whose key is not known; it is written NAME+HASH+KEY", f.sumDB)
	}
	if len(words) == 2 {
		base, err := url.Parse(words[1])
		if err != nil {
			return nil, fmt.Errorf("GOSUMDB: %w", err)
		}
		d.base = base
	}
	d.client = sumdb.NewClient(d)
	return d, nil
}

// check asks the database for the checksum of a module.
func (d *database) check(m module.Version, sum string) error {
	lines, err := d.client.Lookup(m.Path, m.Version)
	if err != nil {
		return fmt.Errorf("checking %s@%s: the checksum database can't be asked: %w; GONOSUMDB=%[1]s, set by %%env, does without", m.Path, m.Version, err)
	}
	want := ""
	for _, line := range lines {
		words := strings.Fields(line)
		if len(words) != 3 || words[0] != m.Path || words[1] != m.Version {
			continue
		}
		if words[2] == sum {
			return nil
		}
		want = words[2]
	}
	if want == "" {
		return fmt.Errorf("checking %s@%s: the checksum database %s does not have it", m.Path, m.Version, d.name)
	}
	return &MismatchError{Module: m, Got: sum, Want: want, By: "the checksum database " + d.name}
}

// ReadRemote reads a file of the database: from a proxy, if one passes it on, or else from itself.
func (d *database) ReadRemote(path string) ([]byte, error) {
	d.once.Do(d.find)
	if d.failed != nil {
		return nil, d.failed
	}
	if d.base.Scheme == "file" {
		return os.ReadFile(filepath.Join(filepath.FromSlash(d.base.Path), filepath.FromSlash(path)))
	}
	r, err := d.f.download(d.ctx, d.base.JoinPath(path))
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // it was read
	return readLimited(r, maxGoMod)
}

// find finds where the database is asked.
func (d *database) find() {
	if d.base != nil {
		return
	}
	for _, proxy := range strings.FieldsFunc(d.f.proxy, func(r rune) bool { return r == ',' || r == '|' }) {
		u, err := url.Parse(strings.TrimSpace(proxy))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" {
			continue
		}
		base := u.JoinPath("sumdb", d.name)
		r, err := d.f.download(d.ctx, base.JoinPath("supported"))
		if err == nil {
			r.Close() //nolint:errcheck // the answer was its status
			d.base = base
			return
		}
	}
	d.base, d.failed = url.Parse("https://" + d.name)
}

// ReadConfig reads the key, or what the database's latest state was.
func (d *database) ReadConfig(file string) ([]byte, error) {
	if file == "key" {
		return []byte(d.key), nil
	}
	b, err := os.ReadFile(filepath.Join(d.f.config, filepath.FromSlash(file)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// WriteConfig writes the latest state, if it is still the old one.
func (d *database) WriteConfig(file string, old, text []byte) error {
	now, err := d.ReadConfig(file)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, old) {
		return sumdb.ErrWriteConflict
	}
	return writeFile(filepath.Join(d.f.config, filepath.FromSlash(file)), text)
}

// ReadCache reads what the database has said before.
func (d *database) ReadCache(file string) ([]byte, error) {
	return os.ReadFile(filepath.Join(d.f.cache, "cache", "download", "sumdb", filepath.FromSlash(file)))
}

// WriteCache keeps what the database has said.
func (d *database) WriteCache(file string, data []byte) {
	writeFile(filepath.Join(d.f.cache, "cache", "download", "sumdb", filepath.FromSlash(file)), data) //nolint:errcheck // it can be asked again
}

// Log says nothing: what goes wrong is an error.
func (d *database) Log(string) {}

// SecurityError is called when the database contradicts itself; Lookup returns an error too.
func (d *database) SecurityError(string) {}
