package modules

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// The most that is taken of a go.mod, a list of versions or an answer about one.
const maxGoMod = zip.MaxGoMod

// fetcher fetches modules into the cache and checks them.
type fetcher struct {
	settings
	client *http.Client
	sums   sums // of go.sum, with those of what was fetched
	report func(format string, args ...any)
	db     *database // nil: not asked yet
}

// goMod is the go.mod of a module, which is fetched if it is not in the cache.
func (f *fetcher) goMod(ctx context.Context, m module.Version) (*modfile.File, error) {
	file, err := f.cached(m, "mod")
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(file)
	fresh := errors.Is(err, fs.ErrNotExist)
	if fresh {
		text, err = f.read(ctx, m.Path, versionFile(m, "mod"), maxGoMod)
	}
	if err != nil {
		return nil, fmt.Errorf("fetching the go.mod of %s@%s: %w", m.Path, m.Version, err)
	}
	sum, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(text))), nil })
	if err != nil {
		return nil, err
	}
	if err := f.check(ctx, goModOf(m), sum); err != nil {
		return nil, err
	}
	parsed, err := modfile.ParseLax(m.Path+"@"+m.Version+"/go.mod", text, nil)
	if err != nil {
		return nil, fmt.Errorf("reading the go.mod of a module: %w", err)
	}
	if parsed.Module == nil {
		return nil, fmt.Errorf("the go.mod of %s@%s has no module line", m.Path, m.Version)
	}
	if fresh {
		if err := writeFile(file, text); err != nil {
			return nil, err
		}
	}
	return parsed, nil
}

// versionFile is where a proxy has a file of a module.
func versionFile(m module.Version, kind string) string {
	version, err := module.EscapeVersion(m.Version)
	if err != nil {
		version = m.Version
	}
	return "@v/" + version + "." + kind
}

// check compares a checksum with go.sum or, if that does not have the module, with the
// checksum database, and adds it.
func (f *fetcher) check(ctx context.Context, m module.Version, sum string) error {
	known, err := f.sums.has(m, sum)
	if err != nil || known {
		return err
	}
	if f.sumDB != "off" && !module.MatchPrefixPatterns(f.noSumDB, m.Path) {
		if f.db == nil {
			if f.db, err = newDatabase(ctx, f); err != nil {
				return err
			}
		}
		if err := f.db.check(m, sum); err != nil {
			return err
		}
	}
	f.sums.add(m, sum)
	return nil
}

// module is the folder in the cache of a module's files, which are fetched if they are not there.
func (f *fetcher) module(ctx context.Context, m module.Version) (dir string, err error) {
	dir, exists, err := f.moduleDir(m)
	if err != nil {
		return "", err
	}
	hash, err := f.cached(m, "ziphash")
	if err != nil {
		return "", err
	}
	if sum, err := os.ReadFile(hash); err == nil && exists {
		return dir, f.check(ctx, m, strings.TrimSpace(string(sum)))
	}
	file, err := f.zip(ctx, m)
	if err != nil {
		return "", fmt.Errorf("fetching %s@%s: %w", m.Path, m.Version, err)
	}
	if exists {
		return dir, nil
	}
	return dir, unpack(dir, m, file)
}

// zip is the module's zip file in the cache. It is there only if its checksum is right.
func (f *fetcher) zip(ctx context.Context, m module.Version) (file string, err error) {
	if file, err = f.cached(m, "zip"); err != nil {
		return "", err
	}
	hash, err := f.cached(m, "ziphash")
	if err != nil {
		return "", err
	}
	if sum, err := dirhash.HashZip(file, dirhash.Hash1); err == nil { // else there is none, or half of one
		if err := f.check(ctx, m, sum); err != nil {
			return "", err
		}
		return file, writeFile(hash, []byte(sum))
	}
	temp, err := temporary(file)
	if err != nil {
		return "", err
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // it is not there if all went well
	n, err := f.copy(ctx, temp, m)
	if err = errors.Join(err, temp.Close()); err != nil {
		return "", err
	}
	if _, err := zip.CheckZip(m, temp.Name()); err != nil { // before it is unpacked to be hashed: sizes count
		return "", fmt.Errorf("what the proxy has sent, %d bytes, is refused: %w", n, err)
	}
	sum, err := dirhash.HashZip(temp.Name(), dirhash.Hash1)
	if err != nil {
		return "", fmt.Errorf("what the proxy has sent, %d bytes, can't be unpacked: %w", n, err)
	}
	if err := f.check(ctx, m, sum); err != nil {
		return "", err
	}
	if err := os.Rename(temp.Name(), file); err != nil {
		return "", err
	}
	return file, writeFile(hash, []byte(sum))
}

// copy downloads a module's zip file, and says how far it is.
func (f *fetcher) copy(ctx context.Context, to io.Writer, m module.Version) (int64, error) {
	r, err := f.open(ctx, m.Path, versionFile(m, "zip"))
	if err != nil {
		return 0, err
	}
	defer r.Close() //nolint:errcheck // it was read
	n, err := io.Copy(to, io.LimitReader(&progress{r: r, ctx: ctx, f: f, m: m}, zip.MaxZipFile+1))
	switch {
	case err != nil:
		return n, err
	case n > zip.MaxZipFile:
		return n, fmt.Errorf("its zip file is larger than the %d MB that Go allows", zip.MaxZipFile>>20)
	}
	f.report("fetched %s %s (%s)\n", m.Path, m.Version, size(n))
	return n, nil
}

// progress reads a download and reports every few megabytes.
type progress struct {
	r    io.Reader
	ctx  context.Context //nolint:containedctx // that of the download, for readers that have none
	f    *fetcher
	m    module.Version
	n    int64
	next int64
}

const reportEvery = 4 << 20

func (p *progress) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.r.Read(b)
	p.n += int64(n)
	if p.n >= p.next+reportEvery {
		p.next += reportEvery
		p.f.report("fetching %s %s: %s so far\n", p.m.Path, p.m.Version, size(p.n))
	}
	return n, err
}

func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d kB", (n+1023)>>10)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// unpack unpacks a module's zip file into its folder, all of it or nothing.
func unpack(dir string, m module.Version, file string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".tmp-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp) //nolint:errcheck // it is not there if all went well
	if err := zip.Unzip(temp, m, file); err != nil {
		return fmt.Errorf("unpacking %s@%s: %w", m.Path, m.Version, err)
	}
	if err := os.Chmod(temp, 0o755); err != nil { //nolint:gosec // as the other folders of the cache
		return err
	}
	if err := os.Rename(temp, dir); err != nil {
		if info, serr := os.Stat(dir); serr != nil || !info.IsDir() { // another process was as fast
			return err
		}
	}
	return nil
}

// temporary makes a file in the folder where it is to be moved to a name.
func temporary(file string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return nil, err
	}
	return os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.tmp")
}

// writeFile writes a file, all of it or nothing.
func writeFile(file string, text []byte) error {
	temp, err := temporary(file)
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // it is not there if all went well
	_, err = temp.Write(text)
	if err = errors.Join(err, temp.Chmod(0o644), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), file)
}
