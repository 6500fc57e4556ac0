package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/nascent-go/nascent/nasext/internal/wholefile"
)

// Remote is a published file of a data set.
type Remote struct {
	Name   string   // what it is called in the folder: no path
	URLs   []string // where it is to be had; they are tried in this order
	Bytes  int64    // its length
	SHA256 string   // its checksum, 64 hexadecimal digits
}

// MNISTFiles are the files that MNIST reads, 11.6 MB in all.
func MNISTFiles() []Remote {
	from := func(name string, bytes int64, sum string) Remote {
		return Remote{name, []string{
			"https://ossci-datasets.s3.amazonaws.com/mnist/" + name,
			"https://storage.googleapis.com/cvdf-datasets/mnist/" + name,
		}, bytes, sum}
	}
	return []Remote{
		from("train-images-idx3-ubyte.gz", 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
		from("train-labels-idx1-ubyte.gz", 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
		from("t10k-images-idx3-ubyte.gz", 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
		from("t10k-labels-idx1-ubyte.gz", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
	}
}

// FashionMNISTFiles are the files that FashionMNIST reads, 30.9 MB in all.
func FashionMNISTFiles() []Remote {
	from := func(name string, bytes int64, sum string) Remote {
		return Remote{name, []string{
			"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/" + name,
			"https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/" + name,
		}, bytes, sum}
	}
	return []Remote{
		from("train-images-idx3-ubyte.gz", 26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
		from("train-labels-idx1-ubyte.gz", 29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
		from("t10k-images-idx3-ubyte.gz", 4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
		from("t10k-labels-idx1-ubyte.gz", 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
	}
}

// CIFAR10Files is the archive that CIFAR10 reads, 170 MB.
func CIFAR10Files() []Remote {
	return []Remote{{"cifar-10-binary.tar.gz", []string{"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"},
		170052171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"}}
}

// CIFAR100Files is the archive that CIFAR100 reads, 169 MB.
func CIFAR100Files() []Remote {
	return []Remote{{"cifar-100-binary.tar.gz", []string{"https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"},
		168513733, "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"}}
}

// Progress says how far a download is.
type Progress struct {
	File        string
	Done, Total int64 // bytes of this file
}

// Download brings files into a folder, which is made if it isn't there. Nothing in this
// package goes to the network but this function.
//
// A file that is there already and has its checksum is left alone; one that is there
// and is another is an error, so nothing of the user's is written over. What a broken
// download has brought stays beside it in NAME.part, and the next call, or the next try
// of the same call, asks the server for the rest only. A file gets its name when it is
// complete, has the right checksum and is safe on the disk.
//
// The function progress, which may be nil, is called by this goroutine when a file
// begins, at least once a MiB, and when it is complete. Cancelling the context ends the
// download, and so does a server that sends nothing for 30 seconds.
func Download(ctx context.Context, files []Remote, folder string, progress func(Progress)) error {
	d := downloader{client: http.DefaultClient, patience: 30 * time.Second, progress: progress}
	return d.all(ctx, files, folder)
}

// tries is how often one server is asked for a file whose transfer breaks off.
const tries = 10

type downloader struct {
	client   *http.Client
	patience time.Duration // how long a server may send nothing
	progress func(Progress)
}

func (d *downloader) all(ctx context.Context, files []Remote, folder string) error {
	if ctx == nil {
		return errors.New("download: the context is nil; give context.Background(), or one that can be cancelled")
	}
	for _, f := range files {
		if err := f.check(); err != nil {
			return fmt.Errorf("download: %w", err)
		}
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("download: %w", err)
	}
	for _, f := range files {
		if err := d.one(ctx, f, filepath.Join(folder, f.Name)); err != nil {
			return fmt.Errorf("download %s: %w", f.Name, err)
		}
	}
	if err := wholefile.SyncFolder(folder); err != nil {
		return fmt.Errorf("download: %w", err)
	}
	return nil
}

func (f *Remote) check() error {
	sum, err := hex.DecodeString(f.SHA256)
	switch {
	case f.Name == "" || f.Name != filepath.Base(f.Name) || f.Name == "." || f.Name == "..":
		return fmt.Errorf("file name %q; it has to be a name without a path", f.Name)
	case len(f.URLs) == 0:
		return fmt.Errorf("%s: no URL to bring it from", f.Name)
	case f.Bytes < 1:
		return fmt.Errorf("%s: %d bytes; its length is needed", f.Name, f.Bytes)
	case err != nil || len(sum) != sha256.Size:
		return fmt.Errorf("%s: SHA-256 %q; 64 hexadecimal digits are needed", f.Name, f.SHA256)
	}
	return nil
}

// one brings one file.
func (d *downloader) one(ctx context.Context, f Remote, path string) error {
	switch _, err := os.Stat(path); {
	case err == nil:
		if err := f.verify(path); err != nil {
			return fmt.Errorf("another file of this name is there already; move it away, or read it as it is: %w", err)
		}
		d.report(f, f.Bytes)
		return nil
	case !errors.Is(err, os.ErrNotExist):
		return err
	}
	var failed error
	for _, url := range f.URLs {
		err := d.from(ctx, url, f, path+".part")
		if err == nil {
			return os.Rename(path+".part", path)
		}
		failed = errors.Join(failed, fmt.Errorf("%s: %w", url, err))
		if ctx.Err() != nil {
			break
		}
	}
	if info, err := os.Stat(path + ".part"); err == nil {
		failed = fmt.Errorf("%w\n%d of %d bytes are kept in %s.part; another Download goes on from there", failed, info.Size(), f.Bytes, path)
	}
	return failed
}

// from brings the file to part, from one server.
func (d *downloader) from(ctx context.Context, url string, f Remote, part string) error {
	for try := 1; ; try++ {
		resumed, err := d.transfer(ctx, url, f, part)
		if err == nil {
			if err = f.verify(part); err == nil {
				return nil
			}
			if err := os.Remove(part); err != nil {
				return err
			}
			if !resumed {
				return err
			}
			// What was there before may have been the wrong half: once more from the start.
		} else if _, broke := errors.AsType[*brokenError](err); !broke {
			return err
		}
		if try == tries {
			return fmt.Errorf("given up after %d tries: %w", tries, err)
		}
	}
}

// brokenError is a transfer that ended too early: the next one goes on.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

// transfer asks a server once for what part lacks, and appends it. It says whether
// there was something before.
func (d *downloader) transfer(ctx context.Context, url string, f Remote, part string) (resumed bool, err error) {
	out, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	info, err := out.Stat()
	if err != nil {
		return false, err
	}
	have := info.Size()
	if have > f.Bytes { // no part of this file
		have = 0
		if err := out.Truncate(0); err != nil {
			return false, err
		}
	}
	if _, err := out.Seek(have, io.SeekStart); err != nil {
		return false, err
	}
	resumed = have > 0
	if have < f.Bytes {
		if have, err = d.request(ctx, url, f, out, have); err != nil {
			return resumed, err
		}
	}
	d.report(f, have)
	return resumed, out.Sync()
}

// request copies what follows the first have bytes of the file to out. It gives back
// how many bytes are there then: all of them, if there is no error.
func (d *downloader) request(ctx context.Context, url string, f Remote, out *os.File, have int64) (int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(d.patience, func() {
		cancel(fmt.Errorf("the server sent nothing for %v", d.patience))
	})
	defer watch.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return have, err
	}
	req.Header.Set("Accept-Encoding", "identity") // a .gz file is wanted as it is
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return have, cause(ctx, err)
	}
	defer resp.Body.Close()
	at, err := begin(resp, f, have)
	if err != nil {
		return have, err
	}
	return d.copy(ctx, resp.Body, f, out, at, have, watch)
}

// begin reads a server's answer to a request for all but the first have bytes. It gives
// back at which byte the body begins: at have, or at 0 if the server sends the whole.
func begin(resp *http.Response, f Remote, have int64) (int64, error) {
	switch resp.StatusCode {
	case http.StatusOK:
		if n := resp.ContentLength; n >= 0 && n != f.Bytes {
			return 0, fmt.Errorf("the server has %d bytes; the published file has %d", n, f.Bytes)
		}
		return 0, nil
	case http.StatusPartialContent:
		var from, to, all int64
		span := resp.Header.Get("Content-Range")
		if _, err := fmt.Sscanf(span, "bytes %d-%d/%d", &from, &to, &all); err != nil || from != have || to != f.Bytes-1 || all != f.Bytes {
			return 0, fmt.Errorf("asked for bytes %d to %d of %d, the server answers with %q", have, f.Bytes-1, f.Bytes, span)
		}
		return have, nil
	}
	return 0, fmt.Errorf("the server answers %s", resp.Status)
}

// copy appends to out, which has the first have bytes of the file, what the body brings
// beyond them. The body begins at the byte at.
func (d *downloader) copy(ctx context.Context, body io.Reader, f Remote, out *os.File, at, have int64, watch *time.Timer) (int64, error) {
	buf := make([]byte, 1<<16)
	next := have // when to report
	for {
		if have >= next {
			d.report(f, have)
			next = have + 1<<20
		}
		n, err := body.Read(buf)
		watch.Reset(d.patience)
		known := min(max(have-at, 0), int64(n)) // bytes of buf that out has already
		at += int64(n)
		if at > f.Bytes {
			return have, fmt.Errorf("the server sends more than the %d bytes of the published file", f.Bytes)
		}
		if _, err := out.Write(buf[known:n]); err != nil {
			return have, err
		}
		have = max(have, at)
		switch {
		case err == nil:
		case err == io.EOF && at == f.Bytes:
			return have, nil
		case ctx.Err() != nil:
			return have, fmt.Errorf("stopped after %d of %d bytes: %w", have, f.Bytes, context.Cause(ctx))
		default:
			return have, &brokenError{fmt.Errorf("the transfer broke off after %d of %d bytes: %w", at, f.Bytes, err)}
		}
	}
}

// cause is why the context ended, if it did, and else the error.
func cause(ctx context.Context, err error) error {
	if c := context.Cause(ctx); c != nil {
		return c
	}
	return err
}

func (d *downloader) report(f Remote, done int64) {
	if d.progress != nil {
		d.progress(Progress{f.Name, done, f.Bytes})
	}
}

// verify compares a file with its published length and checksum.
func (f *Remote) verify(path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close() // it was only read
	h := sha256.New()
	n, err := io.Copy(h, in)
	if err != nil {
		return fmt.Errorf("check %s: %w", path, err)
	}
	if n != f.Bytes {
		return fmt.Errorf("%s has %d bytes; the published file has %d", path, n, f.Bytes)
	}
	if want, _ := hex.DecodeString(f.SHA256); string(h.Sum(nil)) != string(want) {
		return fmt.Errorf("%s has the SHA-256 checksum %x; the published file has %s", path, h.Sum(nil), f.SHA256)
	}
	return nil
}
