package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nascent-go/nascent/kernel/wire"
)

// open opens the sockets: at the ports of a connection file or, if the file is a
// registration file, at free ports that the launcher is told.
func (h *host) open(ctx context.Context) error {
	path := h.opts.ConnectionFile
	text, err := readFile(path)
	if err != nil {
		return err
	}
	if isRegistration(text) {
		return h.openRegistered(ctx, path, text)
	}
	var c Connection
	if err := c.parse(text); err != nil {
		return fmt.Errorf("connection file %s: %w", path, err)
	}
	return h.bind(ctx, &c)
}

// bind opens the sockets of a connection.
func (h *host) bind(ctx context.Context, c *Connection) (err error) {
	if h.signer, err = wire.NewSigner(c.Scheme, c.Key); err != nil {
		return err
	}
	if h.sockets, err = bind(ctx, c, h.dropped, h.welcome); err == nil && c.Transport == "ipc" {
		for _, port := range []int{c.ShellPort, c.ControlPort, c.StdinPort, c.IOPubPort, c.HBPort} {
			_, path := c.Address(port)
			h.files = append(h.files, path)
		}
	}
	return err
}

func (h *host) openRegistered(ctx context.Context, path string, text []byte) error {
	var r registrationFile
	if err := r.parse(text); err != nil {
		return fmt.Errorf("registration file %s: %w", path, err)
	}
	l, c, err := connectLauncher(ctx, r)
	if err != nil {
		return err
	}
	defer func() { go l.client.Close() }() // it may wait for the launcher's end
	if err := h.bind(ctx, &c); err != nil {
		return err
	}
	if err := l.register(ctx, c, h.signer, ackTime); err != nil {
		h.sockets.close(0)
		return err
	}
	if h.opts.RuntimeDir != "" {
		published, err := publish(h.opts.RuntimeDir, r.KernelID, c)
		if err != nil {
			h.logf("other clients can't find this kernel: %v", err)
			return nil
		}
		h.files = append(h.files, published)
	}
	return nil
}

// removeFiles removes what the host has made. If it is killed, the guard of its
// family does that.
func (h *host) removeFiles() {
	for _, path := range h.files {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // a listener removes its own
			h.logf("removing a file of this kernel: %v", err)
		}
	}
}

// publish writes a connection file and returns its path. A file of that name that
// is there already is left alone.
func publish(dir, kernelID string, c Connection) (path string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("writing a connection file: %w", err)
	}
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return "", fmt.Errorf("writing a connection file: %w", err)
	}
	path = filepath.Join(dir, "kernel-"+kernelID+".json")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("writing a connection file: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("writing a connection file: %w", errors.Join(err, os.Remove(path)))
	}
	return path, nil
}
